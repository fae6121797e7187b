/** What VS Code's hosts of extensions do each in its own way: Node's, and the worker of a browser. */

import type { Uri } from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';

export interface Platform {
  /** Whether there is a live mode: it needs Node, and may start the programs that a kubeconfig names. */
  readonly reachesClusters: boolean;
  /** A client that starts the server when it is started itself. */
  createClient(extensionUri: Uri, options: LanguageClientOptions): BaseLanguageClient;
}

/** How the client and its server are called. */
export const clientName = 'Service Topology';
