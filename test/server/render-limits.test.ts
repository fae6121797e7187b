/** Renders that do not end or take too much, in an editor: each is told, and the server goes on meanwhile and after. */

import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, open, start } from './start';
import { haveEngines } from '../render/support';

const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'chart/templates/service.yaml': service('web', 'wbe').replace('name: web', 'name: {{ .Release.Name }}'),
  'chart/templates/deployment.yaml': deployment('web', 'web'),
};
const endless = '{{ range until 100000 }}{{ range until 100000 }}{{ $x := add 1 2 }}{{ end }}{{ end }}';
const mended = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: small}\n';

describe.skipIf(!haveEngines())('a render that is stopped in an editor', { timeout: 180_000 }, () => {
  it('is told where it takes more memory than it may, and renders again when that is mended', async () => {
    const path = 'chart/templates/large.yaml';
    const text = 'kind: ConfigMap\ndata:\n  a: {{ repeat 2000000000 "x" }}\n';
    const server = await start({ ...chart, [path]: text });
    await server.until(() => server.codes('chart/Chart.yaml').includes('render-stopped'));
    const told = server.diagnostics.get(server.uri('chart/Chart.yaml')) ?? [];
    expect(told.map(({ message }) => message)).toEqual([
      'chart is not rendered: Stopped: it needed more than 1 GiB of memory. A template that repeats itself or a very large value does that. It is tried again when one of its files changes.',
    ]);
    const uri = server.uri(path);
    await server.connection.sendNotification('textDocument/didOpen', open(uri, text));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 2, mended));
    await server.until(() => server.codes('chart/templates/service.yaml').includes('selector-matches-nothing'));
    await server.until(() => server.codes('chart/Chart.yaml').length === 0);
  });

  it('is told where a file is too large to be read', async () => {
    const server = await start({ ...chart, 'chart/values.yaml': `a: "${'x'.repeat(17 * 2 ** 20)}"\n` });
    await server.until(() => server.codes('chart/values.yaml').includes('render-failed'));
    const told = server.diagnostics.get(server.uri('chart/values.yaml')) ?? [];
    expect(told.map(({ message }) => message)).toEqual([
      'This file is not read: 17 MiB are more than 16 MiB.',
      'Helm does not render chart: chart file "values.yaml" is larger than the maximum file size 5242880',
    ]);
  });

  it('lets the server answer while it does not end, and gives way to an edit', async () => {
    const path = 'chart/templates/endless.yaml';
    const server = await start({ ...chart, [path]: endless, 'other/service.yaml': service('web', 'none') });
    const hover = await server.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: server.uri('other/service.yaml') },
      position: { line: 1, character: 8 },
    });
    expect(hover).not.toBeNull();
    expect(server.codes('chart/templates/service.yaml')).toEqual([]);
    const uri = server.uri(path);
    await server.connection.sendNotification('textDocument/didOpen', open(uri, endless));
    await server.connection.sendNotification('textDocument/didChange', change(uri, 2, mended));
    await server.until(() => server.codes('chart/templates/service.yaml').includes('selector-matches-nothing'));
  });
});
