/** Which scope a command is about: that of the document, the only one, or the one that the user picks. */

import * as vscode from 'vscode';
import { scopesRequest } from '#protocol/server';
import type { WireScope } from '#protocol/values';
import type { Server } from './client';
import type { Choice } from './steps';

export interface Scopes {
  readonly all: readonly WireScope[];
  /** The one that needs no question. */
  readonly certain: string | undefined;
}

/** What a scope is called before the user: that of the folder itself, `.`, by the folder's name. */
export function scopeLabel(name: string): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) return name;
  // Of the cluster, too, to which the files were applied.
  return name === '.' ? folder.name : name.replace(/(?<= after apply of )\.$/, folder.name);
}

/** The scopes and, where the document lies in one or there is but one with Services, which it is. */
export async function findScopes(server: Server, uri: string | undefined): Promise<Scopes> {
  const { scopes, current } = await server.ask(scopesRequest, { uri });
  const serving = scopes.filter(({ services }) => services > 0);
  const only = serving.length === 1 ? serving[0] : scopes.length === 1 ? scopes[0] : undefined;
  const known = scopes.find(({ name }) => name === current);
  // A document beside the manifests (values of a chart, say) is no reason to trace where nothing is served.
  return { all: scopes, certain: known && (known.services > 0 || !only) ? known.name : only?.name };
}

export function scopeChoices(scopes: readonly WireScope[]): Choice[] {
  return scopes.map(({ name, kind, services, problems }) => ({
    value: name,
    label: scopeLabel(name),
    description: [
      kindNames()[kind],
      services === 1 ? vscode.l10n.t('1 Service') : vscode.l10n.t('{0} Services', services),
      ...(problems > 0 ? [problems === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', problems)] : []),
    ].join(' · '),
  }));
}

function kindNames(): Record<WireScope['kind'], string> {
  return {
    kustomization: vscode.l10n.t('Kustomization'),
    chart: vscode.l10n.t('Helm chart'),
    root: vscode.l10n.t('root'),
    folder: vscode.l10n.t('folder'),
    file: vscode.l10n.t('file'),
    cluster: vscode.l10n.t('live cluster'),
  };
}

/** Tells that there is nothing to work on, and what would help. */
export function tellNoScopes(): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t('No Kubernetes manifests were found. Open a folder that holds Services and their workloads as YAML.'),
  );
}
