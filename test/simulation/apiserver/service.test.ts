/** Services: defaults, families and refusals, one line each. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { admitService } from '#simulation/apiserver/admission';
import { clusterOf, objectOf } from '../cluster';

const ports = [{ port: 80 }];
const old: ClusterSettings = { ...defaultSettings, kubernetesVersion: '1.32' };
const oneFamily: ClusterSettings = { ...defaultSettings, serviceCIDRs: ['10.96.0.0/12'] };

function admit(spec: JsonObject, metadata: JsonObject = {}, settings = defaultSettings) {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop', ...metadata }, spec };
  return admitService(objectOf(body), settings);
}

/** What is stored, without the addresses that are chosen. */
function stored(spec: JsonObject, settings = defaultSettings) {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec };
  const service = clusterOf([objectOf(body)], settings).service('shop/web')!;
  const { clusterIP, clusterIPs, ...rest } = service.spec;
  const given = spec.clusterIP === clusterIP && clusterIP !== undefined;
  return { ...rest, ...(given && { clusterIP, clusterIPs: clusterIPs!.slice(0, 1) }) };
}

function errorsOf(...args: Parameters<typeof admit>): readonly string[] {
  return (
    admit(...args).refusal?.causes.map(({ field, reason }) => `${field} ${reason.replace('FieldValue', '')}`) ?? []
  );
}

describe('defaults', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a plain one', { ports }, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }],
    ['an empty selector and empty lists', { ports, selector: {}, externalIPs: [], clusterIP: '' }, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }],
    ['nulls', { ports, selector: null, type: null }, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }],
    ['headless without a selector', { clusterIP: 'None' }, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }],
    ['a name for another', { type: 'ExternalName', externalName: 'a.b' }, { type: 'ExternalName', externalName: 'a.b', sessionAffinity: 'None' }],
    ['affinity', { ports: [{ port: 80, name: '', targetPort: '' }], sessionAffinity: 'ClientIP', ipFamilies: ['IPv6'] }, { type: 'ClusterIP', sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } }, internalTrafficPolicy: 'Cluster', ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }],
    ['families of addresses', { ports, ipFamilyPolicy: 'PreferDualStack', clusterIP: 'fd00:10:96::5' }, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster', clusterIP: 'fd00:10:96::5', clusterIPs: ['fd00:10:96::5'], ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'PreferDualStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] }],
  ])('%s', (_, spec, expected) => {
    expect(stored(spec)).toEqual(expected);
  }); // prettier-ignore

  it('prefers two families only where the cluster has them', () => {
    expect(stored({ ports, ipFamilyPolicy: 'PreferDualStack' }, oneFamily).ipFamilies).toEqual(['IPv4']);
    expect(stored({ clusterIP: 'None' }, oneFamily).ipFamilies).toEqual(['IPv4', 'IPv6']);
  });
});

