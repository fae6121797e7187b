/** An object as it is in the cluster, and as the files would have it: two documents to be shown side by side. */

import * as vscode from 'vscode';
import { driftTextsRequest, type DifferingObject } from '#protocol/live';
import type { Server } from '../client';

const driftScheme = 'service-topology-drift';

interface Side {
  /** The scope of files. */
  readonly scope: string;
  readonly key: string;
  readonly side: 'now' | 'after';
}

export function provideDriftDocuments(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const { scope, key, side } = JSON.parse(uri.query) as Side;
      const answer = await server.ask(driftTextsRequest, { scope, key }, token);
      return 'error' in answer ? `# ${answer.error}\n` : answer[side];
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(driftScheme, provider),
    server.onChanged(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === driftScheme) changed.fire(uri);
    }),
  );
}

export async function showDriftOf(object: DifferingObject, scope: string, context: string): Promise<void> {
  const { key, reference } = object;
  const uri = (side: Side['side']) =>
    vscode.Uri.from({
      scheme: driftScheme,
      path: `/${reference.replace(/[ /]/g, '-').toLowerCase()}.yaml`,
      query: JSON.stringify({ scope, key, side } satisfies Side),
    });
  const title = vscode.l10n.t('{0}: {1} ↔ after apply', reference, context);
  await vscode.commands.executeCommand('vscode.diff', uri('now'), uri('after'), title, { preview: true });
}
