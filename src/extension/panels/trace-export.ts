/** Takes the shown trace along: into the clipboard, as a picture, as a reachability test. */

import * as vscode from 'vscode';
import { traceExportRequest, type WireTraceFormat } from '#protocol/trace';
import type { WireTrace } from '#protocol/values';
import type { Server } from '../client';
import type { AskedTrace } from '../trace-command';
import { pictureBytes } from './picture';

export async function copyTrace(
  server: Server,
  asked: AskedTrace,
  format: WireTraceFormat,
  path: number,
): Promise<void> {
  const text = await exported(server, asked, format, path);
  if (text === undefined) return;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('The trace is in the clipboard.'), 4000);
}

/** `draw` makes a PNG, in Base64, of an SVG, or nothing. */
export async function savePicture(
  server: Server,
  asked: AskedTrace,
  { path, format }: { readonly path: number; readonly format: 'svg' | 'png' },
  draw: (svg: string) => Promise<string | undefined>,
): Promise<void> {
  const svg = await exported(server, asked, 'svg', path);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (svg === undefined) return;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the Trace as a Picture'),
    filters: { [format.toUpperCase()]: [format] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, `trace.${format}`) }),
  });
  if (!target) return;
  const data = format === 'svg' ? svg : await draw(svg);
  if (data === undefined) return;
  await vscode.workspace.fs.writeFile(target, pictureBytes(format, data));
  const open = vscode.l10n.t('Open');
  const told = vscode.l10n.t('The trace was saved as {0}.', vscode.workspace.asRelativePath(target));
  // The panel goes on while this is shown.
  void vscode.window.showInformationMessage(told, open).then((answer) => {
    if (answer === open) void vscode.commands.executeCommand('vscode.open', target);
  });
}

async function exported(server: Server, asked: AskedTrace, format: WireTraceFormat, path: number) {
  const answer = await server.ask(traceExportRequest, { ...asked, format, path });
  if ('text' in answer) return answer.text;
  void vscode.window.showErrorMessage(answer.error);
  return undefined;
}

const testFile = 'requests.reachability.yaml';

/** Adds a test that expects what comes out now to a file of the folder, and shows it; whether to save it is the user's. */
export async function saveAsTest({ scope, request }: AskedTrace, trace: WireTrace): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) return;
  const uri = vscode.Uri.joinPath(folder.uri, testFile);
  const before = await vscode.workspace.openTextDocument(uri).then(
    (document) => document,
    () => undefined,
  );
  const kinds = new Set(trace.outcomes.map(({ kind }) => kind));
  const [kind] = kinds;
  const expect = kinds.size === 1 && kind && expectable.has(kind) ? kind : 'not delivered';
  const delivered = trace.outcomes.filter((outcome) => outcome.kind === 'delivered');
  const share = delivered.reduce((sum, { probability }) => sum + probability, 0);
  const isPartly = share > 0 && share < 1 - 1e-6;
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['name', `${request.from} to ${request.to}`],
    ['from', request.from],
    ['to', request.to],
    ['port', request.port],
    ['protocol', request.protocol],
    ['mode', request.mode],
    ['expect', isPartly ? 'delivered' : expect],
    ['share', isPartly ? Math.floor(share * 1000) / 1000 : undefined],
  ];
  const item = fields.flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${scalar(value)}`)).join('\n    ');
  const head = `${scope === '.' ? '' : `scope: ${scalar(scope)}\n`}tests:\n`;
  const edit = new vscode.WorkspaceEdit();
  if (!before) {
    edit.createFile(uri, { contents: new TextEncoder().encode(`${head}  - ${item}\n`) });
  } else {
    const text = before.getText().trimEnd();
    const last = text.split(/^---\s*$/m).at(-1) ?? '';
    const isSame = last.trimStart().startsWith(head) || (scope === '.' && last.trimStart().startsWith('tests:\n'));
    const end = before.lineAt(before.lineCount - 1).range.end;
    edit.replace(
      uri,
      new vscode.Range(before.positionAt(text.length), end),
      isSame ? `\n  - ${item}\n` : `\n---\n${head}  - ${item}\n`,
    );
  }
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri, { preview: false, viewColumn: vscode.ViewColumn.Beside });
}

/** What a test can expect by its own name. */
const expectable: ReadonlySet<string> = new Set(['delivered', 'refused', 'timeout', 'unresolved']);

/** Plain where YAML reads it back as it is. */
function scalar(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /^[A-Za-z][\w ./()-]*$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value) ? value : JSON.stringify(value); // prettier-ignore
}
