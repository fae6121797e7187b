/** The rules of a node as a read-only document `service-topology-rules:/SCOPE/NODE.iptables`, kept up to date. */

import type * as v from 'valibot';
import * as vscode from 'vscode';
import { nodesRequest, rulesRequest } from '#protocol/server';
import type { Server } from './client';
import { activePosition } from './places';
import { findScopes, scopeChoices, tellNoScopes } from './scopes';
import { askSteps, type Question } from './steps';

export const rulesScheme = 'service-topology-rules';

type RulesQuestion = v.InferInput<typeof rulesRequest.params>;

/** How the files of the rules end, as the tools that print them would have it. */
const endings = [
  { ending: 'iptables', mode: 'iptables', family: 'IPv4' },
  { ending: 'ip6tables', mode: 'iptables', family: 'IPv6' },
  { ending: 'ipvs', mode: 'ipvs', family: 'IPv4' },
  { ending: 'ipvs6', mode: 'ipvs', family: 'IPv6' },
  { ending: 'nft', mode: 'nftables', family: 'IPv4' },
  { ending: 'nft6', mode: 'nftables', family: 'IPv6' },
] as const;

/** The name of a scope may hold slashes; the last part of the path is the node's. */
export function rulesUri({ scope, node, mode, family }: RulesQuestion): vscode.Uri {
  const { ending } = endings.find((row) => row.mode === mode && row.family === family) ?? endings[0];
  return vscode.Uri.from({ scheme: rulesScheme, path: `/${scope}/${node}.${ending}` });
}

export function parseRulesUri(uri: vscode.Uri): RulesQuestion | undefined {
  const match = /^\/(.*)\/([^/]+)\.([a-z0-9]+)$/s.exec(uri.path);
  const row = endings.find(({ ending }) => ending === match?.[3]);
  return match && row ? { scope: match[1]!, node: match[2]!, mode: row.mode, family: row.family } : undefined;
}

export function provideRules(server: Server): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const question = parseRulesUri(uri);
      if (!question) return vscode.l10n.t('# {0} names no rules.', uri.toString());
      const answer = await server.ask(rulesRequest, question, token);
      return 'text' in answer ? answer.text : `# ${answer.error}\n`;
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(rulesScheme, provider),
    server.onChanged(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === rulesScheme) changed.fire(uri);
    }),
  );
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
    if (scope === undefined)
      return {
        title,
        placeholder: vscode.l10n.t('Which manifests make up the cluster?'),
        choices: scopeChoices(scopes.all),
      };
    if (node === undefined) {
      const { nodes } = await server.ask(nodesRequest, { scope });
      return {
        title,
        placeholder: vscode.l10n.t('Whose rules?'),
        choices: nodes.map((name) => ({ value: name, label: name })),
      };
    }
    if (mode === undefined) {
      const own = (await server.ask(nodesRequest, { scope })).mode;
      const modes = [...new Set([own, 'iptables', 'nftables', 'ipvs'])];
      return {
        title: vscode.l10n.t('Show Rules of {0}', node),
        placeholder: vscode.l10n.t('In which mode of kube-proxy?'),
        choices: modes.map((name) => ({
          value: name,
          label: name,
          description: name === own ? vscode.l10n.t('this cluster’s mode') : '',
        })),
      };
    }
    if (family === undefined)
      return {
        title: vscode.l10n.t('Show Rules of {0}', node),
        placeholder: vscode.l10n.t('Which address family?'),
        choices: ['IPv4', 'IPv6'].map((name) => ({ value: name, label: name })),
      };
    return undefined;
  };
  const answers = await askSteps(next, () => (scopes.certain === undefined ? 4 : 3));
  if (!answers) return;
  const [scope, node, chosen, family] = scopes.certain === undefined ? answers : [scopes.certain, ...answers];
  const mode = endings.find((row) => row.mode === chosen)?.mode ?? 'iptables';
  const uri = rulesUri({ scope: scope!, node: node!, mode, family: family === 'IPv6' ? 'IPv6' : 'IPv4' });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}
