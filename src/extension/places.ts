/** Shows places of manifests in editors. */

import * as vscode from 'vscode';
import type { WirePlace } from '#protocol/values';

export function toRange({ start, end }: WirePlace['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

interface ShowOptions {
  readonly viewColumn?: vscode.ViewColumn;
  readonly preserveFocus?: boolean;
}

/** Opens the document and selects the place; of more than a line only the start, so that typing overwrites nothing. */
export async function showPlace(place: WirePlace, options: ShowOptions = {}): Promise<void> {
  const range = toRange(place.range);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri, true));
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: columnOfText(),
    ...options,
    preview: true,
    selection: range.isSingleLine ? range : new vscode.Range(range.start, range.start),
  });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The active column, unless a panel is in it, which text would cover. */
function columnOfText(): vscode.ViewColumn {
  const group = vscode.window.tabGroups.activeTabGroup;
  return group.activeTab?.input instanceof vscode.TabInputWebview ? columnBeside(group.viewColumn) : group.viewColumn;
}

/** A column beside that of a panel, so that the panel stays in sight. */
export function columnBeside(panel: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== panel);
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** The YAML document in which the user is, and where. */
export function activePosition(): { readonly uri: string; readonly position: vscode.Position } | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !['yaml', 'helm', 'json'].includes(editor.document.languageId)) return undefined;
  return { uri: editor.document.uri.toString(), position: editor.selection.active };
}
