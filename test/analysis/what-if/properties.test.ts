/** What must hold for every what-if: nothing supposed changes nothing, and no way over the time line is another one. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursor } from '#analysis/what-if/cursor';
import { parseStep, printStep } from '#analysis/what-if/grammar';
import { reportsOf } from '#analysis/what-if/report';
import { timelineOf } from '#analysis/what-if/timeline';
import { nodeActions, podActions, zoneActions, type Step } from '#analysis/what-if/types';
import type { EndpointSlice } from '#model/kubernetes';
import type { Simulation } from '#simulation/types';
import { web } from './manifests';
import { sceneOf } from './support';

const shop = join(import.meta.dirname, '../../../examples/shop');
const example = readdirSync(shop).map((name) => readFileSync(join(shop, name), 'utf8')).join('\n---\n'); // prettier-ignore
const cluster = [
  web(),
  web('serviceName: web', 'StatefulSet').replaceAll('web', 'db'),
  web('', 'DaemonSet').replaceAll('web', 'agent'),
].join('');

const byAddress = (slices: readonly EndpointSlice[]) =>
  slices.map((slice) => ({
    ...slice,
    endpoints: [...(slice.endpoints ?? [])].sort((a, b) => (a.addresses[0]! < b.addresses[0]! ? -1 : 1)),
  }));

/** All that people and packets see of a cluster. */
function seenOf({ controlPlane, dataPlane }: Simulation): unknown {
  const modes = ['iptables', 'ipvs', 'nftables'] as const;
  return {
    pods: [...controlPlane.pods()].map(({ metadata, spec, status }) => [metadata.name, spec.nodeName, status]).sort(),
    slices: byAddress([...controlPlane.allEndpointSlices()]),
    endpoints: [...controlPlane.allEndpoints()],
    rules: controlPlane.nodes().flatMap(({ metadata }) =>
      modes.map((mode) => {
        const ruleset = dataPlane.rules(metadata.name, mode, 'IPv4');
        return ruleset && dataPlane.print(ruleset);
      }),
    ),
  };
}

function rulesOf({ dataPlane }: Simulation, node: string): readonly string[] {
  return dataPlane.print(dataPlane.rules(node, 'iptables', 'IPv4')!).split('\n');
}

/** How many lines are in the second text only, and how many in the first. */
function linesOfOne(before: readonly string[], after: readonly string[]): [number, number] {
  const without = (lines: readonly string[], others: readonly string[]) => {
    const rest = [...lines];
    for (const line of others) if (rest.includes(line)) rest.splice(rest.indexOf(line), 1);
    return rest.length;
  };
  return [without(after, before), without(before, after)];
}

describe('a what-if without steps', () => {
  it.each([['the example', example], ['workloads of all kinds', cluster]])('is the scope: %s', (_, text) => {
    const { state } = sceneOf(text);
    const { moments } = timelineOf(state, []);
    expect(moments).toHaveLength(1);
    expect(seenOf(new Cursor(state.simulation.controlPlane, moments).at(0))).toEqual(seenOf(state.simulation));
  }); // prettier-ignore
});

const name = fc.constantFrom('web', 'db', 'agent');
const object = (kinds: readonly string[]) => fc.record({ kind: fc.constantFrom(...kinds), namespace: fc.constantFrom('shop', undefined), name }); // prettier-ignore
const workload = fc.constantFrom(
  { kind: 'deployment', namespace: 'shop', name: 'web' },
  { kind: 'statefulset', namespace: 'shop', name: 'db' },
  { kind: 'daemonset', namespace: undefined, name: 'agent' },
);
const pod = fc.oneof(
  workload.map((each) => ({ by: 'workload' as const, workload: each })),
  fc.constantFrom('db-0', 'db-1').map((each) => ({ by: 'name' as const, namespace: 'shop', name: each })),
);
const node = fc.constantFrom('node-a', 'node-b', 'node-c');
const step = fc.oneof<fc.Arbitrary<Step>[]>(
  fc.record({ kind: fc.constant('pod'), pod, action: fc.constantFrom(...podActions) }),
  fc.record({ kind: fc.constant('move'), pod, node }),
  fc.record({ kind: fc.constant('node'), node, action: fc.constantFrom(...nodeActions) }),
  fc.record({ kind: fc.constant('zone'), zone: fc.constantFrom('zone-1', 'zone-2'), action: fc.constantFrom(...zoneActions) }), // prettier-ignore
  fc.record({ kind: fc.constant('scale'), object: workload, replicas: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ kind: fc.constant('label'), object: object(['service', 'deployment']), key: fc.constantFrom('a', 'b/c.d'), value: fc.constantFrom('x', '', undefined) }), // prettier-ignore
  fc.record({ kind: fc.constant('set'), object: workload, path: fc.constant(['spec', 'template', 'spec', 'containers', 0, 'image']), value: fc.constantFrom('a:1', 'b:2') }), // prettier-ignore
  fc.record({ kind: fc.constant('set'), object: object(['service']), path: fc.constant(['spec', 'selector', 'app']), value: fc.constantFrom('web', 'db') }), // prettier-ignore
  fc.record({ kind: fc.constant('delete'), object: workload }),
  fc.record({ kind: fc.constant('restart'), object: workload }),
);

describe('every what-if', () => {
  it('can be gone over back and forth, and each moment is the same as from the start', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (steps, numbers) => {
        const { state } = sceneOf(cluster);
        const start = state.simulation.controlPlane;
        const { moments } = timelineOf(state, steps);
        const there = new Cursor(start, moments);
        there.at(moments.length - 1);
        const [number] = numbers.take(1);
        const index = number! % moments.length;
        expect(seenOf(there.at(index))).toEqual(seenOf(new Cursor(start, moments).at(index)));
      }),
      { numRuns: 25 },
    );
  });

  it('tells of each moment’s rules what a comparison of that moment alone tells', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const { state, workspace } = sceneOf(cluster);
        const timeline = timelineOf(state, steps);
        const options = { requests: [], context: workspace.context(state), nodes: 2 };
        const [before, after] = [0, 1].map(() => new Cursor(state.simulation.controlPlane, timeline.moments));
        for (const { index, rules } of reportsOf(state, timeline, options).slice(1)) {
          const [old, now] = [before!.at(index - 1), after!.at(index)];
          const counted = rules.map(({ node, added, removed }) => [node, added, removed]);
          const { downNodes } = timeline.moments[index]!.reality;
          const up = ['node-a', 'node-b', 'node-c'].filter((each) => !downNodes.has(each)).slice(0, 2);
          const expected = up.map((each) => [each, ...linesOfOne(rulesOf(old, each), rulesOf(now, each))]);
          expect(counted).toEqual(expected.filter(([, added, removed]) => added !== 0 || removed !== 0));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('leaves the scope alone, and comes to an end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        const { state } = sceneOf(cluster);
        const before = [...state.simulation.controlPlane.allEndpointSlices()];
        const { moments, error } = timelineOf(state, steps);
        expect(moments.length).toBeLessThan(400);
        if (!error && steps.length > 0) expect(moments.at(-1)!.step).toBeLessThan(steps.length);
        const after = [...state.simulation.controlPlane.allEndpointSlices()];
        expect(after.every((slice, i) => slice === before[i])).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is written as it is read', () => {
    fc.assert(
      fc.property(step, (each) => {
        expect(parseStep(printStep(each))).toEqual(each);
      }),
    );
  });
});
