/** Where manifests are read: a disk, or whatever the editor has folders on. Places are texts of the system's own kind. */

import { emptyRange } from '#base/text';
import { maximumFileSize } from '#manifest/index';
import type { ManifestProblem } from '#manifest/types';

export interface Entry {
  readonly name: string;
  /** Of a link, what it leads to; what is neither, or a link to nowhere, is left out. */
  readonly kind: 'file' | 'folder';
}

/** A file's text, or why it cannot be had. */
export type Reading =
  | { readonly text: string }
  | { readonly problem: ManifestProblem; /** Whether there is no such file. */ readonly gone: boolean };

export interface FileSystem {
  /** The place of a path below a folder. */
  below(folder: string, path: string): string;
  /** Rejects where the folder cannot be listed. */
  list(folder: string): Promise<readonly Entry[]>;
  /** One name for each folder, by whatever links it was reached. */
  identity(folder: string): Promise<string>;
  /** Never rejects. */
  read(file: string): Promise<Reading>;
  /** What is in a file, whatever it is; undefined where it cannot be had, or is too large. Never rejects. */
  readBytes(file: string): Promise<Uint8Array | undefined>;
  /** In a few words, why one of the calls above rejected. */
  reasonOf(error: unknown): string;
}

/** The text of a small file that may be missing. */
export async function readOptional(files: FileSystem, place: string): Promise<string | undefined> {
  const found = await files.read(place);
  return 'text' in found ? found.text : undefined;
}

export function isTooLarge(size: number): boolean {
  return size > maximumFileSize;
}

export function tooLarge(size: number): Reading {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const message = `This file is not read: ${mebibytes(size)} are more than ${mebibytes(maximumFileSize)}.`;
  return { problem: ofWholeFile('file-too-large', message), gone: false };
}

export function unreadable(reason: string, gone: boolean): Reading {
  return { problem: ofWholeFile('file-unreadable', `This file cannot be read: ${reason}.`), gone };
}

function ofWholeFile(code: string, message: string): ManifestProblem {
  return { code, severity: 'warning', message, range: emptyRange, document: -1 };
}
