// Stands in for the extension for YAML, which a test cannot install: its marketplace is out of reach. Its server is the
// real one, from npm; a file that is made when this is packed says where it lies.
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import server from './server.json';

let client;

export async function activate() {
  const run = { module: server.module, transport: TransportKind.ipc };
  client = new LanguageClient(
    'yaml',
    'YAML',
    { run, debug: run },
    {
      documentSelector: [{ language: 'yaml' }],
      synchronize: { configurationSection: ['yaml'] },
      initializationOptions: { l10nPath: server.l10n },
    },
  );
  await client.start();
}

export function deactivate() {
  return client?.stop();
}
