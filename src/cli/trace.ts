/** `trace`: a request from its name to its pod, for people or as JSON lines. */

import type { ScopeState } from '#analysis/context';
import { traceRequest } from '#analysis/trace/trace';
import type { Trace, TraceError, TraceRequest } from '#analysis/types';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue, readRequests, styleOf, type Format } from './output';
import { traceRequestOf } from './requests';
import { traceText } from './trace-text';

export interface TraceFlags {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly protocol?: string;
  readonly mode?: string;
  readonly requests?: string;
  readonly quiet?: boolean;
  readonly explain?: boolean;
  readonly output: Format;
}

export async function trace(loaded: Loaded, state: ScopeState, flags: TraceFlags): Promise<void> {
  const run = (request: TraceRequest) => traceRequest(request, loaded.workspace, state);
  if (flags.requests !== undefined) {
    const answers = (await readRequests(flags.requests)).map((line) =>
      'error' in line ? line : answerOf(line.value, run),
    );
    printValue(answers, flags.output === 'text' ? 'jsonl' : flags.output);
    return;
  }
  if (flags.from === undefined || flags.to === undefined)
    throw new Failure('say where the request starts and goes: --from … --to …');
  const result = run(traceRequestOf({ ...flags }));
  if ('error' in result) throw new Failure(result.error);
  if (flags.output !== 'text') printValue(result, flags.output);
  else if (flags.quiet) print(result.verdict);
  else print(traceText(result, loaded.displayPath, styleOf(process.stdout)));
}

function answerOf(value: unknown, run: (request: TraceRequest) => Trace | TraceError): unknown {
  try {
    return run(traceRequestOf(value));
  } catch (error) {
    if (error instanceof Failure) return { error: error.message };
    throw error;
  }
}
