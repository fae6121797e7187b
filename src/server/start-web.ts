/** The bundle that the extension starts as a worker of a browser: all files are read through the editor. */

import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser';
import * as v from 'valibot';
import { readBundleRequest } from '#protocol/files';
import { fetching, webEngine, type EngineFile } from '#render/web';
import { serve } from './serve';

/** The worker's own end of its channel. */
declare const self: MessagePort;

const connection = createConnection(
  ProposedFeatures.all,
  new BrowserMessageReader(self),
  new BrowserMessageWriter(self),
);

/** Where the extension was not loaded over HTTP, the client reads its files. */
async function ofClient(file: EngineFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const answer = v.parse(readBundleRequest.result, await connection.sendRequest(readBundleRequest.method, { file }));
  return 'error' in answer ? undefined : Uint8Array.from(atob(answer.base64), (letter) => letter.charCodeAt(0));
}

serve(
  connection,
  () => undefined,
  ({ bundles }) => {
    if (bundles === undefined) return undefined;
    const fetched = fetching(bundles);
    return webEngine(async (file) => (await fetched(file)) ?? (await ofClient(file).catch(() => undefined)));
  },
);
