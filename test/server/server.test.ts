/** The built language server over standard streams, as any editor talks to it. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, service } from '../support/program';
import { change, open, start } from './start';

describe('language server', () => {
  it('reports on files that nobody opened', async () => {
    const server = await start({ 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'wbe') });
    await server.until(() => server.codes('service.yaml').length > 0);
    expect(server.codes('service.yaml')).toEqual(['selector-matches-nothing']);
    const [diagnostic] = server.diagnostics.get(server.uri('service.yaml'))!;
    expect(diagnostic!.message).toContain('Service shop/web selects no pod');
    expect(diagnostic!.severity).toBe(1);
  });

  it('finds its way with names that a URI has to encode', async () => {
    const path = 'a b/ü #1 100%.yaml';
    const server = await start({ [path]: `${service('web', 'web')}---\n${deployment('web', 'wbe')}` });
    await server.until(() => server.codes(path).length > 0);
    const uri = server.uri(path);
    await server.connection.sendNotification('textDocument/didOpen', open(uri, ''));
    await server.until(() => server.codes(path).length === 0);
  });

  it('keeps the folders of a workspace apart', async () => {
    const one = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'wbe')}` });
    const two = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}` });
    const server = await start({}, { folders: [one, two] });
    const uri = pathToFileURL(join(one, 'web.yaml')).href;
    await server.until(() => server.diagnostics.get(uri)?.length === 1);
    expect([...server.diagnostics.keys()]).toEqual([uri]);
  });

  it('follows an edit of another file, before it is saved', async () => {
    const server = await start({ 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'web') });
    expect(server.codes('service.yaml')).toEqual([]);
    await server.connection.sendNotification(
      'textDocument/didOpen',
      open(server.uri('deployment.yaml'), deployment('web', 'web')),
    );
    await server.connection.sendNotification(
      'textDocument/didChange',
      change(server.uri('deployment.yaml'), 2, deployment('web', 'wbe')),
    );
    await server.until(() => server.codes('service.yaml').includes('selector-matches-nothing'));
    await server.connection.sendNotification('textDocument/didClose', {
      textDocument: { uri: server.uri('deployment.yaml') },
    });
    await server.until(() => server.codes('service.yaml').length === 0);
  });

  it('answers what is asked before the folder was read once it is', async () => {
    const asked: Promise<unknown>[] = [];
    const path = 'service.yaml';
    await start(
      { [path]: service('web', 'web'), 'deployment.yaml': deployment('web', 'web') },
      {
        capabilities: { workspace: { configuration: true } },
        answers: {
          // The server reads the folder with what comes back here.
          'workspace/configuration': ({ connection, uri }) => {
            const at = { textDocument: { uri: uri(path) }, position: { line: 3, character: 9 }, query: 'web' };
            const methods = ['textDocument/hover', 'workspace/symbol', 'textDocument/codeLens', 'textDocument/completion']; // prettier-ignore
            asked.push(...methods.map((method) => connection.sendRequest(method, at)));
            asked.push(connection.sendRequest('serviceTopology/assistant', { tool: 'explain_service', input: { service: 'web' } })); // prettier-ignore
            return [null];
          },
        },
      },
    );
    const [hover, symbols, lenses, completions, explained] = await Promise.all(asked);
    expect(JSON.stringify(hover)).toContain('2 endpoints');
    expect(symbols).toHaveLength(2);
    expect(lenses).not.toEqual([]);
    expect(completions).toEqual({ isIncomplete: true, items: [] });
    expect(explained).toMatchObject({ answer: { endpointCount: 2 } });
  });

  it('does not judge a document alone that is opened before the folder was read', async () => {
    const text = service('web', 'web');
    const server = await start(
      { 'service.yaml': text, 'deployment.yaml': deployment('web', 'wbe') },
      {
        capabilities: { workspace: { configuration: true } },
        answers: {
          'workspace/configuration': async ({ connection, uri }) => {
            const textDocument = { uri: uri('service.yaml') };
            await connection.sendNotification('textDocument/didOpen', open(textDocument.uri, text));
            // Whatever the server does at once about the document is done by the answer.
            await connection.sendRequest('textDocument/documentHighlight', {
              textDocument,
              position: { line: 0, character: 0 },
            });
            return [{}];
          },
        },
      },
    );
    await server.until(() => server.codes('service.yaml').includes('selector-matches-nothing'));
    expect(server.published).toHaveLength(1);
  });

  it('follows files that come, change and go on disk', async () => {
    const server = await start({ 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'wbe') });
    await server.until(() => server.codes('service.yaml').length === 1);
    const changed = (path: string, type: number) =>
      server.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: server.uri(path), type }],
      });
    writeFileSync(join(server.folder, 'more.yaml'), deployment('web-2', 'web'));
    await changed('more.yaml', 1);
    await server.until(() => server.codes('service.yaml').length === 0);
    rmSync(join(server.folder, 'more.yaml'));
    await changed('more.yaml', 3);
    await server.until(() => server.codes('service.yaml').length === 1);
  });

  it('follows folders, of which only the name is told', async () => {
    const wrong = `${service('web', 'web')}---\n${deployment('web', 'wbe')}`;
    const server = await start({ 'old/pods/web.yaml': wrong });
    const has = (path: string) => server.codes(path).length > 0;
    const move = async (from: string, to: string) => {
      renameSync(join(server.folder, from), join(server.folder, to));
      const changes = [
        { uri: server.uri(from), type: 3 },
        { uri: server.uri(to), type: 1 },
        { uri: server.uri('notes.txt'), type: 1 },
      ];
      await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    };
    await server.until(() => has('old/pods/web.yaml'));
    await move('old', 'new');
    await server.until(() => has('new/pods/web.yaml'));
    expect(server.codes('old/pods/web.yaml')).toEqual([]);
    await move('new', 'node_modules');
    await server.until(() => !has('new/pods/web.yaml'));
    // What a folder brings of its own to leave out counts.
    writeFileSync(join(server.folder, 'node_modules/.gitignore'), 'left.yaml\n');
    writeFileSync(join(server.folder, 'node_modules/left.yaml'), wrong);
    await move('node_modules', 'again');
    await server.until(() => has('again/pods/web.yaml'));
    expect([...server.diagnostics].filter(([, { length }]) => length > 0).map(([uri]) => uri)).toEqual([
      server.uri('again/pods/web.yaml'),
    ]);
  });

  it('forgets a file that is gone, whose document is still open; one with an edit that was not saved stays', async () => {
    const files = {
      'services.yaml': `${service('kept', 'edited')}---\n${service('left', 'saved')}`,
      'edited.yaml': deployment('edited', 'edited'),
      'saved.yaml': deployment('saved', 'saved'),
    };
    const server = await start(files);
    const tell = (method: string, params: object) => server.connection.sendNotification(method, params);
    for (const name of ['edited.yaml', 'saved.yaml'] as const) {
      await tell('textDocument/didOpen', open(server.uri(name), files[name]));
      await tell('textDocument/didChange', change(server.uri(name), 2, `${files[name]}# edited\n`));
    }
    await tell('textDocument/didSave', { textDocument: { uri: server.uri('saved.yaml') } });
    // An edit that is taken back is none.
    await tell('textDocument/didChange', change(server.uri('saved.yaml'), 3, files['saved.yaml']));
    await tell('textDocument/didChange', change(server.uri('saved.yaml'), 4, `${files['saved.yaml']}# edited\n`));
    for (const name of ['edited.yaml', 'saved.yaml']) rmSync(join(server.folder, name));
    const changes = ['edited.yaml', 'saved.yaml'].map((name) => ({ uri: server.uri(name), type: 3 }));
    await tell('workspace/didChangeWatchedFiles', { changes });
    await server.until(() => server.codes('services.yaml').length > 0);
    expect(server.published.join()).toContain('Service shop/left');
    expect(server.published.join()).not.toContain('Service shop/kept');
    // Nor when all is read anew.
    writeFileSync(join(server.folder, 'wrong.yaml'), `${service('web', 'web')}---\n${deployment('web', 'wbe')}`);
    await tell('workspace/didChangeWatchedFiles', {
      changes: [{ uri: server.uri('.service-topology.yaml'), type: 1 }],
    });
    await server.until(() => server.codes('wrong.yaml').length > 0);
    expect(server.codes('services.yaml')).not.toEqual([]);
    rmSync(join(server.folder, 'wrong.yaml'));
    await tell('workspace/didChangeWatchedFiles', { changes: [{ uri: server.uri('wrong.yaml'), type: 3 }] });
    // What is typed there is there again.
    await tell('textDocument/didChange', change(server.uri('saved.yaml'), 5, files['saved.yaml']));
    await server.until(() => server.codes('services.yaml').length === 0);
  });

  it('offers a fix that mends the finding', async () => {
    const server = await start({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'wbe')}` });
    await server.until(() => server.codes('web.yaml').length === 1);
    const uri = server.uri('web.yaml');
    const [diagnostic] = server.diagnostics.get(uri)!;
    const actions = await server.connection.sendRequest<
      { title: string; edit: { changes: Record<string, { newText: string }[]> } }[]
    >('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic!.range,
      context: { diagnostics: [diagnostic] },
    });
    expect(actions.map(({ title }) => title)).toContain('Change the selector to app: wbe');
    expect(Object.keys(actions[0]!.edit.changes)).toEqual([uri]);
  });

  it('tells what a selector targets, and goes to the labels', async () => {
    const server = await start({ 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'web') });
    const position = { line: 7, character: 6 };
    const textDocument = { uri: server.uri('service.yaml') };
    const hover = await server.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', {
      textDocument,
      position,
    });
    expect(hover.contents.value).toContain('Deployment');
    expect(hover.contents.value).toMatch(/10\.\d+\.\d+\.\d+/);
    const places = await server.connection.sendRequest<{ uri: string }[]>('textDocument/definition', {
      textDocument,
      position,
    });
    expect(places.map(({ uri }) => uri)).toEqual([server.uri('deployment.yaml')]);
  });

  it('answers the extension\u2019s questions, and refuses malformed ones', async () => {
    const server = await start({ 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'web') });
    const tree = await server.connection.sendRequest<{ items: { id: string; hasChildren: boolean }[] }>(
      'serviceTopology/tree',
      {},
    );
    expect(tree.items).toHaveLength(1);
    const request = { from: 'deployment shop/web', to: 'http://web/' };
    const answer = await server.connection.sendRequest<{ trace: { verdict: string } }>('serviceTopology/trace', {
      scope: '.',
      request,
    });
    expect(answer.trace.verdict).toContain('DELIVERED');
    const rules = await server.connection.sendRequest<{ text: string }>('serviceTopology/rules', {
      scope: '.', node: 'node-a', mode: 'iptables', family: 'IPv4',
    }); // prettier-ignore
    expect(rules.text).toContain('shop/web:http cluster IP');
    await expect(server.connection.sendRequest('serviceTopology/rules', { scope: 1 })).rejects.toThrow();
    const gone = await server.connection.sendRequest<{ error: string }>('serviceTopology/topology', {
      scope: 'nowhere',
    });
    expect(gone.error).toContain('nowhere');
  });
});
