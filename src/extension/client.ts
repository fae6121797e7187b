/** The language server as the extension sees it: started, asked, listened to, restarted. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { State, type BaseLanguageClient, type LanguageClientOptions } from 'vscode-languageclient';
import { clusterScheme } from '#protocol/live';
import type { RequestSchema } from '#protocol/request';
import { changedNotification, statusNotification, type Status } from '#protocol/server';
import type { Platform } from './platform';
import { onOthersChanged, othersKnow } from './others';
import { serveFiles } from './served-files';

export const section = 'serviceTopology';

/** What lenses and links of hovers lead to. */
const linkedCommands = [`${section}.trace`, `${section}.showOnMap`];

/** What the server is doing: `starting` until its first word, `stopped` when it is gone and does not come back. */
export type ServerState = { readonly kind: 'starting' | 'stopped' } | ({ readonly kind: 'running' } & Status);

/** How long bursts of changes are gathered before the views ask again. */
const settleMilliseconds = 150;

/** An error of ours in words that a user may read. */
export class ServerUnavailable extends Error {
  constructor() {
    super(vscode.l10n.t('The language server of Service Topology is not running.'));
  }
}

/** Lets a client's troubles go to the log: the status item shows them, and a notification would only interrupt. */
function quiet(client: BaseLanguageClient): BaseLanguageClient {
  const tell = client.error.bind(client);
  client.error = (message, data) => tell(message, data, false);
  return client;
}

export class Server implements vscode.Disposable {
  /** Whether there is a live mode. */
  readonly reachesClusters: boolean;
  readonly #log: vscode.LogOutputChannel;
  readonly #client: BaseLanguageClient;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #state: ServerState = { kind: 'starting' };
  #timer: NodeJS.Timeout | undefined;
  /** Whether a stop is ours: the client then is not to be called crashed. */
  #stopping = false;

  /** The server's answers may be others than before; bursts come as one event. */
  readonly onChanged = this.#changed.event;
  readonly onStateChanged = this.#stateChanged.event;

  constructor(platform: Platform, extensionUri: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#log = log;
    this.reachesClusters = platform.reachesClusters;
    this.#client = quiet(platform.createClient(extensionUri, clientOptions(extensionUri, log)));
    this.#subscriptions.push(
      this.#client.onNotification(changedNotification.method, () => this.#settle()),
      this.#client.onNotification(statusNotification.method, (params: unknown) => this.#takeStatus(params)),
      serveFiles(this.#client, extensionUri),
      onOthersChanged(() => void this.restart()),
      this.#client.onDidChangeState(({ newState }) => this.#takeClientState(newState)),
    );
  }

  /** What the server tells of its own accord; the one who listens checks it. */
  onNotification(method: string, listener: (params: unknown) => void): vscode.Disposable {
    return this.#client.onNotification(method, listener);
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Starts the server; a failure is told by the state and the log, not thrown. */
  async start(): Promise<void> {
    this.#setState({ kind: 'starting' });
    try {
      await this.#client.start();
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
      this.#setState({ kind: 'stopped' });
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    try {
      if (this.#client.isRunning()) await this.#client.stop();
    } catch (error) {
      this.#log.warn(String(error)); // A crashed server cannot take leave; that is no news.
    } finally {
      this.#stopping = false;
    }
  }

  /** Asks the server; the answer is checked. Rejects where the server is not running or fails. */
  async ask<P extends v.GenericSchema, R extends v.GenericSchema>(
    request: RequestSchema<P, R>,
    params: v.InferInput<P>,
    token?: vscode.CancellationToken,
  ): Promise<v.InferOutput<R>> {
    if (this.#state.kind === 'stopped') throw new ServerUnavailable();
    const answer: unknown = await this.#client.sendRequest(request.method, params, token);
    return v.parse(request.result, answer);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#stateChanged.dispose();
  }

  #settle(): void {
    // A busy cluster changes more often than this: waiting for a pause would be waiting for ever.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, settleMilliseconds);
  }

  #takeStatus(params: unknown): void {
    const status = v.safeParse(statusNotification.params, params);
    if (status.success) this.#setState({ kind: 'running', ...status.output });
    else this.#log.warn(`A status of an unknown shape was dropped: ${v.summarize(status.issues)}`);
  }

  #takeClientState(state: State): void {
    if (this.#stopping) return;
    if (state === State.Stopped || state === State.StartFailed) this.#setState({ kind: 'stopped' });
    else if (state === State.Starting) this.#setState({ kind: 'starting' });
    else if (state === State.Running) this.#settle();
  }

  #setState(state: ServerState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}

function clientOptions(extensionUri: vscode.Uri, log: vscode.LogOutputChannel): LanguageClientOptions {
  const bundles = vscode.Uri.joinPath(extensionUri, 'dist').toString();
  return {
    documentSelector: schemes().flatMap((scheme) => [
      ...['yaml', 'helm'].map((language) => ({ scheme, language })),
      // No language of VS Code's own: another extension may call it one.
      { scheme, pattern: '**/templates/**/*.tpl' },
      { scheme, language: 'markdown' },
    ]),
    outputChannel: log,
    initializationOptions: () => ({
      ...settings(),
      // What the server may count on.
      client: { commands: true, files: true, bundles: `${bundles}/`, ...othersKnow() },
    }),
    synchronize: { configurationSection: section },
    // Hovers hold text from manifests: of commands they may run those alone that show something.
    markdown: { isTrusted: { enabledCommands: [...linkedCommands] }, supportHtml: false },
  };
}

/** As plain values: what VS Code hands out is a proxy, which no worker takes. */
function settings(): object {
  return JSON.parse(JSON.stringify(vscode.workspace.getConfiguration().get<object>(section) ?? {})) as object;
}

/** The schemes of the folders: manifests in comparisons and in Git's history (`git:`) are not part of the workspace. */
function schemes(): string[] {
  return [
    ...new Set([
      'file',
      'untitled',
      'vscode-notebook-cell',
      clusterScheme,
      ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme),
    ]),
  ];
}
