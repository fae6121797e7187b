/** Times edits through the built language server, as an editor makes them: a key is typed, the findings come back. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { fileName } from './generate.mjs';

/** Milliseconds from the start of the server to all findings, and from each edit to the findings that it changes. */
export async function timeEdits(folder, edits) {
  const began = performance.now();
  const server = spawn(process.execPath, ['dist/cli.js', 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const waiting = new Map();
  let ready;
  const isReady = new Promise((resolve) => (ready = resolve));
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
    const waiter = waiting.get(uri);
    if (waiter && diagnostics.length === waiter.count) waiter.resolve();
  });
  connection.onNotification('serviceTopology/status', (status) => status.state === 'ready' && ready());
  connection.onNotification(() => undefined);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  await isReady;
  const start = performance.now() - began;

  const times = [];
  for (let i = 0; i < edits; i++) {
    const path = join(folder, fileName(i * 10));
    const uri = pathToFileURL(path).href;
    const text = readFileSync(path, 'utf8');
    const broken = text.replace(/(selector:\n {4}app\.kubernetes\.io\/name: app-)/, '$1x');
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    const time = async (version, newText, count) => {
      const from = performance.now();
      const found = new Promise((resolve) => waiting.set(uri, { count, resolve }));
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text: newText }],
      });
      await found;
      return performance.now() - from;
    };
    times.push(await time(2, broken, 1), await time(3, text, 0));
  }
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  connection.dispose();
  return { start, times: times.sort((a, b) => a - b) };
}
