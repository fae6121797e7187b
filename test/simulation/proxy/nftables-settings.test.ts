/** The nftables table under other settings and of other releases; the former as the real kube-proxy wrote it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings, type ClusterSettings, type ProxyMode } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { KubernetesObject } from '#model/object';
import type { Simulation } from '#simulation/types';
import { objectOf, objectsOf } from '../cluster';
import { service } from '../descriptions';

const root = new URL('../../golden/nftables-settings/', import.meta.url);

const serviceCIDR = (name: string, ...cidrs: readonly string[]): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs },
});

const variants: Readonly<Record<string, Partial<ClusterSettings>>> = {
  'some-addresses': { nodePortAddresses: ['172.30.0.0/24', '127.0.0.0/8'] },
  primary: { nodePortAddresses: ['primary'] },
  'masquerade-all': { masqueradeAll: true, masqueradeBit: 20 },
  'more-cidrs': {},
};
const added: Readonly<Record<string, readonly JsonObject[]>> = {
  'more-cidrs': [serviceCIDR('second', '10.112.0.0/16'), serviceCIDR('third', '192.168.64.0/20', 'fd00:77::/112')],
};

function simulationWith(settings: Partial<ClusterSettings>, objects: readonly KubernetesObject[]): Simulation {
  const simulation = createSimulation({ ...defaultSettings, ...settings });
  simulation.apply({ removed: [], added: objects });
  return simulation;
}

const printed = (simulation: Simulation, mode: ProxyMode, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  simulation.dataPlane.print(simulation.dataPlane.rules('node-a', mode, family)!);

/** Sets and chains, whose order is random for those of single Services. */
function canonical(text: string): readonly string[] {
  return text.trimEnd().replace(/\n*\}$/, '').split(/\n+(?=\t(?:set|map|chain) )/).sort(); // prettier-ignore
}

describe('rules under settings', () => {
  const objects = objectsOf(readFileSync(new URL('cluster.yaml', root), 'utf8'));

  it.each(Object.keys(variants))('%s', (name) => {
    const more = (added[name] ?? []).map((body, index) => objectOf(body, 'ranges.yaml', index));
    const simulation = simulationWith(variants[name]!, [...objects, ...more]);
    for (const [family, ending] of [['IPv4', 'nft'], ['IPv6', 'nft6']] as const) {
      const recorded = readFileSync(new URL(`${name}.${ending}`, root), 'utf8');
      expect(canonical(printed(simulation, 'nftables', family))).toEqual(canonical(recorded));
    } // prettier-ignore
  });
});

describe('releases', () => {
  const web = objectOf(service('web', { clusterIP: '10.96.0.10', type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }), 'a.yaml', 0); // prettier-ignore
  const slice = objectOf(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [{ addresses: ['10.244.1.10'], nodeName: 'node-a' }, { addresses: ['10.244.2.10'], nodeName: 'node-b' }],
    },
    'a.yaml',
    1,
  ); // prettier-ignore
  const both = [web, slice];
  const chainsOf = (kubernetesVersion: string, objects: readonly KubernetesObject[], ...names: readonly string[]) => {
    const text = printed(simulationWith({ kubernetesVersion }, objects), 'nftables');
    const blocks = text.split(/\n+(?=\t(?:set|map|chain) )/).map((block) => block.replace(/\n\}\s*$/, '').replace(/-[A-Z2-7]{8}-/g, '-')); // prettier-ignore
    return names.map((name) => blocks.find((block) => block.startsWith(`\tchain ${name} {`))?.split('\n').slice(1, -1).map((line) => line.trim())); // prettier-ignore
  };
  const endpoint = 'endpoint-default/web/tcp/__10.244.1.10/8080';
  const balancing =
    'numgen random mod 2 vmap { 0 : goto endpoint-default/web/tcp/__10.244.1.10/8080, 1 : goto endpoint-default/web/tcp/__10.244.2.10/8080 }';

  it('until 1.33 marked by address and port', () => {
    expect(chainsOf('1.33', both, 'service-default/web/tcp/')).toEqual([
      ['ip daddr 10.96.0.10 tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade', balancing],
    ]);
    expect(chainsOf('1.34', both, 'service-default/web/tcp/')).toEqual([
      ['ip daddr 10.96.0.10 ip saddr != 10.244.0.0/16 jump mark-for-masquerade', balancing],
    ]);
  });

  it('until 1.35 had a chain for each endpoint, and one that marks', () => {
    expect(
      chainsOf('1.35', both, endpoint, 'external-default/web/tcp/', 'mark-for-masquerade', 'masquerading'),
    ).toEqual([
      ['ip saddr 10.244.1.10 jump mark-for-masquerade', 'meta l4proto tcp dnat to 10.244.1.10:8080'],
      ['jump mark-for-masquerade', 'goto service-default/web/tcp/'],
      ['meta mark set meta mark | 0x00004000'],
      [
        'meta mark & 0x00004000 == 0x00000000 return',
        'meta mark set meta mark ^ 0x00004000',
        'masquerade fully-random',
      ],
    ]);
    expect(chainsOf('1.36', both, endpoint, 'mark-for-masquerade', 'service-default/web/tcp/')).toEqual([
      undefined,
      undefined,
      ['meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.1.10 . 8080, 1 : 10.244.2.10 . 8080 }'],
    ]);
  });

  it('in 1.36 drew even a single endpoint', () => {
    const single = objectOf({ ...slice.body, endpoints: [{ addresses: ['10.244.1.10'] }] }, 'a.yaml', 1);
    expect(chainsOf('1.36', [web, single], 'service-default/web/tcp/')).toEqual([
      ['meta l4proto tcp dnat ip to numgen random mod 1 map { 0 : 10.244.1.10 . 8080 }'],
    ]);
    expect(chainsOf('1.37', [web, single], 'service-default/web/tcp/')).toEqual([
      ['meta l4proto tcp dnat to 10.244.1.10:8080'],
    ]);
  });

  it('until 1.32 filtered before the destination is translated, and did not know the ranges', () => {
    expect(chainsOf('1.32', both, 'filter-output', 'filter-output-post-dnat', 'cluster-ips-check')).toEqual([
      [
        'type filter hook output priority -110; policy accept;',
        'ct state new jump service-endpoints-check',
        'ct state new jump firewall-check',
      ],
      ['type filter hook output priority -90; policy accept;', 'ct state new jump cluster-ips-check'],
      ['ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'],
    ]);
    expect(chainsOf('1.33', both, 'filter-output', 'cluster-ips-check')).toEqual([
      [
        'type filter hook output priority filter; policy accept;',
        'ct state new jump service-endpoints-check',
        'ct state new jump cluster-ips-check',
      ],
      [
        'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
        'ip daddr 10.96.0.0/12 drop comment "Drop traffic to unallocated ClusterIPs"',
      ],
    ]);
  });
});

