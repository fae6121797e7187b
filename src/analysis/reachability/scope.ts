/** Which scope a document of tests is about: the one that it names, else that of its folder. */

import { resolvePath } from '#manifest/index';
import type { ScopeKind } from '#manifest/types';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';
import type { ReachabilityDocument } from './types';

/** Where a folder has several scopes, the first of these is meant. */
const order: readonly ScopeKind[] = ['file', 'kustomization', 'chart', 'root', 'folder'];

/**
 * A name is a folder, seen from the file's own, or what `--scope` takes. Without one the scope of the file's folder
 * counts, else of the nearest folder above that has one, else the only one that there is.
 */
export function scopeOfTests(
  path: string,
  { scope: named }: Pick<ReachabilityDocument, 'scope'>,
  workspace: Workspace,
): ScopeState | { readonly error: string } {
  const scopes = workspace.scopes.filter(({ scope }) => scope.files.length > 0);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (named) {
    const target = resolvePath(folder, named.text);
    const found = (target === undefined ? undefined : inFolder(target, scopes)) ?? workspace.scope(named.text);
    return found ?? { error: `there is no scope ${named.text}; ${listOf(scopes)}` };
  }
  for (let above: string | undefined = folder; above !== undefined; above = parentOf(above)) {
    const found = inFolder(above, scopes);
    if (found) return found;
  }
  const [only] = scopes;
  if (only && scopes.length === 1) return only;
  if (!only) return { error: 'there are no Kubernetes manifests that these tests could be about' };
  return { error: `these tests could be about any of ${scopes.length} scopes: name one with scope; ${listOf(scopes)}` };
}

function inFolder(folder: string, scopes: readonly ScopeState[]): ScopeState | undefined {
  const same = scopes.filter(({ scope }) => folderOfScope(scope) === folder);
  return order.flatMap((kind) => same.find(({ scope }) => scope.kind === kind) ?? [])[0];
}

function folderOfScope({ id, kind }: { readonly id: string; readonly kind: ScopeKind }): string | undefined {
  if (kind === 'file') return undefined;
  const folder = id.slice(kind.length + 1);
  return folder === '.' ? '' : folder;
}

function parentOf(folder: string): string | undefined {
  return folder === '' ? undefined : folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
}

function listOf(scopes: readonly ScopeState[]): string {
  return `scopes: ${scopes.map(({ scope }) => scope.name).join(', ')}`;
}
