/** The panels that are open: at most one of a kind, found again after a restart of the window. */

import * as vscode from 'vscode';
import type { Server } from '../client';
import type { Pins } from '../pinned/pins';
import type { AskedTrace } from '../trace-command';
import { pageFolder, type PanelEnvironment } from './host';
import { MapPanel, mapViewType, type MapActions, type MapOptions } from './map-panel';
import { TracePanel, traceViewType } from './trace-panel';
import type { AskedWhatIf } from '../what-if-command';
import { Supposition } from './supposition';
import { WhatIfPanel, whatIfViewType, type WhatIfActions } from './what-if-panel';

/** What the panels ask of the rest of the extension. */
type PanelActions = Omit<MapActions, 'openWhatIf'> & Pick<WhatIfActions, 'askRequest'>;

export class Panels implements vscode.Disposable {
  readonly #environment: PanelEnvironment;
  readonly #server: Server;
  readonly #actions: PanelActions;
  readonly #supposition = new Supposition();
  readonly #pins: Pins;
  readonly #serializers: vscode.Disposable;
  #map: MapPanel | undefined;
  #trace: TracePanel | undefined;
  #whatIf: WhatIfPanel | undefined;

  constructor(environment: PanelEnvironment, server: Server, actions: PanelActions, pins: Pins) {
    this.#environment = environment;
    this.#server = server;
    this.#actions = actions;
    this.#pins = pins;
    this.#serializers = vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(mapViewType, {
        deserializeWebviewPanel: async (panel, state) => this.#adoptMap(panel).restore(state),
      }),
      vscode.window.registerWebviewPanelSerializer(traceViewType, {
        deserializeWebviewPanel: async (panel) => this.#adoptTrace(panel).restore(),
      }),
      vscode.window.registerWebviewPanelSerializer(whatIfViewType, {
        deserializeWebviewPanel: async (panel) => this.#adoptWhatIf(panel).restore(),
      }),
    );
  }

  showMap(options: MapOptions): void {
    if (this.#map) this.#map.panel.reveal();
    const map = this.#map ?? this.#adoptMap(this.#create(mapViewType, vscode.l10n.t('Topology')));
    map.show(options);
  }

  /** Saves the map that is shown, or else that of the scope. */
  async exportMap(options: MapOptions): Promise<void> {
    if (this.#map) this.#map.panel.reveal();
    else this.showMap(options);
    await this.#map?.export();
  }

  showTrace(asked: AskedTrace): void {
    if (this.#trace) this.#trace.panel.reveal();
    const trace = this.#trace ?? this.#adoptTrace(this.#create(traceViewType, vscode.l10n.t('Trace')));
    trace.show(asked);
  }

  showWhatIf(asked: AskedWhatIf): void {
    if (this.#whatIf) this.#whatIf.panel.reveal();
    const whatIf = this.#whatIf ?? this.#adoptWhatIf(this.#create(whatIfViewType, vscode.l10n.t('What If')));
    whatIf.show(asked);
  }

  /** The what-if of which the map shows a moment, even where its panel was closed. */
  #openWhatIf(): void {
    const supposed = this.#supposition.now;
    if (this.#whatIf) this.#whatIf.panel.reveal();
    else if (supposed) {
      const pinned = new Set(this.#pins.all.map(({ request }) => JSON.stringify(request)));
      const own = supposed.requests.filter((request) => !pinned.has(JSON.stringify(request)));
      this.showWhatIf({ ...supposed, requests: own, subject: undefined });
    }
  }

  dispose(): void {
    this.#supposition.dispose();
    this.#serializers.dispose();
  }

  #adoptMap(panel: vscode.WebviewPanel): MapPanel {
    const actions: MapActions = {
      trace: this.#actions.trace,
      whatIf: async (target) => {
        // Whoever comes from the map wants to see there what it does.
        this.#supposition.putOnMap(true);
        await this.#actions.whatIf(target);
      },
      openWhatIf: () => this.#openWhatIf(),
    };
    const map = new MapPanel(panel, this.#environment, this.#server, actions, this.#supposition);
    this.#map = map;
    panel.onDidDispose(() => {
      if (this.#map === map) this.#map = undefined;
    });
    return map;
  }

  #adoptTrace(panel: vscode.WebviewPanel): TracePanel {
    const trace = new TracePanel(panel, this.#environment, this.#server, this.#pins);
    this.#trace = trace;
    panel.onDidDispose(() => {
      if (this.#trace === trace) this.#trace = undefined;
    });
    return trace;
  }

  #adoptWhatIf(panel: vscode.WebviewPanel): WhatIfPanel {
    const { askRequest } = this.#actions;
    const actions: WhatIfActions = {
      askRequest,
      trace: (asked) => this.showTrace(asked),
      showMap: (scope) => this.showMap({ scope }),
    };
    const whatIf = new WhatIfPanel(panel, this.#environment, this.#server, actions, this.#pins, this.#supposition);
    this.#whatIf = whatIf;
    panel.onDidDispose(() => {
      if (this.#whatIf === whatIf) this.#whatIf = undefined;
    });
    return whatIf;
  }

  #create(viewType: string, title: string): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(viewType, title, this.#column(), {
      enableScripts: true,
      localResourceRoots: [pageFolder(this.#environment.extensionUri)],
      enableFindWidget: true,
    });
  }

  /** Beside the text, so that both are in sight while editing; a second panel joins the first. */
  #column(): vscode.ViewColumn {
    const column = (this.#map ?? this.#trace ?? this.#whatIf)?.panel.viewColumn;
    if (column !== undefined) return column;
    return vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  }
}
