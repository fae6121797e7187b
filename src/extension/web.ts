/** The bundle for browsers: the server is a worker beside the one that the extension runs in. */

import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { section } from './client';
import { start } from './extension';
import { clientName, type Platform } from './platform';

export { deactivate } from './extension';

/** What is used of a worker: the types of browsers are none of this room's. */
interface ServerWorker {
  onerror: ((event: { readonly message?: string }) => void) | null;
  terminate(): void;
}
declare const Worker: new (url: string, options: { readonly name: string }) => ServerWorker & MessagePort;

export function activate(context: vscode.ExtensionContext): void {
  const server = new WorkerServer(vscode.Uri.joinPath(context.extensionUri, 'dist', 'server-web.js'));
  context.subscriptions.push(server);
  start(context, {
    reachesClusters: false,
    createClient: (_, options) =>
      new LanguageClient(section, clientName, () => server.start(options.outputChannel), options),
  } satisfies Platform);
}

class WorkerServer implements vscode.Disposable {
  readonly #module: vscode.Uri;
  #worker: ServerWorker | undefined;

  constructor(module: vscode.Uri) {
    this.#module = module;
  }

  /** A new worker in place of the last one. */
  async start(log: vscode.OutputChannel | undefined) {
    this.dispose();
    // A worker may be made of a script of its own origin alone; the extension's files may lie on any other.
    const script = await vscode.workspace.fs.readFile(this.#module);
    const url = URL.createObjectURL(new Blob([new TextDecoder().decode(script)], { type: 'text/javascript' }));
    const worker = new Worker(url, { name: clientName });
    worker.onerror = ({ message }) => log?.appendLine(`The language server failed: ${message ?? 'it did not start'}`);
    this.#worker = worker;
    return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
  }

  dispose(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
