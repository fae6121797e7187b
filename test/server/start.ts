/** Starts the built language server over standard streams, as any editor does. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { folderOf, program } from '../support/program';

export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly severity: number;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** What an answer to the server may want to do first. */
interface Client {
  readonly connection: MessageConnection;
  readonly uri: (path: string) => string;
}

interface Options {
  readonly folders?: readonly string[];
  readonly capabilities?: object;
  readonly initializationOptions?: object;
  /** Another root than the folder on disk. */
  readonly rootUri?: string;
  /** Answers to what the server asks the client. */
  readonly answers?: Readonly<Record<string, (client: Client, params: unknown) => unknown>>;
}

export async function start(files: Readonly<Record<string, string>>, options: Options = {}) {
  const { folders, capabilities = {}, initializationOptions, answers = {} } = options;
  const folder = folderOf(files);
  const rootUri = options.rootUri ?? pathToFileURL(folder).href;
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
  /** The messages of all that was ever published. */
  const published: string[] = [];
  const waiters = new Set<() => void>();
  let ready = false;
  connection.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: Diagnostic[] }) => {
    diagnostics.set(params.uri, params.diagnostics);
    published.push(...params.diagnostics.map(({ message }) => message));
    for (const waiter of waiters) waiter();
  });
  connection.onNotification('serviceTopology/status', (status: { state: string }) => {
    ready = status.state === 'ready';
    for (const waiter of waiters) waiter();
  });
  const uri = (path: string) => `${rootUri}/${path.split('/').map(encodeURIComponent).join('/')}`;
  for (const [method, answer] of Object.entries(answers))
    connection.onRequest(method, (params: unknown) => answer({ connection, uri }, params));
  connection.listen();
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
    rootUri,
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
    published,
  };
}

export const open = (uri: string, text: string) => ({ textDocument: { uri, languageId: 'yaml', version: 1, text } });
export const change = (uri: string, version: number, text: string) => ({
  textDocument: { uri, version },
  contentChanges: [{ text }],
});
