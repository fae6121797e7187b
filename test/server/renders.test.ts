/** Renders in an editor: the built language server over standard streams, with the built engines. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, open, start } from './start';
import { haveEngines } from '../render/support';

const code = 'selector-matches-nothing';

const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
  'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-\npatches:\n  - path: patch.yaml\n',
  'dev/patch.yaml':
    'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector:\n    app: web\n',
};

type Server = Awaited<ReturnType<typeof start>>;
/** Asks again after each notification until the answer is the one that is waited for. */
async function answered(server: Server, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    let calls = 0;
    await server.until(() => calls++ > 0);
  }
}

async function hoverIn(server: Server, path: string, line: number, character: number): Promise<string> {
  const params = { textDocument: { uri: server.uri(path) }, position: { line, character } };
  const found = await server.connection.sendRequest<{ contents: { value: string } } | null>('textDocument/hover', params); // prettier-ignore
  return found?.contents.value ?? '';
}

const all = (server: Server) => Object.keys(files).flatMap((path) => server.codes(path));

describe.skipIf(!haveEngines())('a rendered scope in an editor', () => {
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

  it('renames a Service where bases, patches and their targets name it, and nothing that would not be rendered', async () => {
    const target = 'patches:\n  - path: patch.yaml\n  - target: {kind: Service, name: web}\n    patch: |-\n      - {op: add, path: /spec/type, value: NodePort}\n'; // prettier-ignore
    const copied = '- source: {kind: Service, name: web, fieldPath: metadata.name}\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.template.metadata.labels.app]}]\n'; // prettier-ignore
    const server = await start({ ...files, 'dev/copied.yaml': copied, 'dev/kustomization.yaml': `resources: [../base]\nnamePrefix: dev-\n${target}` }); // prettier-ignore
    const uri = server.uri('base/web.yaml');
    const { connection } = server;
    const ask = (newName: string) => connection.sendRequest<{ changes: Record<string, { newText: string }[]> }>('textDocument/rename', { textDocument: { uri }, position: { line: 3, character: 9 }, newName }); // prettier-ignore
    await answered(server, async () => (await hoverIn(server, 'base/web.yaml', 3, 9)).includes('shop/dev-web'));
    const { changes } = await ask('shop');
    expect(changes).toMatchObject(
      Object.fromEntries(['base/web.yaml', 'dev/kustomization.yaml', 'dev/patch.yaml'].map((path) => [server.uri(path), [{ newText: 'shop' }]])), // prettier-ignore
    );
    // In a file of its own a replacement is no manifest, in which nobody looks for names.
    const kustomization = server.uri('dev/kustomization.yaml');
    const text = 'resources: [../base]\nnamePrefix: b-\nreplacements: [{path: copied.yaml}]\n';
    await connection.sendNotification('textDocument/didOpen', open(kustomization, text));
    await answered(server, async () => (await hoverIn(server, 'base/web.yaml', 3, 9)).includes('Service shop/b-web'));
    await expect(ask('shop')).rejects.toThrow(/^dev could not be rendered any more: .*nothing selected by Service/);
  });

  it('answers the tools of assistants, and renders a change that they ask about', async () => {
    const server = await start({ ...files, 'dev/patch.yaml': files['dev/patch.yaml'].replace('app: web', 'app: wbe') });
    await server.until(() => server.codes('dev/patch.yaml').includes(code));
    const ask = (tool: string, input: object) => server.connection.sendRequest<{ answer: unknown }>('serviceTopology/assistant', { tool, input }); // prettier-ignore
    const found = { total: 1, findings: [{ code, file: 'dev/patch.yaml', line: 6 }] };
    expect(await ask('list_findings', {})).toMatchObject({ answer: found });
    expect(await ask('explain_service', { service: 'dev-web' })).toMatchObject({ answer: { endpointCount: 0 } });
    const request = { from: 'deployment/dev-web', to: 'http://dev-web/' };
    expect(await ask('trace_request', request)).toMatchObject({ answer: { verdict: 'REFUSED, always' } });
    const change = { files: [{ file: 'dev/patch.yaml', text: files['dev/patch.yaml'] }], requests: [request] };
    expect(await ask('simulate_change', change)).toMatchObject({
      answer: { newFindings: [], goneFindings: [{ code }], requests: [{ before: 'REFUSED, always', after: 'DELIVERED' }] }, // prettier-ignore
    });
    expect(await ask('list_findings', {})).toMatchObject({ answer: found });
  });

  it('completes in a patch from what is rendered', async () => {
    const server = await start(files);
    await server.until(() => server.codes('base/web.yaml').length === 0);
    const uri = server.uri('dev/patch.yaml');
    const ask = async () => {
      const items = await server.connection.sendRequest<{ items: { label: string; detail?: string }[] } | null>('textDocument/completion', { textDocument: { uri }, position: { line: 5, character: 9 } }); // prettier-ignore
      return items?.items.map(({ label, detail }) => `${label}: ${detail ?? ''}`) ?? [];
    };
    await answered(server, async () => (await ask()).includes('web: 2 pods of dev-web'));
  });

  it('takes an emptied document for what it is, whatever is saved', async () => {
    const more = {
      'base/kustomization.yaml': 'resources: [web.yaml, api.yaml]\n',
      'base/api.yaml': deployment('web', 'web'),
    };
    const server = await start({ ...files, ...more, 'base/web.yaml': service('web', 'web') });
    await answered(server, async () => (await hoverIn(server, 'base/web.yaml', 3, 9)).includes('2 endpoints'));
    const uri = server.uri('base/api.yaml');
    await server.connection.sendNotification('textDocument/didOpen', open(uri, more['base/api.yaml']));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 2, ''));
    await answered(server, async () => /Service shop\/dev-web(?![^]*2 endpoints)/.test(await hoverIn(server, 'base/web.yaml', 3, 9))); // prettier-ignore
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
