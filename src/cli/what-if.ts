/** `what-if`: what becomes of pods, endpoints, rules and requests when something happens, moment by moment. */

import { readFile } from 'node:fs/promises';
import type { ScopeState } from '#analysis/context';
import { printWhatIf, readWhatIf, type WhatIf } from '#analysis/what-if/file';
import { parseStep, stepForms } from '#analysis/what-if/grammar';
import { asKubectl, asKustomize, patchesOf } from '#analysis/what-if/patch';
import { writtenObject } from '#analysis/what-if/written';
import { reportsOf } from '#analysis/what-if/report';
import { timelineOf } from '#analysis/what-if/timeline';
import { reasonOf } from '#server/disk';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue, styleOf, type Format } from './output';
import { writtenRequest } from './requests';
import { whatIfText } from './what-if-text';

export interface WhatIfFlags {
  readonly do?: readonly string[];
  readonly file?: string;
  readonly request?: readonly string[];
  readonly port?: string;
  readonly protocol?: string;
  readonly nodes: string;
  readonly as?: 'kustomize' | 'kubectl' | 'yaml';
  readonly output: Format;
}

/** The forms of a step, for `--help`. */
export const whatIfHelp = `
Steps:
${stepForms.map((form) => `  ${form}`).join('\n')}

A file holds the same: steps: [TEXT, …], requests: [{from, to, port, protocol, mode}, …], scope: NAME.
Exit status 1: a request fails at some moment.`;

/** What the flags and the file say together: first the file's steps, then those of the command line. */
export async function readWhatIfFlags(flags: WhatIfFlags): Promise<WhatIf> {
  const file = flags.file === undefined ? undefined : await readFlagFile(flags.file);
  const steps = (flags.do ?? []).map((text) => {
    const step = parseStep(text);
    if ('error' in step) throw new Failure(step.error);
    return step;
  });
  const requests = (flags.request ?? []).map((text) => writtenRequest(text, flags));
  return {
    scope: file?.scope,
    steps: [...(file?.steps ?? []), ...steps],
    requests: [...(file?.requests ?? []), ...requests],
  };
}

async function readFlagFile(path: string): Promise<WhatIf> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure(`cannot read ${path}: ${reasonOf(error)}`);
  });
  const { whatIf, problems } = readWhatIf(text);
  const [first] = problems;
  if (first) throw new Failure(`${path}:${first.line}: ${first.message}`);
  return whatIf;
}

/** The exit status: 1 where a request fails at some moment. */
export function whatIf(loaded: Loaded, state: ScopeState, asked: WhatIf, flags: WhatIfFlags): 0 | 1 {
  if (asked.steps.length === 0) throw new Failure('say what happens: --do STEP, or --file NAME.what-if.yaml');
  if (flags.as !== undefined) return printAs(loaded, state, asked, flags.as);
  const timeline = timelineOf(state, asked.steps);
  const context = loaded.workspace.context(state);
  const reports = reportsOf(state, timeline, { requests: asked.requests, context, nodes: nodesOf(flags.nodes) });
  if (flags.output === 'text') print(whatIfText(reports, styleOf(process.stdout)));
  else printValue(flags.output === 'jsonl' ? reports : { moments: reports, error: timeline.error }, flags.output);
  if (timeline.error) throw new Failure(`step ${timeline.error.step + 1}: ${timeline.error.error}`);
  return reports.some(({ requests }) => requests.some(({ failed }) => failed)) ? 1 : 0;
}

function printAs(
  { workspace }: Loaded,
  { scope, simulation }: ScopeState,
  asked: WhatIf,
  as: 'kustomize' | 'kubectl' | 'yaml',
): 0 {
  if (as === 'yaml') print(printWhatIf({ ...asked, scope: asked.scope ?? scope.name }));
  else if (as === 'kubectl') print(asKubectl(patchesOf(asked.steps, simulation.controlPlane)));
  else
    print(asKustomize(patchesOf(asked.steps, simulation.controlPlane, (object) => writtenObject(object, workspace))));
  return 0;
}

function nodesOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new Failure(`--nodes must be a whole number, not ${text}`);
  return count;
}
