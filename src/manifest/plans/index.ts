/** Which renders a workspace asks for: by its kustomizations and charts, and by the tools that deploy them. */

import { compareStrings } from '#base/compare';
import { isEqual } from '#base/equal';
import { emptyRange } from '#base/text';
import { nearestPlace } from '../locate';
import type { ManifestFile, ManifestProblem } from '../types';
import { applicationsIn, foldersOfApplication, planApplication } from './argo';
import { askingsOf, Finds } from './asking';
import { chartDrafts, chartId, isVariant } from './charts';
import { contextOf, type PlanContext } from './context';
import { folderOfKustomization, planKustomization } from './flux';
import { folderOfRelease, planRelease } from './flux-releases';
import { fluxContextOf } from './flux-sources';
import { planHelmfiles } from './helmfile';
import { baseDrafts, kustomizationDrafts, kustomizationId } from './kustomizations';
import { identitiesOf } from './as-written';
import { namesOf } from './names';
import { repositoriesHere } from './repository';
import type { Draft, Found, PlanProblem, PlanReading, PlanSettings, WorkspacePlan } from './types';

export type { Elsewhere, PlanReading, PlanSettings, WorkspacePlan } from './types';

/** For who has no settings. */
export const defaultPlanSettings: PlanSettings = { charts: [], bases: [], kubernetesVersion: undefined };

/**
 * The plans of a workspace's files. Those that are as they were `before` are the same values; single files are read
 * again only when they changed.
 */
export function plansOf(files: readonly ManifestFile[], settings: PlanSettings, before?: PlanReading): PlanReading {
  const context = contextOf(files, settings);
  const asked: readonly Found[] = [askedByTools(context)];
  const charts = chartDrafts(context);
  const own = [...kustomizationDrafts(context), ...charts.drafts];
  const found = [charts, ...asked];
  const drafts = withoutReplaced(own, asked.flatMap((each) => each.drafts)); // prettier-ignore
  const taken = new Set(drafts.map(({ request }) => idOfFolder(request)));
  const known = new Map([...(before?.plans ?? []), ...(before?.bases ?? [])].map((plan) => [plan.id, plan]));
  const kept = (plan: WorkspacePlan) => {
    const old = known.get(plan.id);
    return old && isEqual(old, plan) ? old : plan;
  };
  return {
    plans: finish(drafts, context).map(kept),
    bases: finish(baseDrafts(context, taken), context).map(kept),
    problems: problemsByFile(found.flatMap(({ problems }) => problems), context),
    elsewhere: found.flatMap(({ elsewhere }) => elsewhere).sort((a, b) => compareStrings(a.file, b.file)),
    looked: context.looked,
  }; // prettier-ignore
}

/**
 * What of a file decides about plans, as text: while it stays the same for all files, and no file comes, goes or is one
 * of `PlanReading.looked`, so do the plans.
 */
export function decidesPlans(file: ManifestFile): string {
  const parts = file.documents.flatMap(({ content }) =>
    content.kind === 'kustomization' || content.kind === 'chart' ? [JSON.stringify(content.value)] : [],
  );
  parts.push(...identitiesOf(file));
  for (const { object } of askingsOf(file)) parts.push(JSON.stringify(object.body));
  for (const { content } of file.documents) {
    if (content.kind !== 'objects') continue;
    for (const { kind, name } of content.objects) if (kind === 'ConfigMap') parts.push(name);
  }
  return parts.join('\n');
}

/** What the documents of deployment tools ask for. */
function askedByTools(context: PlanContext): Found {
  const finds = new Finds();
  const askings = [...context.files.values()].flatMap((file) => askingsOf(file));
  planHelmfiles(context, finds);
  if (askings.length === 0) return finds;
  const applications = askings.flatMap((asking) => applicationsIn(asking, context, finds));
  const flux = fluxContextOf(askings);
  const named = [
    ...applications.flatMap(foldersOfApplication),
    ...askings.flatMap((asking) => folderOfKustomization(asking, flux) ?? folderOfRelease(asking, flux) ?? []),
  ];
  const here = repositoriesHere(named, context);
  for (const application of applications) planApplication(application, here, context, finds);
  for (const asking of askings) {
    planKustomization(asking, flux, here, context, finds);
    planRelease(asking, flux, here, context, finds);
  }
  return finds;
}

