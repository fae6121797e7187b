/** A recorded walk is the very walk: the same paths, and what each rule did leads from step to step. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { RuleEvent, WalkPath } from '#simulation/types';
import { objectsOf } from '../cluster';
import { requestsIn } from './random-requests';

const objects = objectsOf(readFileSync(new URL('../../golden/addresses/cluster.yaml', import.meta.url), 'utf8'));
const simulation = createSimulation(defaultSettings);
simulation.apply({ removed: [], added: objects });
const { dataPlane } = simulation;

/** How many rules looked at the packet: each of them stands in exactly one event of the path. */
function lookedIn(events: readonly RuleEvent[]): number {
  return events.reduce((sum, event) => {
    if (event.kind === 'passed') return sum + event.to - event.from;
    return event.kind === 'met' ? sum + 1 : sum;
  }, 0);
}

/** Rules of a walk's steps that no event tells of. */
function untold({ steps, hooks = [] }: WalkPath): readonly string[] {
  return hooks.flatMap(({ at, count, events }) =>
    steps.slice(at, at + count).flatMap((step) => {
      if (step.kind !== 'rule') return [];
      const told = events.some(
        (event) =>
          event.kind === 'met' &&
          event.taken &&
          event.chain.name === step.chain &&
          event.index === step.index &&
          event.packet.header === step.before,
      );
      return told ? [] : [`${step.node} ${step.hook} ${step.chain} ${step.index}`];
    }),
  );
}

describe.each(['iptables', 'nftables', 'ipvs'] as const)('a recorded walk in %s mode', (mode) => {
  it('is the walk that the trace evaluates, and tells of each rule once', () => {
    fc.assert(
      fc.property(requestsIn(simulation), ({ from, to }) => {
        const walk = dataPlane.walk(from, to, mode);
        const recorded = dataPlane.record(from, to, mode);
        expect(walk.paths.every(({ hooks }) => hooks === undefined)).toBe(true);
        expect(recorded.paths.map(({ hooks: _, ...path }) => path)).toEqual(walk.paths);
        for (const path of recorded.paths) {
          expect(untold(path)).toEqual([]);
          for (const { events, at, count } of path.hooks ?? []) {
            expect(events.at(-1)?.kind).not.toBe('passed');
            const step = path.steps[at];
            if (count === 1 && step?.kind === 'no-match') expect(lookedIn(events)).toBe(step.looked);
            expect(chained(events)).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Where the events of a hook do not follow on each other: a chain is gone through rule by rule, without a gap. */
function chained(events: readonly RuleEvent[]): readonly string[] {
  const faults: string[] = [];
  const open: { readonly name: string; next: number }[] = [];
  let sentTo: { readonly kind: 'jump' | 'goto'; readonly chain: string } | undefined;
  for (const event of events) {
    const { name } = event.chain;
    if (sentTo) {
      if (sentTo.kind === 'goto') open.pop();
      if (sentTo.chain === name) open.push({ name, next: 0 });
      else if (!(event.kind === 'left' || event.kind === 'policy')) faults.push(`${sentTo.chain} is not entered`);
    } else if (open.length === 0) open.push({ name, next: 0 });
    sentTo = undefined;
    const top = open.at(-1);
    if (event.kind === 'left' || event.kind === 'policy') {
      if (top?.name !== name && event.kind === 'policy') faults.push(`policy of ${name} in ${top?.name}`);
      open.pop();
      continue;
    }
    const from = event.kind === 'passed' ? event.from : event.index;
    if (top?.name !== name || top.next !== from) faults.push(`${name} ${from} comes in ${top?.name} ${top?.next}`);
    if (top) top.next = event.kind === 'passed' ? event.to : event.index + 1;
    if (event.kind === 'met' && event.taken && (event.action.kind === 'jump' || event.action.kind === 'goto'))
      sentTo = event.action;
  }
  return faults;
}
