/** What the recorded clusters do not show of the endpoint controllers. */

import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { clusterOf, clusterOfText, objectOf } from '../cluster';
import { deployment, service } from '../descriptions';

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
