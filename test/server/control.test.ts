/** Severities, ignores and reachability tests in an editor: the built language server over standard streams. */
import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/manifests';
import { change, open, start } from './start';

const code = 'selector-matches-nothing';
const broken = `${service('web', 'web')}---\n${deployment('web', 'wbe')}`;

describe('control', () => {
  it('gives findings the severity of .service-topology.yaml, and shows its mistakes in place', async () => {
    const server = await start({
      'web.yaml': broken,
      '.service-topology.yaml': `rules:\n  ${code}: info\n  no-such-rule: off\n`,
    });
    await server.until(() => server.codes('web.yaml').length === 1);
    expect(server.diagnostics.get(server.uri('web.yaml'))).toMatchObject([{ code, severity: 3 }]);
    await server.until(() => server.codes('.service-topology.yaml').length === 1);
    expect(server.diagnostics.get(server.uri('.service-topology.yaml'))).toMatchObject([
      { code: 'settings-invalid', severity: 1, range: { start: { line: 2, character: 2 } } },
    ]);
  });

  it('follows an ignore while it is typed, and tells when it is idle', async () => {
    const server = await start({ 'web.yaml': broken });
    await server.until(() => server.codes('web.yaml').includes(code));
    const uri = server.uri('web.yaml');
    await server.connection.sendNotification('textDocument/didOpen', open(uri, broken));
    const ignored = `# service-topology-ignore ${code}\n${broken}`;
    await server.connection.sendNotification('textDocument/didChange', change(uri, 2, ignored));
    await server.until(() => server.codes('web.yaml').length === 0);
    const mended = ignored.replaceAll('wbe', 'web');
    await server.connection.sendNotification('textDocument/didChange', change(uri, 3, mended));
    await server.until(() => server.codes('web.yaml').length === 1);
    expect(server.diagnostics.get(uri)).toMatchObject([{ code: 'ignore-unused', severity: 4 }]);
  });
});

describe('reachability tests', () => {
  it('are shown in place, and follow the manifests', async () => {
    const test = 'tests:\n  - {from: deployment shop/web, to: "web:80", expect: delivered}\n';
    const server = await start({ 'web.yaml': broken, 'reachability.yaml': test });
    await server.until(() => server.codes('reachability.yaml').length === 1);
    const uri = server.uri('reachability.yaml');
    expect(server.diagnostics.get(uri)).toMatchObject([
      {
        code: 'reachability-failed',
        severity: 1,
        range: { start: { line: 1, character: 54 }, end: { line: 1, character: 63 } },
        message: expect.stringContaining('expected delivered, but REFUSED, always'),
        relatedInformation: [{ location: { uri: server.uri('web.yaml') } }],
      },
    ]);
    const manifests = server.uri('web.yaml');
    await server.connection.sendNotification('textDocument/didOpen', open(manifests, broken));
    await server.connection.sendNotification(
      'textDocument/didChange',
      change(manifests, 2, broken.replaceAll('wbe', 'web')),
    );
    await server.until(() => server.codes('reachability.yaml').length === 0);
    await server.connection.sendNotification('textDocument/didOpen', open(uri, test));
    const other = test.replace('expect: delivered', 'expect: blocked');
    await server.connection.sendNotification('textDocument/didChange', change(uri, 2, other));
    await server.until(() => server.codes('reachability.yaml').includes('reachability-failed'));
    const wrong = test.replace('expect: delivered', 'expect: works');
    await server.connection.sendNotification('textDocument/didChange', change(uri, 3, wrong));
    await server.until(() => server.codes('reachability.yaml').join() === 'reachability-invalid');
  });
});
