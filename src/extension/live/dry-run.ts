/** The server-side dry run: only when the user has said yes to what is sent where; told as a text and in Problems. */

import * as vscode from 'vscode';
import { dryRunRequest, type DryRunResult } from '#protocol/live';
import type { Server } from '../client';
import { toRange } from '../places';
import { scopeLabel } from '../scopes';
import type { Cluster } from './cluster';
import { sentence } from './words';

const scheme = 'service-topology-dry-run';

export class DryRun implements vscode.Disposable {
  readonly #server: Server;
  readonly #cluster: Cluster;
  /** Of the last dry run of a scope, by the path of its document. */
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #problems = vscode.languages.createDiagnosticCollection('service-topology-dry-run');
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(server: Server, cluster: Cluster) {
    this.#server = server;
    this.#cluster = cluster;
    this.#subscriptions = [
      this.#changed,
      this.#problems,
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.#changed.event,
        provideTextDocumentContent: ({ path }) => this.#texts.get(path) ?? vscode.l10n.t('This dry run was not kept.'),
      }),
      // What the API server said was said of another text.
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#problems.delete(document.uri)),
      cluster.onChanged(({ state }) => {
        if (state === 'off') this.#problems.clear();
      }),
    ];
  }

  async run(scope: string): Promise<void> {
    const { state, context, server = context } = this.#cluster.status;
    if (state !== 'live') {
      void vscode.window.showWarningMessage(vscode.l10n.t('{0} is not live: a dry run needs its API server.', context));
      return;
    }
    if (!(await isConfirmed(scopeLabel(scope), context, server))) return;
    const title = vscode.l10n.t('Dry run of {0}', scopeLabel(scope));
    const answer = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () =>
      this.#server.ask(dryRunRequest, { scope }),
    );
    if ('error' in answer) throw new Error(sentence(answer.error));
    this.#tellProblems(answer.results);
    await this.#show(scope, textOf(answer.results, scopeLabel(scope), `${context} (${server})`));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #tellProblems(results: readonly DryRunResult[]): void {
    this.#problems.clear();
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const { outcome, message, place } of results) {
      if (outcome !== 'refused' || !place || message === undefined) continue;
      const problem = new vscode.Diagnostic(toRange(place.range), message, vscode.DiagnosticSeverity.Error);
      problem.source = vscode.l10n.t('dry run on {0}', this.#cluster.status.context);
      byFile.set(place.uri, [...(byFile.get(place.uri) ?? []), problem]);
    }
    for (const [uri, problems] of byFile) this.#problems.set(vscode.Uri.parse(uri, true), problems);
  }

  async #show(scope: string, text: string): Promise<void> {
    const path = `/${vscode.l10n.t('dry run of {0}', scopeLabel(scope)).replaceAll('/', ' ')}`;
    this.#texts.set(path, text);
    const uri = vscode.Uri.from({ scheme, path });
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }
}

async function isConfirmed(scope: string, context: string, server: string): Promise<boolean> {
  const run = vscode.l10n.t('Send for a Dry Run');
  const message = vscode.l10n.t('Send the objects of {0} to {1} for a dry run?', scope, context);
  const detail = [
    vscode.l10n.t('Their text goes to {0}, which checks it as `kubectl apply --server-side --dry-run=server` would have it done: defaults, validation, admission webhooks. Nothing is stored.', server),
    vscode.l10n.t('Secrets are not sent. Your account needs the right to patch these objects.'),
  ].join('\n\n'); // prettier-ignore
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, run)) === run;
}

/** The outcomes in the order in which they concern the reader. */
const order = ['refused', 'would be changed', 'would be created', 'accepted', 'not checked', 'unchanged'] as const;

function textOf(results: readonly DryRunResult[], scope: string, where: string): string {
  const time = new Date().toLocaleTimeString(vscode.env.language);
  const lines = [vscode.l10n.t('Dry run of {0} on {1}, {2}. Nothing was stored.', scope, where, time)];
  for (const outcome of order) {
    const some = results.filter((result) => result.outcome === outcome);
    if (some.length === 0) continue;
    lines.push('', `${outcome} (${some.length})`);
    for (const { reference, message, fields } of some) {
      lines.push(`  ${reference}`, ...(message === undefined ? [] : [`    ${message}`]));
      for (const { field, before, after } of fields)
        lines.push(`    ${field}: ${before ?? vscode.l10n.t('not set')} → ${after ?? vscode.l10n.t('none')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
