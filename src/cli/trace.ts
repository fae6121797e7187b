/** `trace`: a request from its name to its pod, for people or as JSON lines. */

import type { ScopeState } from '#analysis/context';
import { exportTrace, type TraceFormat } from '#analysis/trace/export/formats';
import { remediesOf, type Remedies } from '#analysis/trace/remedies';
import { printRemedy, printThen } from '#analysis/trace/remedy-words';
import { traceText } from '#analysis/trace/text';
import { traceRequest } from '#analysis/trace/trace';
import type { Trace, TraceError, TraceRequest } from '#analysis/types';
import { ScopeVariants } from '#analysis/variants';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue, readRequests, styleOf, type Format } from './output';
import { traceRequestOf } from './requests';
import { unifiedDiff } from './unified-diff';

export interface TraceFlags {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly protocol?: string;
  readonly mode?: string;
  readonly requests?: string;
  readonly quiet?: boolean;
  readonly explain?: boolean;
  readonly fixDryRun?: boolean;
  readonly output: Format | Exclude<TraceFormat, 'text'>;
}

export async function trace(loaded: Loaded, state: ScopeState, flags: TraceFlags): Promise<void> {
  const run = (request: TraceRequest) => traceRequest(request, loaded.workspace, state);
  if (flags.requests !== undefined) {
    const answers = (await readRequests(flags.requests)).map((line) =>
      'error' in line ? line : answerOf(line.value, run),
    );
    if (isExport(flags.output)) throw new Failure(`-o ${flags.output} is for a single request`);
    printValue(answers, flags.output === 'text' ? 'jsonl' : flags.output);
    return;
  }
  if (flags.from === undefined || flags.to === undefined)
    throw new Failure('say where the request starts and goes: --from … --to …');
  const request = traceRequestOf({ ...flags });
  const result = run(request);
  const remedies = () => remediesOf(request, loaded.workspace, state, new ScopeVariants());
  if (flags.fixDryRun) printBest(remedies(), loaded, flags);
  else if ('error' in result) throw new Failure(withRemedy(result.error, remedies()));
  else if (isExport(flags.output))
    print(exportTrace(result, remedies(), flags.output, { path: 0, displayPath: loaded.displayPath }));
  else if (flags.output !== 'text') printValue(result, flags.output);
  else if (flags.quiet) print(result.verdict);
  else print(traceText(result, remedies(), loaded.displayPath, styleOf(process.stdout)));
}

/** The change that is nearest, as a diff; all of them for programs. */
function printBest({ remedies }: Remedies, { displayPath }: Loaded, { output }: TraceFlags): void {
  if (isExport(output)) throw new Failure(`-o ${output} does not go with --fix-dry-run`);
  if (output !== 'text') {
    const values = remedies.map(({ steps, edits, request, trace }) => ({ steps, edits, request, verdict: trace.verdict, outcomes: trace.outcomes })); // prettier-ignore
    printValue(values, output);
    return;
  }
  const [best] = remedies;
  if (!best) throw new Failure('no change was found that would help, or none is needed');
  process.stderr.write(`${printRemedy(best)}\nthen: ${printThen(best.trace)}\n`);
  if (best.files.length === 0) throw new Failure('no manifest has to be changed');
  print(best.files.map(({ path, before, after }) => unifiedDiff(displayPath(path), before, after)).join('\n'));
}

function withRemedy(error: string, { remedies: [best] }: Remedies): string {
  return best ? `${error}\n  would work with: ${printRemedy(best)}  (then: ${printThen(best.trace)})` : error;
}

type Export = Exclude<TraceFormat, 'text'>;

function isExport(output: TraceFlags['output']): output is Export {
  return traceExports.includes(output as Export);
}

/** What `-o` takes beside the formats of values. */
export const traceExports: readonly Export[] = ['command', 'markdown', 'mermaid', 'dot', 'svg'];

function answerOf(value: unknown, run: (request: TraceRequest) => Trace | TraceError): unknown {
  try {
    return run(traceRequestOf(value));
  } catch (error) {
    if (error instanceof Failure) return { error: error.message };
    throw error;
  }
}
