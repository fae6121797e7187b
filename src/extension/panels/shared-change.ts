/** Says before a change is made which other scopes it changes, and lets the user choose. */

import * as vscode from 'vscode';

/** So many scopes are named. */
const mostNames = 5;

/**
 * Which of the ways was chosen: to make the change, or another way that `others` offers by its words; undefined for none.
 * Where no other scope reads the files there is nothing to choose.
 */
export async function chooseForShared<T extends string>(
  alsoChanges: readonly string[],
  others: Readonly<Partial<Record<T, string>>>,
): Promise<'all' | T | undefined> {
  if (alsoChanges.length === 0) return 'all';
  const title =
    alsoChanges.length === 1
      ? vscode.l10n.t('Change Both Scopes')
      : vscode.l10n.t('Change All {0} Scopes', alsoChanges.length + 1);
  const all = { title, way: 'all' as const };
  const more = (Object.keys(others) as T[]).map((way) => ({ title: others[way] ?? '', way }));
  const chosen = await vscode.window.showWarningMessage<vscode.MessageItem & { readonly way: 'all' | T }>(
    alsoChanges.length === 1
      ? vscode.l10n.t('This also changes {0}.', alsoChanges[0] ?? '')
      : vscode.l10n.t('This also changes {0} other scopes.', alsoChanges.length),
    { modal: true, detail: detailOf(alsoChanges) },
    all,
    ...more,
  );
  return chosen?.way;
}

function detailOf(names: readonly string[]): string {
  const rest = names.length - mostNames;
  const told = names.slice(0, mostNames).join('\n');
  const list = rest > 0 ? vscode.l10n.t('{0}\nand {1} more', told, rest) : told;
  return vscode.l10n.t('The file that would be edited is read by other scopes, too:\n{0}', list);
}
