/** Rules for Services with odd addresses, ranges and slices, against those that the real kube-proxy wrote. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { objectsOf } from '../cluster';
import { canonical, sorted } from './texts';

const root = new URL('../../golden/addresses/', import.meta.url);
const simulation = createSimulation(defaultSettings);
simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL('cluster.yaml', root), 'utf8')) });

describe('rules', () => {
  it.each([
    ['node-a', 'iptables', 'IPv4', 'iptables'],
    ['node-a', 'iptables', 'IPv6', 'ip6tables'],
    ['node-b', 'iptables', 'IPv4', 'iptables'],
    ['node-a', 'nftables', 'IPv4', 'nft'],
    ['node-a', 'nftables', 'IPv6', 'nft6'],
  ] as const)('%s %s %s', (node, mode, family, ending) => {
    const ruleset = simulation.dataPlane.rules(node, mode, family)!;
    const compared = mode === 'iptables' ? canonical : sorted;
    const recorded = readFileSync(new URL(`rules/${node}.${ending}`, root), 'utf8');
    expect(compared(simulation.dataPlane.print(ruleset))).toEqual(compared(recorded));
  });
});
