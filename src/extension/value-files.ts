/** Choose Value Files: which files a chart is rendered with, picked from those beside it and kept in the settings file. */

import * as vscode from 'vscode';
import { chooseValueFilesRequest, valueFilesRequest } from '#protocol/server';
import type { WirePlace } from '#protocol/values';
import type { Server } from './client';
import { activePosition, showPlace } from './places';
import { scopeLabel } from './scopes';
import { askSteps } from './steps';

/** Where settings of a workspace stand that hold for the command line, too. */
const settingsFileName = '.service-topology.yaml';

interface Chart {
  readonly scope: string;
  readonly chosen: readonly string[];
  readonly offered: readonly string[];
}

export async function chooseValueFiles(server: Server, named: string | undefined): Promise<void> {
  const uri = named === undefined ? activePosition()?.uri : undefined;
  const { charts, current } = await server.ask(valueFilesRequest, { uri, scope: named });
  if (charts.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no Helm chart here.'));
    return;
  }
  const scope = current ?? (charts.length === 1 ? charts[0]!.scope : await askChart(charts));
  const chart = charts.find((each) => each.scope === scope);
  if (!chart) return;
  if (chart.askedBy) return openAsker(chart.scope, chart.askedBy);
  if (chart.chosen.length + chart.offered.length === 0) {
    const text = vscode.l10n.t('{0} has no value files beside values.yaml: values-prod.yaml and the like, or files in values/ or ci/, are offered here.', scopeLabel(chart.scope)); // prettier-ignore
    void vscode.window.showInformationMessage(text);
    return;
  }
  const valueFiles = await askFiles(chart);
  if (valueFiles) await write(server, chart.scope, valueFiles);
}

async function askChart(charts: readonly Chart[]): Promise<string | undefined> {
  const choices = charts.map(({ scope, chosen }) => ({ value: scope, label: scopeLabel(scope), description: ['values.yaml', ...chosen].join(', ') })); // prettier-ignore
  const title = vscode.l10n.t('Choose Value Files');
  const placeholder = vscode.l10n.t('Of which chart?');
  const answers = await askSteps(
    (given) => (given.length > 0 ? undefined : { title, placeholder, choices }),
    () => 1,
  );
  return answers?.[0];
}

/** Those that are chosen come first, in their order; what is added is merged after them. */
async function askFiles({ scope, chosen, offered }: Chart): Promise<readonly string[] | undefined> {
  const items = [...chosen, ...offered].map((label) => ({ label, picked: chosen.includes(label) }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Value Files of {0}', scopeLabel(scope)),
    placeHolder: vscode.l10n.t('Merged after values.yaml, from top to bottom'),
  });
  return picked?.map(({ label }) => label);
}

async function openAsker(scope: string, place: WirePlace): Promise<void> {
  const open = vscode.l10n.t('Open');
  const text = vscode.l10n.t('{0} has its value files from a document that deploys it.', scopeLabel(scope));
  if ((await vscode.window.showInformationMessage(text, open)) === open) await showPlace(place);
}

/** Through the editor, so that it can be undone. */
async function write(server: Server, scope: string, valueFiles: readonly string[]): Promise<void> {
  // The server reads the file as it was saved.
  for (const open of vscode.workspace.textDocuments)
    if (open.isDirty && open.uri.path.endsWith(`/${settingsFileName}`)) await open.save();
  const answer = await server.ask(chooseValueFilesRequest, { scope, valueFiles: [...valueFiles] });
  if ('error' in answer) {
    void vscode.window.showErrorMessage(answer.error);
    return;
  }
  const uri = vscode.Uri.parse(answer.uri);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { ignoreIfExists: true });
  await vscode.workspace.applyEdit(edit);
  const document = await vscode.workspace.openTextDocument(uri);
  const replace = new vscode.WorkspaceEdit();
  replace.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), answer.text);
  await vscode.workspace.applyEdit(replace);
  await document.save();
}
