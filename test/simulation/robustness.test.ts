/** No body, however wrong, makes the control plane throw. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '#base/json';
import { clusterOf, objectOf } from './cluster';
import { deployment, pod, service } from './descriptions';

const wrong = fc.constantFrom<JsonValue>(null, 0, 'x', [], {}, [null], ['x'], { a: null }, [{}], true);

const bodies: readonly JsonObject[] = [
  { ...pod('web', { app: 'web' }), status: { podIPs: [{ ip: '10.244.1.9' }], podIP: '10.244.1.9', conditions: [{ type: 'Ready', status: 'True' }] } },
  { ...service('web', { selector: { app: 'web' }, type: 'LoadBalancer' }), status: { loadBalancer: { ingress: [{ ip: '198.51.100.1' }] } } },
  deployment('web', { app: 'web' }, 2),
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { a: 'b' } }, spec: { podCIDRs: ['10.9.0.0/24'] }, status: { addresses: [{ type: 'InternalIP', address: '172.30.0.9' }], conditions: [{ type: 'Ready', status: 'True' }], allocatable: { cpu: '4' } } },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } }, addressType: 'IPv4', endpoints: [{ addresses: ['10.9.9.9'], conditions: { ready: true } }], ports: [{ port: 80 }] },
  { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, subsets: [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }] },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { a: 'b' } } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'owned', labels: { app: 'web' }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', controller: true }] }, spec: { nodeSelector: { a: 'b' }, containers: [{ name: 'main' }] } },
]; // prettier-ignore

/** Every way to a part of the body, but for its identity. */
function pathsOf(
  value: JsonValue | undefined,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item as JsonValue, [...path, key]))].filter(
    (each) => each.length > 0 && !['apiVersion', 'kind'].includes(String(each[0])) && each[1] !== 'name' && String(each) !== 'metadata',
  ); // prettier-ignore
}

function replaced(value: JsonValue, path: readonly (string | number)[], by: JsonValue): JsonValue {
  const [head, ...rest] = path;
  if (head === undefined) return by;
  if (Array.isArray(value)) return value.map((item: JsonValue, i) => (i === head ? replaced(item, rest, by) : item));
  const object = value as JsonObject;
  return { ...object, [head]: replaced(object[head]!, rest, by) };
}

describe('a wrong value anywhere', () => {
  it('is refused or read past, and everything can still be asked', () => {
    const broken = fc.constantFrom(...bodies.flatMap((body) => pathsOf(body).map((path) => ({ body, path }))));
    fc.assert(
      fc.property(fc.array(fc.tuple(broken, wrong), { minLength: 1, maxLength: 3 }), (places) => {
        const changed = places.map(([{ body, path }, by]) => replaced(body, path, by) as JsonObject);
        const objects = [...changed, ...bodies].map((body, i) =>
          objectOf(body, 'c.yaml', bodies.length + changed.length - i),
        );
        const controlPlane = clusterOf(objects);
        const answers = [
          ...controlPlane.allEndpointSlices(),
          ...controlPlane.allEndpoints(),
          ...controlPlane.pods(),
          ...controlPlane.services(),
          ...controlPlane.refusals(),
          ...controlPlane.namespaces(),
          ...controlPlane.nodes(),
          controlPlane.podByAddress('10.244.1.9'),
        ];
        expect(answers.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });
});
