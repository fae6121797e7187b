/** A row of the views that show what differs, and how VS Code shows it. */

import * as vscode from 'vscode';

export interface DifferenceRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly color?: string;
  readonly rows: readonly DifferenceRow[];
}

export const differenceColors = {
  refused: 'problemsErrorIcon.foreground',
  added: 'gitDecoration.addedResourceForeground',
  changed: 'gitDecoration.modifiedResourceForeground',
  removed: 'gitDecoration.deletedResourceForeground',
};

/** A title with its rows, opened or not. */
export function groupRow<R extends DifferenceRow>(id: string, label: string, icon: string, rows: readonly R[]) {
  return { id, label, description: String(rows.length), icon, rows };
}

export function fieldRow(
  key: string,
  { field, before, after }: { readonly field: string; readonly before?: string; readonly after?: string },
) {
  const change = before === undefined ? (after ?? '') : `${before} → ${after ?? vscode.l10n.t('none')}`;
  return { id: `${key} ${field}`, label: field, description: change, icon: 'symbol-field', rows: [] };
}

export function itemOf(row: DifferenceRow, state: 'open' | 'closed'): vscode.TreeItem {
  const shown = row.rows.length === 0 ? 'None' : state === 'open' ? 'Expanded' : 'Collapsed';
  const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState[shown]);
  item.id = row.id;
  item.description = row.description;
  item.tooltip = [row.label, row.description].filter(Boolean).join(': ');
  item.accessibilityInformation = { label: [row.label, row.description].filter(Boolean).join(', ') };
  const color = row.color === undefined ? undefined : new vscode.ThemeColor(row.color);
  item.iconPath = new vscode.ThemeIcon(row.icon, color);
  return item;
}
