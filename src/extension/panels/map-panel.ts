/** The map of a scope: one panel, which follows the manifests. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import { scopesRequest, topologyRequest } from '#protocol/server';
import type { WirePlace, WireTopology, WireTopologyNode } from '#protocol/values';
import { fromTopologyPanel, toTopologyPanel, type FromTopologyPanel, type ToTopologyPanel } from '#protocol/webview';
import type { Server } from '../client';
import { columnBeside, showPlace } from '../places';
import { scopeLabel } from '../scopes';
import type { TraceTarget } from '../trace-command';
import { PanelHost, type PanelEnvironment } from './host';

export const mapViewType = 'serviceTopology.map';

/** What the page keeps over a restart of the window. */
const keptState = v.object({ scope: v.optional(v.string()) });

export interface MapOptions {
  readonly scope: string | undefined;
  /** The object to select, by its place. */
  readonly focus?: WirePlace;
}

/** What the map asks of the rest of the extension. */
export interface MapActions {
  readonly trace: (target: TraceTarget) => Promise<void>;
}

export class MapPanel {
  readonly #server: Server;
  readonly #actions: MapActions;
  readonly #host: PanelHost<ToTopologyPanel, FromTopologyPanel>;
  #scope: string | undefined;
  #topology: WireTopology | undefined;
  #focus: WirePlace | undefined;

  constructor(panel: vscode.WebviewPanel, environment: PanelEnvironment, server: Server, actions: MapActions) {
    this.#server = server;
    this.#actions = actions;
    panel.iconPath = new vscode.ThemeIcon('type-hierarchy');
    this.#host = new PanelHost<ToTopologyPanel, FromTopologyPanel>(panel, environment, {
      bundle: 'topology',
      outgoing: toTopologyPanel,
      incoming: fromTopologyPanel,
      load: (version) => this.#load(version),
      receive: (message) => this.#receive(message),
    });
    const subscription = server.onChanged(() => void this.#host.refresh());
    panel.onDidDispose(() => subscription.dispose());
  }

  get panel(): vscode.WebviewPanel {
    return this.#host.panel;
  }

  /** Shows another scope, or the same again with something selected. */
  show({ scope, focus }: MapOptions): void {
    this.#scope = scope ?? this.#scope;
    this.#focus = focus;
    void this.#host.refresh();
  }

  restore(state: unknown): void {
    const kept = v.safeParse(keptState, state);
    this.show({ scope: kept.success ? kept.output.scope : undefined });
  }

  async #load(version: number): Promise<ToTopologyPanel> {
    const { scopes: all } = await this.#server.ask(scopesRequest, {});
    const scopes = all.map(({ name }) => ({ value: name, label: scopeLabel(name) }));
    const scope = all.find(({ name }) => name === this.#scope) ?? mostServices(all);
    if (!scope) {
      this.#topology = undefined;
      const title = vscode.l10n.t('No Services yet');
      const text = vscode.l10n.t(
        'Services, their workloads, pods and nodes appear here as soon as the folder holds Kubernetes manifests.',
      );
      return { kind: 'message', version, title, text, scopes };
    }
    this.#scope = scope.name;
    const answer = await this.#server.ask(topologyRequest, { scope: scope.name });
    if ('error' in answer) {
      this.#topology = undefined;
      const title = vscode.l10n.t('{0} cannot be shown', scopeLabel(scope.name));
      return { kind: 'message', version, title, text: answer.error, scopes };
    }
    this.#topology = answer.topology;
    this.panel.title = vscode.l10n.t('Topology: {0}', scopeLabel(scope.name));
    const focused = this.#takeFocus(answer.topology);
    if (focused) this.#host.postAfterNext({ kind: 'focus', id: focused.id });
    return { kind: 'topology', version, topology: answer.topology, scopes };
  }

  #takeFocus(topology: WireTopology): WireTopologyNode | undefined {
    const focus = this.#focus;
    this.#focus = undefined;
    if (!focus) return undefined;
    const inFile = topology.nodes.filter(({ place }) => place?.uri === focus.uri);
    return (
      inFile.find(({ place }) => place && samePosition(place.range.start, focus.range.start)) ??
      // The row of a problem points into the Service: the last object that starts above it is meant.
      inFile
        .filter(({ place }) => place && place.range.start.line <= focus.range.start.line)
        .sort((a, b) => b.place!.range.start.line - a.place!.range.start.line)[0]
    );
  }

  async #receive(message: FromTopologyPanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return; // The host answers this one.
      case 'scope':
        this.show({ scope: message.scope });
        return;
      case 'reveal': {
        const place = this.#node(message.id)?.place;
        if (place) await showPlace(place, { viewColumn: columnBeside(this.panel.viewColumn) });
        return;
      }
      case 'trace': {
        const node = this.#node(message.id);
        if (node) await this.#actions.trace(traceTargetOf(node, this.#scope));
        return;
      }
      default:
        assertNever(message);
    }
  }

  /** Only what was shown can be opened: the page knows ids, the places stay here. */
  #node(id: string): WireTopologyNode | undefined {
    return this.#topology?.nodes.find((node) => node.id === id);
  }
}

/** The object's YAML tells the server what is meant; a node needs none. */
function traceTargetOf(node: WireTopologyNode, scope: string | undefined): TraceTarget {
  if (node.kind === 'node') return { scope, from: `node ${node.label}` };
  if (!node.place) return { scope };
  return { scope, uri: node.place.uri, position: node.place.range.start };
}

function mostServices<T extends { readonly services: number }>(scopes: readonly T[]): T | undefined {
  return scopes.reduce<T | undefined>(
    (best, scope) => (!best || scope.services > best.services ? scope : best),
    undefined,
  );
}

function samePosition(a: WirePlace['range']['start'], b: WirePlace['range']['start']): boolean {
  return a.line === b.line && a.character === b.character;
}
