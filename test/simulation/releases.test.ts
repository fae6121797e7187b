/** What is said differently by other releases, and in which. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import { behaves, minorOf, printHolds } from '#simulation/releases';
import { clusterOf, objectOf } from './cluster';
import { service } from './descriptions';

const ports = [{ port: 80 }];

function heldCauses(spec: JsonObject, kubernetesVersion: string, name = 'web'): readonly string[] {
  const settings = { ...defaultSettings, kubernetesVersion };
  const [refusal] = clusterOf([objectOf(service(name, spec, 'shop'))], settings).refusals();
  return (refusal?.causes ?? []).map(({ field, holds }) => `${field} ${holds ? printHolds(holds) : 'always'}`);
}

describe('a refusal says which releases say the same', () => {
  it.each<[string, string, JsonObject, readonly string[], string?]>([
    ['a name that starts with a digit', '1.32', { ports }, ['metadata.name until 1.35'], '1web'],
    ['a traffic distribution of later', '1.33', { ports, trafficDistribution: 'PreferSameNode' }, ['spec.trafficDistribution until 1.33']],
    ['one that nobody knows', '1.33', { ports, trafficDistribution: 'Near' }, ['spec.trafficDistribution always']],
    ['kubelet’s port', '1.32', { type: 'LoadBalancer', ports: [{ port: 10250 }] }, ['spec.ports[0] until 1.32']],
    ['an address in two families', '1.37', { ports, externalIPs: ['::ffff:192.0.2.1'] }, ['spec.externalIPs[0] since 1.36']],
    ['several', '1.36', { ports: [{ port: 0, targetPort: 80 }], externalIPs: ['::ffff:192.0.2.1'] }, ['spec.ports[0].port always', 'spec.externalIPs[0] since 1.36']],
  ])('%s', (_, release, spec, expected, name) => {
    expect(heldCauses(spec, release, name)).toEqual(expected);
  }); // prettier-ignore

  it('also of an update, and of other kinds', () => {
    const objects = [{ ports }, { ports, externalIPs: ['::ffff:192.0.2.1'] }].map((spec, i) => objectOf(service('web', spec, 'shop'), 'a.yaml', i)); // prettier-ignore
    expect(clusterOf(objects).refusalOf(objects[1]!)?.causes[0]?.holds).toEqual({ since: '1.36' });
    const endpoints = objectOf({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' }, subsets: [{ addresses: [{ ip: '::ffff:192.0.2.1' }] }] }); // prettier-ignore
    expect(clusterOf([endpoints]).refusalOf(endpoints)?.causes[0]?.holds).toEqual({ since: '1.36' });
  });
});

describe('a release that cannot even read the document', () => {
  it('is no release that takes it', () => {
    const slice = objectOf({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web' },
      addressType: 'IPv4',
      endpoints: [{ addresses: [], hints: { forNodes: [{ name: 'a' }] } }],
    });
    const causes = clusterOf([slice]).refusalOf(slice)?.causes ?? [];
    expect(causes.map(({ field, holds }) => [field, holds])).toEqual([['endpoints[0].addresses', undefined]]);
  });
});

describe('releases', () => {
  it('that are not understood are the newest', () => {
    expect(minorOf('next')).toBe(37);
    expect(behaves(minorOf('next'), 'relaxedServiceNames')).toBe(true);
    expect(behaves(37, 'betaServiceRanges')).toBe(false);
  });

  it('before 1.33 take no ranges from ServiceCIDR objects, but from those of the API that one could turn on', () => {
    const range = (version: string) => objectOf({ apiVersion: `networking.k8s.io/${version}`, kind: 'ServiceCIDR', metadata: { name: 'more' }, spec: { cidrs: ['10.9.0.0/24'] } }); // prettier-ignore
    const web = objectOf(service('web', { ports, clusterIP: '10.9.0.5' }, 'shop'));
    const takes = (version: string, kubernetesVersion: string) =>
      clusterOf([range(version), web], { ...defaultSettings, kubernetesVersion }).service('shop/web') !== undefined;
    expect(takes('v1', '1.37')).toBe(true);
    expect(takes('v1', '1.32')).toBe(false);
    expect(takes('v1beta1', '1.32')).toBe(true);
    expect(takes('v1beta1', '1.37')).toBe(false);
    expect(takes('v1', '1.33')).toBe(true);
  });
});
