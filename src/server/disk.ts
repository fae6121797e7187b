/** The file system of the machine that the program runs on. */

import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isTooLarge, tooLarge, unreadable, type Entry, type FileSystem, type Reading } from './file-system';

/** Places are paths as the system writes them. */
export const disk: FileSystem = { below: join, list, identity: realpath, read, readBytes, reasonOf };

async function list(folder: string): Promise<readonly Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const kind = entry.isSymbolicLink() ? await kindOfTarget(join(folder, entry.name)) : kindOf(entry);
      return kind && { name: entry.name, kind };
    }),
  );
  return found.filter((entry) => entry !== undefined);
}

async function kindOfTarget(path: string): Promise<Entry['kind'] | undefined> {
  try {
    return kindOf(await stat(path));
  } catch {
    return undefined; // A link to nowhere is nobody's manifest.
  }
}

/** Pipes, sockets and devices are none: reading them may never end. */
function kindOf(entry: Pick<Dirent, 'isDirectory' | 'isFile'>): Entry['kind'] | undefined {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : undefined;
}

/** A file that is too large is not read. */
async function read(path: string): Promise<Reading> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return unreadable('it is none', false);
    if (isTooLarge(found.size)) return tooLarge(found.size);
    const bytes = await readFile(path);
    return { text: bytes.toString('utf8') };
  } catch (error) {
    return unreadable(reasonOf(error), error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

async function readBytes(path: string): Promise<Uint8Array | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() || isTooLarge(found.size)) return undefined;
    return new Uint8Array(await readFile(path));
  } catch {
    return undefined;
  }
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
