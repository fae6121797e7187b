/** A cluster beside the files: connected to on demand, its objects in a workspace of their own, kept up to date. */

import type { Connection, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isEqual } from '#base/equal';
import { observedSettings } from '#analysis/observed-cluster';
import { dataPlaneNotes } from '#analysis/data-plane/notes';
import { createWorkspace, type ClusterKnowledge, type Workspace } from '#analysis/workspace';
import type { LiveChange, LiveCluster, LiveStatus as ClusterStatus } from '#live/index';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { liveStatusNotification, type ClusterChoice, type LiveStatus } from '#protocol/live';
import { diagnosticsOf } from '../diagnostics';
import type { View } from '../session';
import { loadLiveClient, nodeProblem, type LiveClient } from './client';
import { ClusterPaths, isClusterUri } from './cluster-paths';
import { off, scopeOfContext, wireStatus, withoutCluster } from './status';

/** The longest that a change in the cluster waits for the next one before it is shown. */
const longestDelay = 1000;

/**
 * So long something that controllers may be about to mend has to stand while the cluster is live before it is told: they
 * follow within a second, lists of several kinds are not of one moment, and a pod that just started gets ready.
 */
const patience = 3_000;

/** Milliseconds to the next try, which may run the kubeconfig's program again: 5 seconds, doubled up to 5 minutes. */
function waitAfter(failures: number): number {
  return Math.min(300_000, 5_000 * 2 ** failures);
}

/** The cluster that is connected. */
interface Connected {
  readonly client: LiveClient;
  readonly cluster: LiveCluster;
  settings: ClusterSettings;
  /** Undefined until the first picture is whole. */
  workspace: Workspace | undefined;
}

export class LiveSession implements View {
  readonly paths = new ClusterPaths();
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #changed: () => void;
  #given: ClusterSettings = defaultSettings;
  #connected: Connected | undefined;
  /** What was asked for last. */
  #choice: ClusterChoice | undefined;
  #status: LiveStatus = off;
  /** Counts what was asked for, so that what is overtaken is dropped. */
  #attempt = 0;
  #revision = 0;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  /** Until findings that wait have stood long enough. */
  #telling: NodeJS.Timeout | undefined;
  /** Until a connection that failed is tried again. */
  #again: NodeJS.Timeout | undefined;
  /** What the last derivation took, in milliseconds. */
  #cost = 0;
  readonly #published = new Map<string, string>();

  /** `changed` is called when answers may be others than before. */
  constructor(connection: Connection, documents: TextDocuments<TextDocument>, changed: () => void) {
    this.#connection = connection;
    this.#documents = documents;
    this.#changed = changed;
  }

