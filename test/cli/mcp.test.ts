/** The tools of assistants, asked by a client of the Model Context Protocol over standard streams, as an assistant asks them. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deployment, folderOf, program, run, service } from '../support/program';
import { haveEngines } from '../render/support';

/** What the tests read of the answers. */
interface Answer {
  readonly total: number;
  readonly findings: readonly { readonly code: string; readonly file: string; readonly line: number }[];
  readonly endpointsInWords: string;
  readonly verdict: string;
  readonly wouldWorkWith: readonly {
    readonly steps: readonly string[];
    readonly edits: readonly object[];
    readonly then: string;
  }[];
  readonly newFindings: readonly { readonly code: string }[];
  readonly goneFindings: readonly { readonly code: string; readonly file: string }[];
  readonly services: readonly object[];
  readonly requests: readonly object[];
  readonly unknown: readonly string[];
}

async function connect(folder: string) {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [program, 'mcp', folder] }));
  onTestFinished(() => client.close());
  const ask = async (name: string, input: Record<string, unknown> = {}) => {
    const { structuredContent, isError, content } = await client.callTool({ name, arguments: input });
    const [{ text }] = content as [{ text: string }];
    if (isError) return text;
    expect(JSON.parse(text)).toEqual(structuredContent);
    return structuredContent as unknown as Answer;
  };
  const answer = async (name: string, input?: Record<string, unknown>) => {
    const found = await ask(name, input);
    if (typeof found === 'string') throw new Error(found);
    return found;
  };
  return { client, ask, answer };
}

const shop = () => folderOf({ 'web.yaml': service('web', 'web'), 'pods.yaml': deployment('web', 'wbe') });

