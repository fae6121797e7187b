/** A request's way in one answer: where it ends, hop by hop with the causes' lines, and which changes would help. */

import { remediesOf, type Remedy } from '../trace/remedies';
import { printThen } from '../trace/remedy-words';
import { traceRequest } from '../trace/trace';
import type { Hop, Trace, TraceRequest } from '../types';
import { ScopeVariants } from '../variants';
import type { Workspace } from '../workspace';
import type { Files } from '../places';
import { lineEdits, lineOf } from './lines';
import { scopeOf, type Failed } from './scope';

export interface TraceQuestion extends Omit<TraceRequest, 'explain'> {
  readonly scope?: string;
}

export type TraceAnswer = ReturnType<typeof answer>;

/** So many ways of one request are told hop by hop; the others differ in the endpoint alone. */
const mostPaths = 2;

export function explainRequest({ scope, ...request }: TraceQuestion, workspace: Workspace): TraceAnswer | Failed {
  const state = scopeOf(scope, workspace);
  if ('error' in state) return state;
  const result = traceRequest(request, workspace, state);
  const found = remediesOf(request, workspace, state, new ScopeVariants());
  if (!('error' in result)) return answer(result, found.remedies, found.hints, workspace);
  const [best] = found.remedies;
  const error = sentence(result.error);
  return { error: best ? `${error} It would work so: ${best.steps.join('; ')}.` : error };
}

function sentence(text: string): string {
  const capital = /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function answer(trace: Trace, remedies: readonly Remedy[], hints: readonly string[], files: Files) {
  const kinds = new Set<string>();
  const telling = trace.paths.filter(({ outcome }) => !kinds.has(outcome.kind) && kinds.add(outcome.kind));
  return {
    from: trace.from,
    to: trace.to,
    verdict: trace.verdict,
    clientSees: trace.symptom,
    outcomes: trace.outcomes,
    paths: telling.slice(0, mostPaths).map(({ probability, hops }) => ({ probability, hops: hops.map(hopAnswer) })),
    wouldWorkWith: remedies.map(({ steps, edits, request, trace: then }) => ({
      steps,
      edits: lineEdits(edits, files),
      request,
      then: printThen(then),
    })),
    hints,
    assumed: trace.assumptions,
  };
}

function hopAnswer({ kind, title, result, lines, before, after, causes, state }: Hop) {
  return {
    kind,
    title,
    result,
    state,
    lines,
    packet: before === undefined && after === undefined ? undefined : { before, after },
    causes: causes.map(({ text, place }) => ({ text, ...(place ? lineOf(place) : {}) })),
  };
}
