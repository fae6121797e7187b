/** A path of a trace as its parts: hops, and within walks the hooks with what each rule did. */

import type { HookTrail, RuleEvent, WalkPath, WalkStep } from '#simulation/types';
import type { Hop, TracePath } from '../types';

export type Unit =
  | { readonly kind: 'hop'; readonly hop: Hop }
  | { readonly kind: 'hook'; readonly trail: HookTrail; readonly way: WalkPath }
  /** IPVS, which is no hook of its own; a rule of the network plugin. */
  | {
      readonly kind: 'step';
      readonly step: Extract<WalkStep, { readonly kind: 'rule' | 'plugin' }>;
      readonly at: number;
      readonly way: WalkPath;
    }
  /** A hop that the walk has a step for, at that index: the packet is as that step says. */
  | { readonly kind: 'walked'; readonly hop: Hop; readonly at: number; readonly way: WalkPath };

/** Each hop of a walk stands for steps of it; what its rules did takes the place of the hops about rules. */
export function unitsOf({ hops }: TracePath): readonly Unit[] {
  const units: Unit[] = [];
  for (let i = 0; i < hops.length;) {
    const hop = hops[i]!;
    const { way } = hop;
    if (!way) {
      units.push({ kind: 'hop', hop });
      i++;
      continue;
    }
    let end = i;
    while (hops[end]?.way === way) end++;
    units.push(...unitsOfWalk(way, hops.slice(i, end)));
    i = end;
  }
  return units;
}

function unitsOfWalk(way: WalkPath, hops: readonly Hop[]): readonly Unit[] {
  const units: Unit[] = [];
  const rest = hops.filter(({ kind }) => kind !== 'rules');
  const take = (kind: Hop['kind']): Hop | undefined => {
    const index = rest.findIndex((hop) => hop.kind === kind);
    return index < 0 ? undefined : rest.splice(index, 1)[0];
  };
  const walked = (kind: Hop['kind'], at: number) => {
    const hop = take(kind);
    if (hop) units.push({ kind: 'walked', hop, at, way });
  };
  const trails = new Map((way.hooks ?? []).map((trail) => [trail.at, trail]));
  const last = way.steps.length - 1;
  for (let at = 0; at <= last; at++) {
    const trail = trails.get(at);
    const end = trail ? at + trail.count : at;
    if (trail) units.push({ kind: 'hook', trail, way });
    const step = way.steps[at]!;
    if (step.kind === 'reply') walked('pod', at);
    if (step.kind === 'policy' || step.kind === 'reply') walked(step.kind, at);
    else if (step.kind === 'route' && !trail) walked('route', at);
    else if (!trail && (step.kind === 'rule' || step.kind === 'plugin')) units.push({ kind: 'step', step, at, way });
    // What IPVS mode says of rules that the kernel refused comes behind its hook.
    for (let within = at; within < end; within++) if (way.steps[within]?.kind === 'route') walked('route', within);
    at = Math.max(at, end - 1);
  }
  walked('pod', last);
  for (const hop of rest) units.push({ kind: 'walked', hop, at: last, way });
  return units;
}

/**
 * What a path has decided by chance or by the client's choice, in order: two paths part where these differ. All else
 * follows from the request.
 */
export function decisionsOf(units: readonly Unit[]): readonly string[] {
  return units.flatMap((unit, i) => {
    if (unit.kind === 'hook') return unit.trail.events.flatMap((event) => decisionOf(event, unit.trail) ?? []);
    if (unit.kind === 'step') return stepDecision(unit.step) ?? [];
    return unit.kind === 'hop' ? `${i} ${hopDecision(unit.hop)}` : [];
  });
}

export function hopDecision({ title, result }: Hop): string {
  return `${title}: ${result}`;
}

/** Undefined for an event that chance has no part in. */
export function decisionOf(event: RuleEvent, { node, hook }: HookTrail): string | undefined {
  if (event.kind !== 'met' || event.chance === 1) return undefined;
  const drawn = event.met.tool === 'nft' ? (event.met.element?.key ?? '') : '';
  return [node, hook, event.chain.table, event.chain.name, event.index, event.taken, drawn].join(' ');
}

export function stepDecision(step: Extract<WalkStep, { readonly kind: 'rule' | 'plugin' }>): string | undefined {
  if (step.kind !== 'rule' || step.probability === 1) return undefined;
  return [step.node, step.hook, step.chain, step.after.destination, step.after.destinationPort].join(' ');
}
