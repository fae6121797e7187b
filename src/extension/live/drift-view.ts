/** The view that compares a scope of files with the cluster that is connected. */

import * as vscode from 'vscode';
import { appliedScope, driftRequest } from '#protocol/live';
import { scopesRequest } from '#protocol/server';
import type { WireScope } from '#protocol/values';
import type { Server } from '../client';
import { itemOf } from '../difference-row';
import { showPlace } from '../places';
import { scopeChoices, scopeLabel } from '../scopes';
import { askSteps } from '../steps';
import type { Cluster } from './cluster';
import { showDriftOf } from './drift-documents';
import { driftRows, type DriftRow } from './drift-rows';

const viewId = 'serviceTopology.drift';
const memoryKey = 'driftScope';

/** Runs when a row is chosen; known to the view alone. */
export const openDriftCommand = 'serviceTopology.openDrift';

export class DriftView implements vscode.TreeDataProvider<DriftRow>, vscode.Disposable {
  readonly #server: Server;
  readonly #cluster: Cluster;
  readonly #memory: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #refreshed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<DriftRow>;
  readonly #subscriptions: vscode.Disposable[];
  #scope: string | undefined;

  readonly onDidChangeTreeData = this.#refreshed.event;

  constructor(server: Server, cluster: Cluster, memory: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#cluster = cluster;
    this.#memory = memory;
    this.#log = log;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.#view,
      this.#refreshed,
      server.onChanged(() => this.#refreshed.fire()),
      cluster.onChanged(() => this.#refreshed.fire()),
    ];
  }

  /** The scope of files that is compared, with the names of the two that come of it; undefined while there is none. */
  async compared(): Promise<{ readonly scope: string; readonly now: string; readonly after: string } | undefined> {
    const { known, scope: now } = this.#cluster.status;
    const scope = known ? (this.#scope ?? certain(await this.#fileScopes(), this.#memory)) : undefined;
    return scope === undefined ? undefined : { scope, now, after: appliedScope(now, scope) };
  }

  async getChildren(parent?: DriftRow): Promise<DriftRow[]> {
    if (parent) return [...parent.rows];
    if (!this.#cluster.status.known) return [];
    try {
      return [...(await this.#load())];
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
      return [];
    }
  }

  getTreeItem(row: DriftRow): vscode.TreeItem {
    const isOpen = row.object === undefined && row.rows.length > 0 && row.id !== 'cluster';
    const item = itemOf(row, isOpen ? 'open' : 'closed');
    item.contextValue = row.service === undefined ? (row.object ? 'object' : 'detail') : 'service';
    if (row.opens) item.command = { command: openDriftCommand, title: vscode.l10n.t('Compare'), arguments: [row] };
    return item;
  }

  async open(row: DriftRow): Promise<void> {
    const { object, opens } = row;
    if (!object || !this.#scope) return;
    if (opens === 'both') await showDriftOf(object, this.#scope, this.#cluster.status.context);
    else if (object.place) await showPlace(object.place, { preserveFocus: true });
  }

  /** Which scope of files is compared, where there are several. */
  async chooseScope(): Promise<void> {
    const scopes = await this.#fileScopes();
    const answers = await askSteps(
      (given) => given.length > 0 ? undefined : { title: vscode.l10n.t('Compare Files with the Cluster'), placeholder: vscode.l10n.t('Which manifests are applied to {0}?', this.#cluster.status.context), choices: scopeChoices(scopes) },
      () => 1,
    ); // prettier-ignore
    if (!answers) return;
    await this.#memory.update(memoryKey, answers[0]);
    this.#refreshed.fire();
    await vscode.commands.executeCommand(`${viewId}.focus`);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #load(): Promise<readonly DriftRow[]> {
    const scope = certain(await this.#fileScopes(), this.#memory);
    this.#scope = scope;
    this.#tellState(scope === undefined ? 'unchosen' : 'chosen');
    this.#view.message = undefined;
    this.#view.description = undefined;
    if (scope === undefined) return [];
    const { context, state } = this.#cluster.status;
    this.#view.description = `${scopeLabel(scope)} → ${context}`;
    const answer = await this.#server.ask(driftRequest, { scope });
    if ('error' in answer) {
      this.#view.message = answer.error;
      return [];
    }
    const rows = driftRows(answer);
    const isSame = rows.every(({ id }) => id === 'cluster');
    const same = isSame ? vscode.l10n.t('Applying {0} would change nothing in {1}.', scopeLabel(scope), context) : '';
    const old = state === 'live' ? '' : vscode.l10n.t('{0} is not live: this compares with what was known last.', context); // prettier-ignore
    const unseen =
      answer.unseen.length > 0
        ? vscode.l10n.t('Not read of the cluster, so not compared: {0}.', answer.unseen.join(', '))
        : '';
    this.#view.message = [same, old, unseen].filter(Boolean).join(' ') || undefined;
    return rows;
  }

  async #fileScopes(): Promise<readonly WireScope[]> {
    const { scopes } = await this.#server.ask(scopesRequest, {});
    return scopes.filter(({ kind }) => kind !== 'cluster');
  }

  #tellState(state: 'unchosen' | 'chosen'): void {
    void vscode.commands.executeCommand('setContext', 'serviceTopology.drift', state);
  }
}

/** The one that was chosen, or the only one that has Services. */
function certain(scopes: readonly WireScope[], memory: vscode.Memento): string | undefined {
  const chosen = memory.get<unknown>(memoryKey);
  const found = scopes.find(({ name }) => name === chosen);
  const serving = scopes.filter(({ services }) => services > 0);
  const only = serving.length === 1 ? serving[0] : scopes.length === 1 ? scopes[0] : undefined;
  return (found ?? only)?.name;
}