/** What a deployment tool asks for takes the place of what its folder would be by itself. */
function withoutReplaced(own: readonly Draft[], asked: readonly Draft[]): readonly Draft[] {
  const replaced = new Set(
    asked.flatMap(({ request, includes = [] }) => [idOfFolder(request), ...includes.map(kustomizationId)]),
  );
  return [...own.filter(({ request, asker }) => asker !== undefined || !replaced.has(idOfFolder(request))), ...asked];
}

function idOfFolder({ kind, folder }: Draft['request']): string {
  return kind === 'helm' ? chartId(folder) : kustomizationId(folder);
}

function finish(drafts: readonly Draft[], context: PlanContext): readonly WorkspacePlan[] {
  const sorted = withOwnIds([...drafts].sort((a, b) => compareStrings(a.id, b.id)));
  const names = namesOf(sorted);
  const variants = variantsByChart(sorted, context);
  return sorted.map(({ asker: _, qualified: __, includes: ___, ...draft }) => {
    const { request } = draft;
    const chosen = new Set(request.kind === 'helm' ? request.valueFiles : []);
    const beside = request.kind === 'helm' ? (variants.get(request.folder) ?? []) : [];
    const offered = beside.filter((path) => !chosen.has(path));
    return { ...draft, name: names.get(draft.id)!, isAsWritten: draft.isAsWritten ?? false, offered };
  });
}

/** Of two that ask for the same under one name, in one file, the later ones are counted. */
function withOwnIds(sorted: readonly Draft[]): readonly Draft[] {
  const counts = new Map<string, number>();
  return sorted.map((draft) => {
    const count = (counts.get(draft.id) ?? 0) + 1;
    counts.set(draft.id, count);
    return count === 1 ? draft : { ...draft, id: `${draft.id}~${count}` };
  });
}

/** The value files beside each chart that is rendered, in one walk through the files. */
function variantsByChart(drafts: readonly Draft[], { files }: PlanContext): ReadonlyMap<string, readonly string[]> {
  const folders = new Set(drafts.flatMap(({ request }) => (request.kind === 'helm' ? [request.folder] : [])));
  const found = new Map<string, string[]>();
  if (folders.size === 0) return found;
  for (const path of files.keys()) {
    // The chart is the folder of the file, or the one above (`values/`, `ci/`).
    const parts = path.split('/');
    for (const depth of [1, 2]) {
      const folder = parts.slice(0, -depth).join('/');
      if (parts.length < depth || !folders.has(folder) || !isVariant(path, folder)) continue;
      found.set(folder, [...(found.get(folder) ?? []), path]);
      break;
    }
  }
  for (const paths of found.values()) paths.sort();
  return found;
}

function problemsByFile(
  problems: readonly PlanProblem[],
  { files }: PlanContext,
): ReadonlyMap<string, readonly ManifestProblem[]> {
  const found = new Map<string, ManifestProblem[]>();
  for (const { code, message, place } of problems) {
    const document = 'range' in place ? 0 : place.document;
    const range = 'range' in place ? place.range : rangeAt(files.get(place.file), place.document, place.path);
    // It may be there and left out of the workspace, so this is no error.
    const problem: ManifestProblem = { code, severity: 'warning', message, range, document };
    found.set(place.file, [...(found.get(place.file) ?? []), problem]);
  }
  return found;
}

function rangeAt(file: ManifestFile | undefined, document: number, path: readonly (string | number)[]) {
  return (file && nearestPlace(file, document, path)?.value) ?? emptyRange;
}
