/** Whatever the bodies hold, the API server answers: it takes the object or says why not. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '#base/json';
import { valueAt } from '#base/json';
import { objectKey, type KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import * as admission from '#simulation/apiserver/admission';

/** JSON of which much has the keys that the server reads. */
const keys = fc.constantFrom(
  'metadata', 'spec', 'status', 'labels', 'annotations', 'ports', 'port', 'name', 'protocol', 'selector', 'matchLabels',
  'matchExpressions', 'operator', 'key', 'values', 'template', 'containers', 'initContainers', 'jobTemplate', 'subsets',
  'addresses', 'endpoints', 'clusterIPs', 'ipFamilies', 'type', 'ingress', 'from', 'ipBlock', 'cidr', 'loadBalancer',
  'conditions', 'podSelector', 'replicas', 'ordinals', 'sessionAffinityConfig', '__proto__', 'constructor',
); // prettier-ignore
const words = fc.constantFrom<JsonValue>(
  null, '', 'a', 'None', 'ClientIP', 'LoadBalancer', 'ExternalName', 'NodePort', 'IPv4', '10.96.0.1', '::1', 0, 1, 80, -1, 1.5, 1e300, true, false, '1/2/3',
); // prettier-ignore
const { tree } = fc.letrec<{ tree: JsonValue; branch: JsonValue }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', maxDepth: 6 }, words, tie('branch')),
  branch: fc.oneof(
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('tree')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries) as JsonObject),
  ),
}));
const bodies = fc.record({ metadata: tree, spec: tree, status: tree, subsets: tree, endpoints: tree, ports: tree });
const names = fc.constantFrom('web', '', 'Web', 'a.b', '__proto__');

const kinds = [
  ['', 'Service', admission.admitService],
  ['', 'Pod', admission.admitPod],
  ['apps', 'Deployment', admission.admitWorkload],
  ['', 'ReplicationController', admission.admitWorkload],
  ['apps', 'StatefulSet', admission.admitWorkload],
  ['batch', 'CronJob', admission.admitWorkload],
  ['batch', 'constructor', admission.admitWorkload],
  ['', 'Node', admission.admitNode],
  ['', 'Endpoints', admission.admitEndpoints],
  ['discovery.k8s.io', 'EndpointSlice', admission.admitEndpointSlice],
  ['networking.k8s.io', 'NetworkPolicy', admission.admitNetworkPolicy],
] as const;

describe('any JSON', () => {
  it.each(kinds)('%s/%s', (group, kind, admit) => {
    fc.assert(
      fc.property(bodies, names, (body, name) => {
        const object: KubernetesObject = {
          key: objectKey(group, kind, 'shop', name),
          group,
          version: 'v1',
          kind,
          namespace: 'shop',
          namespaceGiven: true,
          name,
          body,
          origin: { kind: 'manifest', file: 'a.yaml', document: 0, path: [] },
        };
        const before = JSON.stringify(body);
        const { value, refusal } = admit(object, defaultSettings);
        expect(value === undefined).toBe(refusal !== undefined);
        expect(JSON.stringify(body)).toBe(before);
        for (const { path } of refusal?.causes ?? []) expect(valueAt(body, path)).not.toBe(undefined);
      }),
      { numRuns: 300 },
    );
  });
});
