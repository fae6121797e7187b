/** The live cluster in the editor: the built language server over its protocol, with a real API server behind it. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clusterDocumentRequest, connectRequest, contextsRequest, disconnectRequest, driftRequest, driftTextsRequest, dryRunRequest,
  namespacesRequest, outlookRequest, tryNowRequest, type Drift, type DryRunResult,
} from '#protocol/live'; // prettier-ignore
import {
  compareRequestMessage, nodesRequest, rulesRequest, scopesRequest, topologyPlaceRequest, topologyRequest,
  traceRequestMessage,
} from '#protocol/server'; // prettier-ignore
import { recordRequestMessage } from '#protocol/debug';
import { whatIfRequest } from '#protocol/what-if';
import { deployment, service as manifestOf } from '../support/program';
import { ControlPlane, findPrograms, until } from './control-plane';
import { startEditor, traffic, type Editor } from './editor';
import { expectReadingOnly } from './reading-only';
import { createShop, pod } from './shop';

const found = findPrograms();
if ('missing' in found) console.log(`the live cluster in the editor is not tested: ${found.missing}`);

const scope = 'cluster test';
const files = { 'web.yaml': `${manifestOf('web', 'web')}---\n${deployment('web', 'web')}` };

describe.skipIf('missing' in found)('the live cluster in the editor', () => {
  let plane: ControlPlane;
  let admin: string;

  beforeAll(async () => {
    plane = await ControlPlane.start(
      [
        { name: 'local', token: 'local-token-of-the-test' },
        { name: 'nodeless', token: 'nodeless-token-of-the-test' },
      ],
      { audit: true },
    );
    admin = await plane.kubeconfig('admin', { token: plane.token('admin') });
    await createShop(plane);
    await until('the slices of web', async () => {
      const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      const items = body.items as { endpoints: unknown[] | null }[];
      return items.some(({ endpoints }) => endpoints?.length === 2);
    });
  }, 120_000);

  afterAll(async () => {
    await plane?.stop();
  });

  async function connected(kubeconfig: string, namespaces?: string[]): Promise<Editor> {
    const editor = await startEditor(files);
    await until('the files', () => editor.seen.ready);
    expect(await editor.ask(connectRequest, { context: 'test', kubeconfig, namespaces })).toEqual({});
    return editor;
  }

  it('is a scope beside the files, and every question is answered for it', async () => {
    const editor = await connected(admin);
    expect(editor.statuses.map(({ state }) => state)).toEqual(expect.arrayContaining(['connecting', 'live']));
    expect(editor.status()).toMatchObject({ state: 'live', scope, context: 'test', version: 'v1.37.2', refused: [] });
    const rows = await editor.rows();
    expect(rows.filter((row) => !row.startsWith(' '))).toEqual([expect.stringMatching(/^test: /), expect.stringMatching(/^\.: /)]); // prettier-ignore
    expect(rows).toContainEqual(expect.stringMatching(/^ {4}web: 2 endpoints · ClusterIP 10\./));
    const { scopes } = await editor.ask(scopesRequest, {});
    expect(scopes.map(({ name, kind }) => [name, kind])).toEqual([['.', 'folder'], [scope, 'cluster']]); // prettier-ignore

    const { topology } = (await editor.ask(topologyRequest, { scope })) as { topology: { nodes: { label: string }[] } };
    expect(topology.nodes.map(({ label }) => label)).toEqual(expect.arrayContaining(['web', 'api', 'node-1']));
    const { place: web } = await editor.ask(topologyPlaceRequest, { scope, object: '/Service/shop/web' });
    expect(web?.uri).toBe('service-topology-cluster:/test/shop/service-web.yaml');
    const document = (await editor.ask(clusterDocumentRequest, { uri: web!.uri })) as { text: string };
    expect(document.text).toMatch(/^apiVersion: v1\nkind: Service\n/);
    expect(document.text).not.toContain('managedFields');

    const request = { from: 'pod shop/front', to: 'http://web' };
    const { trace } = (await editor.ask(traceRequestMessage, { scope, request })) as { trace: { verdict: string; paths: { hops: { causes: { place?: { uri: string } }[] }[] }[] } }; // prettier-ignore
    expect(trace.verdict).toBe('DELIVERED');
    expect(trace.paths[0]!.hops.flatMap(({ causes }) => causes.flatMap(({ place }) => place?.uri ?? []))).toContain(web!.uri); // prettier-ignore
    expect(await editor.ask(compareRequestMessage, { scope, request })).toHaveProperty('comparison');
    expect(await editor.ask(nodesRequest, { scope })).toMatchObject({ nodes: ['node-1', 'node-2'], version: '1.37' });
    const rules = { scope, node: 'node-1', mode: 'iptables', family: 'IPv4' } as const;
    const printed = (await editor.ask(rulesRequest, rules)) as { text: string };
    expect(printed.text).toContain('--to-destination 10.244.1.2:8080');
    // What may happen to it, and a request step by step.
    const supposed = (await editor.ask(whatIfRequest, { scope, steps: ['pod shop/web-1 crashes'], requests: [request] })) as { whatIf: { moments: { services: { service: string; ready: number }[] }[] } }; // prettier-ignore
    const ready = supposed.whatIf.moments.flatMap(({ services }) => services.filter(({ service: name }) => name === 'shop/web').map((each) => each.ready)); // prettier-ignore
    expect([Math.max(...ready), Math.min(...ready)]).toEqual([2, 1]);
    const recorded = await editor.ask(recordRequestMessage, { scope, ...request });
    expect(JSON.stringify(recorded)).toContain('KUBE-SERVICES');
    // What is asked of the files is answered of the files.
    expect(await editor.ask(topologyRequest, { scope: '.' })).toMatchObject({ topology: { scope: '.' } });
    expect(await editor.ask(clusterDocumentRequest, { uri: 'service-topology-cluster:/test/shop/secret-database.yaml' })).toHaveProperty('error'); // prettier-ignore
  });

  it('takes changes as they come, and tells findings of an object that is open', async () => {
    const editor = await connected(admin);
    const uri = 'service-topology-cluster:/test/shop/service-api.yaml';
    const { text } = (await editor.ask(clusterDocumentRequest, { uri })) as { text: string };
    await editor.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } }); // prettier-ignore
    await until('its finding', () => editor.diagnostics.get(uri)?.[0]?.code === 'selector-matches-nothing', 10);
    const hover = await editor.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: text.split('\n').findIndex((line) => line.includes('name: api')), character: 9 } }); // prettier-ignore
    expect(JSON.stringify(hover)).toContain('api.shop.svc.cluster.local');
    // What a cluster has is to be read: nothing is offered that would write it.
    const there = { textDocument: { uri }, position: { line: text.split('\n').indexOf('  selector:') + 1, character: 10 } }; // prettier-ignore
    expect(await editor.connection.sendRequest('textDocument/references', { ...there, context: { includeDeclaration: true } })).toHaveLength(1); // prettier-ignore
    expect(await editor.connection.sendRequest('textDocument/prepareRename', there)).toBeNull();
    expect(await editor.connection.sendRequest('textDocument/completion', there)).toBeNull();
    const range = { start: there.position, end: there.position };
    expect(await editor.connection.sendRequest('textDocument/codeAction', { ...there, range, context: { diagnostics: [] } })).toEqual([]); // prettier-ignore
    const before = editor.seen.changes;
    await plane.create(pod({ namespace: 'shop', name: 'apj-1', labels: { app: 'apj' }, node: 1, address: '10.244.1.7' })); // prettier-ignore
    await until('the pod’s endpoint', async () => (await editor.rows()).some((row) => /^ {4}api: 1 endpoint ·/.test(row)), 10); // prettier-ignore
    expect(editor.seen.changes).toBeGreaterThan(before);
    await until('no finding', () => editor.diagnostics.get(uri)?.length === 0, 10);
    await plane.call('DELETE', '/api/v1/namespaces/shop/pods/apj-1?gracePeriodSeconds=0');
    await until('the finding again', () => editor.diagnostics.get(uri)?.length === 1, 10);
    await editor.ask(disconnectRequest, {});
    expect(editor.status()?.state).toBe('off');
    expect(editor.diagnostics.get(uri)).toEqual([]);
    expect((await editor.rows()).some((row) => row.startsWith('test'))).toBe(false);
  });

  it('tells of slices that are not as their pods are once that stands, and never while the controller follows', async () => {
    const editor = await connected(admin);
    const uri = 'service-topology-cluster:/test/shop/service-web.yaml';
    const said: string[] = [];
    editor.connection.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: { code: string }[] }) => {
      editor.diagnostics.set(params.uri, params.diagnostics as never);
      if (params.uri === uri) said.push(...params.diagnostics.map(({ code }) => code));
    });
    await editor.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: '' } });
    const label = (app: string) => plane.call('PATCH', '/api/v1/namespaces/shop/pods/web-2', { metadata: { labels: { app } } });
    // The cluster's rows come before those of the files, which have a web as well.
    const row = (endpoints: string) => until(endpoints, async () => (await editor.rows()).find((each) => each.startsWith('    web: '))?.startsWith(`    web: ${endpoints}`) === true, 20);
    for (let i = 0; i < 5; i++) {
      await label('none');
      await row('1 endpoint ');
      await label('web');
      await row('2 endpoints');
    }
    expect(said).toEqual([]);
    plane.pause('kube-controller-manager');
    try {
      await label('none');
      await until('the finding', () => said.includes('endpoints-differ'), 20);
      expect((await editor.rows()).some((each) => each.includes('1 endpoint of its slices not as its pods are'))).toBe(true);
    } finally {
      plane.resume('kube-controller-manager');
    }
    await row('1 endpoint ');
    await until('no finding', () => editor.diagnostics.get(uri)?.length === 0, 20);
    await label('web');
    await row('2 endpoints');
  }, 120_000); // prettier-ignore

  it('says since when it is not live, and is live again without a loss', async () => {
    const editor = await connected(admin);
    const request = { from: 'pod shop/front', to: 'http://web' };
    await plane.stopApiServer();
    await until('the loss', () => editor.status()?.state === 'reconnecting' || editor.status()?.state === 'stale', 20);
    expect(Date.now() - editor.status()!.since!).toBeLessThan(60_000);
    await until('why', () => /^cannot reach 127\.0\.0\.1:\d+: /.test(editor.status()?.message ?? ''), 20);
    // What was known is still there, and is called what it is.
    expect(await editor.rows()).toContainEqual(expect.stringMatching(/^ {4}web: 2 endpoints/));
    const supposed = (await editor.ask(whatIfRequest, { scope, steps: ['pod shop/web-1 crashes'], requests: [request] })) as { whatIf: { moments: object[] } }; // prettier-ignore
    expect(supposed.whatIf.moments.length).toBeGreaterThan(1);
    const answer = (await editor.ask(traceRequestMessage, { scope, request })) as { trace: { assumptions: string[] } };
    expect(answer.trace.assumptions.join('\n')).toMatch(/not live: (reconnecting|stale) since /);
    // What was known compares with the files as before.
    const drift = (await editor.ask(driftRequest, { scope: '.' })) as Drift;
    expect(drift.onlyInFiles.map(({ reference }) => reference)).toEqual(['Deployment shop/web']);
    await plane.startApiServer();
    await plane.create(pod({ namespace: 'shop', name: 'web-3', labels: { app: 'web' }, node: 1, address: '10.244.1.8' })); // prettier-ignore
    await until('live', () => editor.status()?.state === 'live', 60);
    await until('the new endpoint', async () => (await editor.rows()).some((row) => /^ {4}web: 3 endpoints/.test(row)), 20); // prettier-ignore
    const again = (await editor.ask(traceRequestMessage, { scope, request })) as { trace: { assumptions: string[] } };
    expect(again.trace.assumptions.join('\n')).not.toContain('not live');
    await plane.call('DELETE', '/api/v1/namespaces/shop/pods/web-3?gracePeriodSeconds=0');
    // The controller takes a moment; those who come next are to find the slices in order.
    await until('the old endpoints', async () => (await editor.rows()).find((row) => row.startsWith('    web: '))?.startsWith('    web: 2 endpoints') === true, 20); // prettier-ignore
  }, 180_000);

  it('works with the rights that there are, and says what it cannot know', async () => {
    await plane.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'nodeless' },
      rules: [{ apiGroups: ['', 'discovery.k8s.io', 'apps', 'batch', 'networking.k8s.io'], resources: ['services', 'pods', 'namespaces', 'endpointslices', 'deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'networkpolicies', 'ingresses', 'ingressclasses', 'servicecidrs'], verbs: ['list', 'watch'] }],
    }); // prettier-ignore
    const bind = async (name: string, namespace?: string) => {
      const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
      await plane.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'nodeless' }, subjects: [{ kind: 'User', name }] }); // prettier-ignore
    };
    await bind('nodeless');
    await bind('local', 'shop');
    const nodeless = await connected(await plane.kubeconfig('nodeless', { token: plane.token('nodeless') }));
    expect(nodeless.status()!.state).toBe('live');
    expect(nodeless.status()!.namespaces).toBeUndefined();
    expect(nodeless.status()!.refused.map(({ resource }) => resource)).toContain('nodes');
    const rows = await nodeless.rows();
    expect(rows).toContainEqual(expect.stringMatching(/^ {2}\d+ things cannot be known: $/));
    expect(rows).toContainEqual(expect.stringMatching(/^ {4}nodes may not be read: /));
    const request = { from: 'pod shop/front', to: 'http://web' };
    expect(await nodeless.ask(traceRequestMessage, { scope, request })).toMatchObject({ trace: { verdict: 'DELIVERED' } }); // prettier-ignore

    const local = await connected(await plane.kubeconfig('local', { token: plane.token('local') }), ['shop']);
    expect(local.status()).toMatchObject({ state: 'live', namespaces: ['shop'] });
    expect(await local.rows()).toContainEqual(expect.stringMatching(/only the namespace shop is read/));
    expect((await local.rows()).some((row) => row.includes('elsewhere:'))).toBe(false);
    expect(await local.ask(namespacesRequest, {})).toMatchObject({ namespaces: ['shop'] });
    // The same editor with other namespaces: nothing of the former is left.
    expect(await local.ask(connectRequest, { context: 'test', kubeconfig: admin, namespaces: ['other'] })).toEqual({});
    expect((await local.rows()).some((row) => /^ {4}elsewhere: /.test(row))).toBe(true);
    // The files' own.
    expect((await local.rows()).filter((row) => /^ {4}web: /.test(row))).toHaveLength(1);
  });

  it('says what is wrong with a cluster that does not answer, while the files go on working', async () => {
    const path = await plane.kubeconfig('nowhere', { token: 'a-token-that-nobody-takes' });
    await writeFile(path, (await readFile(path, 'utf8')).replace(plane.server, 'https://127.0.0.1:9'));
    const editor = await startEditor(files);
    await until('the files', () => editor.seen.ready);
    expect(await editor.ask(contextsRequest, { kubeconfig: path })).toMatchObject({
      contexts: [{ name: 'test', cluster: 'test', user: 'nowhere' }],
      current: 'test',
      files: [path],
    });
    const answer = (await editor.ask(connectRequest, { context: 'test', kubeconfig: path })) as { error: string };
    expect(answer.error).toMatch(/^cannot reach 127\.0\.0\.1:9: /);
    expect(editor.status()).toMatchObject({ state: 'failed', message: answer.error, known: false });
    const rows = await editor.rows();
    expect(rows[0]).toBe('test: ');
    expect(rows).toContainEqual(expect.stringMatching(/^ {4}web: /));
    expect(await editor.ask(contextsRequest, { kubeconfig: '/nowhere/config' })).toEqual({ error: 'cannot read the kubeconfig /nowhere/config: ENOENT' }); // prettier-ignore
    // It may come back: it is tried again, and at once where somebody says so.
    const first = editor.status()!.nextTry!;
    expect(first).toBeGreaterThan(Date.now() - 60_000);
    await until('the next try', () => editor.status()?.state === 'failed' && editor.status()!.nextTry! > first, 20);
    await writeFile(path, await readFile(admin, 'utf8'));
    await editor.ask(tryNowRequest, {});
    expect(editor.status()).toMatchObject({ state: 'live', known: true });
    await editor.ask(disconnectRequest, {});
  });

  it('shows what applying the files would change, and how a request would end then', async () => {
    const wrong = `${manifestOf('web', 'wbe')}---\n${manifestOf('new', 'front')}`;
    const editor = await startEditor({ 'web.yaml': wrong });
    await until('the files', () => editor.seen.ready);
    expect(await editor.ask(driftRequest, { scope: '.' })).toHaveProperty('error');
    await editor.ask(connectRequest, { context: 'test', kubeconfig: admin });
    const drift = (await editor.ask(driftRequest, { scope: '.' })) as Drift;
    expect(drift).toMatchObject({ now: scope, after: `${scope} after apply of .` });
    expect(drift.services.map(({ service, change }) => `${service} ${change}`)).toEqual(['shop/new added', 'shop/web changed']); // prettier-ignore
    const [added, changed] = drift.services;
    expect(added!.endpointsAdded).toEqual(['10.244.1.3:8080/TCP']);
    expect(changed!.fields).toContainEqual({ field: 'spec.selector', before: 'app=web', after: 'app=wbe' });
    expect(changed!.endpointsRemoved).toEqual(['10.244.1.2:8080/TCP', '10.244.2.2:8080/TCP']);
    expect(changed!.place?.uri).toBe(pathToFileURL(join(editor.folder, 'web.yaml')).href);
    expect(drift.onlyInFiles.map(({ reference }) => reference)).toEqual(['Service shop/new']);
    expect(drift.onlyInCluster.map(({ reference }) => reference)).toEqual(expect.arrayContaining(['Service shop/api', 'Pod shop/front'])); // prettier-ignore
    expect(drift.onlyInCluster.map(({ reference }) => reference)).not.toContain('Secret shop/database');
    expect(drift.unseen).toEqual([]);
    const texts = (await editor.ask(driftTextsRequest, { scope: '.', key: changed!.key })) as { now: string; after: string }; // prettier-ignore
    expect(texts.after).toBe(texts.now.replace('app: web', 'app: wbe'));

    const request = { from: 'pod shop/front', to: 'http://web' };
    const { worlds } = await editor.ask(outlookRequest, { scope: '.', request });
    expect(worlds).toEqual([
      { scope, world: 'now', verdict: 'DELIVERED' },
      { scope: drift.after, world: 'after apply', verdict: 'REFUSED, always' },
    ]);
    // The cluster after apply is a scope like any other; what was applied leads to its file.
    const traced = (await editor.ask(traceRequestMessage, { scope: drift.after, request })) as { trace: { paths: { hops: { causes: { place?: { uri: string } }[] }[] }[] } }; // prettier-ignore
    expect(traced.trace.paths[0]!.hops.flatMap(({ causes }) => causes.flatMap(({ place }) => place?.uri ?? []))).toContain(changed!.place?.uri); // prettier-ignore
    const rules = (of: string) => editor.ask(rulesRequest, { scope: of, node: 'node-1', mode: 'iptables', family: 'IPv4' }) as Promise<{ text: string }>; // prettier-ignore
    expect((await rules(scope)).text).toContain('--to-destination 10.244.1.2:8080');
    expect((await rules(drift.after)).text).not.toContain('--to-destination 10.244.1.2:8080');
    expect((await rules(drift.after)).text).toContain('--to-destination 10.244.1.3:8080');

    // An edit is followed at once.
    const uri = pathToFileURL(join(editor.folder, 'web.yaml')).href;
    await editor.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text: manifestOf('web', 'web') } }); // prettier-ignore
    await until('no difference', async () => {
      const now = (await editor.ask(driftRequest, { scope: '.' })) as Drift;
      return now.services.length + now.onlyInFiles.length + now.others.length === 0;
    }, 10); // prettier-ignore
  });

  it('asks the API server itself what apply would do, which then has stored nothing', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: kept\n  namespace: shop\nstringData:\n  password: the-secret-of-the-files\n'; // prettier-ignore
    const parts = [manifestOf('web', 'wbe'), manifestOf('new', 'front'), manifestOf('api', 'apj'), manifestOf('Wrong', 'x'), secret]; // prettier-ignore
    const editor = await startEditor({ 'all.yaml': parts.join('---\n'), 'far/far.yaml': manifestOf('far', 'x').replace('namespace: shop', 'namespace: nowhere') }); // prettier-ignore
    await until('the files', () => editor.seen.ready);
    await editor.ask(connectRequest, { context: 'test', kubeconfig: admin });
    const before = await plane.call('GET', '/api/v1/namespaces/shop/services');
    const answer = (await editor.ask(dryRunRequest, { scope: '.' })) as { results: DryRunResult[] };
    const told = new Map(answer.results.map((result) => [result.reference, result]));
    expect(told.get('Service shop/web')).toMatchObject({ outcome: 'would be changed', fields: [{ field: 'spec.selector.app', before: 'web', after: 'wbe' }] }); // prettier-ignore
    expect(told.get('Service shop/new')).toMatchObject({ outcome: 'would be created', place: { uri: pathToFileURL(join(editor.folder, 'all.yaml')).href } }); // prettier-ignore
    expect(told.get('Service shop/api')).toMatchObject({ outcome: 'unchanged', fields: [] });
    expect(told.get('Service shop/Wrong')).toMatchObject({ outcome: 'refused', message: expect.stringContaining('Invalid value: "Wrong"') as string }); // prettier-ignore
    expect(await editor.ask(driftRequest, { scope: '.' })).toMatchObject({ unseen: ['Secret'] });
    expect(told.get('Secret shop/kept')).toMatchObject({ outcome: 'not checked', message: 'Secrets are not sent' });
    const far = (await editor.ask(dryRunRequest, { scope: 'far' })) as { results: DryRunResult[] };
    expect(far.results).toMatchObject([{ outcome: 'refused', message: 'namespaces "nowhere" not found' }]);
    const after = await plane.call('GET', '/api/v1/namespaces/shop/services');
    expect(after.body.items).toEqual(before.body.items);

    const narrow = await connected(await plane.kubeconfig('nodeless', { token: plane.token('nodeless') }));
    const refused = (await narrow.ask(dryRunRequest, { scope: '.' })) as { results: DryRunResult[] };
    expect(refused.results.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
    expect(refused.results[0]!.message).toMatch(/is forbidden: User "nodeless" cannot patch resource/);
  });

  it('puts no token and no Secret into any message or print', () => {
    const all = Buffer.concat(traffic).toString('utf8');
    expect(all.length).toBeGreaterThan(80_000);
    for (const user of ['admin', 'local', 'nodeless']) expect(all).not.toContain(plane.token(user));
    expect(all).not.toContain('a-token-that-nobody-takes');
    expect(all).not.toContain('the-secret-of-the-test');
    expect(all).not.toContain('the-secret-of-the-files');
    expect(all).not.toMatch(/Bearer/);
  });

  it('has asked the API server for nothing but what may be read, and for no Secret', async () => {
    await expectReadingOnly(plane);
  });
});