describe('refusals', () => {
  it.each<[string, JsonObject, readonly string[]]>([
    ['an ExternalName with addresses', { type: 'ExternalName', externalName: 'a', clusterIP: '10.96.0.9', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }, ['spec.clusterIPs Forbidden', 'spec.ipFamilies Forbidden', 'spec.ipFamilyPolicy Forbidden']],
    ['addresses without the first', { ports, clusterIPs: ['10.96.0.9'] }, ['spec.clusterIPs Invalid']],
    ['another first address', { ports, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.8'] }, ['spec.clusterIPs Invalid']],
    ['two addresses of one family', { ports, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', '10.96.0.8'], ipFamilyPolicy: 'RequireDualStack' }, ['spec.clusterIPs Invalid']],
    ['two addresses without a policy', { ports, clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00:10:96::9'] }, ['spec.ipFamilyPolicy Invalid']],
    ['an address of another family', { ports, clusterIP: '10.96.0.9', ipFamilies: ['IPv6'] }, ['spec.clusterIPs[0] Invalid']],
    ['an unknown policy', { ports, ipFamilyPolicy: 'Both' }, ['spec.ipFamilyPolicy NotSupported']],
    ['one node port twice', { type: 'NodePort', ports: [{ name: 'a', port: 80, nodePort: 30001 }, { name: 'b', port: 81, nodePort: 30001, protocol: 'HTTP' }] }, ['spec.ports[1].nodePort Invalid']],
    ['several at once', { ports: [{ port: 70000, targetPort: 80 }], type: 'x', sessionAffinity: 'y' }, ['spec.ports[0].port Invalid', 'spec.sessionAffinity NotSupported', 'spec.type NotSupported']],
    ['special external addresses', { ports, externalIPs: ['169.254.1.1', '224.0.0.1', '0.0.0.0', 'ff02::1', 'fe80::1', '::'] }, [0, 1, 2, 3, 4, 5].map((i) => `spec.externalIPs[${i}] Invalid`)],
    ['a headless load balancer', { type: 'LoadBalancer', clusterIP: 'None', ports }, ['spec.clusterIPs[0] Invalid']],
  ])('%s', (_, spec, expected) => {
    expect(errorsOf(spec)).toEqual(expected);
  }); // prettier-ignore

  it('knows annotations', () => {
    const topology = { 'service.kubernetes.io/topology-mode': 'Auto', 'service.kubernetes.io/topology-aware-hints': 'Disabled' }; // prettier-ignore
    expect(errorsOf({ ports }, { annotations: topology })).toEqual([
      'metadata.annotations[service.kubernetes.io/topology-mode] Invalid',
    ]);
    const ranges = { 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, x' };
    expect(errorsOf({ ports, type: 'LoadBalancer' }, { annotations: ranges })).toHaveLength(1);
    expect(errorsOf({ ports }, { annotations: { 'a b': 'c' } })).toEqual(['metadata.annotations Invalid']);
  });

  it('follows the release', () => {
    expect(errorsOf({ ports }, { name: '1web' })).toEqual([]);
    expect(errorsOf({ ports }, { name: '1web' }, old)).toEqual(['metadata.name Invalid']);
    const kubelet = { type: 'LoadBalancer', ports: [{ port: 10250 }] };
    expect(errorsOf(kubelet)).toEqual([]);
    expect(errorsOf(kubelet, {}, old)).toEqual(['spec.ports[0] Invalid']);
    const ranges = { type: 'LoadBalancer', ports, loadBalancerSourceRanges: ['10.0.0.1/8'] };
    expect(errorsOf(ranges)).toEqual(['spec.LoadBalancerSourceRanges[0] Invalid']);
    expect(errorsOf(ranges, {}, old)).toEqual([]);
    expect(errorsOf({ ports, trafficDistribution: 'PreferSameZone' })).toEqual([]);
    expect(errorsOf({ ports, trafficDistribution: 'PreferSameZone' }, {}, old)).toEqual(['spec.trafficDistribution NotSupported']); // prettier-ignore
    expect(errorsOf({ ports, ipFamilyPolicy: 'RequireDualStack' }, {}, oneFamily)).toEqual(['spec.ipFamilyPolicy Invalid']); // prettier-ignore
    expect(errorsOf({ ports, ipFamilies: ['IPv6'] }, {}, oneFamily)).toEqual(['spec.ipFamilies[0] Invalid']);
  });

  it('goes on taking what a cluster holds', () => {
    const spec = { type: 'LoadBalancer', ports, loadBalancerSourceRanges: ['10.0.0.1/8'] };
    const object = objectOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });
    const origin = {
      kind: 'cluster',
      context: 'kind',
      resourceVersion: '1',
      file: 'kind/web.yaml',
      document: 0,
      path: [],
    } as const;
    expect(admitService(object, defaultSettings).refusal?.code).toBe(422);
    expect(admitService({ ...object, origin }, defaultSettings).refusal).toBeUndefined();
  });

  it('complains of claims before all else', () => {
    const { refusal } = admit({ type: 'NodePort', ports: [{ port: 0, nodePort: 80 }] });
    expect(refusal?.causes.map(({ field }) => field)).toEqual(['spec.ports[0].nodePort']);
  });

  it('points at what is written', () => {
    const paths = (spec: JsonObject, metadata?: JsonObject) => admit(spec, metadata).refusal?.causes.map(({ path }) => path); // prettier-ignore
    expect(paths({ ports: [{ port: 80 }, { port: 81, name: 'x' }] })).toEqual([['spec', 'ports', 0]]);
    expect(paths({ ports: [{ port: 0 }] })).toEqual([
      ['spec', 'ports', 0, 'port'],
      ['spec', 'ports', 0],
    ]);
    expect(paths({})).toEqual([['spec']]);
    expect(paths({ ports, clusterIP: 'x' })).toEqual([['spec', 'clusterIP']]);
    expect(paths({ ports, loadBalancerSourceRanges: ['10.0.0.0/8'] })).toEqual([['spec', 'loadBalancerSourceRanges']]);
    expect(paths({ ports }, { labels: { app: 'a b' } })).toEqual([['metadata', 'labels', 'app']]);
  });
});

describe('decoding', () => {
  it.each<[JsonObject, string, readonly (string | number)[]]>([
    [{ ports: [{ port: '80' }] }, 'json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32', ['spec', 'ports', 0, 'port']],
    [{ ports: [{ port: 80.5 }] }, 'json: cannot unmarshal number 80.5 into Go struct field ServicePort.spec.ports.port of type int32', ['spec', 'ports', 0, 'port']],
    [{ ports: 80 }, 'json: cannot unmarshal number into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort', ['spec', 'ports']],
    [{ ports, selector: ['app'] }, 'json: cannot unmarshal array into Go struct field ServiceSpec.spec.selector of type map[string]string', ['spec', 'selector']],
    [{ ports, selector: { app: true } }, 'json: cannot unmarshal bool into Go struct field ServiceSpec.spec.selector of type string', ['spec', 'selector', 'app']],
    [{ ports: [{ port: 80, foo: 1 }], bar: {} }, 'strict decoding error: unknown field "spec.ports[0].foo", unknown field "spec.bar"', ['spec', 'ports', 0, 'foo']],
  ])('%j', (spec, complaint, place) => {
    const { refusal } = admit(spec);
    expect(refusal).toMatchObject({ code: 400, reason: 'BadRequest', causes: [], place });
    expect(refusal?.message).toBe(`Service in version "v1" cannot be handled as a Service: ${complaint}`);
  }); // prettier-ignore
});
