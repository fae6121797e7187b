/** The view of pinned requests: each with its outcome, and with a mark where that is another one than its user has seen. */

import * as vscode from 'vscode';
import type { WireTone } from '#protocol/trace';
import type { WireTraceRequest } from '#protocol/values';
import { scopeLabel } from '../scopes';
import type { Pins, PinState } from './pins';

export const pinnedViewId = 'serviceTopology.pinned';

/** Runs when a row is chosen; known to the view alone, not to the palette. */
export const openPinCommand = 'serviceTopology.openPin';

const icons: Record<WireTone, readonly [icon: string, color: string]> = {
  good: ['pass', 'testing.iconPassed'],
  partly: ['warning', 'problemsWarningIcon.foreground'],
  bad: ['error', 'problemsErrorIcon.foreground'],
  unknown: ['question', 'problemsInfoIcon.foreground'],
  untraceable: ['circle-slash', 'problemsWarningIcon.foreground'],
};

export class PinnedView implements vscode.TreeDataProvider<PinState>, vscode.Disposable {
  readonly #pins: Pins;
  readonly #view: vscode.TreeView<PinState>;
  readonly #status: vscode.StatusBarItem;
  readonly #refreshed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChangeTreeData = this.#refreshed.event;

  constructor(pins: Pins) {
    this.#pins = pins;
    this.#view = vscode.window.createTreeView(pinnedViewId, { treeDataProvider: this });
    this.#status = vscode.window.createStatusBarItem('serviceTopology.pinned', vscode.StatusBarAlignment.Left, 9);
    this.#status.name = vscode.l10n.t('Service Topology: Pinned Requests');
    this.#status.command = `${pinnedViewId}.focus`;
    this.#subscription = pins.onChanged(() => this.#refresh());
    this.#refresh();
  }

  getChildren(parent?: PinState): PinState[] {
    return parent ? [] : [...this.#pins.all];
  }

  getTreeItem(pin: PinState): vscode.TreeItem {
    const { outcome, was, request } = pin;
    const label = labelOf(request);
    const row = new vscode.TreeItem(label);
    row.id = pin.id;
    const now = outcome ? shortVerdict(outcome.verdict) : vscode.l10n.t('not traced yet');
    const verdict = was === undefined ? now : vscode.l10n.t('was {0}, now {1}', shortVerdict(was), now);
    row.description = verdict;
    row.tooltip = [`${request.from} → ${request.to}`, verdict, outcome?.detail ?? '', scopeLabel(pin.scope)]
      .filter(Boolean)
      .join('\n');
    row.accessibilityInformation = { label: `${label}, ${verdict}` };
    row.contextValue = ['pin', ...(was === undefined ? [] : ['changed']), ...(outcome?.place ? ['placed'] : [])].join(
      ' ',
    );
    row.iconPath = iconOf(pin);
    row.command = { command: openPinCommand, title: vscode.l10n.t('Trace Request'), arguments: [pin.id] };
    return row;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#status.dispose();
    this.#refreshed.dispose();
  }

  #refresh(): void {
    this.#refreshed.fire();
    const changed = this.#pins.all.filter(({ was }) => was !== undefined);
    void vscode.commands.executeCommand('setContext', 'serviceTopology.pinsChanged', changed.length > 0);
    const words =
      changed.length === 1
        ? vscode.l10n.t('1 pinned request comes out differently')
        : vscode.l10n.t('{0} pinned requests come out differently', changed.length);
    this.#view.badge = changed.length === 0 ? undefined : { value: changed.length, tooltip: words };
    if (changed.length === 0) {
      this.#status.hide();
      return;
    }
    this.#status.text = `$(pinned) ${changed.length}`;
    this.#status.accessibilityInformation = { label: words };
    this.#status.tooltip = [words, ...changed.map(changeText)].join('\n');
    this.#status.show();
  }
}

function changeText({ request, was, outcome }: PinState): string {
  return vscode.l10n.t(
    '{0}: was {1}, now {2}',
    labelOf(request),
    shortVerdict(was ?? ''),
    shortVerdict(outcome?.verdict ?? ''),
  );
}

/** What is the same each time is not said in a row: there is little room. */
function shortVerdict(verdict: string): string {
  return verdict.replace(/, always$/, '');
}

/** `shop/front → http://web/:80`, without the words for what each end is. */
function labelOf({ from, to, port, mode }: WireTraceRequest): string {
  const short = (text: string) => text.replace(/^(?:service|deployment|statefulset|daemonset|pod)[ /](?=\S)/i, '');
  const more = [...(port === undefined ? [] : [String(port)]), ...(mode === undefined ? [] : [mode])].join(', ');
  return `${short(from)} → ${short(to)}${more === '' ? '' : ` (${more})`}`;
}

function iconOf({ outcome, was }: PinState): vscode.ThemeIcon {
  if (!outcome) return new vscode.ThemeIcon('circle-outline');
  const [icon, color] = icons[outcome.tone];
  // A change is seen by its shape, too.
  const shape = was === undefined ? icon : outcome.tone === 'good' ? 'sparkle' : 'alert';
  return new vscode.ThemeIcon(shape, new vscode.ThemeColor(color));
}
