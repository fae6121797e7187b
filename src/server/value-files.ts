/** Which value files charts are rendered with, and the settings file when others are chosen. */

import { emptyRange } from '#base/text';
import { isChartPath, isKustomizationPath, settingsFileName, withValueFiles } from '#manifest/index';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { HelmRequest } from '#manifest/render-types';
import type { Workspace } from '#analysis/workspace';
import { chooseValueFilesRequest, valueFilesRequest } from '#protocol/server';
import type { Answer } from './answering';
import type { Paths } from './paths';
import { wirePlace } from './wire';

interface ChartPlan extends WorkspacePlan {
  readonly request: HelmRequest;
}

export function registerValueFiles(answer: Answer): void {
  answer(valueFilesRequest, ({ uri, scope }, workspace, { paths }) => {
    const plans = chartPlans(workspace);
    const path = uri === undefined ? undefined : paths.path(uri);
    const meant = plans.find((plan) => scopeName(plan, workspace) === scope) ?? (path === undefined ? undefined : chartOf(path, plans));
    return {
      charts: plans.map((plan) => ({
        scope: scopeName(plan, workspace),
        chosen: plan.request.valueFiles.map((file) => fromChart(file, plan)),
        offered: plan.offered.map((file) => fromChart(file, plan)),
        askedBy: plan.askedBy && wirePlace({ file: plan.askedBy.file, range: emptyRange }, paths),
      })),
      current: meant && scopeName(meant, workspace),
    };
  });

  answer(chooseValueFilesRequest, async ({ scope, valueFiles }, workspace, view) => {
    const plan = chartPlans(workspace).find((each) => scopeName(each, workspace) === scope);
    if (!plan) return { error: `There is no chart ${scope} any more.` };
    if (plan.askedBy) return { error: `${scope} has its value files from ${plan.askedBy.file}: choose them there.` };
    const { folder } = plan.request;
    const prefix = prefixOf(folder, view.paths);
    const uri = view.paths.uri(prefix + settingsFileName);
    const before = await view.readFile?.(uri);
    if (before && 'problem' in before && !before.gone) return { error: `${settingsFileName} cannot be read: ${before.problem.message}` };
    const after = withValueFiles(before && 'text' in before ? before.text : '', {
      chart: folder.slice(prefix.length),
      release: releaseOf(plan),
      valueFiles,
    });
    return 'error' in after ? { error: `${settingsFileName} cannot be changed: ${after.error}.` } : { uri, text: after.text };
  });
} // prettier-ignore

function chartPlans(workspace: Workspace): readonly ChartPlan[] {
  return workspace.plans().filter((plan): plan is ChartPlan => plan.request.kind === 'helm');
}

/** As the tree calls it. */
function scopeName({ id, name }: WorkspacePlan, workspace: Workspace): string {
  return workspace.scopes.find(({ scope }) => scope.id === id)?.scope.name ?? name;
}

/** What stands above a kustomization, a Chart.yaml or values: what is rendered of them, and with what. */
export interface RenderLens {
  readonly title: string;
  readonly command: 'serviceTopology.showRendered' | 'serviceTopology.chooseValueFiles';
  readonly scope: string;
}

export function renderLenses(path: string, workspace: Workspace): readonly RenderLens[] {
  const plans = workspace.plans();
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const isEntry = isChartPath(path) || isKustomizationPath(path);
  const entered = isEntry ? plans.filter(({ request }) => request.folder === folder && (request.kind === 'helm') === isChartPath(path)) : []; // prettier-ignore
  const valued = chartPlans(workspace).filter((plan) => isOfValues(path, plan));
  return [
    ...entered.map((plan) => {
      const scope = scopeName(plan, workspace);
      return { title: entered.length > 1 ? `Show rendered ${scope}` : 'Show rendered', command: 'serviceTopology.showRendered', scope } as const; // prettier-ignore
    }),
    ...valued.map((plan) => {
      const files = ['values.yaml', ...plan.request.valueFiles.map((file) => fromChart(file, plan))];
      const title = `${valued.length > 1 ? `${plan.name} rendered` : 'Rendered'} with ${files.join(', ')} · Choose…`;
      return { title, command: 'serviceTopology.chooseValueFiles', scope: scopeName(plan, workspace) } as const;
    }),
  ];
}

/** Where there is something to choose. */
function isOfValues(path: string, { request: { folder, valueFiles }, offered, askedBy }: ChartPlan): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  const files = [...valueFiles, ...offered];
  if (askedBy || files.length === 0) return false;
  return files.includes(path) || path === `${prefix}values.yaml` || path === `${prefix}Chart.yaml`;
}

/** The chart that a file is a part of; of several the innermost one. */
function chartOf(path: string, plans: readonly ChartPlan[]): ChartPlan | undefined {
  const inside = plans.filter(({ request: { folder, valueFiles } }) => folder === '' || path.startsWith(`${folder}/`) || valueFiles.includes(path)); // prettier-ignore
  return inside.sort((a, b) => b.request.folder.length - a.request.folder.length)[0];
}

function fromChart(file: string, { request: { folder } }: ChartPlan): string {
  return folder !== '' && file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}

/** Of several workspace folders the one in which the chart lies. */
function prefixOf(folder: string, paths: Paths): string {
  return paths.folders().find(({ prefix }) => folder.startsWith(prefix) || `${folder}/` === prefix)?.prefix ?? '';
}

/** What the settings call the release, where they name several. */
function releaseOf({ id }: ChartPlan): string | undefined {
  const at = id.indexOf('#');
  return at < 0 ? undefined : id.slice(at + 1);
}
