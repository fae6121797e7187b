/** A cluster's objects as read-only YAML documents, kept up to date while they are open. */

import * as vscode from 'vscode';
import { clusterDocumentRequest, clusterScheme } from '#protocol/live';
import type { Server } from '../client';

export function provideClusterDocuments(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const answer = await server.ask(clusterDocumentRequest, { uri: uri.toString() }, token);
      return 'text' in answer ? answer.text : `# ${answer.error}\n`;
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(clusterScheme, provider),
    server.onChanged(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === clusterScheme) changed.fire(uri);
    }),
  );
}
