/** The trace of a request: one panel, traced anew whenever the manifests change. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import { compareRequestMessage, traceChoicesRequest, traceRequestMessage } from '#protocol/server';
import { traceRequest, type WirePlace, type WireTrace } from '#protocol/values';
import {
  fromTracePanel,
  toTracePanel,
  type FromTracePanel,
  type Suggestion,
  type ToTracePanel,
} from '#protocol/webview';
import { section, type Server } from '../client';
import type { Pins } from '../pinned/pins';
import { columnBeside, showPlace } from '../places';
import { rememberTrace } from '../recent-traces';
import type { AskedTrace } from '../trace-command';
import { isExplaining, stopExplaining } from './explaining';
import { PanelHost, type PanelEnvironment } from './host';
import { RemedySearch } from './remedies';
import { chooseForShared } from './shared-change';
import { showRule } from './rule-link';
import { copyTrace, saveAsTest, savePicture } from './trace-export';

export const traceViewType = 'serviceTopology.trace';

/** Under which key the request is kept over a restart of the window. */
const memoryKey = 'trace';
const keptTrace = v.object({ scope: v.string(), request: traceRequest });

/** More than these are not suggested at once: who types gets to the others. */
const mostSuggestions = 400;

type Link = Extract<FromTracePanel, { kind: 'reveal' }>['link'];
type Traced = Extract<ToTracePanel, { kind: 'trace' }>;
type Remedied = Extract<FromTracePanel, { kind: 'remedy' }>;

export class TracePanel {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #environment: PanelEnvironment;
  readonly #pins: Pins;
  readonly #remedies: RemedySearch;
  readonly #host: PanelHost<ToTracePanel, FromTracePanel>;
  #asked: AskedTrace | undefined;
  #trace: WireTrace | undefined;
  #compares = false;
  /** Takes the PNG that the page draws. */
  #picture: ((png: string | undefined) => void) | undefined;

