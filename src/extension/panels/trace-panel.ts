/** The trace of a request: one panel, traced anew whenever the manifests change. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import { compareRequestMessage, traceRequestMessage } from '#protocol/server';
import { traceRequest, type WirePlace, type WireTrace } from '#protocol/values';
import { fromTracePanel, toTracePanel, type FromTracePanel, type ToTracePanel } from '#protocol/webview';
import type { Server } from '../client';
import { columnBeside, showPlace } from '../places';
import type { AskedTrace } from '../trace-command';
import { PanelHost, type PanelEnvironment } from './host';

export const traceViewType = 'serviceTopology.trace';

/** Under which key the request is kept over a restart of the window. */
const memoryKey = 'trace';
const keptTrace = v.object({ scope: v.string(), request: traceRequest });

type Link = Extract<FromTracePanel, { kind: 'reveal' }>['link'];
type Traced = Extract<ToTracePanel, { kind: 'trace' }>;

export class TracePanel {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #environment: PanelEnvironment;
  readonly #host: PanelHost<ToTracePanel, FromTracePanel>;
  #asked: AskedTrace | undefined;
  #trace: WireTrace | undefined;
  #compares = false;

  constructor(panel: vscode.WebviewPanel, environment: PanelEnvironment, server: Server) {
    this.#server = server;
    this.#memory = environment.memory;
    this.#environment = environment;
    panel.iconPath = new vscode.ThemeIcon('send');
    this.#host = new PanelHost<ToTracePanel, FromTracePanel>(panel, environment, {
      bundle: 'trace',
      outgoing: toTracePanel,
      incoming: fromTracePanel,
      load: (version) => this.#load(version),
      receive: (message) => this.#receive(message),
    });
    const subscription = server.onChanged(() => void this.#host.refresh());
    panel.onDidDispose(() => subscription.dispose());
  }

  get panel(): vscode.WebviewPanel {
    return this.#host.panel;
  }

  show(asked: AskedTrace): void {
    this.#asked = asked;
    void this.#memory.update(memoryKey, asked);
    void this.#host.refresh();
  }

  /** Traces the request that was shown last; the page itself keeps only how it was looked at. */
  restore(): void {
    const kept = v.safeParse(keptTrace, this.#memory.get(memoryKey));
    if (kept.success) this.show(kept.output);
    else void this.#host.refresh();
  }

  async #load(version: number): Promise<ToTracePanel> {
    this.#trace = undefined;
    if (!this.#asked)
      return {
        kind: 'message',
        version,
        title: vscode.l10n.t('No request yet'),
        text: vscode.l10n.t('Use the command “Service Topology: Trace Request…” to follow a request to its pod.'),
      };
    const { scope, request } = this.#asked;
    const name = request.to.replace(/^service /, '');
    this.panel.title = vscode.l10n.t('Trace: {0}', name) + this.#environment.liveness(scope);
    const answer = await this.#server.ask(traceRequestMessage, { scope, request });
    const states = await this.#environment.outlook({ scope, request });
    const worlds = states.length > 1 ? { worlds: states } : {};
    if ('error' in answer) {
      const title = vscode.l10n.t('The request cannot be traced');
      return { kind: 'message', version, request, title, text: answer.error, ...worlds };
    }
    this.#trace = answer.trace;
    return { kind: 'trace', version, trace: answer.trace, ...worlds, ...(await this.#compare({ scope, request })) };
  }

  /** The trace is shown whatever becomes of the comparison. */
  async #compare(asked: AskedTrace): Promise<Pick<Traced, 'comparison' | 'comparisonProblem'>> {
    if (!this.#compares) return {};
    try {
      const answer = await this.#server.ask(compareRequestMessage, asked);
      return 'error' in answer ? { comparisonProblem: answer.error } : answer;
    } catch (error) {
      return { comparisonProblem: error instanceof Error ? error.message : String(error) };
    }
  }

  async #receive(message: FromTracePanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return; // The host answers this one.
      case 'trace':
        if (this.#asked) this.show({ scope: this.#asked.scope, request: message.request });
        return;
      case 'world':
        if (this.#asked) this.show({ ...this.#asked, scope: message.scope });
        return;
      case 'compare':
        this.#compares = message.open;
        return this.#host.refresh();
      case 'reveal': {
        const place = this.#trace && placeOf(this.#trace, message.link);
        if (place) await showPlace(place, { viewColumn: columnBeside(this.panel.viewColumn) });
        return;
      }
      default:
        assertNever(message);
    }
  }
}

function placeOf(trace: WireTrace, link: Link): WirePlace | undefined {
  return link.of === 'fix'
    ? trace.fixes[link.fix]?.place
    : trace.paths[link.path]?.hops[link.hop]?.causes[link.cause]?.place;
}
