/** Renders a workspace to the end, for who shows nothing before. */

import type { Workspace } from '#analysis/workspace';
import type { Scope } from '#manifest/types';
import type { RenderWork } from './render-work';

/**
 * Renders what the workspace has no render of, and derives what comes of it: all that is told has then its place. Origins
 * are looked for where that needs them, and for all objects of the scopes that are `traced`.
 */
export async function renderToRest(
  work: RenderWork,
  workspace: Workspace,
  traced: (scope: Scope) => boolean = () => false,
): Promise<void> {
  work.follow(workspace);
  await work.whenIdle();
  workspace.update();
  const wanted = workspace.scopes.flatMap(({ scope }) => (traced(scope) ? scope.id : []));
  const asked = new Set<string>();
  // A place that is known may ask for another one.
  for (let ids = [...workspace.wantedOrigins(), ...wanted]; ids.some((id) => !asked.has(id));) {
    for (const id of ids) asked.add(id);
    work.trace(ids);
    await work.whenIdle();
    workspace.update();
    ids = [...workspace.wantedOrigins()];
  }
}