  constructor(panel: vscode.WebviewPanel, environment: PanelEnvironment, server: Server, pins: Pins) {
    this.#server = server;
    this.#memory = environment.memory;
    this.#environment = environment;
    this.#pins = pins;
    this.#remedies = new RemedySearch(server, environment.log);
    panel.iconPath = new vscode.ThemeIcon('send');
    this.#host = new PanelHost<ToTracePanel, FromTracePanel>(panel, environment, {
      bundle: 'trace',
      outgoing: toTracePanel,
      incoming: fromTracePanel,
      load: (version) => this.#load(version),
      receive: (message) => this.#receive(message),
    });
    const refresh = () => void this.#host.refresh();
    const subscription = vscode.Disposable.from(
      this.#remedies,
      server.onChanged(refresh),
      pins.onChanged(refresh),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${section}.explanations`)) refresh();
      }),
    );
    panel.onDidDispose(() => subscription.dispose());
  }

  get panel(): vscode.WebviewPanel {
    return this.#host.panel;
  }

  show(asked: AskedTrace): void {
    this.#asked = asked;
    void this.#memory.update(memoryKey, asked);
    void rememberTrace(this.#memory, asked);
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
        suggestions: { from: [], to: [] },
        remedies: { list: [], hints: [] },
        isPinned: false,
        instead: [],
        title: vscode.l10n.t('No request yet'),
        text: vscode.l10n.t('Use the command “Service Topology: Trace Request…” to follow a request to its pod.'),
      };
    const asked = this.#asked;
    const { scope, request } = asked;
    const name = request.to.replace(/^service /, '');
    this.panel.title = vscode.l10n.t('Trace: {0}', name) + this.#environment.liveness(scope);
    const [answer, suggestions, states] = await Promise.all([
      this.#server.ask(traceRequestMessage, { scope, request }),
      this.#suggest(scope),
      this.#environment.outlook(asked),
    ]);
    const worlds = states.length > 1 ? { worlds: states } : {};
    const around = { version, ...worlds, suggestions, isPinned: this.#pins.find(asked) !== undefined };
    const remedies = () => this.#remedies.of(asked, () => void this.#host.refresh());
    if ('error' in answer) {
      const { error, at, suggestions: instead = [] } = answer;
      const title = vscode.l10n.t('The request cannot be traced');
      return { kind: 'message', ...around, remedies: remedies(), request, title, text: error, at, instead };
    }
    this.#trace = answer.trace;
    const arrives = answer.trace.outcomes.every(({ kind }) => kind === 'delivered' || kind === 'unknown');
    return {
      kind: 'trace',
      ...around,
      remedies: arrives ? { list: [], hints: [] } : remedies(),
      trace: answer.trace,
      explains: isExplaining(),
      ...(await this.#compare(asked)),
    };
  }

  /** The form can be filled without them. */
  async #suggest(scope: string): Promise<{ from: Suggestion[]; to: Suggestion[] }> {
    const { sources, destinations } = await this.#server.ask(traceChoicesRequest, { scope });
    const plain = ({ value, label, description }: Suggestion) => ({ value, label, description });
    return {
      from: sources.slice(0, mostSuggestions).map(plain),
      to: destinations.slice(0, mostSuggestions).map(plain),
    };
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
    if (message.kind === 'ready') return; // The host answers this one.
    const asked = this.#asked;
    if (!asked) return;
    switch (message.kind) {
      case 'trace':
        this.show({ scope: asked.scope, request: message.request });
        return;
      case 'debug':
        await vscode.commands.executeCommand(`${section}.debug`, { ...asked, way: message.path });
        return;
      case 'world':
        this.show({ ...asked, scope: message.scope });
        return;
      case 'compare':
        this.#compares = message.open;
        return this.#host.refresh();
      case 'reveal':
        return this.#reveal(message.link);
      case 'remedy':
        return this.#mend(message, asked);
      case 'pin': {
        const pin = this.#pins.find(asked);
        if (message.pinned) await this.#pins.add(asked);
        else if (pin) await this.#pins.remove(pin.id);
        return;
      }
      case 'copy':
        return copyTrace(this.#server, asked, message.format, message.path);
      case 'savePicture':
        return savePicture(this.#server, asked, message, (svg) => this.#draw(svg));
      case 'drawn':
        return this.#picture?.(message.png);
      case 'notDrawn':
        this.#picture?.(undefined);
        throw new Error(vscode.l10n.t('The trace cannot be drawn as a picture: {0}', message.reason));
      case 'saveTest':
        if (this.#trace) await saveAsTest(asked, this.#trace);
        return;
      case 'stopExplaining':
        return stopExplaining();
      default:
        assertNever(message);
    }
  }

  #draw(svg: string): Promise<string | undefined> {
    this.#picture?.(undefined);
    return new Promise((resolve) => {
      this.#picture = resolve;
      this.#host.post({ kind: 'draw', svg });
    });
  }

  async #reveal(link: Link): Promise<void> {
    const viewColumn = columnBeside(this.panel.viewColumn);
    if (!this.#trace) return;
    if (link.of === 'rule') {
      const rule = this.#trace.paths[link.path]?.hops[link.hop]?.rules?.[link.rule];
      if (rule) await showRule(this.#server, this.#trace, rule, viewColumn);
      return;
    }
    const place = placeOf(this.#trace, link);
    if (place) await showPlace(place, { viewColumn });
  }

  async #mend({ remedy: index, act }: Remedied, asked: AskedTrace): Promise<void> {
    const remedy = this.#remedies.remedy(index);
    if (!remedy) return;
    if (act === 'preview') return this.#remedies.preview(remedy, columnBeside(this.panel.viewColumn));
    if (act === 'apply') {
      const way = await chooseForShared(remedy.alsoChanges, { preview: vscode.l10n.t('Show the Change') });
      if (way === undefined) return;
      if (way === 'preview') return this.#remedies.preview(remedy, columnBeside(this.panel.viewColumn));
    }
    if (act === 'apply' && !(await this.#remedies.apply(remedy))) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('The change was not made: a file is another one than when it was tried.'),
      );
      return;
    }
    if (remedy.request) this.show({ scope: asked.scope, request: remedy.request });
  }
}

function placeOf(trace: WireTrace, link: Exclude<Link, { of: 'rule' }>): WirePlace | undefined {
  return link.of === 'fix'
    ? trace.fixes[link.fix]?.place
    : trace.paths[link.path]?.hops[link.hop]?.causes[link.cause]?.place;
}
