/** Editor features over the wire: lenses, hints, references, rename, completion, links, code actions. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, open, start } from './start';

interface Range {
  readonly start: { readonly line: number; readonly character: number };
}
interface Lens {
  readonly range: Range;
  readonly command?: { readonly title: string; readonly command: string; readonly arguments?: readonly unknown[] };
}

const files = { 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'web') };
const own = { client: { commands: true, schemas: true } };

async function lensesOf(server: Awaited<ReturnType<typeof start>>, path: string): Promise<Lens[]> {
  const textDocument = { uri: server.uri(path) };
  const lenses = await server.connection.sendRequest<Lens[]>('textDocument/codeLens', { textDocument });
  return Promise.all(
    lenses.map((lens) => (lens.command ? lens : server.connection.sendRequest<Lens>('codeLens/resolve', lens))),
  );
}

describe('lenses', () => {
  it('tell what a Service comes to, and lead to trace and map where the client has our commands', async () => {
    const server = await start(files, { initializationOptions: own });
    const lenses = await lensesOf(server, 'service.yaml');
    expect(lenses.map(({ command }) => command?.title)).toEqual(['2 endpoints on 2 nodes', 'Trace', 'Map', 'What If…']);
    expect(lenses[1]!.command).toMatchObject({
      command: 'serviceTopology.trace',
      arguments: [{ scope: '.', service: 'shop/web' }],
    });
    expect(lenses[2]!.command).toMatchObject({
      command: 'serviceTopology.showOnMap',
      arguments: [{ scope: '.', focus: { uri: server.uri('service.yaml') } }],
    });
    const [lens] = await lensesOf(server, 'deployment.yaml');
    expect(lens!.command!.title).toBe('selected by web');
    expect(lens!.range.start.line).toBe(10);
  });

  it('are text alone for other editors, and gone where the user does not want them', async () => {
    const plain = await start(files);
    expect((await lensesOf(plain, 'service.yaml')).map(({ command }) => command)).toEqual([
      { title: '2 endpoints on 2 nodes', command: '' },
    ]);
    const without = await start(files, { initializationOptions: { codeLens: { services: false } } });
    expect(await lensesOf(without, 'service.yaml')).toEqual([]);
    expect(await lensesOf(without, 'deployment.yaml')).toHaveLength(1);
    const quiet = await start(files, { initializationOptions: { ...own, codeLens: { actions: false } } });
    expect(await lensesOf(quiet, 'service.yaml')).toHaveLength(1);
  });

  it('are asked for again when another file changes what they say', async () => {
    let refreshed = () => {};
    const refresh = new Promise<void>((resolve) => (refreshed = resolve));
    const server = await start(files, {
      capabilities: { workspace: { codeLens: { refreshSupport: true } } },
      answers: { 'workspace/codeLens/refresh': () => (refreshed(), null) },
    });
    await server.connection.sendNotification('textDocument/didOpen', open(server.uri('deployment.yaml'), deployment('web', 'web'))); // prettier-ignore
    await server.connection.sendNotification('textDocument/didChange', change(server.uri('deployment.yaml'), 2, deployment('web', 'wbe'))); // prettier-ignore
    await refresh;
    expect((await lensesOf(server, 'service.yaml'))[0]!.command!.title).toBe('no endpoints: app: web ≠ wbe');
  });
});

describe('inlay hints', () => {
  it('stand behind names of ports within the range', async () => {
    const server = await start(files);
    const hints = (start: number, end: number) =>
      server.connection.sendRequest<{ label: string; position: { line: number } }[]>('textDocument/inlayHint', {
        textDocument: { uri: server.uri('service.yaml') },
        range: { start: { line: start, character: 0 }, end: { line: end, character: 0 } },
      });
    expect((await hints(0, 20)).map(({ label, position }) => [label, position.line])).toEqual([['= 8080', 11]]);
    expect(await hints(0, 5)).toEqual([]);
  });
});

describe('names', () => {
  const at = (uri: string, line: number, character: number) => ({ textDocument: { uri }, position: { line, character } }); // prettier-ignore

  it('are found across files, and marked in their own', async () => {
    const server = await start(files);
    const position = at(server.uri('service.yaml'), 7, 9);
    const references = await server.connection.sendRequest<{ uri: string }[]>('textDocument/references', { ...position, context: { includeDeclaration: true } }); // prettier-ignore
    expect(references.map(({ uri }) => uri)).toEqual([server.uri('deployment.yaml'), server.uri('deployment.yaml'), server.uri('service.yaml')]); // prettier-ignore
    const marks = await server.connection.sendRequest<unknown[]>('textDocument/documentHighlight', position);
    expect(marks).toHaveLength(1);
  });

  it('are renamed together; what a cluster does not take is refused or asked for', async () => {
    const plain = await start(files);
    const position = at(plain.uri('service.yaml'), 7, 9);
    expect(await plain.connection.sendRequest('textDocument/prepareRename', position)).toMatchObject({ placeholder: 'web' }); // prettier-ignore
    await expect(plain.connection.sendRequest('textDocument/rename', { ...position, newName: 'site' })).rejects.toThrow('The selector of a Deployment is immutable: Deployment shop/web would have to be deleted and made anew.'); // prettier-ignore
    await expect(plain.connection.sendRequest('textDocument/rename', { ...position, newName: '-' })).rejects.toThrow('no value for a label'); // prettier-ignore
    expect(await plain.connection.sendRequest('textDocument/prepareRename', at(plain.uri('service.yaml'), 1, 7))).toBeNull(); // prettier-ignore

    const workspaceEdit = { documentChanges: true, changeAnnotationSupport: {} };
    const asking = await start(files, { capabilities: { workspace: { workspaceEdit } } });
    const there = at(asking.uri('service.yaml'), 7, 9);
    const edit = await asking.connection.sendRequest<{
      documentChanges: { textDocument: { uri: string }; edits: { newText: string; annotationId?: string }[] }[];
      changeAnnotations: Record<string, { needsConfirmation: boolean }>;
    }>('textDocument/rename', { ...there, newName: 'site' });
    const edits = edit.documentChanges.flatMap((document) => document.edits);
    expect(edits.map(({ newText }) => newText)).toEqual(['site', 'site', 'site']);
    const [annotated] = edits.filter(({ annotationId }) => annotationId !== undefined);
    expect(edit.changeAnnotations[annotated!.annotationId!]!.needsConfirmation).toBe(true);
    // A Service under another name is another Service: that is said, and needs no leave.
    const name = at(asking.uri('service.yaml'), 3, 9);
    const other = await asking.connection.sendRequest<typeof edit>('textDocument/rename', { ...name, newName: 'site' });
    expect(Object.values(other.changeAnnotations)).toMatchObject([{ label: 'Another object in a cluster', needsConfirmation: false }]); // prettier-ignore
  });

  it('are symbols of the workspace, and links in texts', async () => {
    const pod = `apiVersion: v1
kind: Pod
metadata: {name: client, namespace: front}
spec: {containers: [{name: main, image: c:1, env: [{name: WEB_URL, value: "http://web.shop/"}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: weblog, namespace: front}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
`;
    const server = await start({ ...files, 'pod.yaml': pod });
    const symbols = await server.connection.sendRequest<{ name: string; containerName: string }[]>('workspace/symbol', { query: 'wb' }); // prettier-ignore
    expect(symbols.map(({ name, containerName }) => `${name} ${containerName}`).sort()).toEqual(['web Deployment in shop', 'web Service in shop', 'weblog Ingress in front']); // prettier-ignore
    const textDocument = { uri: server.uri('pod.yaml') };
    const links = await server.connection.sendRequest<{ target: string }[]>('textDocument/documentLink', { textDocument }); // prettier-ignore
    expect(links.map(({ target }) => target)).toEqual([`${server.uri('service.yaml')}#L4,9`]);
  });
});

describe('call hierarchy', () => {
  it('leads from a Service to who it calls, and back', async () => {
    const server = await start(files);
    const ask = <T>(method: string, params: object) => server.connection.sendRequest<T>(method, params);
    const [item] = await ask<[{ name: string }]>('textDocument/prepareCallHierarchy', {
      textDocument: { uri: server.uri('service.yaml') },
      position: { line: 3, character: 9 },
    });
    const [called] = await ask<[{ to: { detail: string }; fromRanges: Range[] }]>('callHierarchy/outgoingCalls', { item }); // prettier-ignore
    expect(called.to.detail).toBe('Deployment in shop');
    expect(called.fromRanges[0]!.start.line).toBe(7);
    const [caller] = await ask<[{ from: { detail: string } }]>('callHierarchy/incomingCalls', { item: called.to });
    expect(caller.from.detail).toBe('Service in shop');
  });
});

describe('completion', () => {
  const broken = `${service('api', 'x').replace('app: x', 'app: ')}\n bad: [`;
  const asked = { position: { line: 7, character: 9 } };

  it('works in a document that is broken while it is typed', async () => {
    const server = await start({ ...files, 'new.yaml': broken });
    const textDocument = { uri: server.uri('new.yaml') };
    const list = await server.connection.sendRequest<{ items: { label: string; detail: string }[] }>('textDocument/completion', { textDocument, ...asked }); // prettier-ignore
    expect(list.items).toMatchObject([{ label: 'web', detail: '2 pods of web' }]);
  });

  it('leaves words of the schema to another extension that knows them', async () => {
    const text = service('api', 'x').replace('spec:', 'spec:\n  type: ');
    const position = { line: 6, character: 8 };
    const alone = await start({ 'a.yaml': text });
    const items = await alone.connection.sendRequest<{ items: { label: string }[] }>('textDocument/completion', { textDocument: { uri: alone.uri('a.yaml') }, position }); // prettier-ignore
    expect(items.items.map(({ label }) => label)).toContain('NodePort');
    const beside = await start({ 'a.yaml': text }, { initializationOptions: own });
    const none = await beside.connection.sendRequest('textDocument/completion', { textDocument: { uri: beside.uri('a.yaml') }, position }); // prettier-ignore
    expect(none).toBeNull();
  });
});

describe('beside another server for YAML', () => {
  it('what is no YAML is told by that one while the document is open, and by ours otherwise', async () => {
    const twice = service('web', 'web').replace('  selector:', '  type: ClusterIP\n  type: NodePort\n  selector:');
    const initializationOptions = { client: { syntax: true } };
    const server = await start({ 'a.yaml': twice, 'b.yaml': deployment('web', 'wbe') }, { initializationOptions });
    await server.until(() => server.codes('a.yaml').includes('yaml-duplicate-key'));
    const { connection } = server;
    await connection.sendNotification('textDocument/didOpen', open(server.uri('a.yaml'), twice));
    await server.until(() => !server.codes('a.yaml').includes('yaml-duplicate-key'));
    const fixed = twice.replace('  type: NodePort\n', '');
    await connection.sendNotification('textDocument/didChange', change(server.uri('a.yaml'), 2, fixed));
    await server.until(() => server.codes('a.yaml').includes('selector-matches-nothing'));
    await connection.sendNotification('textDocument/didChange', change(server.uri('a.yaml'), 3, `${fixed}\n  }:`));
    await server.until(() => !server.codes('a.yaml').includes('selector-matches-nothing'));
    expect(server.codes('a.yaml')).not.toContain('yaml-syntax');
    await connection.sendNotification('textDocument/didClose', { textDocument: { uri: server.uri('a.yaml') } });
    await server.until(() => server.codes('a.yaml').includes('yaml-duplicate-key'));
  });
});

describe('code actions', () => {
  const two = [service('a', 'web'), service('b', 'web'), deployment('web', 'wbe')].join('---\n');
  const ask = async (server: Awaited<ReturnType<typeof start>>, line: number, only?: string[]) =>
    server.connection.sendRequest<{ title: string; kind: string; edit: { changes: Record<string, unknown[]> } }[]>('textDocument/codeAction', {
      textDocument: { uri: server.uri('all.yaml') },
      range: { start: { line, character: 0 }, end: { line, character: 40 } },
      context: { diagnostics: [], ...(only ? { only } : {}) },
    }); // prettier-ignore

  it('fix all of a kind, and all', async () => {
    const server = await start({ 'all.yaml': two });
    await server.until(() => server.codes('all.yaml').length > 0);
    const titles = (await ask(server, 7)).map(({ title }) => title);
    expect(titles).toContain('Change the selector to app: wbe');
    expect(titles).toContain('Fix all 2 of selector-matches-nothing in this file');
    const all = await ask(server, 0, ['source.fixAll']);
    expect(all.map(({ kind }) => kind)).toEqual(['source.fixAll.serviceTopology']);
    expect(all[0]!.edit.changes[server.uri('all.yaml')]).toHaveLength(2);
    expect(await ask(server, 0, ['source.organizeImports'])).toEqual([]);
  });

  it('fix all of a kind in all files, worked out when it is chosen', async () => {
    const broken = { 'all.yaml': two, 'c.yaml': service('c', 'web') };
    const title = 'Fix all of selector-matches-nothing in 2 files of the workspace';
    const eager = await start(broken);
    await eager.until(() => eager.codes('c.yaml').length > 0 && eager.codes('all.yaml').length > 0);
    const [whole] = (await ask(eager, 7)).filter((action) => action.title === title);
    const count = ({ changes }: { changes: Record<string, unknown[]> }) => Object.values(changes).map(({ length }) => length); // prettier-ignore
    expect(count(whole!.edit)).toEqual([2, 1]);
    const capabilities = { textDocument: { codeAction: { dataSupport: true, resolveSupport: { properties: ['edit'] } } } }; // prettier-ignore
    const lazy = await start(broken, { capabilities });
    await lazy.until(() => lazy.codes('c.yaml').length > 0 && lazy.codes('all.yaml').length > 0);
    const [open] = (await ask(lazy, 7)).filter((action) => action.title === title);
    expect(open!.edit).toBeUndefined();
    const resolved = await lazy.connection.sendRequest<typeof whole>('codeAction/resolve', open);
    expect(count(resolved!.edit)).toEqual([2, 1]);
  });

  it('make a Service for a workload, which then has endpoints', async () => {
    const server = await start({ 'all.yaml': deployment('web', 'web') });
    const [action] = await ask(server, 1, ['refactor.extract']);
    expect(await ask(server, 12, ['refactor.extract'])).toEqual([]);
    expect(action!.title).toBe('Make a Service for Deployment web');
    const [edit] = action!.edit.changes[server.uri('all.yaml')] as [{ newText: string }];
    writeFileSync(join(server.folder, 'all.yaml'), deployment('web', 'web') + edit.newText);
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: server.uri('all.yaml'), type: 2 }] }); // prettier-ignore
    let lenses: Lens[] = [];
    await expect.poll(async () => (lenses = await lensesOf(server, 'all.yaml')).length).toBe(2);
    expect(lenses.map(({ command }) => command!.title).sort()).toEqual(['2 endpoints on 2 nodes', 'selected by web']);
  });

  it('call a target port by its name', async () => {
    const text = [service('web', 'web').replace('targetPort: http', 'targetPort: 8080'), deployment('web', 'web')];
    const server = await start({ 'all.yaml': text.join('---\n') });
    const [action] = await ask(server, 11, ['refactor.rewrite']);
    expect(action!.title).toBe('Call the target port by its name http');
  });
});

describe('hover', () => {
  it('links to trace and map only where the client has our commands', async () => {
    const asked = (uri: string) => ({ textDocument: { uri }, position: { line: 3, character: 9 } });
    const server = await start(files, { initializationOptions: own });
    const hover = await server.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', asked(server.uri('service.yaml'))); // prettier-ignore
    const links = [...hover.contents.value.matchAll(/\[(\w+)\]\(command:([\w.]+)\?([^)]*)\)/g)];
    expect(links.map(([, text, command]) => `${text} ${command}`)).toEqual(['Trace serviceTopology.trace', 'Map serviceTopology.showOnMap']); // prettier-ignore
    expect(JSON.parse(decodeURIComponent(links[0]![3]!))).toEqual([{ scope: '.', service: 'shop/web' }]);
    const plain = await start(files);
    const other = await plain.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', asked(plain.uri('service.yaml'))); // prettier-ignore
    expect(other.contents.value).not.toContain('command:');
  });
});
