/** The map of a scope: one panel, which follows the manifests. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import { KnownTopology } from '#protocol/known-topology';
import {
  objectAtRequest, scopesRequest, topologyPlaceRequest, topologyRequest, topologyTopicsRequest,
} from '#protocol/server'; // prettier-ignore
import type { WirePlace, WireTopologyNode } from '#protocol/values';
import { subjectOf, traceEnd } from '#protocol/trace-end';
import { whatIfMapRequest, type WireSupposed } from '#protocol/what-if';
import { fromTopologyPanel, toTopologyPanel, type FromTopologyPanel, type ToTopologyPanel } from '#protocol/webview';
import type { Server } from '../client';
import { columnBeside, showPlace } from '../places';
import { scopeLabel } from '../scopes';
import type { TraceTarget } from '../trace-command';
import type { WhatIfTarget } from '../what-if-command';
import { isExplaining, stopExplaining } from './explaining';
import { PanelHost, type PanelEnvironment } from './host';
import { saveMap } from './map-export';
import type { PictureFormat } from './picture';
import type { Supposition } from './supposition';

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
  readonly whatIf: (target: WhatIfTarget) => Promise<void>;
  /** Shows the what-if that the map shows a moment of. */
  readonly openWhatIf: () => void;
}

export class MapPanel {
  readonly #server: Server;
  readonly #actions: MapActions;
  readonly #environment: PanelEnvironment;
  readonly #host: PanelHost<ToTopologyPanel, FromTopologyPanel>;
  readonly #topology = new KnownTopology();
  readonly #supposition: Supposition;
  /** What is shown of a what-if. */
  #supposed: WireSupposed | undefined;
  #isFollowing = false;
  #isBehind = false;
  #scope: string | undefined;
  #scopes: { value: string; label: string }[] = [];
  #focus: WirePlace | undefined;
  #isSketch = false;
  #loaded: () => void = () => {};
  /** Settled as soon as the page is there and has been told something. */
  readonly #isLoaded = new Promise<void>((resolve) => (this.#loaded = resolve));
  /** Who waits for the page to draw a picture. */
  #picture: ((data: string | undefined) => void) | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    environment: PanelEnvironment,
    server: Server,
    actions: MapActions,
    supposition: Supposition,
  ) {
    this.#server = server;
    this.#supposition = supposition;
    this.#actions = actions;
    this.#environment = environment;
    panel.iconPath = new vscode.ThemeIcon('type-hierarchy');
    this.#host = new PanelHost<ToTopologyPanel, FromTopologyPanel>(panel, environment, {
      bundle: 'topology',
      outgoing: toTopologyPanel,
      incoming: fromTopologyPanel,
      load: async (version) => {
        const message = await this.#load(version);
        this.#loaded();
        return message;
      },
      sent: () => {
        // What a sketch lacks is asked for while the page draws it.
        if (this.#isSketch) void this.#host.refresh();
      },
      snapshot: (last) => this.#snapshot(last),
      receive: (message) => this.#receive(message),
    });
    const subscription = vscode.Disposable.from(
      server.onChanged(() => void this.#host.refresh()),
      supposition.onChanged(() => void this.#follow()),
    );
    panel.onDidDispose(() => {
      subscription.dispose();
      this.#picture?.(undefined);
      this.#loaded();
    });
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

  /** One moment after the other while somebody drags: each is shown that is there before the next is asked for. */
  async #follow(): Promise<void> {
    if (!this.#supposition.onMapOf(this.#scope) && !this.#supposed) return;
    this.#isBehind = this.#isFollowing;
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    do {
      this.#isBehind = false;
      await this.#host.refresh();
    } while (this.#isBehind);
    this.#isFollowing = false;
  }

  /** Asks for a format and a file, and saves the map there. */
  async export(): Promise<void> {
    await this.#isLoaded;
    const scope = this.#scope;
    if (scope === undefined || this.#topology.isEmpty) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There is no map to export yet.'));
      return;
    }
    await saveMap(scope, this.#server, (format) => this.#draw(format));
  }

  /** The picture as the page draws it; undefined where it cannot. */
  #draw(format: PictureFormat): Promise<string | undefined> {
    this.#picture?.(undefined);
    return new Promise((resolve) => {
      this.#picture = resolve;
      this.#host.post({ kind: 'export', format });
    });
  }

  async #load(version: number): Promise<ToTopologyPanel> {
    this.#isSketch = false;
    const { scopes: all } = await this.#server.ask(scopesRequest, {});
    this.#scopes = all.map(({ name }) => ({ value: name, label: scopeLabel(name) }));
    const scopes = this.#scopes;
    const scope = all.find(({ name }) => name === this.#scope) ?? mostServices(all);
    if (!scope) {
      this.#topology.clear();
      const title = vscode.l10n.t('No Services yet');
      const text = vscode.l10n.t(
        'Services, their workloads, pods and nodes appear here as soon as the folder holds Kubernetes manifests.',
      );
      return { kind: 'message', version, title, text, scopes };
    }
    this.#scope = scope.name;
    const answer = await this.#ask(scope.name);
    if ('error' in answer) {
      this.#topology.clear();
      const title = vscode.l10n.t('{0} cannot be shown', scopeLabel(scope.name));
      return { kind: 'message', version, title, text: answer.error, scopes };
    }
    this.panel.title = vscode.l10n.t('Topology: {0}', scopeLabel(scope.name)) + this.#environment.liveness(scope.name);
    this.#isSketch = 'isSketch' in answer && answer.isSketch === true;
    const base = this.#topology.shown;
    this.#supposed = 'supposed' in answer ? answer.supposed : undefined;
    const supposed = this.#supposed && { supposed: this.#supposed };
    this.#topology.take(scope.name, answer, version);
    const focused = await this.#takeFocus();
    if (focused) this.#host.postAfterNext({ kind: 'focus', id: focused.id });
    if ('change' in answer && base !== undefined)
      return { kind: 'change', version, base, change: answer.change, scopes, ...supposed };
    return { kind: 'topology', version, topology: this.#topology.whole(), scopes, ...supposed };
  }

  /** The cluster as it is, or at the moment of a what-if that is to be shown. */
  async #ask(scope: string) {
    const since = this.#topology.versionOf(scope);
    const asked = this.#supposition.onMapOf(scope);
    if (!asked) return this.#server.ask(topologyRequest, { scope, since, sketch: since === undefined });
    const { steps, requests, moment } = asked;
    return this.#server.ask(whatIfMapRequest, { scope, steps: [...steps], requests: [...requests], moment, since });
  }

  /** A page that is loaded anew knows nothing yet. */
  #snapshot(last: ToTopologyPanel): ToTopologyPanel {
    if (last.kind !== 'change') return last;
    const { version, supposed } = last;
    return {
      kind: 'topology',
      version,
      topology: this.#topology.whole(),
      scopes: this.#scopes,
      ...(supposed && { supposed }),
    };
  }

  async #takeFocus(): Promise<WireTopologyNode | undefined> {
    const focus = this.#focus;
    this.#focus = undefined;
    if (!focus || this.#scope === undefined) return undefined;
    const at = { scope: this.#scope, uri: focus.uri, position: focus.range.start };
    const { object } = await this.#server.ask(objectAtRequest, at);
    return object === undefined ? undefined : this.#topology.ofObject(object);
  }

  async #receive(message: FromTopologyPanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return; // The host answers this one.
      case 'scope':
        this.show({ scope: message.scope });
        return;
      case 'reveal':
        return this.#reveal(message.id, message.problem);
      case 'explain':
        return this.#explain(message.id);
      case 'stopExplaining':
        return stopExplaining();
      case 'trace': {
        const from = message.from === undefined ? undefined : traceEnd(message.from, 'from', this.#topology);
        const to = message.to === undefined ? undefined : traceEnd(message.to, 'to', this.#topology);
        await this.#actions.trace({ scope: this.#scope, from, to });
        return;
      }
      case 'whatIf':
        return this.#actions.whatIf({ scope: this.#scope, ...subjectOf(message.id, this.#topology) });
      case 'moment':
        return this.#supposition.go(message.moment);
      case 'leaveWhatIf':
        return this.#supposition.putOnMap(false);
      case 'openWhatIf':
        return this.#actions.openWhatIf();
      case 'export':
        return this.export();
      case 'exported':
        this.#picture?.(message.data);
        this.#picture = undefined;
        return;
      case 'notExported':
        this.#picture?.(undefined);
        this.#picture = undefined;
        throw new Error(vscode.l10n.t('The map cannot be drawn as a picture: {0}', message.reason));
      default:
        assertNever(message);
    }
  }

  /** Only what was shown can be opened: the page knows ids, the server knows places. */
  async #explain(id: string): Promise<void> {
    const object = this.#topology.node(id)?.object;
    if (object === undefined || this.#scope === undefined || !isExplaining()) return;
    const { topics } = await this.#server.ask(topologyTopicsRequest, { scope: this.#scope, object });
    this.#host.post({ kind: 'explained', id, topics });
  }

  async #reveal(id: string, problem: string | undefined): Promise<void> {
    const object = this.#topology.node(id)?.object;
    if (object === undefined || this.#scope === undefined) return;
    const { place } = await this.#server.ask(topologyPlaceRequest, { scope: this.#scope, object, problem });
    if (place) await showPlace(place, { viewColumn: columnBeside(this.panel.viewColumn) });
  }
}

function mostServices<T extends { readonly services: number }>(scopes: readonly T[]): T | undefined {
  return scopes.reduce<T | undefined>(
    (best, scope) => (!best || scope.services > best.services ? scope : best),
    undefined,
  );
}
