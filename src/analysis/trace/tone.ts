/** How a request comes out, in a word: for signs and colours. */

import type { Trace, TraceError } from '../types';
import { isError } from './lookup';

/** `partly`: some requests arrive; `unknown`: that depends on what no manifest says; `untraceable`: it cannot be asked. */
export type Tone = 'good' | 'partly' | 'bad' | 'unknown' | 'untraceable';

export function toneOf(result: Trace | TraceError): Tone {
  if (isError(result)) return 'untraceable';
  const { outcomes } = result;
  const good = outcomes.filter(
    (outcome) => outcome.kind === 'delivered' || (outcome.kind === 'answered' && (outcome.status ?? 500) < 400),
  );
  if (good.length > 0) return good.length === outcomes.length ? 'good' : 'partly';
  return outcomes.every((outcome) => outcome.kind === 'unresolved' && outcome.mayResolve) ? 'unknown' : 'bad';
}
