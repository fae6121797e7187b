/**
 * A server that has seen ten thousand edits says what one says that was started on the result, and holds no more memory
 * than one that has seen few. It runs in this process, over streams, so that its heap can be measured.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { deployment, folderOf, service } from '../support/program';
import { answers, random, startServer } from './in-process';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const files = 12;
const edits = 10_000;
/** Other edits than those of each test are asked for by hand. */
const seed = Number(process.env.RANDOM_SEED ?? 20);
const path = (i: number) => `file-${i}.yaml`;

const names = ['web', 'wbe', 'api', 'apl', 'db', 'cache'];
const policy = (name: string) => `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: {podSelector: {matchLabels: {app: ${name}}}, ingress: [{ports: [{port: 80}]}]}\n`; // prettier-ignore
const ingress = (name: string) => `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${name}, namespace: shop}\nspec: {defaultBackend: {service: {name: ${name}, port: {name: http}}}}\n`; // prettier-ignore

/** Some documents, at times broken ones. */
function textOf(next: (below: number) => number): string {
  const name = () => names[next(names.length)]!;
  const makers = [() => service(name(), name()), () => deployment(name(), name()), () => policy(name()), () => ingress(name())]; // prettier-ignore
  const documents = Array.from({ length: 1 + next(3) }, () => makers[next(makers.length)]!());
  const text = documents.join('---\n');
  return next(12) === 0 ? text.slice(0, next(text.length)) : text;
}

it('ten thousand edits leave what a fresh start finds, and no more memory behind', { timeout: 300_000 }, async () => {
  const next = random(seed);
  const texts = Array.from({ length: files }, () => textOf(next));
  const named = () => new Map(texts.map((text, i) => [path(i), text]));
  const write = (folder: string) => {
    for (const [i, text] of texts.entries()) writeFileSync(join(folder, path(i)), text);
  };
  const folder = folderOf({});
  write(folder);
  const server = await startServer(folder);
  const uris = texts.map((_, i) => pathToFileURL(join(folder, path(i))).href);
  for (const [i, uri] of uris.entries())
    await server.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: texts[i] } }); // prettier-ignore
  const edit = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const i = next(files);
      texts[i] = textOf(next);
      await server.connection.sendNotification('textDocument/didChange', { textDocument: { uri: uris[i], version: n + 2 }, contentChanges: [{ text: texts[i] }] }); // prettier-ignore
      // An editor asks in between, so that each edit is looked at and not only the last of many.
      await server.connection.sendRequest('textDocument/codeLens', { textDocument: { uri: uris[next(files)] } });
    }
  };
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const sameTexts = [...texts];
  await edit(edits / 10);
  for (const [i, text] of sameTexts.entries()) {
    texts[i] = text;
    await server.connection.sendNotification('textDocument/didChange', { textDocument: { uri: uris[i], version: 1e6 }, contentChanges: [{ text }] }); // prettier-ignore
  }
  await answers(server, folder, named());
  const before = heap();
  await edit(edits - edits / 10);
  const after = await answers(server, folder, named());
  write(folder);
  const fresh = await startServer(folder);
  expect(after).toEqual(await answers(fresh, folder, named()));
  expect(after.length).toBeGreaterThan(files);
  for (const [i, text] of sameTexts.entries()) {
    texts[i] = text;
    await server.connection.sendNotification('textDocument/didChange', { textDocument: { uri: uris[i], version: 2e6 }, contentChanges: [{ text }] }); // prettier-ignore
  }
  await answers(server, folder, named());
  fresh.stop();
  expect(heap() / before).toBeLessThan(1.1);
});
