/**
 * A server whose bases, overlays, patches and charts were edited at random says in the end what a fresh one says: no
 * render that came late, was left, or was kept from before is taken for another. Nor does it hold more memory than before.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it } from 'vitest';
import { isEqual } from '#base/equal';
import { nodeEngine } from '#render/node';
import type { Renderer } from '#server/renders/render-work';
import { haveEngines } from '../render/support';
import { deployment, folderOf, root, service } from '../support/program';
import { answers, random, startServer } from './in-process';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const engine = nodeEngine(join(root, 'dist'));
/** Longer runs and others than that of each test are asked for by hand. */
const edits = Number(process.env.RANDOM_EDITS ?? 300);
const seed = Number(process.env.RANDOM_SEED ?? 7);
const timeout = edits * 4_000;

/** How many renders came to something. */
let rendered = 0;
const renderer: Renderer = {
  render: async (...call) => {
    const result = await engine.render(...call);
    if (result.kind === 'rendered') rendered++;
    return result;
  },
};

afterAll(() => {
  engine.dispose();
});

type Next = (below: number) => number;
const names = ['web', 'wbe', 'api'];
const pick = (next: Next, from: readonly string[]) => from[next(from.length)]!;
const patch = (next: Next) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${pick(next, names)}, namespace: shop}\nspec:\n  selector:\n    app: ${pick(next, names)}\n`; // prettier-ignore
const both = (next: Next, first = pick(next, names)) => `${service(first, pick(next, names))}---\n${deployment(pick(next, names), pick(next, names))}`; // prettier-ignore
const changes = ['namePrefix: x-\n', 'namespace: other\n', 'labels: [{pairs: {app: api}, includeSelectors: true}]\n', 'patches: [{path: patch.yaml}]\n', 'patches:\n  - patch: |-\n      kind: Service\n      apiVersion: v1\n      metadata: {name: web}\n      spec: {selector: {app: api}}\n', '']; // prettier-ignore
const template = (next: Next) => both(next, '{{ .Values.name }}').replace('app: ', `app: ${pick(next, ['', '{{ .Values.app }}', '{{ include "app" . }}'])}`); // prettier-ignore

/** What each file may become. */
const makers: Readonly<Record<string, (next: Next) => string>> = {
  'base/kustomization.yaml': () => 'resources: [a.yaml, b.yaml]\n',
  'base/a.yaml': (next) => both(next),
  'base/b.yaml': (next) => both(next).replaceAll('kind: Deployment', 'kind: StatefulSet'),
  'one/kustomization.yaml': (next) => `resources: [../base]\n${pick(next, changes)}`,
  'one/patch.yaml': patch,
  'two/kustomization.yaml': (next) => `resources: [../base]\npatches: [{path: patch.yaml}]\n${pick(next, changes.slice(0, 3))}`, // prettier-ignore
  'two/patch.yaml': patch,
  'chart/Chart.yaml': () => 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/values.yaml': (next) => `name: ${pick(next, names)}\napp: ${pick(next, names)}\n`,
  'chart/templates/all.yaml': template,
  'chart/templates/_names.tpl': (next) => `{{ define "app" }}${pick(next, names)}{{ end }}\n`,
};
const paths = Object.keys(makers);

it.skipIf(!haveEngines())('edits of what is rendered leave what a fresh start finds', { timeout }, async () => {
  const next = random(seed);
  const texts = new Map(paths.map((path) => [path, makers[path]!(next)]));
  const write = (folder: string) => {
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const folder = folderOf({});
  write(folder);
  const server = await startServer(folder, renderer);
  const uri = (path: string) => pathToFileURL(join(folder, path)).href;
  for (const [path, text] of texts)
    await server.connection.sendNotification('textDocument/didOpen', { textDocument: { uri: uri(path), languageId: 'yaml', version: 1, text } }); // prettier-ignore
  const edit = async (version: number) => {
    const path = pick(next, paths);
    const made = makers[path]!(next);
    // At times a text breaks off, as it does while somebody writes it.
    texts.set(path, next(10) === 0 ? made.slice(0, next(made.length)) : made);
    await server.connection.sendNotification('textDocument/didChange', { textDocument: { uri: uri(path), version }, contentChanges: [{ text: texts.get(path) }] }); // prettier-ignore
    await server.connection.sendRequest('textDocument/codeLens', { textDocument: { uri: uri(pick(next, paths)) } });
  };
  /** Renders come later than edits: what is said is waited for until it is what a fresh server says. */
  const compare = async () => {
    write(folder);
    const fresh = await startServer(folder, renderer);
    let last: readonly [unknown, unknown] = [undefined, undefined];
    for (let tries = 0; tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const said = [await answers(server, folder, texts), await answers(fresh, folder, texts)] as const;
      // Twice the same: nothing more comes.
      const isStill = isEqual(said, last);
      last = said;
      if (isStill && isEqual(said[0], said[1])) break;
    }
    expect(last[0]).toEqual(last[1]);
    fresh.stop();
  };
  /** The memory that it takes with the same texts again; nothing more is rendered when it is measured. */
  const heapOf = async (same: ReadonlyMap<string, string>, version: number) => {
    for (const [path, text] of same) {
      texts.set(path, text);
      await server.connection.sendNotification('textDocument/didChange', { textDocument: { uri: uri(path), version }, contentChanges: [{ text }] }); // prettier-ignore
    }
    let said: unknown;
    for (let before: unknown = {}; !isEqual(said, before);) {
      before = said;
      await new Promise((resolve) => setTimeout(resolve, 300));
      said = await answers(server, folder, texts);
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const sameTexts = new Map(texts);
  const heaps: number[] = [];
  for (let n = 0; n < edits; n++) {
    // Other servers take memory in this process, too: there are none yet.
    if (n === edits / 4 || n === edits / 2) heaps.push(await heapOf(sameTexts, n + 2));
    await edit(n + 2);
    // Now and then somebody looks at what comes of it.
    if (next(5) === 0) await new Promise((resolve) => setTimeout(resolve, next(200)));
    if (n >= edits / 2 && (n + 1) % 50 === 0) await compare();
  }
  expect(heaps[1]! / heaps[0]!).toBeLessThan(1.1);
  expect(rendered).toBeGreaterThan(edits / 10);
});
