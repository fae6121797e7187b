/** The nftables table against the one that the real kube-proxy wrote, text against text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulation } from '#simulation/index';
import { defaultSettings } from '#model/settings';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);

/**
 * All lines as they are, but for the order of the chains and sets of single Services, which kube-proxy walks at random
 * (their names have slashes). Elements, lines and what is fixed keep their order.
 */
function canonical(text: string): string {
  const blocks = text
    .trimEnd()
    .replace(/\n*\}$/, '')
    .split(/\n+(?=\t(?:set|map|chain) )/);
  const isOwn = (block: string) => block.slice(0, block.indexOf('{')).includes('/');
  return [...blocks.filter((block) => !isOwn(block)), ...blocks.filter(isOwn).sort()].join('\n');
}

describe('nftables rules', () => {
  it.each(readdirSync(root).sort())('%s', (name) => {
    const simulation = createSimulation(defaultSettings);
    simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8')) });
    let compared = 0;
    for (const node of ['node-a', 'node-b', 'node-c']) {
      for (const [family, ending] of [
        ['IPv4', 'nft'],
        ['IPv6', 'nft6'],
      ] as const) {
        const file = new URL(`${name}/rules/${node}.${ending}`, root);
        if (!existsSync(file)) continue;
        const ruleset = simulation.dataPlane.rules(node, 'nftables', family)!;
        expect(canonical(simulation.dataPlane.print(ruleset))).toBe(canonical(readFileSync(file, 'utf8')));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});