describe('service-topology mcp', () => {
  it('offers its tools as read-only, each with a schema of its input', async () => {
    const { client } = await connect(shop());
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['explain_service', 'trace_request', 'list_findings', 'simulate_change']); // prettier-ignore
    for (const tool of tools) {
      expect(tool.annotations?.readOnlyHint).toBe(true);
      expect(tool.inputSchema.type).toBe('object');
    }
  });

  it('finds the fault, explains it, and proves the fix before anybody writes it', async () => {
    const folder = shop();
    const { answer } = await connect(folder);
    const { findings, total } = await answer('list_findings');
    expect(total).toBe(1);
    expect(findings[0]).toMatchObject({ code: 'selector-matches-nothing', file: 'web.yaml', line: 8 });
    expect((await answer('explain_service', { service: 'web' })).endpointsInWords).toBe('no endpoints');
    const request = { from: 'deployment/web', to: 'http://web/' };
    const traced = await answer('trace_request', request);
    expect(traced.verdict).toBe('REFUSED, always');
    expect(traced.wouldWorkWith[0]).toMatchObject({ then: expect.stringMatching(/^DELIVERED to/) });
    const edit = { file: 'web.yaml', line: 8, before: '    app: web', after: '    app: wbe' };
    expect(traced.wouldWorkWith[0]?.edits).toEqual([edit]);
    const files = [{ file: 'web.yaml', text: service('web', 'wbe') }];
    const then = await answer('simulate_change', { files, requests: [request] });
    expect(then.goneFindings.map(({ code }) => code)).toEqual(['selector-matches-nothing']);
    expect(then.newFindings).toEqual([]);
    expect(then.requests).toEqual([{ ...request, before: 'REFUSED, always', after: 'DELIVERED' }]);
    expect(then.services).toMatchObject([{ service: 'shop/web', after: expect.stringContaining('2 endpoints') }]);
    expect((await answer('list_findings')).total).toBe(1);
  });

  it('answers from the files as they are now', async () => {
    const folder = shop();
    const { answer } = await connect(folder);
    expect((await answer('list_findings')).total).toBe(1);
    writeFileSync(join(folder, 'web.yaml'), service('web', 'wbe'));
    expect((await answer('list_findings')).total).toBe(0);
    writeFileSync(join(folder, 'other.yaml'), service('other', 'wbbe'));
    expect((await answer('list_findings')).total).toBe(1);
    rmSync(join(folder, 'other.yaml'));
    expect((await answer('list_findings')).total).toBe(0);
  });

  it('says what is wrong with a question, and goes on', async () => {
    const { ask, answer } = await connect(shop());
    expect(await ask('explain_service', {})).toContain('service');
    expect(await ask('explain_service', { service: 'wbe' })).toBe('There is no Service wbe; there is shop/web.');
    expect(await ask('trace_request', { from: 'pod/nobody', to: 'web' })).toContain('nobody');
    expect(await ask('drop_everything')).toContain('There is no tool drop_everything; there are explain_service, ');
    expect(await ask('list_findings', { code: 'selector-match-nothing' })).toContain('selector-matches-nothing is one');
    expect(await ask('list_findings', { scope: 'prod' })).toMatch(/no scope "prod"\. Scopes: /);
    expect(await ask('simulate_change', { files: [{ file: '../web.yaml', text: '' }] })).toContain('relative');
    expect(await ask('list_findings', { limit: 0 })).toContain('limit');
    expect(await ask('list_findings', { codes: 'x' })).toContain('codes');
    expect(await ask('list_findings', { code: 'selector' })).toContain('there are external-name-selector, ');
    expect(await ask('list_findings', { file: 'wep.yaml' })).toBe('There is no manifest wep.yaml; there is web.yaml.');
    expect(await ask('trace_request', { from: 'deployment/nobody', to: 'web' })).toMatch(/^No deployment nobody.*\.$/);
    expect(await ask('simulate_change', { files: [{ file: '/tmp/web.yaml', text: '' }] })).toContain('web.yaml may be meant'); // prettier-ignore
    expect((await answer('list_findings')).total).toBe(1);
  });

  it('takes names and paths as they are written elsewhere, and says of what it makes nothing', async () => {
    const { answer } = await connect(shop());
    for (const name of ['svc/web', 'service/shop/web', 'web.shop', 'web.shop.svc.cluster.local'])
      expect(await answer('explain_service', { service: name, scope: null })).toMatchObject({ service: 'shop/web' });
    for (const file of ['./web.yaml', '/home/somebody/shop/web.yaml', 'shop\\web.yaml'])
      expect((await answer('list_findings', { file })).total).toBe(1);
    const { unknown } = await answer('simulate_change', { files: [{ file: 'notes.txt', text: 'x' }, { file: 'wep.yaml' }] }); // prettier-ignore
    expect(unknown).toEqual([
      'notes.txt is no manifest: nothing here reads it.',
      'There is no manifest wep.yaml that could be deleted; there is web.yaml.',
    ]);
  });

  it('asks which cluster is meant, where there are several', async () => {
    const kustomization = 'kind: Kustomization\nresources: [../base]\n';
    const folder = folderOf({
      'base/kustomization.yaml': 'kind: Kustomization\nresources: [all.yaml]\n',
      'base/all.yaml': [service('web', 'web'), deployment('web', 'web')].join('---\n'),
      'one/kustomization.yaml': kustomization,
      'two/kustomization.yaml': kustomization,
    });
    const { ask } = await connect(folder);
    expect(await ask('trace_request', { from: 'deployment/web', to: 'web' })).toMatch(/2 scopes.*Scopes: .*one.*two/s);
    expect(await ask('explain_service', { service: 'web' })).toMatch(/Several Services are called web/);
    expect(await ask('trace_request', { from: 'deployment/web', to: 'web', scope: 'one' })).toMatchObject({
      verdict: 'DELIVERED',
    });
  });

  it('tells what is wrong with a file itself, now and after a change', async () => {
    const broken = { file: 'web.yaml', text: 'kind: [Service' };
    const { answer } = await connect(folderOf({ [broken.file]: broken.text, 'pods.yaml': deployment('web', 'web') }));
    const problem = { code: 'yaml-syntax', file: 'web.yaml', line: 1 };
    expect((await answer('list_findings')).findings).toMatchObject([problem]);
    const mended = await answer('simulate_change', { files: [{ file: 'web.yaml', text: service('web', 'web') }] });
    expect(mended).toMatchObject({ newFindings: [], goneFindings: [problem] });
  });

  it.skipIf(!haveEngines())('renders what a change of a base, a patch or values would come to', async () => {
    const patch = (app: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector:\n    app: ${app}\n`; // prettier-ignore
    const folder = folderOf({
      'base/kustomization.yaml': 'kind: Kustomization\nresources: [all.yaml]\n',
      'base/all.yaml': [service('web', 'web'), deployment('web', 'web')].join('---\n'),
      'prod/kustomization.yaml': 'kind: Kustomization\nresources: [../base]\npatches: [{path: patch.yaml}]\n',
      'prod/patch.yaml': patch('wbe'),
      'chart/Chart.yaml': 'apiVersion: v2\nname: cart\nversion: 0.1.0\n',
      'chart/values.yaml': 'app: crt\n',
      'chart/templates/all.yaml': [service('cart', '{{ .Values.app }}'), deployment('cart', 'cart')].join('---\n'),
    });
    const { answer } = await connect(folder);
    const { findings } = await answer('list_findings');
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual(['chart/values.yaml:1', 'prod/patch.yaml:6']);
    const mended = async (file: string, text?: string) => {
      const { newFindings, goneFindings, services, unknown } = await answer('simulate_change', { files: [{ file, text }] }); // prettier-ignore
      expect(unknown).toEqual([]);
      return { come: newFindings.map(({ code }) => code), gone: goneFindings.map(({ file: at }) => at), services };
    };
    const gained = (scope: string, name: string) => ({ scope, service: `shop/${name}`, after: expect.stringContaining('2 endpoints') as string }); // prettier-ignore
    expect(await mended('prod/patch.yaml', patch('web'))).toMatchObject({ come: [], gone: ['prod/patch.yaml'], services: [gained('prod', 'web')] }); // prettier-ignore
    expect(await mended('./chart/values.yaml', 'app: cart\n')).toMatchObject({ come: [], gone: ['chart/values.yaml'], services: [gained('chart', 'cart')] }); // prettier-ignore
    expect(await mended('test/kustomization.yaml', 'kind: Kustomization\nresources: [../base]\n')).toMatchObject({ come: [], gone: [], services: [gained('test', 'web')] }); // prettier-ignore
    expect((await mended('prod/patch.yaml')).come).toEqual(['render-failed']);
    expect((await answer('list_findings')).total).toBe(2);
  });

  it('ends with its input, and refuses what it cannot read', () => {
    expect(run(['mcp', shop()], { input: '' }).status).toBe(0);
    expect(run(['mcp', '/nowhere'], { input: '' })).toMatchObject({ status: 2, stdout: '' });
    expect(run(['mcp', '--live'], { input: '' }).stderr).toContain('PATH');
  });
});
