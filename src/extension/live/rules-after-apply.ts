/** The rules of a node in the cluster now, beside those that it would have after the files were applied. */

import * as vscode from 'vscode';
import type { Server } from '../client';
import { askFamily, askMode, askNode, nodesOf, toFamily, toMode } from '../rules-document';
import { rulesUri } from '../rules-uri';
import { scopeLabel } from '../scopes';
import { askSteps } from '../steps';

export interface Compared {
  /** The scope of files. */
  readonly scope: string;
  readonly now: string;
  readonly after: string;
}

export async function compareRulesAfterApply(server: Server, { scope, now, after }: Compared): Promise<void> {
  const title = vscode.l10n.t('Rules Before and After Applying {0}', scopeLabel(scope));
  const nodes = await nodesOf(server, now);
  const answers = await askSteps(
    ({ length }) => [askNode(title, nodes), askMode(title, nodes), askFamily(title)][length],
    () => 3,
  );
  if (!answers) return;
  const [node = '', mode, family] = answers;
  const of = (name: string) => rulesUri({ scope: name, node, mode: toMode(mode), family: toFamily(family) });
  const heading = vscode.l10n.t('Rules of {0}: now ↔ after apply of {1}', node, scopeLabel(scope));
  await vscode.commands.executeCommand('vscode.diff', of(now), of(after), heading, { preview: true });
}
