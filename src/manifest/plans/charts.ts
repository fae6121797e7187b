/** The charts of a workspace: each with its own values, or as the settings have it. */

import type { ChartSettings } from '../chart-settings';
import { baseNameOf, resolvePath } from '../paths';
import { filesOfChart, isMissing, type Chart, type PlanContext } from './context';
import type { Draft, Found, Place, PlanProblem } from './types';

/** A plan for each chart that is no part of another one, or one for each release that the settings name. */
export function chartDrafts(context: PlanContext): Found {
  const drafts: Draft[] = [];
  const problems: PlanProblem[] = [];
  const said = new Set<string>();
  for (const settings of context.settings.charts) {
    said.add(settings.chart);
    const chart = context.charts.get(settings.chart);
    if (chart && !chart.isLibrary) drafts.push(settingsDraft(chart, settings, context, problems));
    else if (settings.at) problems.push(noChart(settings, settings.at, context));
  }
  for (const chart of context.charts.values()) {
    if (chart.isLibrary || said.has(chart.folder) || isPartOfAnother(chart, context)) continue;
    drafts.push(chartDraft(chart, { id: chartId(chart.folder) }, context));
  }
  return { drafts, problems, elsewhere: [] };
}

export function chartId(folder: string): string {
  return `chart:${folder === '' ? '.' : folder}`;
}

/** What a release says; what it does not say is as `helm` has it. */
export interface ReleaseWish {
  readonly id: string;
  readonly asker?: string;
  readonly qualified?: string;
  readonly askedBy?: Draft['askedBy'];
  /** By default the chart's own name: what helm calls `release-name` nobody calls so. */
  readonly release?: string;
  readonly namespace?: string;
  readonly valueFiles?: readonly string[];
  readonly inlineValues?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setAt?: readonly Place[];
  readonly kubernetesVersion?: string;
  readonly includeCrds?: boolean;
  readonly unavailable?: readonly string[];
  readonly notes?: readonly string[];
}

export function chartDraft(chart: Chart, wish: ReleaseWish, context: PlanContext): Draft {
  const { valueFiles = [], namespace } = wish;
  return {
    id: wish.id,
    asker: wish.asker,
    ...(wish.qualified !== undefined && { qualified: wish.qualified }),
    ...(wish.askedBy && { askedBy: wish.askedBy }),
    namespace,
    unavailable: wish.unavailable ?? [],
    notes: wish.notes ?? [],
    reads: [...new Set([...filesOfChart(chart.folder, context), ...valueFiles])].sort(),
    request: {
      kind: 'helm',
      folder: chart.folder,
      release: wish.release ?? chart.name,
      namespace: namespace ?? 'default',
      valueFiles,
      inlineValues: wish.inlineValues ?? [],
      set: wish.set ?? [],
      ...(wish.setString?.length && { setString: wish.setString }),
      ...(wish.setAt?.length && { setAt: wish.setAt }),
      kubernetesVersion: wish.kubernetesVersion ?? context.settings.kubernetesVersion,
      includeCrds: wish.includeCrds ?? false,
    },
  };
}

function settingsDraft(chart: Chart, settings: ChartSettings, context: PlanContext, problems: PlanProblem[]): Draft {
  const { name, values, at } = settings;
  const valueFiles = settings.valueFiles.flatMap((written, index) => {
    const found = valueFileOf(written, ['', chart.folder], context);
    if ('path' in found) return [found.path];
    const range = at?.valueFiles[index];
    if (at && range) problems.push({ code: 'value-file-missing', message: found.missing, place: { file: at.file, range } });
    return [];
  }); // prettier-ignore
  const wish = {
    ...settings,
    id: name === undefined ? chartId(chart.folder) : `${chartId(chart.folder)}#${name}`,
    asker: name,
    valueFiles,
    inlineValues: values ? [JSON.stringify(values)] : [],
  };
  return chartDraft(chart, wish, context);
}

/**
 * The value file that is meant: the first one that is there of those that the folders give, the last folder first. What
 * the workspace does not read (no YAML by its name) is taken to be there.
 */
export function valueFileOf(
  written: string,
  folders: readonly string[],
  context: Pick<PlanContext, 'files'>,
): { readonly path: string } | { readonly missing: string } {
  const paths = folders.flatMap((folder) => resolvePath(folder, written) ?? []).reverse();
  const path = paths.find((candidate) => !isMissing(candidate, context));
  if (path !== undefined) return { path };
  if (paths.length === 0) return { missing: `${written} lies outside of the workspace; no values are taken from it here` };
  return { missing: `${written} is not there, or is left out here; without it Helm refuses to render this` };
} // prettier-ignore

function noChart(settings: ChartSettings, at: NonNullable<ChartSettings['at']>, context: PlanContext): PlanProblem {
  const { chart } = settings;
  const what = context.charts.has(chart)
    ? 'is a library, which Helm renders only within other charts'
    : context.folders.has(chart)
      ? 'holds no Chart.yaml'
      : 'is not there, or is left out here';
  return {
    code: 'render-path-missing',
    message: `${chart === '' ? '.' : chart} ${what}; no chart is rendered from it`,
    place: { file: at.file, range: at.chart },
  };
}

/** Whether it stands in the `charts` folder of another chart, which then renders it. */
function isPartOfAnother({ folder }: Chart, { charts }: PlanContext): boolean {
  for (const match of folder.matchAll(/(^|\/)charts\//g)) {
    const parent = folder.slice(0, match.index);
    // Of `charts/web` at the top the parent would be the workspace itself.
    if (charts.has(parent)) return true;
  }
  return false;
}

/** Whether a file's name says that it holds values for the chart in `folder`. */
export function isVariant(path: string, folder: string): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  if (!path.startsWith(prefix)) return false;
  const rest = path.slice(prefix.length);
  const name = baseNameOf(rest);
  if (!/\.ya?ml$/.test(name)) return false;
  if (rest === name) return /^values[-_.].+\.ya?ml$|[-_.]values\.ya?ml$/.test(name);
  if (/^values\/[^/]+$/.test(rest)) return true;
  return /^ci\/(?:[^/]+-)?values\.ya?ml$/.test(rest);
}
