/** The language server: over IPC as the extension starts it, or over standard streams for any other editor. */

import {
  CodeActionKind,
  createConnection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { registerFeatures } from './features';
import { Paths } from './paths';
import { registerRequests } from './requests';
import { Session } from './session';

/** Serves the editor that started the process with `--stdio`. */
export function serveStandardStreams(): void {
  serve(
    createConnection(
      ProposedFeatures.all,
      new StreamMessageReader(process.stdin),
      new StreamMessageWriter(process.stdout),
    ),
  );
}

/** Serves the extension, over the channel that its command line names. */
export function serveParent(): void {
  serve(createConnection(ProposedFeatures.all));
}

function serve(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  let session: Session | undefined;
  let client: InitializeParams['capabilities'] = {};
  let editorSettings: unknown;

  connection.onInitialize((params) => {
    client = params.capabilities;
    editorSettings = params.initializationOptions;
    session = new Session(connection, documents, new Paths(foldersOf(params)));
    return {
      serverInfo: { name: 'service-topology' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        hoverProvider: true,
        definitionProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
      },
    };
  });

  connection.onInitialized(async () => {
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration)
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [
          { globPattern: '**/*.{yaml,yml,json}' },
          { globPattern: '**/.gitignore' },
          { globPattern: '**/Kustomization' },
        ],
      });
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'serviceTopology' });
    await session?.load(await configuration());
  });

  async function configuration(): Promise<unknown> {
    if (!client.workspace?.configuration) return editorSettings;
    return connection.workspace.getConfiguration('serviceTopology');
  }

  connection.onDidChangeConfiguration(async (change) => {
    const pushed = (change.settings as { serviceTopology?: unknown } | null | undefined)?.serviceTopology;
    if (pushed !== undefined) editorSettings = pushed;
    await session?.load(await configuration());
  });

  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    const uris = changes.map((change) => change.uri);
    if (uris.some((uri) => /\/(\.gitignore|\.service-topology\.yaml)$/.test(uri)))
      await session?.load(await configuration());
    else await session?.filesChanged(uris);
  });

  documents.onDidChangeContent(({ document }) => session?.documentChanged(document));
  documents.onDidClose(({ document }) => session?.documentClosed(document.uri));

  const current = () => session;
  registerFeatures(connection, current);
  registerRequests(connection, current);
  documents.listen(connection);
  connection.listen();
}

function foldersOf(params: InitializeParams): { uri: string; name: string }[] {
  if (params.workspaceFolders) return params.workspaceFolders.map(({ uri, name }) => ({ uri, name }));
  return params.rootUri ? [{ uri: params.rootUri, name: 'workspace' }] : [];
}
