/** What a document of rules is called: `service-topology-rules:/SCOPE/NODE.nft?version=1.33&at=saved`. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { rulesQuestion, type RulesQuestion } from '#protocol/server';

export const rulesScheme = 'service-topology-rules';

/** Whose rules a document shows: with the files as they are in the editor, or as they were saved. */
export interface RulesName extends Omit<RulesQuestion, 'saved'> {
  readonly at?: 'saved';
}

/** How the files of the rules end, as the tools that print them would have it, and the language that they are in. */
const endings = [
  { ending: 'iptables', mode: 'iptables', family: 'IPv4', language: 'iptables-save' },
  { ending: 'ip6tables', mode: 'iptables', family: 'IPv6', language: 'iptables-save' },
  { ending: 'ipvs', mode: 'ipvs', family: 'IPv4', language: 'ipvs-rules' },
  { ending: 'ipvs6', mode: 'ipvs', family: 'IPv6', language: 'ipvs-rules' },
  { ending: 'nft', mode: 'nftables', family: 'IPv4', language: 'nftables-ruleset' },
  { ending: 'nft6', mode: 'nftables', family: 'IPv6', language: 'nftables-ruleset' },
] as const;

/** The name of a scope may hold slashes; the last part of the path is the node's. */
export function rulesUri({ scope, node, mode, family, version, at, whatIf }: RulesName): vscode.Uri {
  const { ending } = endings.find((row) => row.mode === mode && row.family === family) ?? endings[0];
  const query = [
    ...(version === undefined ? [] : [`version=${version}`]),
    ...(at === undefined ? [] : [`at=${at}`]),
    ...(whatIf ? [`whatIf=${encodeURIComponent(JSON.stringify(whatIf))}`] : []),
  ];
  return vscode.Uri.from({ scheme: rulesScheme, path: `/${scope}/${node}.${ending}`, query: query.join('&') });
}

export function parseRulesUri(uri: vscode.Uri): RulesName | undefined {
  const match = /^\/(.*)\/([^/]+)\.([a-z0-9]+)$/s.exec(uri.path);
  const row = endings.find(({ ending }) => ending === match?.[3]);
  if (uri.scheme !== rulesScheme || !match || !row) return undefined;
  const query = new Map(uri.query.split('&').map((part) => part.split('=', 2) as [string, string | undefined]));
  const name: RulesName = { scope: match[1]!, node: match[2]!, mode: row.mode, family: row.family };
  const version = query.get('version');
  return {
    ...name,
    ...(version !== undefined && { version }),
    ...(query.get('at') === 'saved' && { at: 'saved' as const }),
    ...whatIfOf(query.get('whatIf')),
  };
}

function whatIfOf(text: string | undefined): Pick<RulesName, 'whatIf'> {
  if (text === undefined) return {};
  try {
    const whatIf = v.safeParse(rulesQuestion.entries.whatIf, JSON.parse(decodeURIComponent(text)));
    return whatIf.success ? { whatIf: whatIf.output } : {};
  } catch {
    return {};
  }
}

export function languageOf(uri: vscode.Uri): string | undefined {
  return endings.find(({ ending }) => uri.path.endsWith(`.${ending}`))?.language;
}

/** What to ask the server for; undefined for a document that names no rules. */
export function questionOf(uri: vscode.Uri): RulesQuestion | undefined {
  const name = parseRulesUri(uri);
  if (!name) return undefined;
  const { at, ...question } = name;
  return at === 'saved' ? { ...question, saved: unsavedDocuments() } : question;
}

/** What the user has edited and not saved: for these the text on disk is another one. */
export function unsavedDocuments(): string[] {
  return vscode.workspace.textDocuments
    .filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file')
    .map(({ uri }) => uri.toString());
}
