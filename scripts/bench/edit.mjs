/** Times edits through the built language server, as an editor makes them: a key is typed, the findings come back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileName } from './generate.mjs';
import { startLanguageServer } from './language-server.mjs';

/** Milliseconds from the start of the server to all findings, and from each edit to the findings that it changes. */
export async function timeEdits(folder, edits) {
  const { connection, milliseconds: start, findings, stop } = await startLanguageServer(folder);
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
      const found = findings(uri, count);
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text: newText }],
      });
      await found;
      return performance.now() - from;
    };
    times.push(await time(2, broken, 1), await time(3, text, 0));
  }
  await stop();
  return { start, times: times.sort((a, b) => a - b) };
}
