/** An object of each of two scopes: two documents to be shown side by side. */

import * as vscode from 'vscode';
import { comparisonTextsRequest, type ComparedScopes } from '#protocol/comparison';
import type { Server } from '../client';
import { unsavedDocuments } from '../rules-uri';
import type { Opens } from './rows';

const comparisonScheme = 'service-topology-comparison';

interface Shown {
  readonly compared: ComparedScopes;
  /** Keys of the objects. */
  readonly first?: string;
  readonly second?: string;
  readonly side: 'first' | 'second';
}

export function provideComparisonDocuments(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const { compared, first, second, side } = JSON.parse(uri.query) as Shown;
      const now = compared.saved ? { ...compared, saved: unsavedDocuments() } : compared;
      const answer = await server.ask(comparisonTextsRequest, { compared: now, first, second }, token);
      return 'error' in answer ? `# ${answer.error}\n` : answer[side];
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(comparisonScheme, provider),
    server.onChanged(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === comparisonScheme) changed.fire(uri);
    }),
  );
}

export async function showObjects(
  { first, second }: Extract<Opens, { kind: 'objects' }>,
  compared: ComparedScopes,
  names: { readonly first: string; readonly second: string },
): Promise<void> {
  const reference = (second ?? first)?.reference ?? '';
  // Which documents are not saved changes, and is no part of what is compared.
  const stable = compared.saved ? { ...compared, saved: [] } : compared;
  const uri = (side: Shown['side']) =>
    vscode.Uri.from({
      scheme: comparisonScheme,
      path: `/${reference.replace(/[ /]/g, '-').toLowerCase()}.yaml`,
      query: JSON.stringify({ compared: stable, first: first?.key, second: second?.key, side } satisfies Shown),
    });
  const title = vscode.l10n.t('{0}: {1} ↔ {2}', reference, names.first, names.second);
  await vscode.commands.executeCommand('vscode.diff', uri('first'), uri('second'), title, { preview: true });
}
