/** Clusters with Ingresses and routes for the tests: Services in a word each, and what becomes of a request in a line. */

import { parseHttpRequest, routeHttp } from '#simulation/index';
import type { HttpAnswer } from '#simulation/http/types';
import type { ControlPlane } from '#simulation/types';
import { clusterOf, objectsOf } from '../cluster';

/** `cart` of namespace shop, or `data/db`, with port 80 (http) and a pod each. */
export function services(...names: readonly string[]): string {
  return names
    .map((name) => {
      const [namespace, own] = name.includes('/') ? name.split('/') : ['shop', name];
      return `
apiVersion: v1
kind: Service
metadata: {name: ${own}, namespace: ${namespace}}
spec: {selector: {app: ${own}}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ${own}, namespace: ${namespace}, labels: {app: ${own}}}
spec: {nodeName: node-a, containers: [{name: main, image: i, ports: [{containerPort: 8080}]}]}
`;
    })
    .join('---');
}

export function clusterWith(...texts: readonly string[]): ControlPlane {
  return clusterOf(texts.flatMap((text, i) => objectsOf(text, `${i}.yaml`)));
}

/** `http://shop.example/cart`, `POST http://shop.example/cart`, `http://shop.example/ version: v2`. */
export function ask(controlPlane: ControlPlane, text: string): HttpAnswer {
  const [, method, url = '', name, value = ''] = /^(?:([A-Z]+) )?(\S+)(?: (\S+): (.*))?$/.exec(text) ?? [];
  const headers = name === undefined ? [] : [{ name, value }];
  const request = parseHttpRequest(url, { headers, ...(method !== undefined && { method }) });
  if (!request) throw new Error(`no URL: ${text}`);
  return routeHttp(controlPlane, request);
}

/** Where a request ends: `shop/cart`, `shop/a 0.7, shop/b 0.3`, `404`, `302 https://shop.example/`, `nobody`. */
export function endOf(controlPlane: ControlPlane, text: string): string {
  const { entry, status, filters, backends } = ask(controlPlane, text);
  if (!entry) return 'nobody';
  const redirect = filters.find((filter) => filter.kind === 'redirect');
  if (redirect) return `${redirect.status} ${redirect.location}`;
  if (status !== undefined) return `${status}`;
  return backends
    .map(({ service, probability, problem, text: words }) => {
      const name = problem ? `${problem.reason}${problem.status === undefined ? '' : ` ${problem.status}`}` : (service ?? words); // prettier-ignore
      return backends.length === 1 ? name : `${name} ${Number(probability.toFixed(3))}`;
    })
    .join(', ');
}
