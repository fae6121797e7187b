/** What kustomize or Helm made of a scope, as a read-only YAML document that follows the files. */

import * as vscode from 'vscode';
import { renderableRequest, renderedEnding, renderedRequest, renderedScheme } from '#protocol/server';
import type { Server } from './client';
import { activePosition } from './places';
import { scopeChoices } from './scopes';
import { askSteps } from './steps';

export function provideRenderedDocuments(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const answer = await server.ask(renderedRequest, { scope: scopeOf(uri) }, token);
      return 'text' in answer ? answer.text : commented(answer.error);
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(renderedScheme, provider),
    server.onChanged(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === renderedScheme) changed.fire(uri);
    }),
  );
}

/** Show Rendered Manifests: of the scope, of that of the document, or of the one that the user picks. */
export async function showRendered(server: Server, named: string | undefined): Promise<void> {
  const scope = named ?? (await chooseScope(server));
  if (scope === undefined) return;
  const uri = vscode.Uri.from({ scheme: renderedScheme, path: `/${scope}${renderedEnding}` });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

async function chooseScope(server: Server): Promise<string | undefined> {
  const { scopes, current } = await server.ask(renderableRequest, { uri: activePosition()?.uri });
  if (scopes.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no kustomization and no Helm chart here: all manifests are applied as they stand.'),
    );
    return undefined;
  }
  if (current !== undefined || scopes.length === 1) return current ?? scopes[0]!.name;
  const title = vscode.l10n.t('Show Rendered Manifests');
  const placeholder = vscode.l10n.t('Of which kustomization or chart?');
  const answers = await askSteps(
    (given) => Promise.resolve(given.length > 0 ? undefined : { title, placeholder, choices: scopeChoices(scopes) }),
    () => 1,
  );
  return answers?.[0];
}

function scopeOf({ path }: vscode.Uri): string {
  return path.slice(1, -renderedEnding.length);
}

function commented(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');
}
