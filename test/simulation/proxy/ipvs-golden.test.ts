/** What IPVS mode sets up, against what the real kube-proxy did, text against text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulation } from '#simulation/index';
import { defaultSettings } from '#model/settings';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);
const nodes = ['node-a', 'node-b', 'node-c'];

/**
 * One address stands in two slices, and just one of them says on which node it is: the real one takes either
 * (addEndpoints in pkg/proxy/endpointslicecache.go), and with the other there is nothing of the node's own.
 */
const undefinedHairpin = { 'slice-conditions': /KUBE-LOOP-BACK (10\.244\.2\.210,|dst,dst,src)/ } as const;

function lines(text: string, name: string): readonly string[] {
  const left = name in undefinedHairpin ? undefinedHairpin[name as keyof typeof undefinedHairpin] : undefined;
  return text.split('\n').filter((line) => line !== '' && !left?.test(line));
}

describe('IPVS', () => {
  const cases = readdirSync(root)
    .filter((name) => existsSync(new URL(`${name}/rules/node-a.ipvs`, root)))
    .sort();

  it('is recorded', () => {
    expect(cases.length).toBeGreaterThan(25);
  });

  it.each(cases)('%s', (name) => {
    const simulation = createSimulation(defaultSettings);
    simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8')) });
    for (const node of nodes) {
      const ours = (['IPv4', 'IPv6'] as const)
        .map((family) => simulation.dataPlane.print(simulation.dataPlane.rules(node, 'ipvs', family)!))
        .join('');
      const recorded = readFileSync(new URL(`${name}/rules/${node}.ipvs`, root), 'utf8');
      expect(lines(ours, name)).toEqual(lines(recorded, name));
    }
  });
});
