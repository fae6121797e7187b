/** What is wrong with plans whose render failed or was stopped, each at the place that the engine tells. */

import { emptyRange, type Range } from '#base/text';
import type { RenderPlan, RenderResult } from '#manifest/render-types';
import type { ManifestFile, ManifestProblem } from '#manifest/types';
import { failureOf, type RenderFailure } from './render-failure';
import { placeOfFailure } from './render-place';
import { entryOf } from './rendered-scopes';
import { list } from './rules/words';

/** Why there is no render of a plan. */
export interface RenderTrouble {
  readonly path: string;
  readonly range: Range;
  readonly plan: RenderPlan;
  readonly failure: RenderFailure | undefined;
  /** Of a render that was stopped. */
  readonly stopped: string | undefined;
}

export function troubleOf(
  plan: RenderPlan,
  result: RenderResult,
  files: ReadonlyMap<string, ManifestFile>,
): RenderTrouble | undefined {
  const entry = { file: entryOf(plan, files), range: undefined };
  if (result.kind === 'failed') {
    const { file, range = emptyRange } = placeOfFailure(result, files) ?? entry;
    return { path: file, range, plan, failure: failureOf(result, plan, files), stopped: undefined };
  }
  // A missing engine is told once, and what was cancelled is asked for again.
  if (result.kind === 'rendered' || result.reason === 'missing' || result.reason === 'cancelled') return undefined;
  return { path: entry.file, range: emptyRange, plan, failure: undefined, stopped: result.message };
}

/** The problems of one file. What several overlays have from one base is told once; `told` are those that need no engine. */
export function problemsOfTroubles(
  troubles: readonly RenderTrouble[],
  told: readonly ManifestProblem[],
): readonly ManifestProblem[] {
  const groups = new Map<string, RenderTrouble[]>();
  for (const trouble of troubles) {
    if (isTold(trouble, told)) continue;
    const { failure, range, plan, stopped } = trouble;
    const key = JSON.stringify([failure?.cause, range, plan.request.kind, stopped]);
    groups.set(key, [...(groups.get(key) ?? []), trouble]);
  }
  return [...groups.values()].map(problemOf);
}

/** What lists a manifest that is not there is wrong whether or not somebody renders it. */
function isTold({ failure }: RenderTrouble, told: readonly ManifestProblem[]): boolean {
  const { missing } = failure ?? {};
  if (missing === undefined) return false;
  const name = missing.slice(missing.lastIndexOf('/') + 1);
  return told.some(
    ({ code, message }) => code === 'kustomization-missing-file' && message.split(' ')[0]!.endsWith(name),
  );
}

function problemOf(group: readonly RenderTrouble[]): ManifestProblem {
  const [{ range, plan, failure, stopped }] = group as readonly [RenderTrouble];
  const isChart = plan.request.kind === 'helm';
  const engine = isChart ? 'Helm' : 'kustomize';
  const what = list(group.map(({ plan: { name } }) => (name === '.' ? `this ${isChart ? 'chart' : 'kustomization'}` : name))); // prettier-ignore
  if (!failure) {
    const message = `${what} ${group.length === 1 ? 'is' : 'are'} not rendered: ${stopped ?? ''}`;
    return { code: 'render-stopped', severity: 'warning', message, range, document: -1 };
  }
  const message = failure.isForWantOfFile
    ? `${failure.cause}; without it ${engine} does not render ${what}`
    : `${engine} does not render ${what}: ${failure.cause}`;
  // What is generated, or left out of the workspace, is no fault of who wrote this.
  const severity = failure.isForWantOfFile ? 'warning' : 'error';
  return { code: 'render-failed', severity, message, range, document: -1 };
}
