/** Saves the map: as a picture that the page draws, or as a text for other tools. */

import * as vscode from 'vscode';
import { topologyTextRequest } from '#protocol/server';
import type { Server } from '../client';
import { pictureBytes, type PictureFormat } from './picture';

interface Format extends vscode.QuickPickItem {
  readonly value: PictureFormat | 'mermaid' | 'dot';
  readonly ending: string;
}

function formats(): readonly Format[] {
  return [
    { value: 'svg', ending: 'svg', label: 'SVG', description: vscode.l10n.t('a picture that stays sharp at any size') },
    { value: 'png', ending: 'png', label: 'PNG', description: vscode.l10n.t('a picture for everywhere') },
    { value: 'mermaid', ending: 'mmd', label: 'Mermaid', description: vscode.l10n.t('a text that Markdown draws') },
    { value: 'dot', ending: 'dot', label: 'DOT', description: vscode.l10n.t('a text for Graphviz') },
  ];
}

/** `draw` gives an SVG as text and a PNG in Base64, or nothing. */
export async function saveMap(
  scope: string,
  server: Server,
  draw: (format: PictureFormat) => Promise<string | undefined>,
): Promise<void> {
  const title = vscode.l10n.t('Export the Map');
  const format = await vscode.window.showQuickPick(formats(), { title });
  if (!format) return;
  const { value, ending } = format;
  const name = `${scope.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '') || 'topology'}.${ending}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { [format.label]: [ending] },
  });
  if (!target) return;
  const bytes = value === 'svg' || value === 'png' ? await picture(value, draw) : await text(value, scope, server);
  if (!bytes) return;
  await vscode.workspace.fs.writeFile(target, bytes);
  const open = vscode.l10n.t('Open');
  const told = vscode.l10n.t('The map was saved as {0}.', vscode.workspace.asRelativePath(target));
  if ((await vscode.window.showInformationMessage(told, open)) === open)
    await vscode.commands.executeCommand('vscode.open', target);
}

async function picture(
  format: PictureFormat,
  draw: (format: PictureFormat) => Promise<string | undefined>,
): Promise<Uint8Array | undefined> {
  const data = await draw(format);
  return data === undefined ? undefined : pictureBytes(format, data);
}

async function text(format: 'mermaid' | 'dot', scope: string, server: Server): Promise<Uint8Array> {
  const answer = await server.ask(topologyTextRequest, { scope, format });
  if ('error' in answer) throw new Error(answer.error);
  return new TextEncoder().encode(`${answer.text}\n`);
}
