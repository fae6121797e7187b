/** What if: a panel in which things happen to a scope, played out anew whenever the manifests change. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import { traceRequest, type WireTraceRequest } from '#protocol/values';
import {
  fromWhatIfPanel, toWhatIfPanel, whatIfPatchRequest, whatIfPlaceRequest, whatIfPrintRequest, whatIfRequest,
  type FromWhatIfPanel, type ToWhatIfPanel, type WireWhatIf,
} from '#protocol/what-if'; // prettier-ignore
import type { Server } from '../client';
import { columnBeside, showPlace, toRange } from '../places';
import type { Pins } from '../pinned/pins';
import { rulesUri } from '../rules-uri';
import { scopeLabel } from '../scopes';
import type { AskedTrace, TraceTarget } from '../trace-command';
import { openWhatIfFile, type AskedWhatIf } from '../what-if-command';
import { PanelHost, type PanelEnvironment } from './host';
import { chooseForShared } from './shared-change';
import type { Supposition } from './supposition';

export const whatIfViewType = 'serviceTopology.whatIf';

/** Under which key the what-if is kept over a restart of the window. */
const memoryKey = 'whatIf';
const keptWhatIf = v.object({ scope: v.string(), steps: v.array(v.string()), requests: v.array(traceRequest) });

/** What the panel asks of the rest of the extension. */
export interface WhatIfActions {
  /** Asks for a request, as tracing does, without tracing it. */
  readonly askRequest: (target: TraceTarget) => Promise<AskedTrace | undefined>;
  readonly trace: (asked: AskedTrace) => void;
  readonly showMap: (scope: string) => void;
}

