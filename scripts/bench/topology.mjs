/** Times the graph of a scope as the built language server gives it: the first time, and after an edit. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

/** What the map does: scopes, then the graph; after a change of `file` both again, for what has changed. */
export async function timeTopology(folder, file) {
  const server = spawn(process.execPath, ['dist/cli.js', 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  let ready;
  const isReady = new Promise((resolve) => (ready = resolve));
  connection.onNotification('serviceTopology/status', (status) => status.state === 'ready' && ready());
  connection.onNotification(() => undefined);
  connection.onRequest(() => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  await isReady;
  const ask = async (since) => {
    const from = performance.now();
    const { scopes } = await connection.sendRequest('serviceTopology/scopes', {});
    const asked = { scope: scopes[0].name, since, sketch: since === undefined };
    const answer = await connection.sendRequest('serviceTopology/topology', asked);
    return { ...answer, milliseconds: performance.now() - from };
  };
  const first = await ask();
  // What a sketch lacks comes behind it.
  const rest = await ask(first.version);
  const path = join(folder, file);
  const uri = pathToFileURL(path).href;
  const text = readFileSync(path, 'utf8');
  const broken = text.replace(/(selector:\n {4}app\.kubernetes\.io\/name: app-)/, '$1x');
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
  let { version } = await ask(rest.version);
  const edits = [];
  const changes = [];
  for (let i = 2; i < 9; i++) {
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: i },
      contentChanges: [{ text: i % 2 === 0 ? broken : text }],
    });
    const answer = await ask(version);
    ({ version } = answer);
    if (!('change' in answer)) throw new Error('the server sent more than a change');
    changes.push(answer.change);
    edits.push(answer.milliseconds);
  }
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  connection.dispose();
  const median = edits.sort((a, b) => a - b)[Math.floor(edits.length / 2)];
  return { first: first.milliseconds, rest: rest.milliseconds, completion: rest.change, bytes: JSON.stringify(first.topology).length, topology: first.topology, changes, edit: median }; // prettier-ignore
}
