/** Finds and reads manifests on disk: what `.gitignore` names is left out, links are followed once, size is bounded. */

import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyRange } from '#base/text';
import { createExclusion, isManifestPath, maximumFileSize } from '#manifest/index';
import type { ManifestProblem } from '#manifest/types';

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

/** All manifests below a folder. Never throws for what it meets below; throws where `root` itself cannot be listed. */
export async function findManifests(root: string, exclude: readonly string[]): Promise<FoundFiles> {
  const search = new Search(root, exclude);
  await search.folder('', await readdir(root, { withFileTypes: true }));
  return { files: search.files.sort(), unreadable: search.unreadable, gitignores: search.gitignores };
}

class Search {
  readonly files: string[] = [];
  readonly unreadable: { path: string; message: string }[] = [];
  readonly gitignores: Gitignore[] = [];
  readonly #root: string;
  readonly #exclude: readonly string[];
  readonly #visited = new Set<string>();
  #excluded: (path: string) => boolean;

  constructor(root: string, exclude: readonly string[]) {
    this.#root = root;
    this.#exclude = exclude;
    this.#excluded = createExclusion({ gitignores: [], exclude });
  }

  async folder(path: string, entries: readonly Dirent[]): Promise<void> {
    const real = await realpath(join(this.#root, path));
    if (this.#visited.has(real)) return;
    this.#visited.add(real);
    if (entries.some((entry) => entry.name === '.gitignore')) await this.#addGitignore(path);
    for (const entry of entries) await this.#entry(path === '' ? entry.name : `${path}/${entry.name}`, entry);
  }

  async #entry(path: string, entry: Dirent): Promise<void> {
    const kind = entry.isSymbolicLink() ? await this.#kindOfTarget(path) : kindOf(entry);
    if (kind === 'folder') {
      if (this.#excluded(`${path}/`)) return;
      const entries = await this.#list(path);
      if (entries) await this.folder(path, entries);
    } else if (kind === 'file' && isManifestPath(path) && !this.#excluded(path)) this.files.push(path);
  }

  async #kindOfTarget(path: string): Promise<'folder' | 'file' | undefined> {
    try {
      return kindOf(await stat(join(this.#root, path)));
    } catch {
      return undefined; // A link to nowhere is nobody's manifest.
    }
  }

  async #list(path: string): Promise<readonly Dirent[] | undefined> {
    try {
      return await readdir(join(this.#root, path), { withFileTypes: true });
    } catch (error) {
      this.unreadable.push({ path, message: reasonOf(error) });
      return undefined;
    }
  }

  async #addGitignore(folder: string): Promise<void> {
    const text = await readFile(join(this.#root, folder, '.gitignore'), 'utf8').catch(() => '');
    this.gitignores.push({ folder, text });
    this.#excluded = createExclusion({ gitignores: this.gitignores, exclude: this.#exclude });
  }
}

/** Pipes, sockets and devices are none: reading them may never end. */
function kindOf(entry: Pick<Dirent, 'isDirectory' | 'isFile'>): 'folder' | 'file' | undefined {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : undefined;
}

/** A file's text, or why it cannot be had. A file that is too large is not read. */
export async function readText(
  path: string,
): Promise<{ readonly text: string } | { readonly problem: ManifestProblem }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { problem: wholeFile('file-unreadable', 'This is not a file that can be read.') };
    const { size } = found;
    if (size > maximumFileSize) return { problem: tooLarge(size) };
    const bytes = await readFile(path);
    return { text: bytes.toString('utf8') };
  } catch (error) {
    return { problem: wholeFile('file-unreadable', `This file cannot be read: ${reasonOf(error)}.`) };
  }
}

function tooLarge(size: number): ManifestProblem {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  return wholeFile(
    'file-too-large',
    `This file is not read: ${mebibytes(size)} are more than ${mebibytes(maximumFileSize)}.`,
  );
}

function wholeFile(code: string, message: string): ManifestProblem {
  return { code, severity: 'warning', message, range: emptyRange, document: -1 };
}

/** Why a file operation failed, in a few words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    ENOENT: 'no such file or folder',
    ENOTDIR: 'not a folder',
    EISDIR: 'it is a folder',
    ELOOP: 'too many symbolic links',
    EMFILE: 'too many open files',
    ENAMETOOLONG: 'the name is too long',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}