describe('ServiceCIDRs', () => {
  const dropped = (...objects: readonly JsonObject[]) =>
    printed(simulationWith({}, objects.map((body, i) => objectOf(body, 'ranges.yaml', i))), 'nftables')
      .split('\n')
      .flatMap((line) => / (\S.*) drop comment "Drop traffic to unallocated/.exec(line.trim())?.[1] ?? []); // prettier-ignore

  it('one of the name kubernetes stands for the flag of the API server', () => {
    expect(dropped(serviceCIDR('kubernetes', '10.50.0.0/16'))).toEqual(['daddr 10.50.0.0/16']);
    expect(dropped(serviceCIDR('other', '10.50.0.0/16'))).toEqual(['daddr { 10.50.0.0/16, 10.96.0.0/12 }']);
  });
  it('ranges that touch are one', () => {
    expect(dropped(serviceCIDR('other', '10.112.0.0/12'))).toEqual(['daddr { 10.96.0.0/11 }']);
  });
});

describe('an edit', () => {
  const bodies = ['web', 'other'].map((name) =>
    service(name, { selector: { app: name }, sessionAffinity: 'ClientIP' }),
  );
  const [web, other] = bodies.map((body, index) => objectOf(body, 'cluster.yaml', index));

  it('leaves the chains of another Service as they are', () => {
    const slice = (name: string): JsonObject => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [{ addresses: ['10.244.1.10'] }],
    });
    const slices = ['web', 'other'].map((name, index) => objectOf(slice(name), 'cluster.yaml', 10 + index));
    const simulation = simulationWith({}, [web!, other!, ...slices]);
    const chains = (name: string) => {
      const ruleset = simulation.dataPlane.rules('node-a', 'nftables', 'IPv4')!;
      if (ruleset.mode !== 'nftables') throw new Error('another mode');
      return [...ruleset.table.chains.values()].filter((chain) => chain.name.includes(`default/${name}/`));
    };
    const before = chains('web');
    expect(before.map(({ name }) => name.split('-')[0])).toEqual(['endpoint', 'service']);
    const edited = objectOf(service('other', { selector: { app: 'other' } }), 'cluster.yaml', 1);
    simulation.apply({ removed: [other!], added: [edited] });
    expect(chains('other').map(({ name }) => name.split('-')[0])).toEqual(['service']);
    expect(chains('web').every((chain, index) => chain === before[index])).toBe(true);
  });
});

describe('two Services with one external address', () => {
  it('leave it to the first of them, as iptables mode does', () => {
    const slice = (name: string): JsonObject => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      endpoints: [{ addresses: ['10.244.1.10'] }],
    });
    const names = ['b', 'a'];
    const bodies = [...names.map((name) => service(name, { externalIPs: ['198.51.100.9'] })), ...names.map(slice)];
    const simulation = simulationWith({}, bodies.map((body, index) => objectOf(body, 'cluster.yaml', index))); // prettier-ignore
    const lines = printed(simulation, 'nftables').split('\n');
    const dispatched = lines.flatMap((line) => /198\.51\.100\.9 \. tcp \. 80 : (\S+ \S+)/.exec(line)?.[1] ?? []);
    expect(dispatched).toEqual([expect.stringMatching(/^goto external-[A-Z2-7]{8}-default\/a\/tcp\/,?$/)]);
    const [first] = printed(simulation, 'iptables').split('\n').filter((line) => line.includes('-d 198.51.100.9/32')); // prettier-ignore
    expect(first).toContain('default/a external IP');
  });
});
