/** Asks a workspace as it would be with other files, and leaves it as it was. */

import { isManifestPath } from '#manifest/index';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderResult } from '#manifest/render-types';
import type { Workspace } from './workspace';

/** Paths are relative to the workspace; without a text the file would be gone. */
export type FileChange = { readonly file: string; readonly text?: string | undefined };

/** What an engine makes of the changed files; undefined where there is none. */
export interface ChangedRender {
  readonly plan: WorkspacePlan;
  readonly result: RenderResult | undefined;
}

/** Makes the change, asks, and takes the change back: nobody else can ask in between. */
export function withChange<T>(
  files: readonly FileChange[],
  workspace: Workspace,
  ask: () => T,
  renders: readonly ChangedRender[] = [],
): T {
  const manifests = files.filter(({ file }) => isManifestPath(file));
  const texts = manifests.map(({ file }) => ({ file, text: workspace.file(file)?.text }));
  const known = renders.filter(({ result }) => result !== undefined);
  const rendered = known.map(({ plan }) => ({ plan, result: workspace.rendered(plan.id) }));
  try {
    set(manifests, known, workspace);
    return ask();
  } finally {
    set(texts, rendered, workspace);
  }
}

/** A plan is known once the files are that ask for it. */
function set(files: readonly FileChange[], renders: readonly ChangedRender[], workspace: Workspace): void {
  for (const { file, text } of files) {
    if (text === undefined) workspace.removeFile(file);
    else workspace.setFile(file, text);
  }
  workspace.update();
  for (const { plan, result } of renders) workspace.setRendered(plan.id, result);
  workspace.update();
}

/** The plans that engines have to render to know what the change comes to: as they would be after it. */
export function plansTouchedBy(files: readonly FileChange[], workspace: Workspace): readonly WorkspacePlan[] {
  const before = new Map(workspace.plans().map((plan) => [plan.id, plan.request]));
  const reads = new Map(workspace.plans().map(({ id }) => [id, readBy(workspace.rendered(id))]));
  return withChange(files, workspace, () =>
    workspace.plans().filter((plan) => {
      if (before.get(plan.id) !== plan.request) return true;
      const { kind, folder } = plan.request;
      return files.some(
        ({ file }) =>
          plan.reads.includes(file) ||
          reads.get(plan.id)?.includes(file) === true ||
          (kind === 'helm' && (folder === '' || file.startsWith(`${folder}/`))),
      );
    }),
  );
}

function readBy(result: RenderResult | undefined): readonly string[] {
  return result === undefined || result.kind === 'stopped' ? [] : result.read;
}
