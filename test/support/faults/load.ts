/** Reads folders into workspaces as `check` does, without the settings of a user. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { disk } from '#server/disk';
import { findManifests } from '#server/find-manifests';
import type { NamedWorkspace } from './inject';

/** Each folder below that holds manifests is a workspace; a folder that holds manifests itself is one. */
export async function loadWorkspaces(folder: string): Promise<readonly NamedWorkspace[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isOne = entries.some((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort(); // prettier-ignore
  if (isOne || names.length === 0) return [await loadWorkspace(folder, '.')];
  return Promise.all(names.map((name) => loadWorkspace(join(folder, name), name)));
}

export async function loadWorkspace(folder: string, name: string): Promise<NamedWorkspace> {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  const { files } = await findManifests(disk, folder, []);
  for (const path of files) {
    const found = await disk.read(join(folder, path));
    if ('text' in found) workspace.setFile(path, found.text);
    else workspace.setProblem(path, found.problem);
  }
  workspace.update();
  return { name, workspace };
}
