/** Records a request for a debugger: the stops of one of its ways, and which other ways there are. */

import { namespacedName } from '#model/kubernetes';
import type { ScopeState } from '../context';
import { aboutObjects } from '../features/findings-by-object';
import { namePlaceOf } from '../places';
import type { Tracing } from '../trace/causes';
import { isError } from '../trace/lookup';
import { resolveSource } from '../trace/source';
import { trace as traceOf } from '../trace/trace';
import type { Trace, TraceError, TraceRequest } from '../types';
import type { Workspace } from '../workspace';
import { chosenPath } from './choose';
import { startOf } from './start';
import { stopsOf } from './stops';
import type { Frame, Recording, Stop, Way } from './types';
import { decisionsOf, unitsOf } from './units';
import { endWords } from './words';

export interface RecordRequest {
  readonly request: Omit<TraceRequest, 'from'> & { readonly from?: string };
  /** On which node the request starts, or comes in. */
  readonly node?: string;
  /** Which way: its number, or words of where it ends. Default: the most probable one. */
  readonly choose?: number | string;
}

/** The recording tells of the very trace: its paths, in their order. */
export function recordRequest(
  { request: asked, node, choose }: RecordRequest,
  workspace: Workspace,
  state: ScopeState,
): Recording | TraceError {
  const context = workspace.context(state);
  const { controlPlane } = context.simulation;
  const from = startOf(asked.from, node, controlPlane);
  if (typeof from !== 'string') return from;
  const request = { ...asked, from };
  const tracing: Tracing = { context, findingsOf: aboutObjects(workspace).findings, record: true };
  const trace = traceOf(request, tracing);
  if (isError(trace)) return trace;
  const path = chosenPath(trace, choose, controlPlane);
  if (typeof path !== 'number') return path;
  const all = trace.paths.map(unitsOf);
  const frame = requestFrame(trace, tracing);
  const first: Stop = {
    kind: 'request',
    title: `${trace.from} → ${trace.to}`,
    lines: [],
    frame,
    callers: [],
    hook: undefined,
    packet: undefined,
    rule: undefined,
    choice: [],
    causes: [],
  };
  return {
    from: trace.from,
    to: trace.to,
    verdict: trace.verdict,
    symptom: trace.symptom,
    assumptions: trace.assumptions,
    ways: waysOf(trace),
    path,
    stops: [first, ...withChoices(stopsOf(all[path] ?? [], frame, tracing), all.map(decisionsOf), path, trace)],
    outcome: trace.paths[path]!.outcome,
    causes: trace.paths[path]!.hops.at(-1)?.causes ?? [],
    fixes: trace.fixes.map(({ title }) => title),
  };
}

function requestFrame({ request, from, to }: Trace, { context }: Tracing): Frame {
  const { controlPlane } = context.simulation;
  const source = resolveSource(request.from, controlPlane);
  const group = isError(source) || !source.pod ? undefined : controlPlane.groupOfPod(namespacedName(source.pod));
  const place = group && namePlaceOf(group.object, context);
  return { name: `${from} → ${to}`, place: place && { yaml: place } };
}

function waysOf({ paths }: Trace): readonly Way[] {
  return paths.map(({ outcome, probability }, path) => ({ path, probability, text: endWords(outcome) }));
}

/** At each decision the ways that have decided the same before are still open; where they go on differently, one chooses. */
function withChoices(
  stops: ReturnType<typeof stopsOf>,
  decisions: readonly (readonly string[])[],
  path: number,
  trace: Trace,
): readonly Stop[] {
  const ways = waysOf(trace);
  let open = ways;
  let made = 0;
  return stops.map(({ stop, decision }) => {
    if (decision === undefined) return stop;
    const at = made++;
    const ours = decisions[path]![at];
    const together = open.filter((way) => decisions[way.path]![at] === ours);
    const before = open;
    open = together;
    if (together.length === before.length) return stop;
    const total = before.reduce((sum, { probability }) => sum + probability, 0);
    return { ...stop, choice: before.map((way) => ({ ...way, probability: way.probability / total })) };
  });
}
