/** What kube-proxy keeps of Services and slices, where recordings hold no example. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { EndpointSlice, Service } from '#model/kubernetes';
import { categorizeEndpoints, endpointsOf } from '#simulation/proxy/endpoints';
import { servicePorts, type ServicePortInfo } from '#simulation/proxy/service-port';

function serviceWith(spec: JsonObject, labels: Record<string, string> = {}, status: JsonObject = {}): Service {
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', labels },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      ipFamilies: ['IPv4'],
      ports,
      ...spec,
    },
    status: { loadBalancer: {}, ...status },
  } as unknown as Service;
}

function first(service: Service, family: 'IPv4' | 'IPv6' = 'IPv4'): ServicePortInfo | undefined {
  return servicePorts(service, family)[0];
}

describe('a Service', () => {
  it.each([
    ['none', { clusterIP: 'None', clusterIPs: ['None'] }],
    ['empty', { clusterIP: '', clusterIPs: [] }],
    ['of another name', { type: 'ExternalName', clusterIP: '10.96.0.1' }],
  ])('is skipped where its address is %s', (_, spec) => {
    expect(servicePorts(serviceWith(spec), 'IPv4')).toEqual([]);
  });

  it('is skipped where its label names another proxy, and not for the label of headless slices', () => {
    expect(first(serviceWith({}, { 'service.kubernetes.io/service-proxy-name': '' }))).toBeUndefined();
    expect(first(serviceWith({}, { 'service.kubernetes.io/headless': '' }))).toBeDefined();
  });

  it("has each family's address where the family stands, else the one of clusterIP", () => {
    const dual = serviceWith({
      ipFamilies: ['IPv6', 'IPv4'],
      clusterIP: 'fd00::1',
      clusterIPs: ['fd00::1', '10.96.0.7'],
    });
    expect([first(dual)?.clusterIP, first(dual, 'IPv6')?.clusterIP]).toEqual(['10.96.0.7', 'fd00::1']);
    const old = serviceWith({ ipFamilies: [], clusterIP: 'fd00:0::1', clusterIPs: [] });
    expect([first(old), first(old, 'IPv6')?.clusterIP]).toEqual([undefined, 'fd00::1']);
  });

  it('has addresses of the family alone, in their canonical form, as often as they are written', () => {
    const service = serviceWith({
      externalIPs: ['FD00:0099:0::01', '198.51.100.1', 'nonsense', '198.51.100.1', '::ffff:198.51.100.2'],
    });
    expect(first(service)?.externalIPs).toEqual(['198.51.100.1', '198.51.100.1', '198.51.100.2']);
    const six = serviceWith({ ipFamilies: ['IPv6'], clusterIPs: ['fd00::1'], externalIPs: ['FD00:0099:0::01', '198.51.100.1'] }); // prettier-ignore
    expect(first(six, 'IPv6')?.externalIPs).toEqual(['fd00:99::1']);
  });

  it('takes an address of a load balancer as its own unless its mode says otherwise', () => {
    const ingress = [{ ip: '198.51.100.1' }, { ip: '198.51.100.2', ipMode: 'VIP' }, { ip: '198.51.100.3', ipMode: 'Proxy' }, { hostname: 'lb.example' }]; // prettier-ignore
    const service = serviceWith({ type: 'LoadBalancer' }, {}, { loadBalancer: { ingress } });
    expect(first(service)?.loadBalancerVIPs).toEqual(['198.51.100.1', '198.51.100.2']);
  });

  it('writes source ranges as networks, and none where one of them is everything', () => {
    const ranges = (list: string[], family: 'IPv4' | 'IPv6' = 'IPv4') =>
      first(
        serviceWith({
          ipFamilies: [family],
          clusterIP: family === 'IPv4' ? '10.96.0.1' : 'fd00::1',
          clusterIPs: [family === 'IPv4' ? '10.96.0.1' : 'fd00::1'],
          loadBalancerSourceRanges: list,
        }),
        family,
      )?.sourceRanges;
    expect(ranges([' 10.1.2.3/8 ', 'fd00::7/64', 'nonsense'])).toEqual(['10.0.0.0/8']);
    expect(ranges(['10.0.0.0/8', '0.0.0.0/0'])).toEqual([]);
    expect(ranges(['0.0.0.0/0', 'FD00:0:0::7/64'], 'IPv6')).toEqual(['fd00::/64']);
  });

  it('answers health checks only as a load balancer for local endpoints', () => {
    const port = (spec: JsonObject) => first(serviceWith({ healthCheckNodePort: 31000, ...spec }))?.healthCheckNodePort;
    expect(port({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' })).toBe(31000);
    expect(port({ type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' })).toBe(0);
    expect(port({ type: 'NodePort', externalTrafficPolicy: 'Local' })).toBe(0);
  });

  it('keeps a client with its endpoint for three hours, if nothing else is said', () => {
    const seconds = (spec: JsonObject) => first(serviceWith(spec))?.stickySeconds;
    expect(seconds({ sessionAffinity: 'None' })).toBe(0);
    expect(seconds({ sessionAffinity: 'ClientIP' })).toBe(10800);
    expect(seconds({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } })).toBe(
      1,
    );
  });
});

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

function sliceWith(endpoints: readonly JsonObject[], members: JsonObject = {}, labels = {}): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web', ...labels } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints as unknown as readonly Endpoint[],
    ...members,
  } as unknown as EndpointSlice;
}

const node = { name: 'node-a', zone: 'zone-1', readsNodeHints: true };
const port = first(serviceWith({}))!;

function addresses(slices: readonly EndpointSlice[], of: ServicePortInfo = port, family: 'IPv4' | 'IPv6' = 'IPv4') {
  return endpointsOf(of, slices, family, node).map(({ address }) => address);
}

describe('slices', () => {
  it('count for the family of their addresses; names of hosts for none', () => {
    const slices = [
      sliceWith([{ addresses: ['10.0.0.1'] }]),
      sliceWith([{ addresses: ['FD00:0::000a'] }], { addressType: 'IPv6' }),
      sliceWith([{ addresses: ['web.example'] }], { addressType: 'FQDN' }),
    ];
    expect(addresses(slices)).toEqual(['10.0.0.1:8080']);
    expect(addresses(slices, port, 'IPv6')).toEqual(['[fd00::a]:8080']);
  });

  it('join the port by name and protocol, never by number', () => {
    const ports = [
      { name: 'http', port: 9, protocol: 'UDP' },
      { name: 'other', port: 80, protocol: 'TCP' },
      { name: 'http', protocol: 'TCP' },
      { name: 'http', port: 0, protocol: 'TCP' },
      { name: 'http', port: 7, protocol: 'TCP' },
      { name: 'http', port: 8 },
    ];
    expect(addresses([sliceWith([{ addresses: ['10.0.0.1'] }], { ports })])).toEqual(['10.0.0.1:7', '10.0.0.1:8']);
    expect(addresses([sliceWith([{ addresses: ['10.0.0.1'] }], { ports: null })])).toEqual([]);
  });

  it('give each endpoint its first address, and none without one', () => {
    expect(addresses([sliceWith([{ addresses: ['10.0.0.2', '10.0.0.3'] }, { addresses: [] }])])).toEqual(['10.0.0.2:8080']); // prettier-ignore
  });

  it('are none of a proxy where a label says so', () => {
    const endpoints = [{ addresses: ['10.0.0.1'] }];
    for (const label of ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'])
      expect(addresses([sliceWith(endpoints, {}, { [label]: '' })])).toEqual([]);
  });

  it('that hold one address twice: one that goes gives way, of two others the later counts', () => {
    const going = { ready: false, serving: true, terminating: true };
    const at = (nodeName: string, conditions: JsonObject = {}) => sliceWith([{ addresses: ['10.0.0.1'], nodeName, conditions }]); // prettier-ignore
    const nodeOf = (...slices: EndpointSlice[]) =>
      endpointsOf(port, slices, 'IPv4', node).map(({ nodeName }) => nodeName);
    expect(nodeOf(at('new'), at('old', going))).toEqual(['new']);
    expect(nodeOf(at('old', going), at('new'))).toEqual(['new']);
    expect(nodeOf(at('a'), at('b'))).toEqual(['b']);
    expect(nodeOf(at('a', going), at('b', going))).toEqual(['a']);
  });

  it('are sorted by their text', () => {
    const endpoints = ['10.0.0.9', '10.0.0.10', '10.0.0.1'].map((address) => ({ addresses: [address] }));
    expect(addresses([sliceWith(endpoints)])).toEqual(['10.0.0.10:8080', '10.0.0.1:8080', '10.0.0.9:8080']);
  });
});

describe('which endpoints a node uses', () => {
  const pick = (endpoints: readonly JsonObject[], of: ServicePortInfo = port, at = node) => {
    const all = endpointsOf(of, [sliceWith(endpoints)], 'IPv4', at);
    const { cluster, local, reachable, hasAny } = categorizeEndpoints(of, all, at);
    const names = (list: typeof all) => list.map(({ ip }) => ip.slice(7)).join(' ');
    return { cluster: names(cluster), local: names(local), reachable: names(reachable), hasAny };
  };
  const going = { ready: false, serving: true, terminating: true };
  const local: ServicePortInfo = { ...port, internalPolicyLocal: true };
  const external: ServicePortInfo = { ...port, externalPolicyLocal: true, nodePort: 30000 };

  it('falls back to endpoints that go and still serve, for each policy apart', () => {
    const endpoints = [
      { addresses: ['10.0.0.1'], nodeName: 'node-a', conditions: going },
      { addresses: ['10.0.0.2'], nodeName: 'node-b' },
      { addresses: ['10.0.0.3'], nodeName: 'node-a', conditions: { ready: false, serving: false, terminating: true } },
    ];
    expect(pick(endpoints)).toEqual({ cluster: '2', local: '', reachable: '2', hasAny: true });
    expect(pick(endpoints, local)).toEqual({ cluster: '', local: '1', reachable: '1', hasAny: true });
    expect(pick(endpoints, external)).toEqual({ cluster: '2', local: '1', reachable: '1 2', hasAny: true });
    expect(pick(endpoints.slice(0, 1))).toMatchObject({ cluster: '1', hasAny: true });
    expect(pick(endpoints.slice(2))).toMatchObject({ cluster: '', hasAny: false });
  });

  it('knows of endpoints elsewhere where it has none: it drops instead of refusing', () => {
    expect(pick([{ addresses: ['10.0.0.2'], nodeName: 'node-b' }], local)).toMatchObject({ local: '', hasAny: true });
  });

  const hinted = (address: string, hints: JsonObject, conditions: JsonObject = {}) => ({ addresses: [address], conditions, hints }); // prettier-ignore
  const zone = (name: string) => ({ forZones: [{ name }] });

  it('follows hints for zones only where every ready endpoint has one and one is for its zone', () => {
    const both = [hinted('10.0.0.1', zone('zone-1')), hinted('10.0.0.2', zone('zone-2'))];
    expect(pick(both).cluster).toBe('1');
    expect(pick([...both, hinted('10.0.0.3', {})]).cluster).toBe('1 2 3');
    expect(pick([...both, hinted('10.0.0.3', {}, { ready: false })]).cluster).toBe('1');
    expect(pick(both.slice(1)).cluster).toBe('2');
    expect(pick(both, port, { ...node, zone: 'zone-3' }).cluster).toBe('1 2');
  });

  it('follows hints for nodes before those for zones, where its release reads them', () => {
    const at = (name: string, zoneName: string) => ({ ...zone(zoneName), forNodes: [{ name }] });
    const both = [hinted('10.0.0.1', at('node-b', 'zone-1')), hinted('10.0.0.2', at('node-a', 'zone-2'))];
    expect(pick(both).cluster).toBe('2');
    expect(pick(both, port, { ...node, readsNodeHints: false }).cluster).toBe('1');
    expect(pick(both, port, { ...node, name: 'node-z' }).cluster).toBe('1');
  });
});
