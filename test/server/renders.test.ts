/** Renders in an editor: the built language server over standard streams, with the built engines. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { deployment, root, service } from '../support/program';
import { change, open, start } from './start';

const hasEngines = existsSync(join(root, 'dist/engines/engines.wasm'));
const code = 'selector-matches-nothing';

const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
  'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-\npatches:\n  - path: patch.yaml\n',
  'dev/patch.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector:\n    app: web\n',
};

type Server = Awaited<ReturnType<typeof start>>;
const all = (server: Server) => Object.keys(files).flatMap((path) => server.codes(path));

describe.skipIf(!hasEngines)('a rendered scope in an editor', () => {
  it('follows what is typed, and falls back where the engine refuses it', async () => {
    const server = await start(files);
    await server.until(() => server.codes('base/web.yaml').length === 0);
    const uri = server.uri('dev/patch.yaml');
    const text = files['dev/patch.yaml'];
    await server.connection.sendNotification('textDocument/didOpen', open(uri, text));
    await server.connection.sendNotification(
      'textDocument/didChange',
      change(uri, 2, text.replace('app: web', 'app: wbe')),
    );
    await server.until(() => all(server).includes(code));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 3, text));
    await server.until(() => all(server).length === 0);
    await server.connection.sendNotification(
      'textDocument/didChange',
      change(uri, 4, text.replace('name: web', 'name: none')),
    );
    await server.until(() => all(server).includes('render-failed'));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 5, text));
    await server.until(() => all(server).length === 0);
  });

  it('follows files that are no manifests', async () => {
    const server = await start({
      'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
      'chart/templates/service.yaml': `${service('web', 'web')}`.replace('app: web', 'app: {{ .Files.Get "app.txt" }}'),
      'chart/templates/deployment.yaml': deployment('web', 'web'),
      'chart/app.txt': 'web',
    });
    const codes = () => server.codes('chart/templates/service.yaml').concat(server.codes('chart/Chart.yaml'));
    await server.until(() => codes().length === 0);
    const uri = server.uri('chart/app.txt');
    writeFileSync(fileURLToPath(uri), 'wbe');
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
    await server.until(() => codes().includes(code));
    expect(codes()).toEqual([code]);
  });
});
