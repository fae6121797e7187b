/** What the recorded clusters do not show of the endpoint controllers. */

import { describe, expect, it } from 'vitest';
import type { EndpointAddress } from '#model/kubernetes';
import { defaultSettings } from '#model/settings';
import { clusterOf, clusterOfText, objectOf } from '../cluster';
import { deployment, pod, service } from '../descriptions';

describe('Endpoints of more than a thousand pods', () => {
  it('are cut and say so, while the slices hold all', () => {
    const controlPlane = clusterOf([
      objectOf(deployment('many', { app: 'many' }, 1234), 'd.yaml'),
      objectOf(service('many', { selector: { app: 'many' } }), 's.yaml'),
    ]);
    const endpoints = controlPlane.endpoints('default/many');
    expect(endpoints?.metadata.annotations).toEqual({ 'endpoints.kubernetes.io/over-capacity': 'truncated' });
    expect(endpoints?.subsets?.flatMap((subset) => subset.addresses ?? [])).toHaveLength(1000);
    const slices = controlPlane.endpointSlices('default/many');
    expect(slices.map((slice) => slice.endpoints?.length)).toEqual([...Array<number>(12).fill(100), 34]);
    expect(new Set(slices.map((slice) => slice.metadata.name)).size).toBe(13);
  });
});

describe('by release', () => {
  const objects = [
    objectOf(deployment('web', { app: 'web' }, 2), 'd.yaml'),
    objectOf(service('web', { selector: { app: 'web' }, trafficDistribution: 'PreferClose' }), 's.yaml'),
  ];

  it('Endpoints carry the label of their controller since 1.33', () => {
    const labels = (kubernetesVersion: string) =>
      clusterOf(objects, { ...defaultSettings, kubernetesVersion }).endpoints('default/web')?.metadata.labels;
    expect(labels('1.32')).toBeUndefined();
    expect(labels('1.33')).toEqual({ 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
  });
});

describe('hints of a traffic distribution, by release', () => {
  const hintsOf = (trafficDistribution: string, kubernetesVersion: string) => {
    const objects = [
      objectOf(pod('web', { app: 'web' }, { nodeName: 'node-c' }), 'p.yaml'),
      objectOf(service('web', { selector: { app: 'web' }, trafficDistribution }), 's.yaml'),
    ];
    const controlPlane = clusterOf(objects, { ...defaultSettings, kubernetesVersion });
    return controlPlane.endpointSlices('default/web')[0]?.endpoints?.[0]?.hints;
  };
  const forZones = [{ name: 'zone-2' }];

  it('come with PreferClose since 1.31', () => {
    expect(hintsOf('PreferClose', '1.30')).toBeUndefined();
    expect(hintsOf('PreferClose', '1.31')).toEqual({ forZones });
  });

  it('come with the newer names since 1.34', () => {
    expect(hintsOf('PreferSameZone', '1.34')).toEqual({ forZones });
    expect(hintsOf('PreferSameNode', '1.34')).toEqual({ forZones, forNodes: [{ name: 'node-c' }] });
  });
});

describe('the identifier of a pod', () => {
  it('is told of one that a cluster has made, and of no other', () => {
    const made = pod('made', { app: 'web' }, { nodeName: 'node-a' });
    const objects = [
      objectOf({ ...made, metadata: { name: 'made', labels: { app: 'web' }, uid: 'f00' } }, 'p.yaml'),
      objectOf(pod('written', { app: 'web' }, { nodeName: 'node-a' }), 'p.yaml', 1),
      objectOf(service('web', { selector: { app: 'web' } }), 's.yaml'),
    ];
    const controlPlane = clusterOf(objects);
    const uids = (targets: readonly (EndpointAddress['targetRef'] | undefined)[]) =>
      Object.fromEntries(targets.map((target) => [target?.name, target?.uid]));
    const slices = controlPlane.endpointSlices('default/web').flatMap(({ endpoints }) => endpoints ?? []);
    const subsets = controlPlane.endpoints('default/web')?.subsets ?? [];
    const expected = { made: 'f00', written: undefined };
    expect(uids(slices.map(({ targetRef }) => targetRef))).toEqual(expected);
    expect(uids(subsets.flatMap(({ addresses = [] }) => addresses.map(({ targetRef }) => targetRef)))).toEqual(
      expected,
    );
  });
});

describe('an Endpoints written for a Service with a selector', () => {
  it('is overwritten by the controller', () => {
    const controlPlane = clusterOfText(`
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: web}
subsets: [{addresses: [{ip: 10.9.9.9}], ports: [{port: 80}]}]
`);
    expect(controlPlane.endpoints('default/web')?.subsets).toBeUndefined();
    expect(controlPlane.endpointSlices('default/web').flatMap((slice) => slice.endpoints ?? [])).toEqual([]);
  });
});

describe('an Endpoints that asks not to be mirrored', () => {
  it('gives no slice', () => {
    const text = (label: string) => `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: web, labels: {${label}}}
subsets: [{addresses: [{ip: 10.9.9.9}], ports: [{port: 80}]}]
`;
    const count = (label: string) => clusterOfText(text(label)).endpointSlices('default/web').length;
    expect(count('endpointslice.kubernetes.io/skip-mirror: "true"')).toBe(0);
    expect(count('team: a')).toBe(1);
  });
});

describe('an Endpoints with more than a thousand addresses', () => {
  it('is mirrored as far as a thousand, the ready ones first', () => {
    const addresses = Array.from({ length: 1010 }, (_, i) => ({ ip: `10.9.${i >> 8}.${i & 255}` }));
    const controlPlane = clusterOf([
      objectOf(service('web', { ports: [{ port: 80 }] }), 's.yaml'),
      objectOf(
        {
          apiVersion: 'v1',
          kind: 'Endpoints',
          metadata: { name: 'web' },
          subsets: [
            { addresses: addresses.slice(0, 990), notReadyAddresses: addresses.slice(990), ports: [{ port: 80 }] },
          ],
        },
        'e.yaml',
      ),
    ]);
    const [slice, ...more] = controlPlane.endpointSlices('default/web');
    expect(more).toEqual([]);
    expect(slice?.endpoints).toHaveLength(1000);
    expect(slice?.endpoints?.filter(({ conditions }) => conditions.ready)).toHaveLength(990);
  });
});
