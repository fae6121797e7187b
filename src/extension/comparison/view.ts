/** The view that shows what two scopes, or a scope before and after an edit, have and do differently. */

import * as vscode from 'vscode';
import { comparisonRequest, type ComparedScopes } from '#protocol/comparison';
import { scopesRequest } from '#protocol/server';
import type { WireScope } from '#protocol/values';
import type { Server } from '../client';
import { itemOf } from '../difference-row';
import type { Pins } from '../pinned/pins';
import { showPlace } from '../places';
import { rulesUri, unsavedDocuments } from '../rules-uri';
import { scopeChoices, scopeLabel, tellNoScopes } from '../scopes';
import { askSteps, type Choice, type Question } from '../steps';
import type { AskedTrace } from '../trace-command';
import { showObjects } from './documents';
import { comparisonRows, type ComparisonRow } from './rows';

const viewId = 'serviceTopology.comparison';

/** Runs when a row is chosen; known to the view alone. */
export const openComparisonCommand = 'serviceTopology.openComparison';

/** What answers for "as it was saved": no scope can be called so. */
const savedAnswer = '\n';

interface Parts {
  readonly server: Server;
  readonly pins: Pins;
  readonly log: vscode.LogOutputChannel;
  /** Traces a request where the user sees it. */
  readonly show: (asked: AskedTrace) => void;
}

export class ComparisonView implements vscode.TreeDataProvider<ComparisonRow>, vscode.Disposable {
  readonly #parts: Parts;
  readonly #refreshed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<ComparisonRow>;
  readonly #subscription: vscode.Disposable;
  #compared: ComparedScopes | undefined;

  readonly onDidChangeTreeData = this.#refreshed.event;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscription = parts.server.onChanged(() => this.#refreshed.fire());
  }

  async getChildren(parent?: ComparisonRow): Promise<ComparisonRow[]> {
    if (parent) return [...parent.rows];
    if (!this.#compared) return [];
    try {
      return [...(await this.#load(this.#compared))];
    } catch (error) {
      this.#parts.log.error(error instanceof Error ? error : String(error));
      return [];
    }
  }

  getTreeItem(row: ComparisonRow): vscode.TreeItem {
    const item = itemOf(row, row.opens ? 'closed' : 'open');
    if (row.opens) item.command = { command: openComparisonCommand, title: vscode.l10n.t('Compare'), arguments: [row] };
    return item;
  }

  /** Asks for the two sides, and shows what differs. `first` is known where a row of the tree was asked. */
  async choose(first?: string): Promise<void> {
    const { scopes: all } = await this.#parts.server.ask(scopesRequest, {});
    const scopes = all.filter(({ kind }) => kind !== 'cluster');
    if (scopes.length === 0) {
      tellNoScopes();
      return;
    }
    const known = scopes.some(({ name }) => name === first) ? [first!] : [];
    const answers = await askSteps(
      (given) => questionFor([...known, ...given], scopes),
      () => 2 - known.length,
    );
    const [one, other] = answers ? [...known, ...answers] : [];
    if (one === undefined || other === undefined) return;
    this.#compared = other === savedAnswer ? { first: one, second: one, saved: [] } : { first: one, second: other };
    await vscode.commands.executeCommand('setContext', 'serviceTopology.comparing', true);
    this.#refreshed.fire();
    await vscode.commands.executeCommand(`${viewId}.focus`);
  }

  async close(): Promise<void> {
    this.#compared = undefined;
    await vscode.commands.executeCommand('setContext', 'serviceTopology.comparing', false);
    this.#refreshed.fire();
  }

  async open({ opens }: ComparisonRow): Promise<void> {
    const compared = this.#compared;
    if (!opens || !compared) return;
    switch (opens.kind) {
      case 'objects':
        return showObjects(opens, compared, namesOf(compared));
      case 'place':
        return showPlace(opens.place, { preserveFocus: true });
      case 'trace':
        return this.#parts.show({ scope: compared.second, request: opens.request });
      case 'rules': {
        const { node, mode, family } = opens.rules;
        const left = rulesUri({ scope: compared.first, node, mode, family, ...(compared.saved && { at: 'saved' }) });
        const right = rulesUri({ scope: compared.second, node, mode, family });
        const { first, second } = namesOf(compared);
        const title = vscode.l10n.t('Rules of {0}: {1} ↔ {2}', node, first, second);
        await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
      }
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#refreshed.dispose();
  }

  async #load(compared: ComparedScopes): Promise<readonly ComparisonRow[]> {
    const names = namesOf(compared);
    const now = compared.saved ? { ...compared, saved: unsavedDocuments() } : compared;
    const answer = await this.#parts.server.ask(comparisonRequest, {
      compared: now,
      requests: this.#watched(compared),
    });
    if ('error' in answer) {
      this.#view.message = answer.error;
      return [];
    }
    const rows = comparisonRows(answer, names);
    const mapped = answer.namespaces.map(({ first, second }) => `${first} → ${second}`).join(', ');
    this.#view.message =
      [
        rows.length > 0
          ? `${names.first} → ${names.second}.`
          : vscode.l10n.t('{0} and {1} do not differ.', names.first, names.second),
        mapped === '' ? '' : vscode.l10n.t('Namespaces: {0}.', mapped),
        answer.notes.length === 0 ? '' : vscode.l10n.t('Not whole: {0}.', answer.notes.join('; ')),
      ]
        .filter(Boolean)
        .join(' ') || undefined;
    return rows;
  }

  /** The pinned requests of either scope; of a scope before and after an edit they are asked once. */
  #watched({ first, second }: ComparedScopes) {
    return this.#parts.pins.all.flatMap(({ scope, request }) => {
      const side = scope === first ? ('first' as const) : scope === second ? ('second' as const) : undefined;
      return side ? [{ side, request }] : [];
    });
  }
}

function questionFor(answers: readonly string[], scopes: readonly WireScope[]): Question | undefined {
  const title = vscode.l10n.t('Compare Scopes');
  const [first, second] = answers;
  if (second !== undefined) return undefined;
  if (first === undefined) return { title, placeholder: vscode.l10n.t('What is to be compared?'), choices: scopeChoices(scopes) }; // prettier-ignore
  const unsaved = unsavedDocuments().length;
  const before: Choice = {
    value: savedAnswer,
    label: vscode.l10n.t('$(history) The same before my edits'),
    description: unsaved === 1 ? vscode.l10n.t('1 file is not saved') : unsaved === 0 ? vscode.l10n.t('all files are saved; follows your next edits') : vscode.l10n.t('{0} files are not saved', unsaved), // prettier-ignore
  };
  const others = scopeChoices(scopes.filter(({ name }) => name !== first));
  return {
    title,
    placeholder: vscode.l10n.t('With what is {0} compared?', scopeLabel(first)),
    choices: unsaved > 0 ? [before, ...others] : [...others, before],
  };
}

/** What the sides are called. */
function namesOf({ first, second, saved }: ComparedScopes): { readonly first: string; readonly second: string } {
  if (!saved) return { first: scopeLabel(first), second: scopeLabel(second) };
  return { first: vscode.l10n.t('{0} as saved', scopeLabel(first)), second: scopeLabel(second) };
}
