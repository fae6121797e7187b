/** Whatever JSON stands in an object, of whatever kind: it is taken or refused, never thrown at. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '#base/json';
import { refusalOfBody } from './kinds';

const kinds: readonly (readonly [string, string])[] = [
  ['v1', 'Pod'],
  ['v1', 'Node'],
  ['v1', 'Namespace'],
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v1', 'HorizontalPodAutoscaler'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
];

const container = { name: 'main', image: 'app:1' };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container], restartPolicy: 'Never' } };
const bodies: readonly JsonObject[] = [
  { spec: { containers: [container], initContainers: [container], volumes: [{ name: 'v', projected: { sources: [{ secret: {} }] } }], affinity: { podAffinity: {} } } },
  { spec: { selector: { matchLabels: { app: 'web' } }, template, strategy: {}, updateStrategy: { rollingUpdate: {} }, volumeClaimTemplates: [{ spec: {} }] } },
  { spec: { schedule: '* * * * *', jobTemplate: { spec: { template, podFailurePolicy: { rules: [{}] } } } } },
  { spec: { rules: [{ http: { paths: [{ backend: { service: { port: {} } } }] } }], tls: [{}], ingress: [{ from: [{ ipBlock: {} }], ports: [{}] }] } },
  { data: { a: 'b' }, binaryData: { c: 'Yg==' }, status: { capacity: { cpu: 1 }, allocatable: { pods: '1' } } },
]; // prettier-ignore

/** A value in the place of one that is there. */
function replaced(value: JsonValue, way: readonly number[], by: JsonValue): JsonValue {
  const [step, ...rest] = way;
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: JsonValue, i) => (i === step % value.length ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)] ?? 'x';
  return { ...value, [key]: replaced((value as JsonObject)[key] ?? null, rest, by) };
}

describe('objects with anything in them', () => {
  it.each(kinds)('%s %s', (apiVersion, kind) => {
    const anything = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const property = fc.property(fc.constantFrom(...bodies), fc.array(fc.nat(5), { maxLength: 8 }), anything, (body, way, by) => {
      const inside = replaced(body, way, by);
      const parts = typeof inside === 'object' && inside !== null && !Array.isArray(inside) ? (inside as JsonObject) : { spec: inside };
      const refusal = refusalOfBody({ ...parts, apiVersion, kind, metadata: { name: 'web', namespace: 'default' } });
      expect(refusal === undefined || [400, 422].includes(refusal.code)).toBe(true);
    }); // prettier-ignore
    fc.assert(property, { numRuns: 150 });
  });
});
