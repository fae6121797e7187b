/** The graph of a scope. */

import { describe, expect, it } from 'vitest';
import { topologyOf } from '#analysis/topology/topology';
import type { Topology } from '#analysis/types';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

function topology(...documents: string[]): Topology {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  workspace.setFile('all.yaml', documents.join('\n---\n'));
  workspace.update();
  return topologyOf(workspace, workspace.scopes[0]!);
}

const deployment = (name: string, labels: string, replicas = 2) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec: {containers: [{name: c, image: registry.example/c:1, ports: [{name: http, containerPort: 8080}]}]}`;
const service = (name: string, spec: string) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`;
const ingress = (backend: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: public, namespace: shop}
spec:
  rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${backend}, port: {number: 80}}}}]}}]`;

const edges = (graph: Topology) =>
  graph.edges.map(({ from, fromPort, kind, to, label, problem }) =>
    `${from}${fromPort === undefined ? '' : ` [${fromPort}]`} ${kind} ${to || 'nothing'} ${label}${problem ? ` !${problem.severity}` : ''}`.trim().replace('  ', ' '),
  ); // prettier-ignore

describe('the topology', () => {
  it('leads from outside over Services and workloads to pods and nodes', () => {
    const graph = topology(
      service('web', '{type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}]}'),
      deployment('web', 'app: web'),
      ingress('web'),
    ); // prettier-ignore
    expect(edges(graph).filter((edge) => !edge.includes('pod-of'))).toEqual([
      'outside routes service/shop/web node port 30080',
      'ingress/shop/public routes service/shop/web shop.example.com/',
      'service/shop/web [http/TCP] targets deployment/shop/web 8080',
    ]);
    const pods = graph.nodes.filter(({ kind }) => kind === 'pod');
    expect(pods.map(({ ready, parent }) => [ready, parent])).toEqual([
      [true, 'namespace/shop'],
      [true, 'namespace/shop'],
    ]);
    const web = graph.nodes.find(({ id }) => id === 'service/shop/web');
    expect(web).toMatchObject({ label: 'web', detail: 'NodePort 30080', ports: [{ id: 'http/TCP', label: 'http 80 → http (8080)' }] }); // prettier-ignore
    expect(graph.nodes.filter(({ kind }) => kind === 'node').map(({ label }) => label)).toEqual(['node-a', 'node-b', 'node-c']); // prettier-ignore
  });

  it('draws a broken edge to the nearest miss', () => {
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{port: 80}]}'),
      deployment('web', 'app: wbe'),
    );
    expect(edges(graph)[0]).toBe('service/shop/web targets deployment/shop/web !error');
    expect(graph.nodes.find(({ id }) => id === 'service/shop/web')?.problems).toHaveLength(1);
  });

  it('marks the port that reaches nothing', () => {
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{name: a, port: 80, targetPort: http}, {name: b, port: 81, targetPort: none}]}'),
      deployment('web', 'app: web'),
    ); // prettier-ignore
    expect(edges(graph).slice(0, 2)).toEqual([
      'service/shop/web [a/TCP] targets deployment/shop/web 8080',
      'service/shop/web [b/TCP] targets deployment/shop/web !error',
    ]);
  });

  it('leads from a route of the Gateway API to its Services, and marks what it may not or cannot reach', () => {
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}'),
      deployment('web', 'app: web'),
      `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop}
spec:
  parentRefs: [{name: public, namespace: infra}]
  hostnames: [shop.example]
  rules:
    - matches: [{path: {type: PathPrefix, value: /web}}, {path: {type: Exact, value: /}}]
      backendRefs: [{name: web, port: 80}, {name: gone, port: 80}]
    - backendRefs: [{name: web, namespace: other, port: 80}]`,
    );
    expect(graph.nodes.find(({ id }) => id === 'httproute/shop/shop')).toMatchObject({
      kind: 'outside',
      label: 'shop',
      detail: 'HTTPRoute of Gateway infra/public',
      parent: 'namespace/shop',
    });
    expect(edges(graph).filter((edge) => edge.startsWith('httproute'))).toEqual([
      'httproute/shop/shop routes service/shop/web shop.example/web, shop.example/',
      'httproute/shop/shop routes nothing shop.example/web, shop.example/ !error',
      'httproute/shop/shop routes nothing shop.example !error',
    ]);
    const problems = graph.edges.flatMap(({ problem }) => (problem ? [problem.message] : []));
    expect(problems).toContain('there is no Service shop/gone');
    expect(problems.find((message) => message.startsWith('no ReferenceGrant'))).toContain('namespace other');
  });

  it('marks an Ingress without its Service', () => {
    expect(edges(topology(ingress('gone')))[0]).toBe('ingress/shop/public routes nothing shop.example.com/ !error');
  });

  it('keeps the pods of large scopes in their workloads', () => {
    const graph = topology(deployment('big', 'app: big', 301));
    expect(graph.nodes.filter(({ kind }) => kind === 'pod')).toEqual([]);
    expect(graph.nodes.find(({ kind }) => kind === 'workload')?.detail).toBe(
      'Deployment, 301 replicas, 301 of 301 ready (pods are not drawn one by one)',
    );
  });

  it('has ids and an order that do not depend on the order of the documents', () => {
    const parts = [
      service('web', '{selector: {app: web}, ports: [{port: 80}]}'),
      service('api', '{selector: {app: api}, ports: [{port: 80}]}'),
      deployment('web', 'app: web'),
      deployment('api', 'app: api'),
    ];
    const ids = (graph: Topology) => [graph.nodes.map(({ id }) => id), graph.edges.map(({ id }) => id)];
    const graph = topology(...parts);
    expect(ids(topology(...parts.toReversed()))).toEqual(ids(graph));
    expect(new Set(graph.nodes.map(({ id }) => id)).size).toBe(graph.nodes.length);
    expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(graph.edges.length);
  });
});
