/** The rules against those that the real kube-proxy wrote, text against text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulation } from '#simulation/index';
import { defaultSettings } from '#model/settings';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);

/** Chains in which kube-proxy walks its Services in random order: those of one Service keep theirs. */
const shared = new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL']);

function canonical(text: string): string {
  return text
    .split(/^(?=\*)/m)
    .filter((table) => table.startsWith('*'))
    .map((table) => {
      const lines = table.split('\n').filter((line) => line !== '' && line !== 'COMMIT' && !line.startsWith('#'));
      const rules = new Map<string, string[]>();
      for (const line of lines) {
        if (!line.startsWith('-A ')) continue;
        const chain = line.split(' ')[1]!;
        rules.set(chain, [...(rules.get(chain) ?? []), line]);
      }
      const chains = [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
      const head = lines.filter((line) => !line.startsWith('-A ')).sort();
      return [...head, ...chains.flatMap(([name, list]) => (shared.has(name) ? byService(list) : list))].join('\n');
    })
    .join('\n');
}

function byService(rules: readonly string[]): string[] {
  const service = (rule: string) => /--comment "?([^ "]+\/[^ "]+)/.exec(rule)?.[1] ?? '~';
  return rules.toSorted((a, b) => (service(a) < service(b) ? -1 : service(a) > service(b) ? 1 : 0));
}

describe('iptables rules', () => {
  it.each(readdirSync(root).sort())('%s', (name) => {
    const simulation = createSimulation(defaultSettings);
    simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8')) });
    let compared = 0;
    for (const node of ['node-a', 'node-b', 'node-c']) {
      for (const [family, ending] of [
        ['IPv4', 'iptables'],
        ['IPv6', 'ip6tables'],
      ] as const) {
        const file = new URL(`${name}/rules/${node}.${ending}`, root);
        if (!existsSync(file)) continue;
        const ruleset = simulation.dataPlane.rules(node, 'iptables', family)!;
        expect(canonical(simulation.dataPlane.print(ruleset))).toBe(canonical(readFileSync(file, 'utf8')));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});
