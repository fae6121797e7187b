/** The questions about a cluster: which context of the kubeconfig, and which namespaces. Both only read. */

import * as vscode from 'vscode';
import { contextsRequest } from '#protocol/live';
import type { Server } from '../client';
import { sentence } from './words';

/** The setting, or undefined for what kubectl would read. A leading `~` is the home folder. */
export function kubeconfigSetting(): string | undefined {
  const given = vscode.workspace.getConfiguration('serviceTopology').get<string | null>('kubeconfig')?.trim();
  if (!given) return undefined;
  const home = process.env.HOME ?? process.env.USERPROFILE;
  return home === undefined ? given : given.replace(/^~(?=$|[\\/])/, home);
}

/** Undefined where the user leaves, or where there is no context to choose from, which is told. */
export async function askContext(server: Server, last: string | undefined): Promise<string | undefined> {
  const answer = await server.ask(contextsRequest, { kubeconfig: kubeconfigSetting() });
  if ('error' in answer) {
    await tellKubeconfig(sentence(answer.error));
    return undefined;
  }
  if (answer.contexts.length === 0) {
    await tellKubeconfig(vscode.l10n.t('There is no context in {0}. {1}', answer.files.join(', '), answer.warnings.join('; ')).trim()); // prettier-ignore
    return undefined;
  }
  const rank = (name: string) => (name === last ? 0 : name === answer.current ? 1 : 2);
  const items = [...answer.contexts]
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ name, cluster, user, namespace }) => ({
      label: name,
      description: [
        ...(name === answer.current ? [vscode.l10n.t('current context')] : []),
        ...(name === last ? [vscode.l10n.t('last connected')] : []),
      ].join(', '),
      detail: [
        vscode.l10n.t('cluster {0}', cluster),
        ...(user === '' ? [] : [vscode.l10n.t('user {0}', user)]),
        ...(namespace === undefined ? [] : [vscode.l10n.t('namespace {0}', namespace)]),
      ].join(' · '),
    }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Connect to Cluster'),
    placeHolder: vscode.l10n.t('Which context of {0}? It is only read', answer.files.join(', ') || vscode.l10n.t('the pod’s account')), // prettier-ignore
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.label;
}

async function tellKubeconfig(message: string): Promise<void> {
  const open = vscode.l10n.t('Choose Another File');
  if ((await vscode.window.showErrorMessage(message, open)) === open)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'serviceTopology.kubeconfig');
}

/** The namespaces, undefined for all that may be read; `cancelled` where the user leaves. */
export async function askNamespaces(
  context: string,
  known: readonly string[],
  chosen: readonly string[] | undefined,
): Promise<readonly string[] | undefined | 'cancelled'> {
  const pick = vscode.window.createQuickPick();
  pick.title = vscode.l10n.t('Namespaces of {0}', context);
  pick.placeholder = vscode.l10n.t('Choose, or type a name; none chosen: all that may be read');
  pick.canSelectMany = true;
  const items = new Map([...known, ...(chosen ?? [])].sort().map((label) => [label, { label }]));
  pick.items = [...items.values()];
  pick.selectedItems = (chosen ?? []).flatMap((name) => items.get(name) ?? []);
  pick.onDidChangeValue((text) => {
    const typed = text.trim();
    const isNew = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(typed) && !items.has(typed);
    const selected = pick.selectedItems;
    const marked = new Set(selected.map(({ label }) => label));
    const kept = [...items.values()];
    pick.items = isNew ? [...kept, { label: typed, description: vscode.l10n.t('as typed') }] : kept;
    for (const item of selected) if (!items.has(item.label)) items.set(item.label, item);
    pick.selectedItems = pick.items.filter(({ label }) => marked.has(label));
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const names = pick.selectedItems.map(({ label }) => label);
      resolve(names.length === 0 ? undefined : names);
      pick.dispose();
    });
    pick.onDidHide(() => {
      resolve('cancelled');
      pick.dispose();
    });
    pick.show();
  });
}
