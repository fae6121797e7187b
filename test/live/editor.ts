/** The built language server as VS Code starts it, over streams of which every byte is kept. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type * as v from 'valibot';
import { onTestFinished } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { LiveStatus } from '#protocol/live';
import type { RequestSchema } from '#protocol/request';
import { treeRequest } from '#protocol/server';
import type { WireTreeItem } from '#protocol/values';
import { folderOf, root } from '../support/program';

export interface Diagnostic {
  readonly code: string;
  readonly message: string;
}

/** All that went through any of the servers of these tests, both ways, and what they printed. */
export const traffic: Buffer[] = [];

export async function startEditor(files: Readonly<Record<string, string>>) {
  const folder = folderOf(files);
  const child = spawn(process.execPath, [join(root, 'dist/server.js'), '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [toServer, fromServer] = [new PassThrough(), new PassThrough()];
  const keep = (part: Buffer) => void traffic.push(part);
  toServer.on('data', keep).pipe(child.stdin);
  child.stdout.on('data', keep).pipe(fromServer);
  child.stderr.on('data', keep);
  const connection = createMessageConnection(new StreamMessageReader(fromServer), new StreamMessageWriter(toServer));
  onTestFinished(() => {
    connection.dispose();
    child.kill();
  });
  const statuses: LiveStatus[] = [];
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const seen = { ready: false, changes: 0 };
  connection.onNotification('serviceTopology/live/status', (status: LiveStatus) => void statuses.push(status));
  connection.onNotification('serviceTopology/status', ({ state }: { state: string }) => {
    seen.ready = state === 'ready';
  });
  connection.onNotification('serviceTopology/changed', () => void seen.changes++);
  connection.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: Diagnostic[] }) => void diagnostics.set(params.uri, params.diagnostics)); // prettier-ignore
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {},
  });
  await connection.sendNotification('initialized', {});

  function ask<P extends v.GenericSchema, R extends v.GenericSchema>(
    request: RequestSchema<P, R>,
    params: v.InferInput<P>,
  ): Promise<v.InferOutput<R>> {
    return connection.sendRequest(request.method, params);
  }

  /** The rows with those below them, as `label: description`, indented; a problem's below its Service. */
  async function rows(parent?: WireTreeItem, indent = ''): Promise<string[]> {
    const { items } = await ask(treeRequest, parent ? { parent: parent.id } : {});
    const lines: string[] = [];
    for (const item of items) {
      lines.push(`${indent}${item.label}: ${item.description}`);
      if (item.hasChildren) lines.push(...(await rows(item, `${indent}  `)));
    }
    return lines;
  }

  return {
    folder,
    connection,
    ask,
    rows,
    statuses,
    diagnostics,
    seen,
    status: () => statuses.at(-1),
  };
}

export type Editor = Awaited<ReturnType<typeof startEditor>>;
