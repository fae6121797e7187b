/** Open Example Shop…: a copy of the example in a new folder, for whoever has no manifests at hand. */

import * as vscode from 'vscode';

const folderName = 'service-topology-shop';

/** Named, for an extension in a browser lies where no folder can be listed. */
const exampleFiles = ['namespaces', 'front', 'web', 'catalog', 'cart', 'payment'].map((name) => `${name}.yaml`);

/** Asks where to put it, and opens it. */
export async function openExample(extensionUri: vscode.Uri): Promise<void> {
  const [parent] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      title: vscode.l10n.t('Where should the folder {0} be made?', folderName),
      openLabel: vscode.l10n.t('Make It Here'),
    })) ?? [];
  if (!parent) return;
  const folder = await freeName(parent);
  await vscode.workspace.fs.createDirectory(folder);
  const example = vscode.Uri.joinPath(extensionUri, 'examples', 'shop');
  for (const name of exampleFiles)
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder, name),
      await vscode.workspace.fs.readFile(vscode.Uri.joinPath(example, name)),
    );
  await vscode.commands.executeCommand('vscode.openFolder', folder, { forceReuseWindow: isEmptyWindow() });
}

/** Nothing that is there is written over. */
async function freeName(parent: vscode.Uri): Promise<vscode.Uri> {
  for (let i = 1; ; i++) {
    const folder = vscode.Uri.joinPath(parent, i === 1 ? folderName : `${folderName}-${i}`);
    const isThere = await vscode.workspace.fs.stat(folder).then(
      () => true,
      () => false,
    );
    if (!isThere) return folder;
  }
}

function isEmptyWindow(): boolean {
  return (vscode.workspace.workspaceFolders ?? []).length === 0;
}
