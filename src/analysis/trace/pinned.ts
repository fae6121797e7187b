/** Requests that somebody watches: how each comes out now, traced again only after its cluster has changed. */

import type { Place, Trace, TraceError, TraceRequest } from '../types';
import type { Workspace } from '../workspace';
import type { ScopeState } from '../context';
import { isError } from './lookup';
import { toneOf, type Tone } from './tone';
import { traceRequest } from './trace';

export interface PinnedRequest {
  readonly id: string;
  readonly scope: string;
  readonly request: TraceRequest;
}

export interface PinnedOutcome {
  readonly id: string;
  /** `DELIVERED 2/3, REFUSED 1/3`; why it cannot be traced. */
  readonly verdict: string;
  readonly tone: Tone;
  /** Why it ends so, and what the client sees. */
  readonly detail: string;
  /** What is the cause, where something written is. */
  readonly place: Place | undefined;
}

interface Kept {
  readonly state: ScopeState;
  readonly revision: number;
  readonly asked: string;
  readonly outcome: PinnedOutcome;
}

export class KeptOutcomes {
  readonly #kept = new Map<string, Kept>();

  /** Undefined where it has to be traced again and `mayTrace` says that there is no time for it. */
  outcome(
    { id, scope, request }: PinnedRequest,
    workspace: Workspace,
    mayTrace: () => boolean,
  ): PinnedOutcome | undefined {
    const state = workspace.scope(scope);
    if (!state) return { id, verdict: `there is no scope ${scope}`, tone: 'untraceable', detail: '', place: undefined };
    const revision = workspace.revision(state);
    const asked = JSON.stringify(request);
    const kept = this.#kept.get(id);
    if (kept?.state === state && kept.revision === revision && kept.asked === asked) return kept.outcome;
    if (!mayTrace()) return undefined;
    const outcome = { id, ...outcomeOf(traceRequest(request, workspace, state)) };
    this.#kept.set(id, { state, revision, asked, outcome });
    return outcome;
  }

  /** To be told which requests are still watched. */
  forgetAllBut(pins: readonly { readonly id: string }[]): void {
    const ids = new Set(pins.map(({ id }) => id));
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.#kept.delete(id);
  }
}

function outcomeOf(result: Trace | TraceError): Omit<PinnedOutcome, 'id'> {
  const tone = toneOf(result);
  if (isError(result)) return { verdict: result.error, tone, detail: '', place: undefined };
  const lost = result.paths.find(({ outcome }) => outcome.kind !== 'delivered');
  const reason = lost && lost.outcome.kind !== 'delivered' ? lost.outcome.reason : '';
  const place = lost?.hops.findLast(({ state }) => state === 'failed')?.causes.find((cause) => cause.place)?.place;
  return { verdict: result.verdict, tone, detail: [reason, result.symptom].filter(Boolean).join('\n'), place };
}
