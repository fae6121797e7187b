/** The rows of the view that compares two scopes, group by group. */

import * as vscode from 'vscode';
import type { ComparedObject, ComparedPair, ScopesComparison } from '#protocol/comparison';
import type { WirePlace, WireTraceRequest } from '#protocol/values';
import { differenceColors, fieldRow, groupRow, type DifferenceRow } from '../difference-row';

/** What a click on a row shows. */
export type Opens =
  | { readonly kind: 'objects'; readonly first?: ComparedObject; readonly second?: ComparedObject }
  | { readonly kind: 'place'; readonly place: WirePlace }
  | { readonly kind: 'rules'; readonly rules: NonNullable<ScopesComparison['rules']> }
  | { readonly kind: 'trace'; readonly request: WireTraceRequest };

export interface ComparisonRow extends DifferenceRow {
  readonly opens?: Opens;
  readonly rows: readonly ComparisonRow[];
}

/** Groups without rows are left out. `names` are what the two sides are called. */
export function comparisonRows(
  comparison: ScopesComparison,
  names: { readonly first: string; readonly second: string },
): readonly ComparisonRow[] {
  const { requests, tests, refused, services, others, onlyInFirst, onlyInSecond, rules } = comparison;
  const rulesRows = rules ? [rulesRow(rules, names)] : [];
  const groups: readonly ComparisonRow[] = [
    groupRow('requests', vscode.l10n.t('Requests that end otherwise'), 'arrow-swap', [...requests.map(requestRow), ...tests.map(testRow)]),
    groupRow('refused', vscode.l10n.t('Refused by the API server on one side'), 'error', refused.map((each) => refusedRow(each, names))),
    groupRow('services', vscode.l10n.t('Services that differ'), 'type-hierarchy', services.map((pair) => pairRow('service', pair))),
    groupRow('others', vscode.l10n.t('Other objects that differ'), 'diff-modified', others.map((pair) => pairRow('other', pair))),
    groupRow('first', vscode.l10n.t('Only in {0}', names.first), 'diff-removed', onlyInFirst.map((object) => onlyRow('first', object))),
    groupRow('second', vscode.l10n.t('Only in {0}', names.second), 'diff-added', onlyInSecond.map((object) => onlyRow('second', object))),
  ]; // prettier-ignore
  return [...groups.filter(({ rows }) => rows.length > 0), ...rulesRows];
}

function pairRow(group: string, { first, second, fields }: ComparedPair): ComparisonRow {
  const id = `${group} ${first.key}`;
  return {
    id,
    label: labelOf(first.reference, second.reference),
    description: fields.length > 3 ? vscode.l10n.t('{0} fields', fields.length) : fields.map(({ field }) => field.replace(/^spec\./, '')).join(' · '),
    icon: 'diff-modified',
    color: differenceColors.changed,
    opens: { kind: 'objects', first, second },
    rows: fields.map((field) => fieldRow(id, field)),
  }; // prettier-ignore
}

/** The namespaces of the two sides stand above: `Deployment web` for `dev/web` and `prod/web`. */
function labelOf(first: string, second: string): string {
  if (first === second) return first;
  const [bare, other] = [first, second].map((reference) => reference.replace(/ [^ /]+\//, ' '));
  return bare === other ? bare! : `${first} ↔ ${second}`;
}

function onlyRow(side: 'first' | 'second', object: ComparedObject): ComparisonRow {
  return {
    id: `only ${side} ${object.key}`,
    label: object.reference,
    description: '',
    icon: side === 'first' ? 'diff-removed' : 'diff-added',
    color: side === 'first' ? differenceColors.removed : differenceColors.added,
    ...(object.place && { opens: { kind: 'place', place: object.place } }),
    rows: [],
  };
}

function refusedRow(
  { side, message, ...object }: ScopesComparison['refused'][number],
  names: { readonly first: string; readonly second: string },
): ComparisonRow {
  return {
    id: `refused ${side} ${object.key}`,
    label: object.reference,
    description: vscode.l10n.t('in {0}: {1}', names[side], message),
    icon: 'error',
    color: differenceColors.refused,
    ...(object.place && { opens: { kind: 'place', place: object.place } }),
    rows: [],
  };
}

function requestRow({ first, second }: ScopesComparison['requests'][number]): ComparisonRow {
  const { from, to, port } = first.request;
  const label = `${from} → ${to}${port === undefined ? '' : `:${port}`}`;
  return {
    id: `request ${JSON.stringify(first.request)}`,
    label,
    description: `${first.verdict} → ${second.verdict}`,
    icon: 'arrow-swap',
    color: second.tone === 'good' ? differenceColors.added : differenceColors.refused,
    opens: { kind: 'trace', request: second.request },
    rows: [],
  };
}

function testRow({ name, first, second, place }: ScopesComparison['tests'][number]): ComparisonRow {
  return {
    id: `test ${place.uri} ${place.range.start.line} ${name}`,
    label: name,
    description: vscode.l10n.t('test: {0} → {1}', first, second),
    icon: 'beaker',
    color: second === 'passed' ? differenceColors.added : differenceColors.refused,
    opens: { kind: 'place', place },
    rows: [],
  };
}

function rulesRow(
  rules: NonNullable<ScopesComparison['rules']>,
  names: { readonly first: string; readonly second: string },
): ComparisonRow {
  const { node, mode, family, onlyInFirst, onlyInSecond } = rules;
  return {
    id: 'rules',
    label: vscode.l10n.t('Rules of {0}', node),
    description: vscode.l10n.t('{0}, {1}: {2} lines only in {3}, {4} only in {5}', mode, family, onlyInFirst, names.first, onlyInSecond, names.second), // prettier-ignore
    icon: 'list-flat',
    opens: { kind: 'rules', rules },
    rows: [],
  };
}
