/** Maps between documents' URIs and the workspace's paths; with several folders each path starts with its folder's name. */

import { URI } from 'vscode-uri';
import type { Place } from '#analysis/types';
import { scopeOfRenderedPath } from '#manifest/index';
import { renderedEnding, renderedScheme } from '#protocol/server';

export interface WorkspaceFolder {
  /** Without a slash at the end. */
  readonly uri: string;
  readonly name: string;
}

/** A document that was never saved stands at the top of the workspace, and is called by its URI. */
const untitled = 'untitled:';
const untitledEnding = '.yaml';

export class Paths {
  /** Folder's URI → what stands before its paths: '' or `name/`. */
  readonly #prefixes: readonly { readonly uri: string; readonly prefix: string }[];

  constructor(folders: readonly WorkspaceFolder[]) {
    const several = folders.length > 1;
    const names = new Set<string>();
    const prefixes = folders.map((folder) => {
      const uri = normalize(folder.uri);
      return { uri, prefix: several ? `${unique(folder.name, names)}/` : '' };
    });
    // The innermost folder first, so that a folder inside another one gets its own files.
    this.#prefixes = prefixes.sort((a, b) => b.uri.length - a.uri.length);
  }

  /** The path of a document, or undefined where it lies in no folder. */
  path(uri: string): string | undefined {
    const text = normalize(uri);
    if (text.startsWith(untitled)) return text + untitledEnding;
    const folder = this.#prefixes.find((candidate) => text.startsWith(`${candidate.uri}/`));
    return folder && folder.prefix + decodeURIComponent(text.slice(folder.uri.length + 1));
  }

  uri(path: string): string {
    if (path.startsWith(untitled)) return path.slice(0, -untitledEnding.length);
    const rendered = scopeOfRenderedPath(path);
    if (rendered !== undefined)
      return URI.from({ scheme: renderedScheme, path: `/${rendered}${renderedEnding}` }).toString();
    const folder =
      this.#prefixes.find((candidate) => candidate.prefix !== '' && path.startsWith(candidate.prefix)) ??
      this.#prefixes[0];
    if (!folder) return path;
    return `${folder.uri}/${path.slice(folder.prefix.length).split('/').map(encodeURIComponent).join('/')}`;
  }

  /** A place in a file as one in its document. */
  place({ file, range }: Place): { readonly uri: string; readonly range: Place['range'] } {
    return { uri: this.uri(file), range };
  }

  folders(): readonly { readonly uri: string; readonly prefix: string }[] {
    return this.#prefixes;
  }
}

/** One spelling for each URI: VS Code encodes `:` of Windows drives and more than others do. */
function normalize(uri: string): string {
  return URI.parse(uri).toString().replace(/\/$/, '');
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let i = 2; taken.has(candidate); i++) candidate = `${name}-${i}`;
  taken.add(candidate);
  return candidate;
}
