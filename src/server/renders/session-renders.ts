/** The renders of a server's workspace: begun as files change, told as they take long, and watched for what they read. */

import { DidChangeWatchedFilesNotification, type Connection, type Disposable } from 'vscode-languageserver';
import type { Workspace } from '#analysis/workspace';
import { isManifestPath } from '#manifest/index';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderResult } from '#manifest/render-types';
import { Progress } from '../progress';
import { RenderWork, type Renderer } from './render-work';
import { SourceFiles, type SourceReader } from './source-files';

export interface RenderHost {
  readonly connection: Connection;
  readonly reader: SourceReader;
  /** Whether the client tells of changed files where it is asked to. */
  readonly watches: boolean;
  /** There is a result for a plan of the workspace that was followed last. */
  readonly rendered: (plan: string, result: RenderResult) => void;
}

/** Milliseconds without an edit after which origins are looked for that nobody has asked for yet. */
const quiet = 1000;

export class SessionRenders {
  readonly #host: RenderHost;
  readonly #sources: SourceFiles;
  readonly #work: RenderWork;
  readonly #progress: Progress;
  #workspace: Workspace | undefined;
  #told = false;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  #isQuiet = false;
  #watched = '';
  #watching: Promise<Disposable> | undefined;

  constructor(renderer: Renderer, host: RenderHost) {
    this.#host = host;
    this.#sources = new SourceFiles(host.reader);
    this.#progress = new Progress(host.connection, 'Rendering', () => {
      this.#work.cancel();
    });
    this.#work = new RenderWork(renderer, this.#sources, {
      rendered: (plan, result) => {
        this.#take(plan, result);
      },
      progress: (done, all, name) => {
        this.#progress.tell(done, all, all > 1 ? `${name} (${done + 1} of ${all})` : name);
      },
      idle: () => {
        this.#progress.end();
        this.#watch();
      },
    });
  }

  /** Renders what the workspace's plans have no render of; those that read one of the files come first. */
  follow(workspace: Workspace, first: readonly string[]): void {
    this.#workspace = workspace;
    if (this.#work.follow(workspace, first) > 0) this.#waitForQuiet();
    this.#trace();
  }

  #waitForQuiet(): void {
    clearTimeout(this.#quietTimer);
    this.#isQuiet = false;
    this.#quietTimer = setTimeout(() => {
      this.#isQuiet = true;
      this.#trace();
    }, quiet);
  }

  /** Looks for origins: those that somebody asked for, and then the others, so that they are there when they are. */
  #trace(): void {
    const workspace = this.#workspace;
    const others = this.#isQuiet ? (workspace?.plans() ?? []) : [];
    this.#work.trace([...new Set([...(workspace?.wantedOrigins() ?? []), ...others.map(({ id }) => id)])]);
  }

  /** See RenderWork. */
  renderWith(plan: WorkspacePlan, texts: ReadonlyMap<string, string | undefined>): Promise<RenderResult | undefined> {
    return this.#work.renderWith(plan, texts);
  }

  /** Files that are no manifests changed on disk: true where a plan may have read one of them. */
  filesChanged(paths: readonly string[]): boolean {
    this.#work.sourcesChanged(paths);
    return (this.#workspace?.plans().length ?? 0) > 0;
  }

  /** Everything is read anew. */
  restart(): void {
    this.#sources.forgetAll();
  }

  #take(plan: string, result: RenderResult): void {
    if (result.kind === 'stopped' && result.reason === 'missing' && !this.#told) {
      this.#told = true;
      this.#host.connection.console.info(result.message);
    }
    this.#host.rendered(plan, result);
  }

  /** Asks the client to tell of what was read beside manifests. */
  #watch(): void {
    if (!this.#host.watches) return;
    const patterns = new Set<string>();
    for (const plan of this.#workspace?.plans() ?? []) {
      const result = this.#workspace?.rendered(plan.id);
      const { kind, folder } = plan.request;
      if (kind === 'helm') patterns.add(`**/${folder === '' ? '' : `${folder}/`}**`);
      else if (result && result.kind !== 'stopped')
        for (const path of result.read) if (!isManifestPath(path)) patterns.add(`**/${path}`);
    }
    // What a glob would take for more than a name is left out: it is read again when the window is reloaded.
    const plain = [...patterns].filter((pattern) => !/[[\]{}?]/.test(pattern)).sort();
    const text = plain.join('\n');
    if (text === this.#watched) return;
    this.#watched = text;
    const before = this.#watching;
    const { client } = this.#host.connection;
    const watchers = plain.map((globPattern) => ({ globPattern }));
    this.#watching = client.register(DidChangeWatchedFilesNotification.type, { watchers });
    void before?.then((old) => {
      old.dispose();
    });
  }
}
