/** Finds manifests below a folder: what `.gitignore` names is left out, and what links lead to is looked at once. */

import { createExclusion, isManifestPath } from '#manifest/index';
import { readOptional, type Entry, type FileSystem } from './file-system';

export interface Gitignore {
  /** Relative to the root, '' for the root itself. */
  readonly folder: string;
  readonly text: string;
}

export interface FoundFiles {
  /** Relative to the root, with `/`, sorted. */
  readonly files: readonly string[];
  /** Folders that could not be read, with the reason. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
  readonly gitignores: readonly Gitignore[];
}

/** All manifests below a folder. Never rejects for what it meets below; rejects where `root` itself cannot be listed. */
export async function findManifests(files: FileSystem, root: string, exclude: readonly string[]): Promise<FoundFiles> {
  const search = new Search(files, root, exclude);
  await search.folder('', await files.list(root));
  return { files: search.found.sort(), unreadable: search.unreadable, gitignores: search.gitignores };
}

class Search {
  readonly found: string[] = [];
  readonly unreadable: { path: string; message: string }[] = [];
  readonly gitignores: Gitignore[] = [];
  readonly #files: FileSystem;
  readonly #root: string;
  readonly #exclude: readonly string[];
  readonly #visited = new Set<string>();
  #excluded: (path: string) => boolean;

  constructor(files: FileSystem, root: string, exclude: readonly string[]) {
    this.#files = files;
    this.#root = root;
    this.#exclude = exclude;
    this.#excluded = createExclusion({ gitignores: [], exclude });
  }

  async folder(path: string, entries: readonly Entry[]): Promise<void> {
    const identity = await this.#files.identity(this.#place(path));
    if (this.#visited.has(identity)) return;
    this.#visited.add(identity);
    if (entries.some(({ name }) => name === '.gitignore')) await this.#addGitignore(path);
    for (const { name, kind } of entries) await this.#entry(path === '' ? name : `${path}/${name}`, kind);
  }

  async #entry(path: string, kind: Entry['kind']): Promise<void> {
    if (kind === 'file') {
      if (isManifestPath(path) && !this.#excluded(path)) this.found.push(path);
      return;
    }
    if (this.#excluded(`${path}/`)) return;
    const entries = await this.#list(path);
    if (entries) await this.folder(path, entries);
  }

  async #list(path: string): Promise<readonly Entry[] | undefined> {
    try {
      return await this.#files.list(this.#place(path));
    } catch (error) {
      this.unreadable.push({ path, message: this.#files.reasonOf(error) });
      return undefined;
    }
  }

  async #addGitignore(folder: string): Promise<void> {
    const place = this.#place(folder === '' ? '.gitignore' : `${folder}/.gitignore`);
    const text = (await readOptional(this.#files, place)) ?? '';
    this.gitignores.push({ folder, text });
    this.#excluded = createExclusion({ gitignores: this.gitignores, exclude: this.#exclude });
  }

  #place(path: string): string {
    return path === '' ? this.#root : this.#files.below(this.#root, path);
  }
}
