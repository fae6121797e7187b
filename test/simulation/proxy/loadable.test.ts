/**
 * The printed rules are given to the real nft and iptables-restore, in a network namespace of their own that goes away
 * with the command: nothing of the machine changes. Needs root (or the right to make a namespace) and those tools.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IpFamily } from '#base/ip';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { Simulation } from '#simulation/types';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);
const cases = [
  'both-local',
  'dual-stack',
  'session-affinity',
  'source-ranges',
  'loadbalancer',
  'same-port-two-protocols',
];

/** Settings under which rules look other than by default. */
const variants: readonly (readonly [string, Partial<ClusterSettings>])[] = [
  ['1.32', { kubernetesVersion: '1.32' }],
  ['1.35', { kubernetesVersion: '1.35' }],
  ['masqueradeAll', { masqueradeAll: true, masqueradeBit: 31 }],
  ['masqueradeAll in 1.33', { masqueradeAll: true, masqueradeBit: 31, kubernetesVersion: '1.33' }],
  ['all addresses', { nodePortAddresses: ['0.0.0.0/0', '::/0'] }],
  ['some addresses', { nodePortAddresses: ['172.30.0.0/24', 'fd00:30::/64', '127.0.0.0/8'] }],
  ['a bridge', { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cni0' }],
  ['a prefix', { detectLocalMode: 'InterfaceNamePrefix', interfaceNamePrefix: 'veth' }],
  ['no detection', { detectLocalMode: 'BridgeInterface', bridgeInterface: '' }],
];

/** Runs a shell command in a new network namespace. */
function run(
  command: string,
  input = '',
): { readonly status: number | null; readonly output: string; readonly error: string } {
  const { status, stdout, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', command], { input, encoding: 'utf8' });
  return { status, output: stdout, error: stderr };
}

const hasNft = run('nft list ruleset').status === 0;
const hasIptables = run('iptables-restore --test && ip6tables-restore --test', '*nat\nCOMMIT\n').status === 0;
/** Other versions of the tools print some things in another way: `dnat ip to` is `dnat ip addr . port to` since 1.0.7. */
const nftPrintsAlike = hasNft && run('nft --version').output.startsWith('nftables v1.0.6 ');
const iptablesPrintsAlike = hasIptables && run('iptables --version').output.startsWith('iptables v1.8.9 ');

function simulationOf(name: string, settings: Partial<ClusterSettings> = {}): Simulation {
  const simulation = createSimulation({ ...defaultSettings, ...settings });
  simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8')) });
  return simulation;
}

function printed(simulation: Simulation, mode: 'iptables' | 'nftables', family: IpFamily): string {
  return simulation.dataPlane.print(simulation.dataPlane.rules('node-a', mode, family)!);
}

const everything: readonly (readonly [string, string, Partial<ClusterSettings>])[] = [
  ...cases.map((name) => [name, name, {}] as const),
  ...variants.map(([what, settings]) => [`loadbalancer with ${what}`, 'loadbalancer', settings] as const),
];

describe.skipIf(!hasNft)('the real nft (skipped without root or nft)', () => {
  it.each(everything)('takes and lists the same: %s', (_, name, settings) => {
    const simulation = simulationOf(name, settings);
    for (const family of ['IPv4', 'IPv6'] as const) {
      const text = printed(simulation, 'nftables', family);
      expect(text).toMatch(/^table ip6? kube-proxy \{\n/);
      const written = nftPrintsAlike
        ? text
        : text.replace(/ dnat (ip6?) to numgen /g, ' dnat $1 addr . port to numgen ');
      const { status, output, error } = run('nft -f - && nft -s list ruleset', written);
      expect({ status, error }).toEqual({ status: 0, error: '' });
      expect(output).toMatch(/^table ip6? kube-proxy \{\n/);
      if (nftPrintsAlike) expect(output).toBe(text);
    }
  });
});

describe.skipIf(!hasIptables)('the real iptables (skipped without root or iptables)', () => {
  it.each(everything.filter(([, , settings]) => !settings.kubernetesVersion))(
    'takes and lists the same: %s',
    (_, name, settings) => {
      const simulation = simulationOf(name, settings);
      for (const [family, tool] of [
        ['IPv4', 'iptables'],
        ['IPv6', 'ip6tables'],
      ] as const) {
        const text = printed(simulation, 'iptables', family);
        // What loads the rules asks for the objects that count, which nobody has made here; what tests them does not.
        const uncounted = text.replace(/ -m nfacct --nfacct-name +\S+/g, '');
        if (uncounted !== text)
          expect(run(`${tool}-restore --test`, text)).toEqual({ status: 0, output: '', error: '' });
        const { status, output, error } = run(`${tool}-restore && ${tool}-save`, uncounted);
        expect({ status, error }).toEqual({ status: 0, error: '' });
        const listed = output.replace(/^#.*\n/gm, '').replace(/ \[\d+:\d+\]$/gm, '');
        expect(listed).toContain('-A KUBE-SERVICES ');
        if (iptablesPrintsAlike) expect(listed).toBe(uncounted);
      }
    },
  );
});