  /** Another one whenever something of the cluster is. */
  get revision(): number {
    return this.#revision;
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** What is known of the cluster now, with all that happened so far derived; empty before the first picture. */
  workspace(): Workspace {
    if (this.#dirty) this.#settle();
    return this.#connected?.workspace ?? nothing;
  }

  get cluster(): LiveCluster | undefined {
    return this.#connected?.workspace && this.#connected.cluster;
  }

  get settings(): ClusterSettings {
    return this.#connected?.settings ?? this.#given;
  }

  /** By the name of its scope or the id. */
  isScope(scope: string): boolean {
    const name = this.#status.scope;
    return name !== '' && (scope === name || this.workspace().scope(scope) !== undefined);
  }

  /** Settings of the editor: they count where the cluster does not say itself. */
  configure(settings: ClusterSettings): void {
    this.#given = { ...settings, said: undefined };
    const connected = this.#connected;
    if (!connected?.workspace || isEqual(settingsFor(connected, this.#given), connected.settings)) return;
    this.#build(connected);
    this.#schedule();
  }

  /**
   * Connects in place of what was connected; resolves with the first picture, or with why there is none. What may pass by
   * itself is tried again.
   */
  async connect(choice: ClusterChoice): Promise<{ readonly error?: string }> {
    return this.#connect(choice, 0);
  }

  /** `failures`: so many tries in turn have failed. */
  async #connect(choice: ClusterChoice, failures: number): Promise<{ readonly error?: string }> {
    this.#leave();
    this.#choice = choice;
    const attempt = ++this.#attempt;
    this.#tell(withoutCluster('connecting', choice));
    this.#changed();
    const failed = (error: string, wait?: number) => {
      if (attempt !== this.#attempt) return {};
      const nextTry = wait === undefined ? undefined : Date.now() + wait;
      this.#tell({ ...withoutCluster('failed', choice, error), nextTry });
      this.#changed();
      if (wait !== undefined) this.#again = setTimeout(() => void this.#connect(choice, failures + 1), wait);
      return { error };
    };
    const problem = nodeProblem();
    if (problem !== undefined) return failed(problem);
    const client = await loadLiveClient();
    try {
      const { context, kubeconfig, namespaces } = choice;
      const cluster = await client.watchCluster({ context, path: kubeconfig, namespaces });
      if (attempt !== this.#attempt) cluster.stop();
      else await this.#begin(client, cluster);
      return {};
    } catch (error) {
      if (!(error instanceof client.LiveError)) throw error;
      return failed(error.message, error.mayPass ? waitAfter(failures) : undefined);
    }
  }

  /** Does not wait for the next try, whatever failed. */
  async tryNow(): Promise<void> {
    if (this.#status.state === 'failed' && this.#choice) await this.connect(this.#choice);
    else this.#connected?.cluster.tryNow();
  }

  disconnect(): void {
    this.#attempt++;
    this.#leave();
    this.#tell(off);
    this.#changed();
  }

  /** Findings of an object's document, while it is open: a cluster's findings are no problems of the folder. */
  documentOpened({ uri }: Pick<TextDocument, 'uri'>): void {
    if (isClusterUri(uri)) this.#publish(uri);
  }

  documentClosed(uri: string): void {
    if (this.#published.delete(uri)) void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #leave(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#telling);
    clearTimeout(this.#again);
    this.#dirty = false;
    this.#cost = 0;
    this.#revision++;
    this.#connected?.cluster.stop();
    this.#connected = undefined;
    for (const uri of [...this.#published.keys()]) this.documentClosed(uri);
  }

  async #begin(client: LiveClient, cluster: LiveCluster): Promise<void> {
    const connected: Connected = { client, cluster, settings: this.#given, workspace: undefined };
    this.#connected = connected;
    cluster.onChange((change, status) => {
      if (this.#connected === connected) this.#take(connected, change, status);
    });
    this.#tell(wireStatus(cluster.status(), false));
    await cluster.ready();
    if (this.#connected !== connected) return;
    this.#build(connected);
    this.#settle();
  }

  #take(connected: Connected, change: LiveChange, status: ClusterStatus): void {
    const before = this.#status;
    this.#tell(wireStatus(status, connected.workspace !== undefined));
    if (!connected.workspace) return;
    const isSame = change.added.length + change.removed.length === 0;
    if (isSame && isEqual(before, this.#status)) return;
    if (!isSame && !isEqual(settingsFor(connected, this.#given), connected.settings)) this.#build(connected);
    else connected.workspace.setObserved(change, knowledgeOf(connected));
    this.#schedule();
  }

  /** Afresh, with settings that the objects themselves say. */
  #build(connected: Connected): void {
    const { cluster } = connected;
    connected.settings = settingsFor(connected, this.#given);
    const workspace = createWorkspace({
      settings: connected.settings,
      roots: [],
      single: scopeOfContext(cluster.context),
      patience,
    });
    workspace.setObserved({ removed: [], added: [...cluster.objects()] }, knowledgeOf(connected));
    connected.workspace = workspace;
    this.#dirty = true;
  }

  #schedule(): void {
    this.#dirty = true;
    this.#timer ??= setTimeout(
      () => {
        if (this.#dirty) this.#settle();
      },
      Math.min(longestDelay, this.#cost),
    );
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dirty = false;
    const connected = this.#connected;
    if (!connected?.workspace) return;
    const began = performance.now();
    connected.workspace.setTime(connected.cluster.status().state === 'live' ? began : undefined);
    connected.workspace.update();
    this.#tellLater(connected.workspace);
    this.#revision++;
    this.#cost = performance.now() - began;
    this.#tell(wireStatus(connected.cluster.status(), true));
    for (const { uri } of this.#documents.all()) this.documentOpened({ uri });
    this.#changed();
  }

  /** What waits is told when its time has come, although nothing happens then. */
  #tellLater(workspace: Workspace): void {
    clearTimeout(this.#telling);
    const due = workspace.nextTelling();
    if (due === undefined) return;
    this.#telling = setTimeout(
      () => {
        this.#settle();
      },
      Math.max(0, due - performance.now()) + 1,
    );
  }

  #publish(uri: string): void {
    const path = this.paths.path(uri);
    const workspace = this.#connected?.workspace;
    if (path === undefined || !workspace) return;
    const diagnostics = diagnosticsOf(workspace, path, this.paths);
    const text = JSON.stringify(diagnostics);
    if ((this.#published.get(uri) ?? '[]') === text) return;
    this.#published.set(uri, text);
    void this.#connection.sendDiagnostics({ uri, diagnostics });
  }

  #tell(status: LiveStatus): void {
    if (isEqual(status, this.#status)) return;
    this.#status = status;
    void this.#connection.sendNotification(liveStatusNotification.method, status);
  }
}

const nothing: Workspace = createWorkspace({ settings: defaultSettings, roots: [] });

function settingsFor({ cluster }: Connected, given: ClusterSettings): ClusterSettings {
  return observedSettings(given, cluster.version, [...cluster.objects()]);
}

function knowledgeOf({ client, cluster }: Connected): ClusterKnowledge {
  const { incomplete, notes } = client.gapsOf(cluster.status());
  return { incomplete, notes: [...notes, ...dataPlaneNotes([...cluster.objects()])] };
}
