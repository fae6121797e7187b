/** The Services view: scopes, namespaces, Services, their ports, endpoints and problems, as the server lists them. */

import * as vscode from 'vscode';
import { revealRequest, treeRequest } from '#protocol/server';
import type { LiveStatus } from '#protocol/live';
import type { WireSeverity, WireTreeItem } from '#protocol/values';
import type { Server, ServerState } from './client';
import type { Cluster } from './live/cluster';
import { describeStatus } from './live/words';
import { scopeLabel } from './scopes';

export const viewId = 'serviceTopology.services';

/** Runs when a row is chosen; known to the tree alone, not to the palette. */
export const openRowCommand = 'serviceTopology.openRow';

/** Up to so many scopes or namespaces beside each other are open from the start. */
const openAtFirst = 5;

const kindIcons: Record<WireTreeItem['kind'], string> = {
  scope: 'layers',
  cluster: 'cloud',
  namespace: 'symbol-namespace',
  service: 'type-hierarchy',
  port: 'plug',
  endpoint: 'circle-filled',
  problem: 'warning',
  unknown: 'question',
};

/** Icon and colour as in the Problems view. */
const severityIcons: Record<WireSeverity, readonly [icon: string, color: string]> = {
  error: ['error', 'problemsErrorIcon.foreground'],
  warning: ['warning', 'problemsWarningIcon.foreground'],
  info: ['info', 'problemsInfoIcon.foreground'],
  hint: ['lightbulb', 'problemsInfoIcon.foreground'],
};

export class ServicesTree implements vscode.TreeDataProvider<WireTreeItem>, vscode.Disposable {
  readonly #server: Server;
  readonly #cluster: Cluster;
  readonly #log: vscode.LogOutputChannel;
  readonly #refreshed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #view: vscode.TreeView<WireTreeItem>;
  /** What is above a row, by the row's id: VS Code asks for it when a row is revealed. */
  readonly #parents = new Map<string, WireTreeItem>();
  /** How many rows stand beside a row, by its parent's id. */
  readonly #siblings = new Map<string | undefined, number>();

  readonly onDidChangeTreeData = this.#refreshed.event;

  constructor(server: Server, cluster: Cluster, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#cluster = cluster;
    this.#log = log;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions.push(
      this.#view,
      this.#refreshed,
      server.onChanged(() => this.#refreshed.fire()),
      server.onStateChanged((state) => this.#takeState(state)),
      cluster.onChanged(({ state }) => {
        this.#view.message = state === 'off' ? undefined : describeStatus(cluster.status).warning;
        this.#refreshed.fire();
      }),
    );
    this.#takeState(server.state);
  }

  /** The row on which the user stands, while the view is in sight. */
  get selected(): WireTreeItem | undefined {
    return this.#view.visible ? this.#view.selection[0] : undefined;
  }

  async getChildren(parent?: WireTreeItem): Promise<WireTreeItem[]> {
    if (this.#server.state.kind !== 'running') return [];
    try {
      const { items } = await this.#server.ask(treeRequest, { parent: parent?.id });
      this.#siblings.set(parent?.id, items.length);
      for (const item of items) {
        if (parent) this.#parents.set(item.id, parent);
        else this.#parents.delete(item.id);
      }
      return items;
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
      return [];
    }
  }

  getParent(item: WireTreeItem): WireTreeItem | undefined {
    return this.#parents.get(item.id);
  }

  getTreeItem(item: WireTreeItem): vscode.TreeItem {
    const label = item.kind === 'scope' ? scopeLabel(item.label) : item.label;
    const row = new vscode.TreeItem(label, this.#collapsibleState(item));
    row.id = item.id;
    row.description = item.description;
    row.tooltip = item.tooltip === '' ? undefined : item.tooltip;
    row.accessibilityInformation = { label: item.accessibleLabel.replace(`Scope ${item.label}`, `Scope ${label}`) };
    row.contextValue = contextOf(item);
    row.iconPath = iconOf(item);
    if (item.kind === 'cluster') dressCluster(row, item, this.#cluster.status);
    if (item.place) row.command = { command: openRowCommand, title: vscode.l10n.t('Open YAML'), arguments: [item] };
    return row;
  }

  /** Selects the row of the Service at a position; tells whether there is one. */
  async reveal(uri: string, position: vscode.Position): Promise<boolean> {
    const { path } = await this.#server.ask(revealRequest, { uri, position });
    const last = path.at(-1);
    if (!last) return false;
    for (const [i, item] of path.entries()) {
      const parent = path[i - 1];
      if (parent) this.#parents.set(item.id, parent);
    }
    await this.#view.reveal(last, { select: true, focus: true, expand: true });
    return true;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #collapsibleState(item: WireTreeItem): vscode.TreeItemCollapsibleState {
    if (!item.hasChildren) return vscode.TreeItemCollapsibleState.None;
    const group = isGroup(item);
    const siblings = this.#siblings.get(this.#parents.get(item.id)?.id) ?? 0;
    return group && siblings <= openAtFirst
      ? vscode.TreeItemCollapsibleState.Expanded
      : vscode.TreeItemCollapsibleState.Collapsed;
  }

  /** The welcome texts depend on the context keys set here: one for each reason why the view is empty. */
  #takeState(state: ServerState): void {
    const kind = state.kind === 'running' ? state.state : state.kind;
    const files = state.kind === 'running' ? state.files : 0;
    void vscode.commands.executeCommand('setContext', 'serviceTopology.state', kind);
    void vscode.commands.executeCommand('setContext', 'serviceTopology.hasFiles', files > 0);
    const errors = state.kind === 'running' ? state.errors : 0;
    this.#view.badge =
      errors > 0 ? { value: errors, tooltip: vscode.l10n.t('{0} errors in the manifests', errors) } : undefined;
    if (state.kind === 'stopped') this.#refreshed.fire();
  }
}

function isGroup({ kind }: WireTreeItem): boolean {
  return kind === 'scope' || kind === 'cluster' || kind === 'namespace';
}

/** The row of the cluster tells how live it is. */
function dressCluster(row: vscode.TreeItem, { description, tooltip }: WireTreeItem, status: LiveStatus): void {
  const described = describeStatus(status);
  const problems = description.split(' · ').slice(1).join(' · ');
  row.description = [described.description, problems].filter(Boolean).join(' · ');
  row.tooltip = [described.tooltip, tooltip].filter(Boolean).join('\n');
  row.iconPath = described.icon;
  row.contextValue = `cluster ${status.state}`;
  const said = described.description.replaceAll(' · ', ', ');
  const spoken = [vscode.l10n.t('Cluster {0}', status.context), said, problems];
  row.accessibilityInformation = { label: spoken.filter(Boolean).join(', ') };
}

/** Words for the `when` clauses of menus: the kind, and what can be done with the row. */
function contextOf(item: WireTreeItem): string {
  const words = [
    item.service && 'traceable',
    item.place && 'placed',
    item.subject && 'supposable',
    item.renderable && 'rendered',
    item.renderable,
  ];
  return [item.kind, ...words].filter(Boolean).join(' ');
}

function iconOf(item: WireTreeItem): vscode.ThemeIcon {
  const kindIcon = kindIcons[item.kind];
  if (!item.severity) return new vscode.ThemeIcon(kindIcon);
  const [icon, color] = severityIcons[item.severity];
  const group = isGroup(item);
  // Groups only pass on what is below them: their own sign stays, in the colour of the worst.
  return new vscode.ThemeIcon(group ? kindIcon : icon, new vscode.ThemeColor(color));
}
