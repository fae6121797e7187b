/** Folders that only the client can read, and documents that no folder has: the built server, over standard streams. */

import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, open, start } from './start';

const root = 'memory://team/shop%20one';
const client = { commands: false, schemas: false, files: true };

/** A file system of the client's: what it holds may change while the server runs. */
function memory(files: Map<string, string>) {
  const pathOf = (params: unknown) => decodeURIComponent((params as { uri: string }).uri.slice(root.length + 1));
  const list = (folder: string) => {
    const inside = [...files.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`));
    const names = inside.map((path) => path.slice(folder === '' ? 0 : folder.length + 1).split('/'));
    const kinds = new Map(names.map(([name = '', ...rest]) => [name, rest.length > 0 ? 'folder' : 'file']));
    return { entries: [...kinds].map(([name, kind]) => ({ name, kind })) };
  };
  return {
    'serviceTopology/listFolder': (_: unknown, params: unknown) =>
      pathOf(params) === 'locked' ? { error: 'no permission' } : list(pathOf(params)),
    'serviceTopology/readFile': (_: unknown, params: unknown) => {
      const text = files.get(pathOf(params));
      return text === undefined ? { error: 'no such file', gone: true } : { text };
    },
  };
}

describe('a virtual workspace', () => {
  it('is read through the client, with its settings and what it ignores', async () => {
    const files = new Map([
      ['app/web & co.yaml', service('web', 'web')],
      ['app/pods.yaml', deployment('web', 'wbe')],
      ['ignored/more.yaml', service('more', 'wbee')],
      ['.gitignore', 'ignored/\n'],
      ['.service-topology.yaml', 'roots: [app]\nrules: {nonsense: error}\n'],
      ['locked/secret.yaml', service('locked', 'wbee')],
    ]);
    const server = await start({}, { rootUri: root, initializationOptions: { client }, answers: memory(files) });
    const web = 'app/web & co.yaml';
    await server.until(() => server.codes(web).includes('selector-matches-nothing'));
    expect([...server.diagnostics.keys()].filter((uri) => server.diagnostics.get(uri)?.length)).toEqual(
      expect.arrayContaining([server.uri(web), server.uri('.service-topology.yaml')]),
    );
    expect(server.codes('ignored/more.yaml')).toEqual([]);
    files.set(web, service('web', 'wbe'));
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: server.uri(web), type: 2 }] }); // prettier-ignore
    await server.until(() => server.codes(web).length === 0);
    files.delete('app/pods.yaml');
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: server.uri('app/pods.yaml'), type: 3 }] }); // prettier-ignore
    await server.until(() => server.codes(web).includes('cannot-know'));
  });

  it('has what comes while it is being read, though its folder was listed before', async () => {
    const files = new Map([['app/web.yaml', service('web', 'web')]]);
    const answers = memory(files);
    const list = answers['serviceTopology/listFolder'];
    const server = await start(
      {},
      {
        rootUri: root,
        initializationOptions: { client },
        answers: {
          ...answers,
          'serviceTopology/listFolder': async ({ connection, uri }, params) => {
            const listed = list(undefined, params);
            if (JSON.stringify(listed).includes('web.yaml')) {
              files.set('app/pods.yaml', deployment('web', 'wbe'));
              const changes = [{ uri: uri('app/pods.yaml'), type: 1 }];
              await connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
              // For a server that would read the file at once.
              await new Promise((resolve) => setTimeout(resolve, 100));
            }
            return listed;
          },
        },
      },
    );
    await server.until(() => server.codes('app/web.yaml').includes('selector-matches-nothing'));
  });

  it('is empty where the client cannot read it, and documents of it are judged by what is open', async () => {
    const server = await start({}, { rootUri: root });
    await server.connection.sendNotification('textDocument/didOpen', open(server.uri('web.yaml'), service('web', 'web'))); // prettier-ignore
    await server.connection.sendNotification('textDocument/didOpen', open(server.uri('pods.yaml'), deployment('web', 'wbe'))); // prettier-ignore
    await server.until(() => server.codes('web.yaml').includes('selector-matches-nothing'));
  });
});

describe('a document that was never saved', () => {
  it('is part of the workspace until it is closed', async () => {
    const server = await start({ 'web.yaml': service('web', 'web') });
    const uri = 'untitled:Untitled-1';
    const found = () => (server.diagnostics.get(uri) ?? []).map(({ code }) => code);
    await server.connection.sendNotification('textDocument/didOpen', open(uri, deployment('web', 'wbe')));
    await server.until(() => server.codes('web.yaml').includes('selector-matches-nothing'));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 2, service('api', 'x').replace('port: 80', 'port: 80000'))); // prettier-ignore
    await server.until(() => found().includes('refused-by-api-server'));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 3, deployment('web', 'web')));
    await server.until(() => server.codes('web.yaml').length === 0);
    const hover = await server.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 3, character: 9 } }); // prettier-ignore
    expect(hover).toMatchObject({ contents: { value: expect.stringContaining('Deployment shop/web') } });
    await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await server.until(() => server.codes('web.yaml').includes('cannot-know'));
  });
});
