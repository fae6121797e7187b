/** What the server asks the client of files that it cannot read itself. */

import * as v from 'valibot';
import { request } from './request';

/** The files and folders in a folder, links followed. */
export const listFolderRequest = request(
  'listFolder',
  v.object({ uri: v.string() }),
  v.union([
    v.object({ entries: v.array(v.object({ name: v.string(), kind: v.picklist(['file', 'folder']) })) }),
    v.object({ error: v.string() }),
  ]),
);

export const readFileRequest = request(
  'readFile',
  v.object({ uri: v.string() }),
  v.union([v.object({ text: v.string() }), v.object({ error: v.string(), gone: v.boolean() })]),
);

/** For what is no text: packed charts, and whatever else a chart holds. */
export const readBytesRequest = request(
  'readBytes',
  v.object({ uri: v.string() }),
  v.union([v.object({ base64: v.string() }), v.object({ error: v.string(), gone: v.boolean() })]),
);

/** The extension's own bundles, for a server in a browser that cannot fetch them: their place may be none that it knows. */
export const readBundleRequest = request(
  'readBundle',
  v.object({ file: v.picklist(['engines/engines.wasm', 'engines/wasm_exec.js', 'render-worker-web.js']) }),
  v.union([v.object({ base64: v.string() }), v.object({ error: v.string() })]),
);
