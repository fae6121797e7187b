/** The files that an engine is given: the workspace's own texts, and beside them what no reader of manifests looks at. */

import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderFiles } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import type { Entry } from '../file-system';

/** Reads files by the workspace's paths. */
export interface SourceReader {
  /** Empty for what cannot be listed. */
  list(folder: string): Promise<readonly Entry[]>;
  /** Undefined for what is not there, cannot be read or is too large. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A chart with more files is none that anybody wrote. */
const mostFiles = 5000;
/** What tools keep in a chart's folder, and Helm's own loader passes over or nobody renders. */
const passedOver = new Set(['.git', 'node_modules']);

/**
 * Stands for a file of a chart that is there and is not read, since it is too large: more than the 5 MiB that Helm takes, so
 * that Helm refuses it in its own words unless .helmignore leaves it out.
 */
const tooLargeForHelm = new Uint8Array(5 * 2 ** 20 + 1);

/** What lies in folders of charts, and other files by their paths: read once, until somebody says that they changed. */
export class SourceFiles {
  readonly #reader: SourceReader;
  readonly #contents = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #folders = new Map<string, Promise<readonly string[]>>();
  /** What was read, for a comparison that cannot wait. */
  readonly #known = new Map<string, Uint8Array | undefined>();

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  /** A file changed, came or went, or a folder with all in it. */
  forget(path: string): void {
    for (const known of this.#contents.keys())
      if (known === path || isBelow(known, path)) {
        this.#contents.delete(known);
        this.#known.delete(known);
      }
    for (const folder of this.#folders.keys())
      if (isBelow(path, folder) || isBelow(folder, path)) this.#folders.delete(folder);
  }

  forgetAll(): void {
    this.#contents.clear();
    this.#known.clear();
    this.#folders.clear();
  }

  /** Whether the folder was listed and nothing has changed in it since. */
  isListed(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** What was last read, where that still holds. */
  known(path: string): Uint8Array | undefined {
    return this.#known.get(path);
  }

  /**
   * All that the plan's engine may read. Texts of the workspace count before those on disk, and before both those that
   * are given: an undefined one for a file that would not be there.
   */
  async gather(
    plan: WorkspacePlan,
    fileOf: (path: string) => ManifestFile | undefined,
    texts: ReadonlyMap<string, string | undefined> = new Map(),
  ): Promise<RenderFiles> {
    const { kind, folder } = plan.request;
    const paths = new Set(plan.reads);
    const listed = new Set(kind === 'helm' ? await this.#list(folder) : []);
    for (const path of listed) paths.add(path);
    for (const path of texts.keys()) if (kind === 'helm' && isBelow(path, folder)) paths.add(path);
    const files = new Map<string, string | Uint8Array>();
    const others: string[] = [];
    for (const path of paths) {
      const file = fileOf(path);
      const text = texts.get(path);
      if (text !== undefined) files.set(path, text);
      else if (texts.has(path)) continue;
      else if (file && hasText(file)) files.set(path, file.text);
      else others.push(path);
    }
    const contents = await Promise.all(others.map((path) => this.#read(path, listed.has(path))));
    for (const [i, content] of contents.entries()) if (content) files.set(others[i]!, content);
    return files;
  }

  async #read(path: string, isListed: boolean): Promise<Uint8Array | undefined> {
    const known = this.#contents.get(path);
    if (known) return known;
    const reading = this.#reader.read(path).then((content) => content ?? (isListed ? tooLargeForHelm : undefined));
    this.#contents.set(path, reading);
    const content = await reading;
    if (this.#contents.get(path) === reading) this.#known.set(path, content);
    return content;
  }

  #list(folder: string): Promise<readonly string[]> {
    const known = this.#folders.get(folder);
    if (known) return known;
    const listing = this.#walk(folder);
    this.#folders.set(folder, listing);
    return listing;
  }

  async #walk(root: string): Promise<readonly string[]> {
    const found: string[] = [];
    const open = [root];
    for (let folder = open.pop(); folder !== undefined && found.length < mostFiles; folder = open.pop()) {
      for (const { name, kind } of await this.#reader.list(folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (kind === 'file') found.push(path);
        else if (!passedOver.has(name)) open.push(path);
      }
    }
    return found;
  }
}

/** Not of what could not be read as a manifest, too large or no text at all. An empty file is one. */
export function hasText({ documents, problems }: ManifestFile): boolean {
  return documents.length > 0 || problems.length === 0;
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
