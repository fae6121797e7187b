/** How a request ends in the cluster now and after the files were applied, for a trace in either of them. */

import * as vscode from 'vscode';
import { outlookRequest } from '#protocol/live';
import type { WireWorld } from '#protocol/values';
import type { Server } from '../client';
import { scopeLabel } from '../scopes';
import type { AskedTrace } from '../trace-command';
import type { DriftView } from './drift-view';

/** Empty for a trace in files, and where no files are compared with the cluster. */
export async function outlookOf(server: Server, drift: DriftView, asked: AskedTrace): Promise<WireWorld[]> {
  const compared = await drift.compared();
  if (!compared || (asked.scope !== compared.now && asked.scope !== compared.after)) return [];
  const { worlds } = await server.ask(outlookRequest, { scope: compared.scope, request: asked.request });
  const labels = {
    now: vscode.l10n.t('Now'),
    'after apply': vscode.l10n.t('After apply of {0}', scopeLabel(compared.scope)),
  };
  return worlds.map(({ scope, world, verdict }) => ({
    scope,
    label: labels[world],
    verdict,
    current: scope === asked.scope,
  }));
}
