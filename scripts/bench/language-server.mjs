/** The built language server as an editor runs it, for timings: started on a folder, ready when all is read. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

/** Gives the connection, the milliseconds from the start of the process until all findings were there, and its end. */
export async function startLanguageServer(folder) {
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
  const milliseconds = performance.now() - began;
  return {
    connection,
    milliseconds,
    pid: server.pid,
    /** The next time that the document has so many findings. */
    findings: (uri, count) => new Promise((resolve) => waiting.set(uri, { count, resolve })),
    stop: async () => {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      connection.dispose();
    },
  };
}
