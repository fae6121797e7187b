/** From a rule that a hop met to its line in the rules of its node. */

import * as vscode from 'vscode';
import { ruleLineRequest } from '#protocol/trace';
import type { WireHopRule, WireTrace } from '#protocol/values';
import type { Server } from '../client';
import { rulesUri } from '../rules-uri';

export async function showRule(
  server: Server,
  trace: WireTrace,
  rule: WireHopRule,
  viewColumn: vscode.ViewColumn,
): Promise<void> {
  const { node, family, table, index } = rule.at;
  const rules = { scope: trace.scope, node, mode: trace.mode, family };
  const document = await vscode.workspace.openTextDocument(rulesUri(rules));
  const { line } = await server.ask(ruleLineRequest, { rules, rule: { text: rule.text, chain: rule.chain, table, index } }); // prettier-ignore
  const isThere = line !== undefined && line < document.lineCount;
  const range = isThere ? document.lineAt(line).range : new vscode.Range(0, 0, 0, 0);
  const editor = await vscode.window.showTextDocument(document, { viewColumn, preview: true, selection: range });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
}
