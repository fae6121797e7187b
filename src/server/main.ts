/** The language server in a process of its own: over IPC as the extension starts it, or over standard streams. */

import { fileURLToPath } from 'node:url';
import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { nodeEngine } from '#render/node';
import { disk } from './disk';
import { serve } from './serve';
import type { Locate } from './session';

/** Serves the editor that started the process with `--stdio`. */
export function serveStandardStreams(): void {
  serve(
    createConnection(
      ProposedFeatures.all,
      new StreamMessageReader(process.stdin),
      new StreamMessageWriter(process.stdout),
    ),
    onDisk,
    () => nodeEngine(__dirname),
  );
}

/** Serves the extension, over the channel that its command line names. */
export function serveParent(): void {
  serve(createConnection(ProposedFeatures.all), onDisk, () => nodeEngine(__dirname));
}

export const onDisk: Locate = (uri) =>
  uri.startsWith('file:') ? { files: disk, place: fileURLToPath(uri) } : undefined;
