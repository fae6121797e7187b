/** The state of one language server: the workspace, the open documents over it, and when it is brought up to date. */

import type { Connection, FileEvent, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { prepare } from '#analysis/features/prepare';
import { KeptReachability } from '#analysis/reachability/kept';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { createExclusion, isManifestPath } from '#manifest/index';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderResult } from '#manifest/render-types';
import { changedNotification, statusNotification, type Status } from '#protocol/server';
import { AheadWork } from './ahead';
import { DocumentsApart, isApart } from './apart';
import type { Client } from './client';
import { diagnosticsOf, isOfYaml } from './diagnostics';
import { diskChanges } from './disk-changes';
import type { FileSystem, Reading } from './file-system';
import { findManifests, type FoundFiles, type Gitignore } from './find-manifests';
import { defaultSettings } from '#model/settings';
import { AppliedScopes } from './live/applied';
import { isClusterUri } from './live/cluster-paths';
import { LiveSession } from './live/live-session';
import type { Paths } from './paths';
import { Progress } from './progress';
import { PublishedDiagnostics } from './published';
import { readConfiguration } from './configuration';
import { SavedDocuments } from './saved-documents';
import type { Renderer } from './renders/render-work';
import { SessionRenders } from './renders/session-renders';
import type { SourceReader } from './renders/source-files';

/** The longest that an edit waits for the next one before the findings are derived. */
const longestDelay = 250;
/** How long nobody must have typed before reachability tests run, and how long those of one file may take. */
const testDelay = 300;
const testBudget = 1000;
/** How long a render waits for the next one before the findings are derived, and how long after the last derivation. */
const renderDelay = 10;
const renderPause = 300;

/** What questions are answered from: the files, or a cluster. */
export interface View {
  readonly paths: Paths;
  /** With all that happened so far derived. */
  workspace(): Workspace;
  /** The files that have a finding of the code, sorted; of files that nobody can change there are none. */
  filesWith?(code: string): readonly string[];
  /** A document as it was saved; undefined where it lies in no folder. */
  readFile?(uri: string): Promise<Reading | undefined>;
  /** What a plan would come to if these files had other texts, or were not there; undefined where nothing is rendered. */
  renderWith?(plan: WorkspacePlan, texts: ReadonlyMap<string, string | undefined>): Promise<RenderResult | undefined>;
  /** Until the files are read for the first time, or read anew, there is nothing to answer from; undefined from then on. */
  reading?(): Promise<void> | undefined;
  /** Whether it is one document beside the workspace, which has no scope in views and panels. */
  readonly isApart?: true;
}

/** The file system of a folder and its place there; undefined for one that nobody here can read. */
export type Locate = (uri: string) => { readonly files: FileSystem; readonly place: string } | undefined;

/** What a question is about: a scope by its name or id, or a document. */
export interface Subject {
  readonly scope?: string;
  readonly uri?: string;
}

export class Session implements View {
  readonly paths: Paths;
  /** The cluster beside the files. */
  readonly live: LiveSession;
  /** The cluster as it would be after files were applied. */
  readonly applied: AppliedScopes;
  /** Documents that hold manifests and belong to no folder of them. */
  readonly apart: DocumentsApart;
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #changed: () => void;
  readonly #client: Pick<Client, 'syntax' | 'showsStatus'>;
  readonly #locate: Locate;
  readonly #renders: SessionRenders | undefined;
  #renderTimer: NodeJS.Timeout | undefined;
  #rendersSettled = -renderPause;
  #workspace: Workspace;
  #tests: KeptReachability;
  #testTimer: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #ahead = new AheadWork();
  /** What the last derivation took, in milliseconds: a cheap one follows each key, a dear one waits for a pause. */
  #cost = 0;
  #dirty = false;
  #version = 0;
  /** Counts the changes of the files. */
  #revision = 0;
  /** From the start on: a document that is opened before the folders were read would be judged alone. */
  #loading: { read: number; all: number } | undefined = { read: 0, all: 0 };
  /** Who waits until all is read. */
  readonly #waiting: (() => void)[] = [];
  readonly #readingProgress: Progress;
  readonly #saved = new SavedDocuments();
  /** What happened on disk since the last load began, until it ends: the folders may have been listed before it. */
  #meanwhile: FileEvent[] | undefined;
  /** Counts the loads, so that an older one stops when a newer one began. */
  #load = 0;
  readonly #published: PublishedDiagnostics;
  /** Files that are no YAML and that another server began or ended to tell of. */
  readonly #toldElsewhere = new Set<string>();
  #gitignores: Gitignore[] = [];
  /** Whether a path is left out; known once the folders were listed. */
  #excluded: (path: string) => boolean = () => false;