export class WhatIfPanel {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #environment: PanelEnvironment;
  readonly #actions: WhatIfActions;
  readonly #pins: Pins;
  readonly #supposition: Supposition;
  /** Which moment the page shows, as far as it has been heard of. */
  #moment: number | undefined;
  readonly #host: PanelHost<ToWhatIfPanel, FromWhatIfPanel>;
  #asked: AskedWhatIf | undefined;
  #shown: WireWhatIf | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    environment: PanelEnvironment,
    server: Server,
    actions: WhatIfActions,
    pins: Pins,
    supposition: Supposition,
  ) {
    this.#server = server;
    this.#supposition = supposition;
    this.#pins = pins;
    this.#memory = environment.memory;
    this.#environment = environment;
    this.#actions = actions;
    panel.iconPath = new vscode.ThemeIcon('history');
    this.#host = new PanelHost<ToWhatIfPanel, FromWhatIfPanel>(panel, environment, {
      bundle: 'what-if',
      outgoing: toWhatIfPanel,
      incoming: fromWhatIfPanel,
      load: (version) => this.#load(version),
      // A page that was hidden has not heard which moment was chosen meanwhile.
      snapshot: (last) =>
        last.kind === 'whatIf' && this.#moment !== undefined ? { ...last, moment: this.#moment } : last,
      receive: (message) => this.#receive(message),
    });
    const subscription = vscode.Disposable.from(
      server.onChanged(() => void this.#host.refresh()),
      // Their outcomes change, too, whenever the manifests do: only other requests are news.
      pins.onChanged(() => this.#isFollowing() || void this.#host.refresh()),
      supposition.onChanged(() => this.#follow()),
    );
    panel.onDidDispose(() => subscription.dispose());
  }

  get panel(): vscode.WebviewPanel {
    return this.#host.panel;
  }

  /** Another what-if; or, without steps and in the scope that is shown, the same with another subject for the next step. */
  show(asked: AskedWhatIf): void {
    const before = this.#asked;
    const isNext = before?.scope === asked.scope && asked.steps.length === 0 && before.steps.length > 0;
    this.#asked = isNext ? { ...before, subject: asked.subject } : asked;
    const { scope, steps, requests } = this.#asked;
    void this.#memory.update(memoryKey, { scope, steps, requests });
    this.#setTitle(scope);
    void this.#host.refresh();
  }

  #setTitle(scope: string): void {
    this.panel.title = vscode.l10n.t('What If: {0}', scopeLabel(scope)) + this.#environment.liveness(scope);
  }

  /** Shows the moment that was chosen elsewhere. */
  #follow(): void {
    const moment = this.#supposition.now?.moment;
    if (!this.#shown || moment === undefined || moment === this.#moment) return;
    this.#moment = moment;
    this.#host.post({ kind: 'moment', version: 0, moment });
  }

  restore(): void {
    const kept = v.safeParse(keptWhatIf, this.#memory.get(memoryKey));
    if (kept.success) this.show({ ...kept.output, subject: undefined });
    else void this.#host.refresh();
  }

  async #load(version: number): Promise<ToWhatIfPanel> {
    this.#shown = undefined;
    const asked = this.#asked;
    if (!asked) {
      const title = vscode.l10n.t('Nothing is supposed yet');
      const text = vscode.l10n.t('Use the command “Service Topology: What If…” to see what a failure or an update does.');
      return { kind: 'message', version, title, text };
    }
    const { scope, steps, requests: own, subject } = asked;
    this.#setTitle(scope);
    const pinned = this.#pinned(asked);
    const requests = [...own, ...pinned];
    const answer = await this.#server.ask(whatIfRequest, { scope, steps: [...steps], requests });
    if ('error' in answer) {
      const title = vscode.l10n.t('This cannot be played out');
      return { kind: 'message', version, title, text: answer.error };
    }
    this.#shown = answer.whatIf;
    this.#supposition.suppose({ scope, steps, requests });
    const parts = {
      ...(subject !== undefined && { subject }),
      ...(this.#moment !== undefined && { moment: this.#supposition.now?.moment }),
    };
    return { kind: 'whatIf', version, whatIf: answer.whatIf, pinned: pinned.length, ...parts };
  } // prettier-ignore

  /** The pinned requests of the scope that are not among the what-if's own. */
  #pinned({ scope, requests }: AskedWhatIf): WireTraceRequest[] {
    const own = new Set(requests.map(keyOf));
    return this.#pins.all
      .filter((pin) => pin.scope === scope && !own.has(keyOf(pin.request)))
      .map(({ request }) => request);
  }

  /** Whether all that is pinned is shown. */
  #isFollowing(): boolean {
    if (!this.#asked || !this.#shown) return true;
    const requests = [...this.#asked.requests, ...this.#pinned(this.#asked)];
    return requests.map(keyOf).join() === this.#shown.requests.map(keyOf).join();
  }

  #change(part: Partial<AskedWhatIf>): void {
    if (!this.#asked) return;
    this.#asked = { ...this.#asked, ...part };
    const { scope, steps, requests } = this.#asked;
    void this.#memory.update(memoryKey, { scope, steps, requests });
    void this.#host.refresh();
  }

  async #receive(message: FromWhatIfPanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        return; // The host answers this one.
      case 'steps':
        this.#change({ steps: message.steps });
        return;
      case 'requests':
        this.#change({ requests: message.requests });
        return;
      case 'addRequest':
        return this.#addRequest();
      case 'moment':
        this.#moment = message.moment;
        this.#supposition.go(message.moment);
        return;
      case 'showOnMap':
        this.#supposition.putOnMap(true);
        if (this.#asked) this.#actions.showMap(this.#asked.scope);
        return;
      case 'rules':
        return this.#compareRules(message.moment, message.row);
      case 'trace': {
        const request = this.#shown?.requests[message.request];
        if (this.#asked && request) this.#actions.trace({ scope: this.#asked.scope, request });
        return;
      }
      case 'reveal':
        return this.#reveal(message.object);
      case 'keep':
        return this.#keep(message.as);
      case 'open': {
        const opened = await openWhatIfFile(this.#server, undefined);
        if (opened) this.show(opened);
        return;
      }
      default:
        assertNever(message);
    }
  }

  async #addRequest(): Promise<void> {
    if (!this.#asked) return;
    const asked = await this.#actions.askRequest({ scope: this.#asked.scope });
    if (asked) this.#change({ requests: [...this.#asked.requests, asked.request] });
  }

  /** The rules of a node before a moment and at it. */
  async #compareRules(moment: number, row: number): Promise<void> {
    const rules = this.#shown?.moments[moment]?.rules[row];
    if (!this.#asked || !rules || moment < 1) return;
    const { node, mode, family } = rules;
    const { scope, steps } = this.#asked;
    const at = (index: number) => rulesUri({ scope, node, mode, family, whatIf: { steps: [...steps], moment: index } });
    const title = vscode.l10n.t('Rules of {0}: moment {1} ↔ {2}', node, moment - 1, moment);
    const viewColumn = columnBeside(this.panel.viewColumn);
    await vscode.commands.executeCommand('vscode.diff', at(moment - 1), at(moment), title, { preview: true, viewColumn });
  } // prettier-ignore

  async #reveal(object: string): Promise<void> {
    if (!this.#asked) return;
    const { place } = await this.#server.ask(whatIfPlaceRequest, { scope: this.#asked.scope, object });
    if (place) await showPlace(place, { viewColumn: columnBeside(this.panel.viewColumn) });
    else void vscode.window.showInformationMessage(vscode.l10n.t('No file of the workspace holds {0}.', object));
  }

  async #keep(as: Extract<FromWhatIfPanel, { kind: 'keep' }>['as']): Promise<void> {
    if (!this.#asked) return;
    const { scope, steps, requests } = this.#asked;
    if (as === 'file') return this.#save({ scope, steps: [...steps], requests: [...requests] });
    const answer = await this.#server.ask(whatIfPatchRequest, { scope, steps: [...steps] });
    if ('error' in answer) {
      void vscode.window.showErrorMessage(answer.error);
      return;
    }
    if (as === 'edits') {
      const patch = vscode.l10n.t('Copy a Patch for {0} Alone', scopeLabel(scope));
      const way = await chooseForShared(answer.alsoChanges, answer.takesPatches ? { patch } : noPatch);
      if (way === undefined) return;
      if (way === 'all') return applyEdits(answer.edits, answer.leftOut);
    }
    const form = as === 'edits' ? 'kustomize' : as;
    await vscode.env.clipboard.writeText(answer[form]);
    void vscode.window.showInformationMessage(
      form === 'kustomize'
        ? vscode.l10n.t('The changes of manifests are on the clipboard, as patches for a kustomization.')
        : vscode.l10n.t('The changes of manifests are on the clipboard, as commands of kubectl.'),
    );
  }

  async #save(question: { scope: string; steps: string[]; requests: WireTraceRequest[] }): Promise<void> {
    const answer = await this.#server.ask(whatIfPrintRequest, question);
    if ('error' in answer) {
      void vscode.window.showErrorMessage(answer.error);
      return;
    }
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const defaultUri = folder && vscode.Uri.joinPath(folder.uri, 'what-if.yaml');
    const uri = await vscode.window.showSaveDialog({
      ...(defaultUri && { defaultUri }),
      title: vscode.l10n.t('Save the What-If'),
      filters: { YAML: ['yaml', 'yml'] },
    });
    if (uri) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(answer.text));
  }
}

const noPatch: { readonly patch?: string } = {};

function keyOf({ from, to, port, protocol, mode }: WireTraceRequest): string {
  return JSON.stringify([from, to, port, protocol, mode]);
}

interface WireEdit {
  readonly uri: string;
  readonly range: Parameters<typeof toRange>[0];
  readonly newText: string;
}

async function applyEdits(edits: readonly WireEdit[], leftOut: readonly string[]): Promise<void> {
  const workspaceEdit = new vscode.WorkspaceEdit();
  for (const { uri, range, newText } of edits)
    workspaceEdit.replace(vscode.Uri.parse(uri, true), toRange(range), newText);
  const applied = edits.length > 0 && (await vscode.workspace.applyEdit(workspaceEdit));
  const [first] = leftOut;
  if (first === undefined && applied) return;
  const rest = leftOut.length > 1 ? vscode.l10n.t(' and {0} more', leftOut.length - 1) : '';
  void vscode.window.showInformationMessage(
    applied
      ? vscode.l10n.t('Not written into the YAML: {0}{1}', first ?? '', rest)
      : vscode.l10n.t('Nothing could be written into the YAML: {0}{1}', first ?? '', rest),
  );
}
