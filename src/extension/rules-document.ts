/** The rules of a node as a read-only document, kept up to date. */

import * as vscode from 'vscode';
import { nodesRequest, rulesRequest } from '#protocol/server';
import type { WireScope } from '#protocol/values';
import type { Server } from './client';
import { activePosition } from './places';
import { provideRulesFeatures } from './rules-features';
import { languageOf, parseRulesUri, questionOf, rulesScheme, rulesUri, type RulesName } from './rules-uri';
import { findScopes, scopeChoices, tellNoScopes } from './scopes';
import { askSteps, type Choice, type Question } from './steps';

export function provideRules(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const refresh = (is: (name: RulesName) => boolean) => {
    for (const { uri } of vscode.workspace.textDocuments) {
      const name = parseRulesUri(uri);
      if (name && is(name)) changed.fire(uri);
    }
  };
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const question = questionOf(uri);
      if (!question) return vscode.l10n.t('# {0} names no rules.', uri.toString());
      const answer = await server.ask(rulesRequest, question, token);
      return 'text' in answer ? answer.text : `# ${answer.error}\n`;
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(rulesScheme, provider),
    provideRulesFeatures(server),
    server.onChanged(() => refresh(() => true)),
    vscode.workspace.onDidSaveTextDocument(() => refresh(({ at }) => at === 'saved')),
    vscode.workspace.onDidOpenTextDocument((document) => void takeLanguage(document)),
  );
}

/** Another extension may claim the same file ending. */
async function takeLanguage(document: vscode.TextDocument): Promise<void> {
  const language = document.uri.scheme === rulesScheme ? languageOf(document.uri) : undefined;
  if (language !== undefined && document.languageId !== language)
    await vscode.languages.setTextDocumentLanguage(document, language);
}

/** Show Rules of Node…: asks for scope (where it is not certain), node, mode and family, and opens the document. */
export async function showRules(server: Server): Promise<void> {
  const scopes = await findScopes(server, activePosition()?.uri);
  if (scopes.all.length === 0) {
    tellNoScopes();
    return;
  }
  const title = vscode.l10n.t('Show Rules of Node');
  const next = async (answers: readonly string[]): Promise<Question | undefined> => {
    const [scope, node, mode, family] = scopes.certain === undefined ? answers : [scopes.certain, ...answers];
    if (scope === undefined) return askScope(title, scopes.all);
    if (node === undefined) return askNode(title, await nodesOf(server, scope));
    const titleOfNode = vscode.l10n.t('Show Rules of {0}', node);
    if (mode === undefined) return askMode(titleOfNode, await nodesOf(server, scope));
    return family === undefined ? askFamily(titleOfNode) : undefined;
  };
  const answers = await askSteps(next, () => (scopes.certain === undefined ? 4 : 3));
  if (!answers) return;
  const [scope, node, mode, family] = scopes.certain === undefined ? answers : [scopes.certain, ...answers];
  const uri = rulesUri({ scope: scope!, node: node!, mode: toMode(mode), family: toFamily(family) });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

/** What the questions about rules choose from. */
export type Nodes = Awaited<ReturnType<typeof nodesOf>>;

export function nodesOf(server: Server, scope: string) {
  return server.ask(nodesRequest, { scope });
}

export function askScope(title: string, scopes: readonly WireScope[]): Question {
  return { title, placeholder: vscode.l10n.t('Which manifests make up the cluster?'), choices: scopeChoices(scopes) };
}

export function askNode(title: string, { nodes }: Nodes): Question {
  return { title, placeholder: vscode.l10n.t('Whose rules?'), choices: nodes.map(choiceOf) };
}

/** The cluster's own mode first. */
export function askMode(title: string, { mode: own }: Nodes): Question {
  const modes = [...new Set([own, 'iptables', 'nftables', 'ipvs'])];
  return {
    title,
    placeholder: vscode.l10n.t('In which mode of kube-proxy?'),
    choices: modes.map((name) => ({
      ...choiceOf(name),
      description: name === own ? vscode.l10n.t('this cluster’s mode') : '',
    })),
  };
}

export function askFamily(title: string): Question {
  return { title, placeholder: vscode.l10n.t('Which address family?'), choices: ['IPv4', 'IPv6'].map(choiceOf) };
}

export function choiceOf(name: string): Choice {
  return { value: name, label: name };
}

export function toMode(answer: string | undefined): RulesName['mode'] {
  return answer === 'nftables' || answer === 'ipvs' ? answer : 'iptables';
}

export function toFamily(answer: string | undefined): RulesName['family'] {
  return answer === 'IPv6' ? 'IPv6' : 'IPv4';
}
