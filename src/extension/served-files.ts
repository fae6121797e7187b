/** Reads files for the server, where it cannot: in virtual workspaces, and in the browser. Folders of the workspace and our bundles alone. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { listFolderRequest, readBundleRequest, readBytesRequest, readFileRequest } from '#protocol/files';
import type { RequestSchema } from '#protocol/request';

/** Whoever takes requests of the server. */
interface Requests {
  onRequest(method: string, handler: (params: unknown) => Promise<unknown>): vscode.Disposable;
}

/** Larger ones are no manifests; the server says so of what it gets. */
const maximumBytes = 64 * 2 ** 20;

export function serveFiles(requests: Requests, extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.Disposable.from(
    on(requests, listFolderRequest, async (uri) => ({
      entries: entriesOf(await vscode.workspace.fs.readDirectory(uri)),
    })),
    on(requests, readFileRequest, async (uri) => {
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > maximumBytes) return { error: `it has ${Math.round(size / 2 ** 20)} MiB`, gone: false };
      return { text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
    }),
    on(requests, readBytesRequest, async (uri) => {
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > maximumBytes) return { error: `it has ${Math.round(size / 2 ** 20)} MiB`, gone: false };
      return { base64: base64Of(await vscode.workspace.fs.readFile(uri)) };
    }),
    requests.onRequest(readBundleRequest.method, async (given) => {
      try {
        const { file } = v.parse(readBundleRequest.params, given);
        const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist', file));
        return { base64: base64Of(bytes) };
      } catch (error) {
        return { error: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

/** Answers with the error where it fails: what is wrong with one file is told at that file. */
function on<R extends v.GenericSchema>(
  requests: Requests,
  { method, params }: RequestSchema<v.GenericSchema<unknown, { uri: string }>, R>,
  answer: (uri: vscode.Uri) => Promise<v.InferInput<R>>,
): vscode.Disposable {
  return requests.onRequest(method, async (given) => {
    try {
      const uri = vscode.Uri.parse(v.parse(params, given).uri, true);
      if (!vscode.workspace.getWorkspaceFolder(uri))
        return { error: 'it is in no folder of the workspace', gone: false };
      return await answer(uri);
    } catch (error) {
      const gone = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
      return { error: gone ? 'no such file or folder' : error instanceof Error ? error.message : String(error), gone };
    }
  });
}

/** In parts, since a call takes only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function entriesOf(entries: readonly [string, vscode.FileType][]) {
  const kind = (type: vscode.FileType) =>
    (type & vscode.FileType.Directory) !== 0
      ? ('folder' as const)
      : (type & vscode.FileType.File) !== 0
        ? ('file' as const)
        : undefined;
  return entries.map(([name, type]) => ({ name, kind: kind(type) })).filter(hasKind);
}

function hasKind<T extends { readonly kind: string | undefined }>(
  entry: T,
): entry is T & { kind: NonNullable<T['kind']> } {
  return entry.kind !== undefined;
}
