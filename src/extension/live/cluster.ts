/** The cluster beside the files, as the user sees it: connected to and left by commands, found again in a new window. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import {
  connectRequest, disconnectRequest, liveStatusNotification, namespacesRequest, tryNowRequest, type LiveStatus,
} from '#protocol/live'; // prettier-ignore
import type { Server } from '../client';
import { askContext, askNamespaces, kubeconfigSetting } from './choices';
import { keepCluster, keptCluster } from './memory';
import { sentence } from './words';

const off: LiveStatus = { state: 'off', context: '', scope: '', refused: [], known: false };

/** In the view, where nobody is interrupted. */
const progress = { location: { viewId: 'serviceTopology.services' } } as const;

export class Cluster implements vscode.Disposable {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<LiveStatus>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  #status: LiveStatus = off;
  /** Whether this server has been told what was connected before. */
  #restored = false;

  readonly onChanged = this.#changed.event;

  constructor(server: Server, memory: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#memory = memory;
    this.#log = log;
    this.#subscriptions.push(
      server.onNotification(liveStatusNotification.method, (params) => this.#take(params)),
      server.onStateChanged(({ kind }) => {
        if (kind === 'running') void this.#restore();
        else {
          this.#restored = false;
          this.#set(off);
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#restore()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) void this.#tryOverdue();
      }),
    );
    this.#set(off);
    if (!server.reachesClusters) void vscode.commands.executeCommand('setContext', 'serviceTopology.inBrowser', true);
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** Asks for the context where none is named. Tells whether there is a picture of it. */
  async connect(named?: string, kubeconfig = kubeconfigSetting()): Promise<boolean> {
    if (!this.#mayConnect()) return false;
    const last = keptCluster(this.#memory);
    const context = named ?? (await askContext(this.#server, last?.context));
    if (context === undefined) return false;
    return this.#connect(context, last?.context === context ? last.namespaces : undefined, kubeconfig);
  }

  async disconnect(): Promise<void> {
    const { context } = this.#status;
    const last = keptCluster(this.#memory);
    if (last) await keepCluster(this.#memory, { ...last, connected: false });
    if (context !== '') await this.#server.ask(disconnectRequest, {});
  }

  async chooseNamespaces(): Promise<void> {
    if (!this.#mayConnect()) return;
    const last = keptCluster(this.#memory);
    const context = this.#status.state === 'off' ? last?.context : this.#status.context;
    if (context === undefined) {
      await this.connect();
      return;
    }
    const { namespaces } = await this.#server.ask(namespacesRequest, {});
    const chosen = last?.context === context ? last.namespaces : undefined;
    const answer = await askNamespaces(context, namespaces, chosen);
    if (answer !== 'cancelled') await this.#connect(context, answer);
  }

  /** The same cluster and namespaces again. */
  async reconnect(): Promise<void> {
    const last = keptCluster(this.#memory);
    if (!last) await this.connect();
    else if (this.#mayConnect()) await this.#connect(last.context, last.namespaces);
  }

  /** What is known of the cluster stays in sight; the tree tells what becomes of it. */
  async tryNow(): Promise<void> {
    if (this.#mayConnect()) await vscode.window.withProgress(progress, () => this.#server.ask(tryNowRequest, {}));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #mayConnect(): boolean {
    if (this.#server.reachesClusters) return isTrusted();
    void vscode.window.showInformationMessage(vscode.l10n.t('A cluster cannot be reached from a browser alone. Open the folder in VS Code on the desktop, or on a machine that you are connected to.')); // prettier-ignore
    return false;
  }

  async #connect(
    context: string,
    namespaces: readonly string[] | undefined,
    kubeconfig = kubeconfigSetting(),
  ): Promise<boolean> {
    const choice = { context, ...(namespaces === undefined ? {} : { namespaces: [...namespaces] }) };
    await keepCluster(this.#memory, { ...choice, connected: true });
    const answer = await this.#ask(choice, kubeconfig);
    if ('error' in answer) {
      await this.#tellFailure(context, answer.error);
      return false;
    }
    await this.#tellNoServices();
    return this.#status.known;
  }

  #ask(choice: { readonly context: string; readonly namespaces?: string[] }, kubeconfig = kubeconfigSetting()) {
    const given = { ...choice, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
    return vscode.window.withProgress(progress, async () => this.#server.ask(connectRequest, given));
  }

  /** What was connected when the window closed; the tree tells whether that works, nothing interrupts. */
  async #restore(): Promise<void> {
    const last = keptCluster(this.#memory);
    if (this.#restored || !last?.connected || !this.#server.reachesClusters || !vscode.workspace.isTrusted) return;
    this.#restored = true;
    const { context, namespaces } = last;
    try {
      await this.#ask({ context, ...(namespaces === undefined ? {} : { namespaces }) });
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
    }
  }

  /** A machine that was asleep counted no time meanwhile: the next try may be long due when somebody comes back. */
  async #tryOverdue(): Promise<void> {
    const { state, nextTry = Infinity } = this.#status;
    if (state === 'failed' && nextTry < Date.now()) await this.#server.ask(tryNowRequest, {});
  }

  async #tellFailure(context: string, error: string): Promise<void> {
    const [again, other] = [vscode.l10n.t('Try Again'), vscode.l10n.t('Choose Another Context')];
    const message = vscode.l10n.t('Cannot connect to {0}. {1}', context, sentence(error));
    const chosen = await vscode.window.showErrorMessage(message, again, other);
    if (chosen === again) await this.reconnect();
    else if (chosen === other) await this.connect();
  }

  /** A user with rights in one namespace only may have to name it. */
  async #tellNoServices(): Promise<void> {
    const { context, refused, namespaces } = this.#status;
    if (!refused.some(({ resource }) => /^services(?: in|$)/.test(resource))) return;
    const where = namespaces?.join(', ') ?? vscode.l10n.t('any namespace');
    const choose = vscode.l10n.t('Choose Namespaces…');
    const message = vscode.l10n.t('{0} does not permit you to read Services in {1}. Choose namespaces in which you may; `service-topology rbac` prints the role that is needed.', context, where); // prettier-ignore
    if ((await vscode.window.showWarningMessage(message, choose)) === choose) await this.chooseNamespaces();
  }

  #take(params: unknown): void {
    const status = v.safeParse(liveStatusNotification.params, params);
    if (status.success) this.#set(status.output);
    else this.#log.warn(`A status of the cluster of an unknown shape was dropped: ${v.summarize(status.issues)}`);
  }

  #set(status: LiveStatus): void {
    this.#status = status;
    // Without a live mode nothing of it is offered: the menus look for this key.
    if (this.#server.reachesClusters)
      void vscode.commands.executeCommand('setContext', 'serviceTopology.cluster', status.state);
    this.#changed.fire(status);
  }
}

/** A kubeconfig may run programs: not in a folder that the user does not trust. */
function isTrusted(): boolean {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Trust');
  const message = vscode.l10n.t('Clusters are connected to in trusted workspaces only: a kubeconfig may run programs.');
  void vscode.window.showWarningMessage(message, manage).then((chosen) => {
    if (chosen === manage) void vscode.commands.executeCommand('workbench.trust.manage');
  });
  return false;
}
