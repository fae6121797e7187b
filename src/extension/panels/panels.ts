/** The panels that are open: at most one of a kind, found again after a restart of the window. */

import * as vscode from 'vscode';
import type { Server } from '../client';
import type { Pins } from '../pinned/pins';
import type { AskedTrace } from '../trace-command';
import { pageFolder, type PanelEnvironment } from './host';
import { MapPanel, mapViewType, type MapActions, type MapOptions } from './map-panel';
import { TracePanel, traceViewType } from './trace-panel';
import type { AskedWhatIf } from '../what-if-command';
import { WhatIfPanel, whatIfViewType, type WhatIfActions } from './what-if-panel';

export class Panels implements vscode.Disposable {
  readonly #environment: PanelEnvironment;
  readonly #server: Server;
  readonly #actions: MapActions & Pick<WhatIfActions, 'askRequest'>;
  readonly #pins: Pins;
  readonly #serializers: vscode.Disposable;
  #map: MapPanel | undefined;
  #trace: TracePanel | undefined;
  #whatIf: WhatIfPanel | undefined;

  constructor(
    environment: PanelEnvironment,
    server: Server,
    actions: MapActions & Pick<WhatIfActions, 'askRequest'>,
    pins: Pins,
  ) {
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

  dispose(): void {
    this.#serializers.dispose();
  }

  #adoptMap(panel: vscode.WebviewPanel): MapPanel {
    const map = new MapPanel(panel, this.#environment, this.#server, this.#actions);
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
    const actions: WhatIfActions = { askRequest, trace: (asked) => this.showTrace(asked) };
    const whatIf = new WhatIfPanel(panel, this.#environment, this.#server, actions, this.#pins);
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
