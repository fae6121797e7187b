/** Compare Rules…: two documents of rules side by side, of two nodes, modes or releases, or before and after an edit. */

import * as vscode from 'vscode';
import type { Server } from './client';
import { activePosition } from './places';
import {
  askFamily, askMode, askNode, askScope, choiceOf, nodesOf, toFamily, toMode, type Nodes,
} from './rules-document'; // prettier-ignore
import { parseRulesUri, rulesUri, unsavedDocuments, type RulesName } from './rules-uri';
import { findScopes, tellNoScopes } from './scopes';
import { askSteps, type Question } from './steps';

/** What the two sides differ in. */
type Difference = 'node' | 'mode' | 'release' | 'edit';

/**
 * Asks what is to be compared. From a document of rules only the other side is asked for; else scope (where it is not
 * certain), node, mode and family come after what differs.
 */
export async function compareRules(server: Server): Promise<void> {
  const shown = vscode.window.activeTextEditor && parseRulesUri(vscode.window.activeTextEditor.document.uri);
  const scopes = await findScopes(server, activePosition()?.uri);
  if (scopes.all.length === 0) {
    tellNoScopes();
    return;
  }
  const known = shown?.scope ?? scopes.certain;
  const next = async (answers: readonly string[]): Promise<Question | undefined> => {
    const [scope, ...rest] = known === undefined ? answers : [known, ...answers];
    if (scope === undefined) return askScope(vscode.l10n.t('Compare Rules'), scopes.all);
    return nextOf(rest, await nodesOf(server, scope), shown);
  };
  const before = known === undefined ? 1 : 0;
  const answers = await askSteps(next, (given) => before + totalOf(given.slice(before), shown));
  if (!answers) return;
  const [scope, difference, ...rest] = known === undefined ? answers : [known, ...answers];
  if (scope === undefined || difference === undefined) return;
  const [left, right] = sidesOf(difference as Difference, scope, rest, shown, await nodesOf(server, scope));
  await vscode.commands.executeCommand('vscode.diff', rulesUri(left), rulesUri(right), titleOf(left, right), { preview: true }); // prettier-ignore
}

function nextOf(answers: readonly string[], nodes: Nodes, shown: RulesName | undefined): Question | undefined {
  const title = shown ? vscode.l10n.t('Compare the Rules of {0}', shown.node) : vscode.l10n.t('Compare Rules');
  const [difference, ...rest] = answers;
  if (difference === undefined) return askDifference(title, nodes);
  const questions = [...(shown ? [] : firstSide(difference as Difference, title, nodes)), ...otherSide(difference as Difference, title, nodes, shown, rest)]; // prettier-ignore
  return questions[rest.length];
}

/** How many steps there are in all, that of the difference included. */
function totalOf(answers: readonly string[], shown: RulesName | undefined): number {
  const [difference] = answers;
  const other = difference === 'edit' ? 0 : 1;
  if (shown) return 1 + other;
  return 1 + 3 + other;
}

function askDifference(title: string, { nodes, versions }: Nodes): Question {
  const unsaved = unsavedDocuments().length;
  const edits =
    unsaved === 1 ? vscode.l10n.t('1 file is not saved') : vscode.l10n.t('{0} files are not saved', unsaved);
  return {
    title,
    placeholder: vscode.l10n.t('What is to be compared?'),
    choices: [
      ...(nodes.length > 1 ? [{ value: 'node', label: vscode.l10n.t('Two nodes') }] : []),
      ...(versions.length > 1 ? [{ value: 'release', label: vscode.l10n.t('Two releases of Kubernetes') }] : []),
      { value: 'mode', label: vscode.l10n.t('Two modes of kube-proxy') },
      ...(unsaved > 0
        ? [{ value: 'edit', label: vscode.l10n.t('Before and after my edits'), description: edits }]
        : []),
    ],
  };
}

/** Node, mode and family: what is the same on both sides, and the first of what is not. */
function firstSide(difference: Difference, title: string, nodes: Nodes): Question[] {
  return [
    difference === 'node' ? { ...askNode(title, nodes), placeholder: vscode.l10n.t('Which node?') } : askNode(title, nodes), // prettier-ignore
    askMode(title, nodes),
    askFamily(title),
  ];
}

/** The other node, mode or release. */
function otherSide(
  difference: Difference,
  title: string,
  nodes: Nodes,
  shown: RulesName | undefined,
  answers: readonly string[],
): Question[] {
  const [node, mode] = shown ? [shown.node, shown.mode] : answers;
  const release = shown?.version ?? nodes.version;
  switch (difference) {
    case 'node':
      return [
        choose(
          title,
          vscode.l10n.t('With which other node?'),
          nodes.nodes.filter((name) => name !== node),
        ),
      ];
    case 'mode':
      return [choose(title, vscode.l10n.t('With which other mode?'), ['iptables', 'nftables', 'ipvs'].filter((name) => name !== mode))]; // prettier-ignore
    case 'release':
      return [choose(title, vscode.l10n.t('With which release, beside {0}?', release), nodes.versions.filter((name) => name !== release))]; // prettier-ignore
    case 'edit':
      return [];
  }
}

function choose(title: string, placeholder: string, names: readonly string[]): Question {
  return { title, placeholder, choices: names.map(choiceOf) };
}

/** Older releases and saved files stand on the left, as what was before. */
function sidesOf(
  difference: Difference,
  scope: string,
  answers: readonly string[],
  shown: RulesName | undefined,
  { version: own }: Nodes,
): readonly [RulesName, RulesName] {
  const [node = '', mode, family] = answers;
  const first: RulesName = shown ?? { scope, node, mode: toMode(mode), family: toFamily(family) };
  const other = answers.at(-1) ?? '';
  switch (difference) {
    case 'node':
      return [first, { ...first, node: other }];
    case 'mode':
      return [first, { ...first, mode: toMode(other) }];
    case 'release': {
      const sides = [
        { ...first, version: first.version ?? own },
        { ...first, version: other },
      ] as const;
      const isOlder = minorOf(other) < minorOf(sides[0].version);
      return isOlder ? [sides[1], sides[0]] : sides;
    }
    case 'edit': {
      const { at: _, ...now } = first;
      return [{ ...now, at: 'saved' }, now];
    }
  }
}

/** 33 of `1.33`. */
function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
}

/** `Rules: node-a ↔ node-b (nftables, IPv4)`: what differs, then what does not. */
function titleOf(left: RulesName, right: RulesName): string {
  const rows: readonly (readonly [string, string])[] = [
    [left.node, right.node],
    [left.mode, right.mode],
    [left.family, right.family],
    [left.version ?? '', right.version ?? ''],
    left.at === right.at ? ['', ''] : [stateOf(left), stateOf(right)],
  ];
  const differing = rows.filter(([a, b]) => a !== b);
  const same = rows.filter(([a, b]) => a === b && a !== '').map(([a]) => a);
  const sides = [0, 1].map((i) => differing.map((row) => row[i as 0 | 1]).join(' ')).join(' ↔ ');
  return vscode.l10n.t('Rules: {0} ({1})', sides, same.join(', '));
}

function stateOf({ at }: RulesName): string {
  return at === 'saved' ? vscode.l10n.t('saved') : vscode.l10n.t('as edited');
}
