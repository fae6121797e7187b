/** A language server in this process, over streams, for tests that edit at random: its heap can be measured. */

import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { onDisk } from '#server/main';
import type { Renderer } from '#server/renders/render-work';
import { serve } from '#server/serve';

/** A generator of numbers that are the same in each run. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Ready when all is read; without a renderer kustomizations and charts are taken as their files stand. */
export async function startServer(folder: string, renderer?: Renderer) {
  const [toServer, toClient] = [new PassThrough(), new PassThrough()];
  serve(
    createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient)),
    onDisk,
    () => renderer,
  );
  const connection = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  // Of a server that was stopped before the test's end nothing is held.
  let end: (() => void) | undefined = () => connection.dispose();
  const stop = () => {
    end?.();
    end = undefined;
  };
  onTestFinished(stop);
  const diagnostics = new Map<string, unknown>();
  let ready: () => void;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  connection.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: unknown[] }) => {
    if (params.diagnostics.length > 0) diagnostics.set(params.uri, params.diagnostics);
    else diagnostics.delete(params.uri);
  });
  connection.onNotification('serviceTopology/status', ({ state }: { state: string }) => {
    if (state === 'ready') ready();
  });
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});
  await isReady;
  return { connection, diagnostics, stop };
}

export type Server = Awaited<ReturnType<typeof startServer>>;

/** What it says of each file: findings, lenses with their texts, hints, links, and hovers over each line. */
export async function answers({ connection, diagnostics }: Server, folder: string, texts: ReadonlyMap<string, string>) {
  const said: unknown[] = [];
  for (const [path, text] of texts) {
    const textDocument = { uri: pathToFileURL(join(folder, path)).href };
    const lines = text.split('\n');
    const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
    const lenses = await connection.sendRequest<object[]>('textDocument/codeLens', { textDocument });
    for (const lens of lenses) said.push(await connection.sendRequest('codeLens/resolve', lens));
    said.push(await connection.sendRequest('textDocument/inlayHint', { textDocument, range }));
    for (const [line, content] of lines.entries())
      said.push(
        await connection.sendRequest('textDocument/hover', { textDocument, position: { line, character: content.length } }), // prettier-ignore
      );
    said.push(diagnostics.get(textDocument.uri) ?? []);
  }
  return said;
}
