/** Which files a client's words about changes on disk are about: a folder that comes or goes is told by its name alone. */

import { FileChangeType, type FileEvent } from 'vscode-languageserver';
import { isManifestPath } from '#manifest/index';
import { folderOf } from '#manifest/paths';

export interface DiskChanges {
  /** Each file once that may be another, be there or be gone. */
  readonly files: ReadonlySet<string>;
  /** What came and may be a folder. */
  readonly came: readonly string[];
}

/** Sorts out events by the workspace's paths; `known` are the files of the workspace. */
export function diskChanges(
  events: readonly FileEvent[],
  pathOf: (uri: string) => string | undefined,
  known: () => Iterable<string>,
): DiskChanges {
  const files = new Set<string>();
  const gone = new Set<string>();
  const came: string[] = [];
  for (const { uri, type } of events) {
    const path = pathOf(uri);
    if (path === undefined) continue;
    files.add(path);
    if (type === FileChangeType.Deleted) gone.add(path);
    else if (type === FileChangeType.Created && !isManifestPath(path)) came.push(path);
  }
  if (gone.size > 0) for (const path of known()) if (isBelowAny(path, gone)) files.add(path);
  return { files, came };
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) if (folders.has(folder)) return true;
  return false;
}
