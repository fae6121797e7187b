/** Asks a workspace as it would be with other files, and leaves it as it was. */

import type { Workspace } from './workspace';

/** Paths are relative to the workspace; without a text the file would be gone. */
export type FileChange = { readonly file: string; readonly text?: string | undefined };

/** Makes the change, asks, and takes the change back: nobody else can ask in between. */
export function withChange<T>(files: readonly FileChange[], workspace: Workspace, ask: () => T): T {
  const texts = files.map(({ file }) => ({ file, text: workspace.file(file)?.text }));
  try {
    for (const { file, text } of files) setText(file, text, workspace);
    workspace.update();
    return ask();
  } finally {
    for (const { file, text } of texts) setText(file, text, workspace);
    workspace.update();
  }
}

function setText(file: string, text: string | undefined, workspace: Workspace): void {
  if (text === undefined) workspace.removeFile(file);
  else workspace.setFile(file, text);
}
