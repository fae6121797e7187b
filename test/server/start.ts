/** Starts the built language server over standard streams, as any editor does. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { folderOf, program } from '../support/program';

export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly severity: number;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

interface Options {
  readonly folders?: readonly string[];
  readonly capabilities?: object;
  readonly initializationOptions?: object;
  /** Answers to what the server asks the client. */
  readonly answers?: Readonly<Record<string, () => unknown>>;
}

export async function start(files: Readonly<Record<string, string>>, options: Options = {}) {
  const { folders, capabilities = {}, initializationOptions, answers = {} } = options;
  const folder = folderOf(files);
  const process_ = spawn(process.execPath, [program, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const connection = createMessageConnection(
    new StreamMessageReader(process_.stdout),
    new StreamMessageWriter(process_.stdin),
  );
  onTestFinished(() => {
    connection.dispose();
    process_.kill();
  });
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const waiters = new Set<() => void>();
  let ready = false;
  connection.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: Diagnostic[] }) => {
    diagnostics.set(params.uri, params.diagnostics);
    for (const waiter of waiters) waiter();
  });
  connection.onNotification('serviceTopology/status', (status: { state: string }) => {
    ready = status.state === 'ready';
    for (const waiter of waiters) waiter();
  });
  for (const [method, answer] of Object.entries(answers)) connection.onRequest(method, answer);
  connection.listen();
  const uri = (path: string) => pathToFileURL(join(folder, path)).href;
  /** Waits for a state, not for a time. */
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        waiters.delete(look);
        resolve();
      };
      waiters.add(look);
      look();
    });
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: folders?.map((path, i) => ({ uri: pathToFileURL(path).href, name: `folder-${i}` })),
    capabilities,
    initializationOptions,
  });
  await connection.sendNotification('initialized', {});
  await until(() => ready);
  return {
    connection,
    folder,
    uri,
    until,
    codes: (path: string) => (diagnostics.get(uri(path)) ?? []).map(({ code }) => code),
    diagnostics,
  };
}

export const open = (uri: string, text: string) => ({ textDocument: { uri, languageId: 'yaml', version: 1, text } });
export const change = (uri: string, version: number, text: string) => ({
  textDocument: { uri, version },
  contentChanges: [{ text }],
});
