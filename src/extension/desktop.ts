/** The bundle for hosts with Node, on the desktop or on a remote machine: the server is a process of its own. */

import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { section } from './client';
import { start } from './extension';
import { clientName, type Platform } from './platform';

export { deactivate } from './extension';

export function activate(context: vscode.ExtensionContext): void {
  start(context, desktop);
}

const desktop: Platform = {
  reachesClusters: true,
  createClient: (extensionUri, options) => {
    const module = vscode.Uri.joinPath(extensionUri, 'dist', 'server.js').fsPath;
    const run = { module, transport: TransportKind.ipc };
    const debug = { ...run, options: { execArgv: ['--nolazy', '--inspect=6019'] } };
    return new LanguageClient(section, clientName, { run, debug }, options);
  },
};
