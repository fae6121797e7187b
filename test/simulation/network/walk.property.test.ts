/** What holds for every walk: its ways add up, and each rule that it tells of stands in the printed ruleset. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings, type ProxyMode } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { printMetRule } from '#simulation/proxy/modes';
import { objectsOf } from '../cluster';
import { requestsIn } from './random-requests';

const objects = objectsOf(readFileSync(new URL('../../golden/addresses/cluster.yaml', import.meta.url), 'utf8'));
const simulation = createSimulation(defaultSettings);
simulation.apply({ removed: [], added: objects });

const { dataPlane } = simulation;

const printed = new Map<string, string>();

/** The ruleset's text; asked for once. */
function textOf(node: string, mode: ProxyMode, family: 'IPv4' | 'IPv6'): string {
  const key = `${node} ${mode} ${family}`;
  if (!printed.has(key)) printed.set(key, dataPlane.print(dataPlane.rules(node, mode, family)!));
  return printed.get(key)!;
}

describe.each(['iptables', 'nftables', 'ipvs'] as const)('every walk in %s mode', (mode) => {
  it('has ways that add up to one, and rules that are in the printed ruleset', () => {
    fc.assert(
      fc.property(requestsIn(simulation), ({ from, to }) => {
        const walk = dataPlane.walk(from, to, mode);
        expect(walk.paths.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
        const family = to.address.includes(':') ? 'IPv6' : 'IPv4';
        for (const { probability, steps } of walk.paths) {
          expect(probability).toBeGreaterThan(0);
          for (const step of steps) {
            if (step.kind !== 'rule') continue;
            expect(step.passedOver).toBeLessThanOrEqual(step.index);
            if (step.met.tool === 'ipvs') continue;
            // What a map gave for the packet is told with the rule, and stands in the map.
            const met = step.met.tool === 'nft' ? { tool: step.met.tool, rule: step.met.rule } : step.met;
            expect(textOf(step.node, mode, family)).toContain(printMetRule(met, step.chain));
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a rule that is found by its address', () => {
  it('leaves the count of rules that looked as if all had been asked', () => {
    const { paths } = dataPlane.walk({ kind: 'pod', pod: 'default/client' }, { address: '192.0.2.1', port: 9, protocol: 'TCP' }, 'iptables'); // prettier-ignore
    const [step] = paths[0]!.steps;
    const ruleset = dataPlane.rules('node-c', 'iptables', 'IPv4')!;
    if (ruleset.mode !== 'iptables') throw new Error('asked for iptables');
    const chain = ruleset.tables.find(({ name }) => name === 'nat')!.chains.get('KUBE-SERVICES')!;
    expect(chain.rules.length).toBeGreaterThan(16);
    expect(step).toMatchObject({ kind: 'no-match', hook: 'PREROUTING', looked: 1 + chain.rules.length });
  });
});
