/** What a kept what-if names and its scope does not have: told where it is written, before somebody plays it out. */

import type { JsonPath } from '#base/json';
import { readEmbedded } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { ScopeState } from '../context';
import { scopeOfTests } from '../reachability/scope';
import { isError } from '../trace/lookup';
import { trace } from '../trace/trace';
import type { Finding } from '../types';
import type { Workspace } from '../workspace';
import { readWhatIf } from './file';
import { timelineOf } from './timeline';

/** The scope that the file is about: the one that it names, else that of its folder. */
export function scopeOfWhatIf({ path, text }: ManifestFile, workspace: Workspace): ScopeState | { readonly error: string } {
  const { scope } = readWhatIf(text).whatIf;
  if (scope === undefined) return scopeOfTests(path, { scope: undefined }, workspace);
  return workspace.scope(scope) ?? { error: `there is no scope ${scope}; there are ${workspace.scopes.map((state) => state.scope.name).join(', ')}` };
} // prettier-ignore

/** Nothing while the file itself is wrong: that is told already. */
export function whatIfFindings(file: ManifestFile, workspace: Workspace): readonly Finding[] {
  const { whatIf, problems } = readWhatIf(file.text);
  if (problems.length > 0) return [];
  const { rangeOf } = readEmbedded(file.text);
  const at = (path: JsonPath, error: string): Finding => ({
    code: 'what-if-invalid',
    severity: 'error',
    message: error.split('\n')[0] ?? '',
    details: [],
    place: { file: file.path, range: rangeOf(path) },
    object: { kind: 'WhatIf', namespace: '', name: file.path },
    related: [],
    fixes: [],
  });
  const state = scopeOfWhatIf(file, workspace);
  if ('error' in state) return [at(whatIf.scope === undefined ? [] : ['scope'], state.error)];
  const { error } = timelineOf(state, whatIf.steps);
  const tracing = { context: workspace.context(state), findingsOf: () => [] };
  const requests = whatIf.requests.flatMap((request, i) => {
    const result = trace(request, tracing);
    if (!isError(result)) return [];
    return [at(['requests', i, ...(result.at && (result.at !== 'port' || request.port) ? [result.at] : [])], result.error)]; // prettier-ignore
  });
  return [...(error ? [at(['steps', error.step], error.error)] : []), ...requests];
}