  /** `changed` is called when answers may be others than before; without a renderer files are taken as they stand. */
  constructor(
    connection: Connection,
    documents: TextDocuments<TextDocument>,
    paths: Paths,
    locate: Locate,
    client: Pick<Client, 'syntax' | 'watchesFiles' | 'showsStatus'>,
    changed: () => void,
    renderer?: Renderer,
  ) {
    this.#client = client;
    this.#changed = changed;
    this.#locate = locate;
    this.#connection = connection;
    this.#documents = documents;
    this.#readingProgress = new Progress(connection, 'Reading manifests');
    this.paths = paths;
    this.#published = new PublishedDiagnostics(connection, paths);
    this.apart = new DocumentsApart(documents);
    this.live = new LiveSession(connection, documents, () => this.#announceCluster());
    const revision = () => `${this.#revision} ${this.live.revision}`;
    this.applied = new AppliedScopes(this, this.live, revision, () => this.#announce());
    this.#workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    const rendered = (plan: string, result: RenderResult) => {
      this.#workspace.setRendered(plan, result);
      this.#scheduleRendered();
    };
    const host = { connection, reader: this.#sourceReader(), watches: client.watchesFiles, rendered };
    this.#renders = renderer && new SessionRenders(renderer, host);
    this.#tests = new KeptReachability(this.#workspace);
  }

  /** The workspace, with all that happened so far derived. */
  workspace(): Workspace {
    if (this.#dirty && !this.#loading) this.#settle();
    return this.#workspace;
  }

  reading(): Promise<void> | undefined {
    return this.#loading && new Promise((answer) => this.#waiting.push(answer));
  }

  /** The files', unless the scope or the document is that of a cluster. */
  viewOf({ scope, uri }: Subject): View {
    if (scope === undefined) return uri !== undefined && isClusterUri(uri) ? this.live : this;
    if (this.live.isScope(scope)) return this.live;
    const applied = this.applied.appliedBy(scope);
    return (applied === undefined ? undefined : this.applied.view(applied)) ?? this;
  }

  /** What has to be waited for before `viewOf` answers without long work; undefined for nothing. */
  ready({ scope }: Subject): Promise<void> | undefined {
    const applied = scope === undefined || this.live.isScope(scope) ? undefined : this.applied.appliedBy(scope);
    return applied === undefined ? undefined : this.applied.prepare(applied);
  }

  /** Reads all folders anew, with the given editor settings under those of the folders' own files. */
  async load(editorSettings: unknown): Promise<void> {
    const load = ++this.#load;
    this.#meanwhile = [];
    let events: readonly FileEvent[] = [];
    try {
      await this.#loadFolders(editorSettings, load);
    } finally {
      // Whoever waits is answered also where nothing could be read.
      if (load === this.#load) {
        for (const answer of this.#waiting.splice(0)) answer();
        this.#readingProgress.end();
        events = this.#meanwhile ?? [];
        this.#meanwhile = undefined;
      }
    }
    if (events.length > 0 && (await this.filesChanged(events))) await this.load(editorSettings);
  }

  async #loadFolders(editorSettings: unknown, load: number): Promise<void> {
    const configuration = await readConfiguration(this.#folders(), editorSettings);
    this.live.configure((await readConfiguration([], editorSettings)).settings);
    for (const message of configuration.editorProblems) this.#connection.console.warn(message);
    const found = await this.#find(configuration.exclude);
    if (load !== this.#load) return;
    this.#ahead.stop();
    this.#workspace = createWorkspace(configuration);
    this.#tests = new KeptReachability(this.#workspace, configuration.rules);
    this.#loading = { read: 0, all: found.length };
    this.#renders?.restart();
    this.#status();
    await this.#readAll(found, load);
    if (load !== this.#load) return;
    this.#loading = undefined;
    for (const document of this.#documents.all()) if (!this.#saved.isGone(document)) this.#take(document);
    this.#settle();
    this.#cost = 0; // The first reading says nothing about what an edit costs.
    for (const path of this.#published.paths()) if (!this.#workspace.file(path)) this.#publish(path);
  }

  documentChanged(document: TextDocument): void {
    this.live.documentOpened(document);
    if (this.#take(document)) this.#schedule();
  }

  documentOpened(document: TextDocument): void {
    this.documentSaved(document);
    this.#noteTeller(document.uri);
  }

  async documentClosed(uri: string): Promise<void> {
    this.live.documentClosed(uri);
    this.#saved.closed(uri);
    this.#noteTeller(uri);
    const path = this.paths.path(uri);
    if (path !== undefined) await this.#reread(path, uri);
  }

  /** What is no YAML is told by another server while the document is open, and by this one otherwise. */
  #noteTeller(uri: string): void {
    const path = this.#client.syntax ? this.paths.path(uri) : undefined;
    if (path === undefined || !this.#workspace.problems(path).some(isOfYaml)) return;
    this.#toldElsewhere.add(path);
    this.#schedule();
  }

  #isToldElsewhere(path: string): boolean {
    if (!this.#client.syntax) return false;
    return this.#documents.all().some(({ uri, languageId }) => languageId === 'yaml' && this.paths.path(uri) === path);
  }

  documentSaved(document: TextDocument): void {
    this.#saved.saved(document);
  }

  /**
   * Files and folders came, changed or went on disk; a document with unsaved edits keeps its text. Tells whether the
   * folders must be loaded anew, since what is left out is no longer the same.
   */
  async filesChanged(events: readonly FileEvent[]): Promise<boolean> {
    if (this.#meanwhile) {
      this.#meanwhile.push(...events);
      return false;
    }
    const own = () => [...this.#workspace.files()].flatMap((file) => (file.rendered ? [] : [file.path]));
    const { files, came } = diskChanges(events, (uri) => this.paths.path(uri), own);
    const changed = new Set(files);
    const below = await Promise.all(came.map((path) => this.#findBelow(path)));
    if (below.some((found) => found && found.gitignores.length > 0)) return true;
    for (const [i, path] of came.entries()) for (const file of below[i]?.files ?? []) changed.add(`${path}/${file}`);
    const open = new Map(this.#documents.all().map((document) => [this.paths.path(document.uri), document]));
    await Promise.all([...changed].map((path) => this.#changedOnDisk(path, open.get(path))));
    // Renders read what is no manifest, too, and what is left out otherwise.
    const others = [...changed].filter((path) => !this.#workspace.file(path));
    if (others.length > 0 && this.#renders?.filesChanged(others)) this.#schedule();
    return false;
  }

  /** Manifests below what may be a folder that came. */
  async #findBelow(path: string): Promise<FoundFiles | undefined> {
    if (this.#excluded(`${path}/`)) return undefined;
    const located = this.#locate(this.paths.uri(path));
    return located && findManifests(located.files, located.place, []).catch(() => undefined);
  }

  async #changedOnDisk(path: string, document: TextDocument | undefined): Promise<void> {
    const uri = this.paths.uri(path);
    if (!document) return this.#reread(path, uri);
    const found = await this.readFile(uri);
    if (found && 'text' in found) this.#saved.read(document, found.text);
    if (found && 'problem' in found && found.gone && this.#saved.fileGone(document)) this.#set(path, found);
    else if (this.#workspace.file(path) || !this.#take(document)) return;
    this.#schedule();
  }

  renderWith(plan: WorkspacePlan, texts: ReadonlyMap<string, string | undefined>): Promise<RenderResult | undefined> {
    return this.#renders?.renderWith(plan, texts) ?? Promise.resolve(undefined);
  }

  /** What renders read beside the workspace's own texts. */
  #sourceReader(): SourceReader {
    const placed = (path: string) => {
      const inFolder = ({ prefix }: { prefix: string }) => path.startsWith(prefix);
      const found = this.#folders().find(inFolder);
      if (!found) return undefined;
      const rest = path.slice(found.prefix.length);
      return { files: found.files, place: rest === '' ? found.folder : found.files.below(found.folder, rest) };
    };
    return {
      list: async (folder) => {
        const at = placed(folder);
        return at ? at.files.list(at.place).catch(() => []) : [];
      },
      read: async (path) => {
        const at = placed(path);
        return at?.files.readBytes(at.place);
      },
    };
  }

  /** Renders come in a row: what several of them change is derived together. */
  #scheduleRendered(): void {
    this.#dirty = true;
    if (this.#renderTimer) return;
    const left = this.#rendersSettled + renderPause - performance.now();
    this.#renderTimer = setTimeout(
      () => {
        this.#renderTimer = undefined;
        this.#rendersSettled = performance.now();
        if (this.#dirty && !this.#loading) this.#settle();
      },
      Math.max(renderDelay, left),
    );
  }

  #folders(): { files: FileSystem; folder: string; prefix: string }[] {
    return this.paths.folders().flatMap(({ uri, prefix }) => {
      const located = this.#locate(uri);
      return located ? [{ files: located.files, folder: located.place, prefix }] : [];
    });
  }

  async #find(exclude: readonly string[]): Promise<string[]> {
    const all: string[] = [];
    this.#gitignores = [];
    for (const { files, folder, prefix } of this.#folders()) {
      try {
        const found = await findManifests(files, folder, exclude);
        for (const path of found.files) all.push(prefix + path);
        for (const ignore of found.gitignores)
          this.#gitignores.push({ ...ignore, folder: joined(prefix, ignore.folder) });
        for (const { path, message } of found.unreadable)
          this.#connection.console.warn(`${path} is not read: ${message}`);
      } catch (error) {
        this.#connection.console.error(`${folder} is not read: ${files.reasonOf(error)}`);
      }
    }
    this.#excluded = createExclusion({ gitignores: this.#gitignores, exclude });
    return all;
  }

  async #readAll(found: readonly string[], load: number): Promise<void> {
    const batch = 32;
    for (let i = 0; i < found.length && load === this.#load; i += batch) {
      const paths = found.slice(i, i + batch);
      const texts = await Promise.all(paths.map((path) => this.readFile(this.paths.uri(path))));
      if (load !== this.#load) return;
      for (const [k, path] of paths.entries()) this.#set(path, texts[k]);
      if (this.#loading) this.#tellRead(this.#loading, paths.length);
      if (i % 512 === 0) this.#status();
    }
  }

  #tellRead(loading: { read: number; all: number }, count: number): void {
    loading.read += count;
    if (!this.#client.showsStatus) this.#readingProgress.tell(loading.read, loading.all, `${loading.read} of ${loading.all} files`); // prettier-ignore
  }

  async readFile(uri: string): Promise<Reading | undefined> {
    const located = this.#locate(uri);
    return located?.files.read(located.place);
  }

  async #reread(path: string, uri: string): Promise<void> {
    if (!isManifestPath(path)) return;
    const found = await this.readFile(uri);
    this.#set(path, found);
    this.#schedule();
  }

  #set(path: string, found: Reading | undefined): void {
    if (!found || this.#excluded(path) || ('problem' in found && found.gone)) this.#workspace.removeFile(path);
    else if ('text' in found) this.#workspace.setFile(path, found.text);
    else this.#workspace.setProblem(path, found.problem);
  }

  #take(document: TextDocument): boolean {
    const path = isApart(document) ? undefined : this.paths.path(document.uri);
    if (path === undefined || !isManifestPath(path) || this.#excluded(path)) return false;
    this.#saved.taken(document);
    this.#workspace.setFile(path, document.getText());
    return true;
  }

  #schedule(): void {
    this.#dirty = true;
    this.#ahead.stop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (this.#dirty && !this.#loading) this.#settle();
      },
      Math.min(longestDelay, this.#cost),
    );
  }

  #settle(): void {
    this.#dirty = false;
    clearTimeout(this.#timer);
    const began = performance.now();
    const change = this.#workspace.update();
    this.#revision++;
    this.#tests.note(change);
    for (const path of change.files) this.#publish(path);
    for (const path of this.#toldElsewhere) this.#publish(path);
    this.#toldElsewhere.clear();
    this.#cost = performance.now() - began;
    this.#scheduleTests(testDelay);
    this.#announce();
    this.#status();
    this.#ahead.begin(prepare(this.#workspace));
    const open = this.#documents.all().flatMap(({ uri }) => this.paths.path(uri) ?? []);
    this.#renders?.follow(this.#workspace, open);
  }

  /** Lenses and hints of files are none of a cluster's. */
  #announceCluster(): void {
    if (this.live.status.state === 'off') this.applied.clear();
    const isShown = this.#documents.all().some(({ uri }) => isClusterUri(uri));
    if (isShown) this.#announce();
    else this.#tellChange();
  }

  /** Tells that answers may be others than before. */
  #announce(): void {
    this.#tellChange();
    this.#changed();
  }

  #tellChange(): void {
    this.#version++;
    void this.#connection.sendNotification(changedNotification.method, { version: this.#version });
  }

  /** Tests run while nothing else is to be done, a file at a time, so that an edit waits for one of them at most. */
  #scheduleTests(delay: number): void {
    clearTimeout(this.#testTimer);
    if (!this.#tests.pending) return;
    this.#testTimer = setTimeout(() => {
      if (this.#dirty || this.#loading) return; // The next settling comes back here.
      const until = performance.now() + testBudget;
      const path = this.#tests.runNext(() => performance.now() < until);
      if (path !== undefined) {
        this.#publish(path);
        this.#status();
      }
      this.#scheduleTests(0);
    }, delay);
  }

  filesWith(code: string): readonly string[] {
    return this.#published.pathsWith(code);
  }

  #publish(path: string): void {
    const all = diagnosticsOf(this.#workspace, path, this.paths, this.#tests.findings(path));
    const hasElsewhere = all.some(isOfYaml) && this.#isToldElsewhere(path);
    const diagnostics = hasElsewhere ? all.filter((diagnostic) => !isOfYaml(diagnostic)) : all;
    this.#published.publish(path, diagnostics);
  }

  #status(): void {
    const status: Status = {
      state: this.#loading ? 'reading' : 'ready',
      filesRead: this.#loading?.read ?? this.#workspace.fileCount,
      files: this.#loading?.all ?? this.#workspace.fileCount,
      scopes: this.#workspace.scopes.length,
      errors: this.#published.errors,
      warnings: this.#published.warnings,
    };
    void this.#connection.sendNotification(statusNotification.method, status);
  }
}

function joined(prefix: string, folder: string): string {
  return (prefix + folder).replace(/\/$/, '');
}
