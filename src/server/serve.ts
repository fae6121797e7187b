/** The language server, whatever it runs on and whoever it talks to. */

import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  WatchKind,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Client } from './client';
import { clientFiles } from './client-files';
import { registerFeatures } from './features';
import { codeActionKinds } from './features-actions';
import { triggerCharacters } from './features-completion';
import { Paths } from './paths';
import type { Renderer } from './renders/render-work';
import { registerRequests } from './requests';
import { Session, type Locate } from './session';

/**
 * Serves one client until its connection ends. `onDisk` finds the folders that this process can read itself; others are
 * read through the client, where it says that it can. `rendererOf` gives who renders kustomizations and charts.
 */
export function serve(
  connection: Connection,
  onDisk: Locate,
  rendererOf?: (client: Client) => Renderer | undefined,
): void {
  const documents = new TextDocuments(TextDocument);
  let session: Session | undefined;
  let client: InitializeParams['capabilities'] = {};
  let features = new Client({}, undefined);
  let editorSettings: unknown;

  connection.onInitialize((params) => {
    client = params.capabilities;
    editorSettings = params.initializationOptions;
    features = new Client(client, editorSettings);
    const throughClient = features.files ? clientFiles(connection) : undefined;
    const locate: Locate = (uri) => onDisk(uri) ?? throughClient?.(uri);
    session = new Session(
      connection,
      documents,
      new Paths(foldersOf(params)),
      locate,
      features,
      () => changed(),
      rendererOf?.(features),
    );
    return {
      serverInfo: { name: 'service-topology' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        documentHighlightProvider: true,
        callHierarchyProvider: true,
        renameProvider: { prepareProvider: true },
        workspaceSymbolProvider: true,
        documentLinkProvider: {},
        codeLensProvider: { resolveProvider: true },
        inlayHintProvider: true,
        completionProvider: { triggerCharacters },
        codeActionProvider: { codeActionKinds, resolveProvider: true },
      },
    };
  });

  connection.onInitialized(async () => {
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration)
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [
          // A folder that comes or goes is told without its files.
          { globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete },
          ...['**/*.{yaml,yml,json}', '**/.gitignore', '**/Kustomization', '**/templates/**/*.tpl'].map(
            (globPattern) => ({
              globPattern,
              kind: WatchKind.Change,
            }),
          ),
        ],
      });
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'serviceTopology' });
    await session?.load(await configuration());
  });

  async function configuration(): Promise<unknown> {
    const settings: unknown = client.workspace?.configuration
      ? await connection.workspace.getConfiguration('serviceTopology')
      : editorSettings;
    features.configure(settings);
    return settings;
  }

  connection.onDidChangeConfiguration(async (change) => {
    const pushed = (change.settings as { serviceTopology?: unknown } | null | undefined)?.serviceTopology;
    if (pushed !== undefined) editorSettings = pushed;
    await session?.load(await configuration());
  });

  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    const uris = changes.map((change) => change.uri);
    const isOfRules = uris.some((uri) => /\/(\.gitignore|\.service-topology\.yaml)$/.test(uri));
    if (isOfRules || (await session?.filesChanged(changes))) await session?.load(await configuration());
  });

  documents.onDidChangeContent(({ document }) => session?.documentChanged(document));
  documents.onDidOpen(({ document }) => session?.documentOpened(document));
  documents.onDidSave(({ document }) => session?.documentSaved(document));
  documents.onDidClose(({ document }) => session?.documentClosed(document.uri));

  const current = () => session;
  const changed = registerFeatures(connection, current, () => features);
  registerRequests(connection, current, () => features);
  documents.listen(connection);
  connection.listen();
}

function foldersOf(params: InitializeParams): { uri: string; name: string }[] {
  if (params.workspaceFolders) return params.workspaceFolders.map(({ uri, name }) => ({ uri, name }));
  return params.rootUri ? [{ uri: params.rootUri, name: 'workspace' }] : [];
}
