/** Reachability tests: what they take, whom they ask, how they end, and what is said where they fail. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KeptReachability } from '#analysis/reachability/kept';
import { readReachability } from '#analysis/reachability/read';
import { runReachability } from '#analysis/reachability/run';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { readManifest } from '#manifest/index';
import { defaultSettings } from '#model/settings';
import { conforms, type Schema } from '../../support/json-schema';

const deployment = (namespace: string, name: string, replicas = 1, port = 8080) => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: a, ports: [{containerPort: ${port}}]}]}
`;
const service = (namespace: string, name: string, more = '') => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80, targetPort: 8080}]
${more}`;
const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: front}}}]
`;
const namespaces = ['shop', 'dev'].map((name) => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`);
const cluster = [
  ...namespaces,
  service('shop', 'db'),
  deployment('shop', 'db', 2),
  deployment('shop', 'front', 3),
  service('shop', 'empty'),
  deployment('dev', 'tool'),
  policy,
].join('');

function workspaceOf(files: Readonly<Record<string, string>>): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

function runOne(test: string, files: Readonly<Record<string, string>> = { 'all.yaml': cluster }) {
  const text = `tests:\n  - {${test}}\n`;
  const workspace = workspaceOf({ ...files, 'a.reachability.yaml': text });
  expect(workspace.problems('a.reachability.yaml')).toEqual([]);
  const [result] = runReachability(workspace.file('a.reachability.yaml')!, workspace).tests;
  return result!;
}

describe('a reachability test', () => {
  it.each([
    ['from: deployment shop/front, to: "db:80", expect: delivered', 'passed'],
    ['from: deployment shop/front, to: "http://db/", expect: not delivered', 'failed'],
    ['from: deployment shop/front, to: db, port: 80, protocol: TCP, mode: nftables, expect: delivered', 'passed'],
    ['from: namespace dev, to: "db.shop:80", expect: blocked', 'passed'],
    ['from: namespace dev, to: "db.shop:80", expect: timeout', 'passed'],
    ['from: namespace dev, to: "db.shop:80", expect: delivered', 'failed'],
    ['from: namespace dev, to: "db.shop:80", expect: refused', 'failed'],
    ['from: namespace dev, to: "db:80", expect: unresolved', 'passed'],
    ['from: namespace dev, to: "empty.shop:80", expect: refused', 'passed'],
    ['from: namespace dev, to: "empty.shop:80", expect: blocked', 'failed'],
    ['from: outside, to: deployment shop/db, expect: blocked', 'passed'],
    ['from: deployment dev/tool, to: deployment shop/front, port: 8080, expect: delivered', 'passed'],
    ['from: deployment dev/nosuch, to: "db.shop:80", expect: not delivered', 'error'],
    ['from: namespace nosuch, to: "db.shop:80", expect: not delivered', 'error'],
    ['from: deployment dev/tool, to: service shop/nosuch, expect: not delivered', 'error'],
  ])('{%s} is %s', (test, state) => {
    expect(runOne(test).state).toBe(state);
  });

  it('asks each pod of a workload, each workload of a namespace, each node from outside', () => {
    const requests = (from: string, to = '"db.shop:80"') => runOne(`from: ${from}, to: ${to}, expect: delivered`).requests;
    expect(requests('deployment shop/front')).toBe(3);
    expect(requests('namespace shop')).toBe(5);
    expect(requests('[namespace shop, deployment dev/tool]')).toBe(6);
    expect(requests('outside')).toBe(3);
    expect(requests('outside via node-b')).toBe(1);
    expect(requests('deployment dev/tool', 'deployment shop/db')).toBe(2);
    expect(requests('deployment dev/tool', 'namespace shop')).toBe(5);
    expect(requests('deployment shop/front', '["db:80", "empty:80"]')).toBe(6);
  }); // prettier-ignore

  it('from outside goes where a load balancer sends it: to nodes with a ready endpoint, where the Service wants that', () => {
    const balanced = (policy: string, more = '') =>
      service('shop', 'db', `  type: LoadBalancer\n  externalTrafficPolicy: ${policy}\n${more}status: {loadBalancer: {ingress: [{ip: 203.0.113.7}]}}\n`);
    const run = (to: string, policy: string, replicas = 1) => {
      const files = { 'all.yaml': [...namespaces, balanced(policy, '  healthCheckNodePort: 30999\n'.repeat(Number(policy === 'Local'))), deployment('shop', 'db', replicas)].join('') };
      const { state, requests, share } = runOne(`from: outside, to: "${to}", expect: delivered`, files);
      return { state, requests, share: Math.round(share * 100) };
    };
    expect(run('203.0.113.7:80', 'Cluster')).toEqual({ state: 'passed', requests: 3, share: 100 });
    expect(run('203.0.113.7:80', 'Local')).toEqual({ state: 'passed', requests: 1, share: 100 });
    expect(run('service shop/db', 'Local')).toEqual({ state: 'passed', requests: 1, share: 100 });
    expect(run('203.0.113.7:80', 'Local', 0)).toEqual({ state: 'failed', requests: 3, share: 0 });
  }); // prettier-ignore

  it('of a large workload asks pods that are alike once, each for all of them', () => {
    const files = { 'all.yaml': [...namespaces, service('shop', 'db'), deployment('shop', 'db'), deployment('shop', 'front', 90)].join('') };
    const result = runOne('from: [deployment shop/front, deployment shop/db], to: "db:80", expect: delivered', files);
    expect(result).toMatchObject({ state: 'passed', requests: 4 });
  }); // prettier-ignore

  it('weighs pods, not the requests that stand for them', () => {
    const files = { 'all.yaml': `${[...namespaces, service('shop', 'db'), deployment('shop', 'db'), deployment('shop', 'front', 90), deployment('dev', 'tool', 10)].join('')}${policy}` };
    const { share } = runOne('from: [deployment shop/front, deployment dev/tool], to: "db.shop:80", expect: delivered', files);
    expect(share).toBeCloseTo(0.9, 6);
  }); // prettier-ignore

  it.each([
    ['all', 'failed'],
    ['any', 'passed'],
    ['3/4', 'passed'],
    ['75%', 'passed'],
    ['0.75', 'passed'],
    ['0.76', 'failed'],
    ['4/5', 'failed'],
  ])('with a share of %s of three of four is %s', (share, state) => {
    const result = runOne(
      `from: [deployment dev/tool, deployment shop/front], to: "db.shop:80", expect: delivered, share: ${share}`,
    );
    expect(result.share).toBeCloseTo(0.75, 6);
    expect(result.state).toBe(state);
  });

  it('with any asks for one at least', () => {
    expect(runOne('from: deployment dev/tool, to: "db.shop:80", expect: delivered, share: any').state).toBe('failed');
  });

  it('that fails says how the request ends, why, and where that is written', () => {
    const { finding, failures } = runOne('name: dev reads, from: deployment dev/tool, to: "db.shop:80", expect: delivered');
    expect(finding).toMatchObject({
      code: 'reachability-failed',
      severity: 'error',
      message: 'dev reads: expected delivered, but TIMES OUT, always',
      place: { file: 'a.reachability.yaml', range: { start: { line: 1, character: 75 } } },
    });
    expect(finding!.details.map(({ text }) => text).join('\n')).toContain('NetworkPolicy shop/db selects');
    expect(finding!.related[0]).toMatchObject({ file: 'all.yaml', message: expect.stringContaining('has no ingress rule') });
    expect(failures[0]!.trace.paths[0]!.hops.at(-1)!.kind).toBe('policy');
  }); // prettier-ignore

  it('that names nothing says so at that end, with the nearest name', () => {
    const { finding } = runOne('from: deployment dev/toool, to: "db.shop:80", expect: delivered');
    expect(finding!.message).toContain('no deployment dev/toool; nearest: dev/tool');
    expect(finding!.place.range.start).toEqual({ line: 1, character: 11 });
  });

  it('refuses to run for minutes', () => {
    const many = `[${Array.from({ length: 400 }, () => 'namespace shop').join(', ')}]`;
    const { state, finding } = runOne(`from: ${many}, to: "db:80", expect: delivered`);
    expect(state).toBe('error');
    expect(finding!.message).toContain('2000 requests, more than 1000');
  });
});

describe('the scope of a test', () => {
  const base = { 'base/kustomization.yaml': 'resources: [all.yaml]\n', 'base/all.yaml': `${namespaces.join('')}${service('shop', 'db')}` };
  const overlay = (folder: string, label: string) => ({
    [`${folder}/kustomization.yaml`]: 'resources: [../base, db.yaml]\n',
    [`${folder}/db.yaml`]: deployment('shop', 'db').replaceAll('app: db', `app: ${label}`),
  });
  const files = { ...base, ...overlay('prod', 'db'), ...overlay('stage', 'other') };
  const scopeOf = (path: string, scope = '', all: Readonly<Record<string, string>> = files) => {
    const text = `${scope}\ntests: [{from: node node-a, to: service shop/db, expect: delivered}]\n`;
    const workspace = workspaceOf({ ...all, [path]: text });
    const [result] = runReachability(workspace.file(path)!, workspace).tests;
    return result!.finding && result!.state === 'error' ? result!.finding.message : `${result!.scope} ${result!.state}`;
  };

  it('is that of its folder, or of the nearest above', () => {
    expect(scopeOf('prod/a.reachability.yaml')).toBe('prod passed');
    expect(scopeOf('stage/a.reachability.yaml')).toBe('stage failed');
    expect(scopeOf('prod/tests/a.reachability.yaml')).toBe('prod passed');
  });

  it('is the one that it names: seen from its folder, or by the name', () => {
    expect(scopeOf('stage/reachability.yaml', 'scope: ../prod')).toBe('prod passed');
    expect(scopeOf('tests/reachability.yaml', 'scope: prod')).toBe('prod passed');
    expect(scopeOf('reachability.yml', 'scope: ./stage')).toBe('stage failed');
    expect(scopeOf('reachability.yml', 'scope: nosuch')).toContain('there is no scope nosuch; scopes: prod, stage');
  });

  it('has to be named where it could be any', () => {
    expect(scopeOf('a.reachability.yaml')).toContain('any of 2 scopes');
    expect(scopeOf('x/a.reachability.yaml', '', { 'k/all.yaml': cluster.replace(policy, '') })).toBe('k passed');
    expect(scopeOf('a.reachability.yaml', '', {})).toContain('no Kubernetes manifests');
  });
}); // prettier-ignore

describe('the file', () => {
  const valid = [
    'tests: []',
    'scope: ../prod\ntests: [{from: a, to: b, expect: blocked}]',
    'tests: [{name: x, from: [a, b], to: [c], port: 80, protocol: UDP, mode: ipvs, expect: not delivered, share: 2/3}]',
    'tests: [{from: a, to: b, expect: refused, share: any, port: null}]',
    'tests: [{from: a, to: b, expect: refused, share: 12.5%}]',
    'tests: [{from: a, to: b, expect: refused, share: 0.5}]',
  ];
  const invalid: [string, string][] = [
    ['[]', '1:1 the tests have to be a mapping with tests'],
    ['scope: a', '1:1 tests has to be a list'],
    ['tests: [1]', '1:9 tests[0] has to be a mapping with from, to and expect'],
    ['tests:\n- from: a\n  expect: refused', '2:3 tests[0] has no to'],
    ['tests:\n- {from: a, to: b}', '2:3 tests[0] has no expect'],
    ['tests:\n- {from: a, to: b, expect: works}', '2:28 expect has to be one of delivered, refused, timeout, blocked, unresolved, not delivered'],
    ['tests:\n- {from: 1, to: b, expect: refused}', '2:10 from has to be a text or a list of texts'],
    ['tests:\n- {from: a, to: [], expect: refused}', '2:17 to has to be a text or a list of texts'],
    ['tests:\n- {from: a, to: b, port: 0, expect: refused}', '2:26 port has to be a number from 1 to 65535'],
    ['tests:\n- {from: a, to: b, protocol: tcp, expect: refused}', '2:30 protocol has to be one of TCP, UDP, SCTP'],
    ['tests:\n- {from: a, to: b, share: most, expect: refused}', '2:27 share has to be all, any, or a share such as 2/3, 50% or 0.5'],
    ['tests:\n- {from: a, to: b, expects: refused, expect: refused}', '2:20 expects is nothing that tests have; did you mean expect?'],
    ['kind: Test\ntests: []', '1:1 kind is nothing that these files have; known are scope, tests'],
  ]; // prettier-ignore
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/reachability.schema.json'), 'utf8')) as Schema; // prettier-ignore
  const problemsOf = (text: string) =>
    readReachability(readManifest('a.reachability.yaml', text)).problems.map(
      ({ code, range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}${code === 'reachability-invalid' ? '' : '?'}`,
    ); // prettier-ignore

  it.each(valid)('takes %j', (text) => {
    expect(problemsOf(text)).toEqual([]);
    expect(conforms(parse(text), schema, schema)).toBe(true);
  });

  it.each(invalid)('refuses %j', (text, message) => {
    expect(problemsOf(text)).toEqual([message]);
    expect(conforms(parse(text), schema, schema)).toBe(false);
  });

  it('is no Kubernetes object, whatever it says', () => {
    const object = `apiVersion: v1\nkind: Service\nmetadata: {name: web}\ntests: []\n`;
    const workspace = workspaceOf({ 'reachability.yaml': object });
    expect(workspace.scopes).toEqual([]);
    expect(workspace.problems('reachability.yaml').map(({ code }) => code)).toEqual(Array(3).fill('reachability-invalid'));
    expect(workspaceOf({ 'web.yaml': object }).scopes).toHaveLength(1);
  }); // prettier-ignore

  it('may hold several documents, each with a scope', () => {
    const file = readManifest('reachability.yaml', 'scope: a\ntests: []\n---\nscope: b\ntests: []\n');
    expect(readReachability(file).documents.map(({ scope }) => scope?.text)).toEqual(['a', 'b']);
  });

  it('that is no YAML is told once', () => {
    const workspace = workspaceOf({ 'reachability.yaml': 'tests: [' });
    expect(workspace.problems('reachability.yaml').map(({ code }) => code)).toEqual(['yaml-syntax']);
  });
});

describe('kept results', () => {
  it('tell what a what-if names and its scope does not have, and follow the manifests', () => {
    const whatIf = `steps:
  - deployment dev/tool restarts
  - deployment dev/tol restarts
requests:
  - {from: deployment dev/tool, to: "db.shop:80"}
  - {from: deployment dev/nobody, to: "db.shop:80"}
`;
    const { kept, change } = keptOf({ 'a/all.yaml': cluster, 'a/a.what-if.yaml': whatIf });
    const told = () => kept.findings('a/a.what-if.yaml').map(({ message, place }) => [place.range.start.line, message]);
    expect(told()).toEqual([
      [2, expect.stringContaining('there is no deployment dev/tol; there are')],
      [5, expect.stringContaining('dev/nobody')],
    ]);
    expect(change({ 'a/all.yaml': cluster.replaceAll('name: tool', 'name: tol') })).toEqual(['a/a.what-if.yaml']);
    expect(told()[0]).toEqual([1, expect.stringContaining('there is no deployment dev/tool; there are')]);
    expect(change({ 'a/all.yaml': cluster, 'a/a.what-if.yaml': 'scope: b\nsteps: [node node-a fails]\n' })).toEqual(['a/a.what-if.yaml']);
    expect(told()).toEqual([[0, 'there is no scope b; there are a']]);
    change({ 'a/a.what-if.yaml': 'steps: [node node-a fails]\n' });
    expect(told()).toEqual([]);
  }); // prettier-ignore

  const test = 'tests: [{from: deployment dev/tool, to: "db.shop:80", expect: blocked}]\n';
  const always = () => true;

  function keptOf(files: Readonly<Record<string, string>>) {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    const kept = new KeptReachability(workspace);
    const change = (edits: Readonly<Record<string, string | undefined>>) => {
      for (const [path, text] of Object.entries(edits))
        if (text === undefined) workspace.removeFile(path);
        else workspace.setFile(path, text);
      kept.note(workspace.update());
      const run: string[] = [];
      for (let path = kept.runNext(always); path !== undefined; path = kept.runNext(always)) run.push(path);
      return run;
    };
    return { kept, change, first: change(files) };
  }

  it('are made anew where the file or its scope changes, and only there', () => {
    const { kept, change, first } = keptOf({ 'a/all.yaml': cluster, 'a/a.reachability.yaml': test, 'b/all.yaml': cluster, 'b/b.reachability.yaml': test });
    expect([...first].sort()).toEqual(['a/a.reachability.yaml', 'b/b.reachability.yaml']);
    expect(kept.findings('a/a.reachability.yaml')).toEqual([]);
    expect(change({ 'a/values.yaml': 'a: 1\n' })).toEqual([]);
    expect(change({ 'a/all.yaml': cluster.replace('ingress:', 'policyTypes: [Egress]\n  ingress:') })).toEqual(['a/a.reachability.yaml']);
    expect(kept.findings('a/a.reachability.yaml')).toMatchObject([{ severity: 'error', message: expect.stringContaining('but DELIVERED') }]);
    expect(change({ 'b/b.reachability.yaml': test.replace('blocked', 'delivered') })).toEqual(['b/b.reachability.yaml']);
    expect(kept.findings('b/b.reachability.yaml')).toHaveLength(1);
    expect(change({ 'b/b.reachability.yaml': undefined })).toEqual([]);
    expect(kept.findings('b/b.reachability.yaml')).toEqual([]);
  }); // prettier-ignore

  it('follow a scope that comes later', () => {
    const { kept, change } = keptOf({ 'a/a.reachability.yaml': test });
    expect(kept.findings('a/a.reachability.yaml')).toHaveLength(1);
    expect(change({ 'a/all.yaml': cluster })).toEqual(['a/a.reachability.yaml']);
    expect(kept.findings('a/a.reachability.yaml')).toEqual([]);
  });

  it('are those of a run made anew, after any edits', () => {
    const path = 'a/reachability.yaml';
    const edits: readonly (readonly [string, string | undefined])[] = [
      [path, test],
      [path, test.replace('blocked', 'delivered')],
      [path, `scope: ../b\n${test}`],
      ['a/all.yaml', cluster],
      ['a/all.yaml', cluster.replace('kind: NetworkPolicy', 'kind: Other')],
      ['a/all.yaml', undefined],
      ['b/all.yaml', cluster],
      ['b/all.yaml', undefined],
      ['a/more.yaml', service('dev', 'more')],
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(edits.length - 1), { minLength: 1, maxLength: 8 }), (order) => {
        const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
        const kept = new KeptReachability(workspace);
        for (const [file, text] of [edits[0]!, ...order.map((index) => edits[index]!)]) {
          if (text === undefined) workspace.removeFile(file);
          else workspace.setFile(file, text);
          kept.note(workspace.update());
          while (kept.pending) kept.runNext(always);
          const { tests } = runReachability(workspace.file(path)!, workspace);
          expect(kept.findings(path)).toEqual(tests.flatMap(({ finding }) => finding ?? []));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('say where the time was over', () => {
    const workspace = workspaceOf({ 'a/all.yaml': cluster, 'a/reachability.yaml': test });
    const { tests } = runReachability(workspace.file('a/reachability.yaml')!, workspace, { mayGoOn: () => false });
    expect(tests[0]).toMatchObject({ state: 'not run', requests: 0, finding: { severity: 'hint' } });
  });
});
