/** `diff` of two scopes, run as a user does: overlays, folders before and after an edit, requests and tests. */

import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

const base = `${service('web', 'web')}---\n${deployment('web', 'web')}---\n${deployment('front', 'front')}`.replaceAll(/^ {2}namespace: shop\n/gm, ''); // prettier-ignore
const overlay = (namespace: string, ...more: readonly string[]) =>
  ({
    [`${namespace}/kustomization.yaml`]: `namespace: ${namespace}\nresources: [../base${more.map((_, index) => `, more-${index}.yaml`).join('')}]\n`,
    ...Object.fromEntries(more.map((text, index) => [`${namespace}/more-${index}.yaml`, text])),
  }) as Record<string, string>;
const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': base,
};

const lines = (text: string) => text.trim().split('\n');

describe('diff of two scopes', () => {
  it('knows the same objects in other namespaces', () => {
    const folder = folderOf({ ...files, ...overlay('dev'), ...overlay('prod') });
    const { status, stdout } = run(['diff', '.', '--scope', 'dev', '--against', 'prod'], { cwd: folder });
    expect(lines(stdout)).toEqual(['dev and prod do not differ but in their namespaces.', ' namespace dev → prod']);
    expect(status).toBe(0);
  });

  it('tells objects, requests and tests that differ', () => {
    const policy = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n`;
    const test = 'tests:\n  - {from: deployment/front, to: "http://web", expect: delivered}\n';
    const folder = folderOf({ ...files, ...overlay('dev'), ...overlay('prod', policy), 'web.reachability.yaml': test });
    const { status, stdout } = run(
      ['diff', '.', '--scope', 'dev', '--against', 'prod', '--request', 'deployment/dev/front -> http://web.dev', '--request', 'deployment/front -> web:81'],
      { cwd: folder },
    ); // prettier-ignore
    expect(lines(stdout)).toEqual([
      'dev → prod',
      ' namespace dev → prod',
      '',
      ' only in prod:',
      '   NetworkPolicy prod/closed',
      '',
      ' requests:',
      '   deployment/dev/front → http://web.dev: DELIVERED → TIMES OUT, always',
      '   deployment/front → web:81: NETWORK UNREACHABLE, always',
      '',
      ' reachability tests that end otherwise:',
      '   deployment/front → http://web (web.reachability.yaml): passed → failed',
    ]);
    expect(status).toBe(1);
  });

  it('wants two scopes, and lists those that there are', () => {
    const folder = folderOf({ ...files, ...overlay('dev'), ...overlay('prod') });
    const one = run(['diff', '.', '--scope', 'dev'], { cwd: folder });
    expect(one.status).toBe(2);
    expect(one.stderr).toContain('--scope A --against B');
    expect(one.stderr).toContain('\n  dev\n  prod');
    expect(run(['diff', '.', '--scope', 'dev', '--against', 'lost'], { cwd: folder }).stderr).toContain(
      'no scope lost',
    );
  });
});

describe('diff of two folders', () => {
  const before = { 'shop/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`, 'other/web.yaml': service('other', 'x') }; // prettier-ignore
  const after = {
    ...before,
    'shop/web.yaml': before['shop/web.yaml'].replace('replicas: 2', 'replicas: 3').replace('port: 80', 'port: 8000'),
  };

  it('compares scopes of the same name: Services with their endpoints, fields, rules', () => {
    const folder = folderOf({
      ...Object.fromEntries(Object.entries(before).map(([path, text]) => [`before/${path}`, text])),
      ...Object.fromEntries(Object.entries(after).map(([path, text]) => [`after/${path}`, text])),
      'after/new/web.yaml': service('new', 'x'),
    });
    const { status, stdout } = run(['diff', 'before', 'after'], { cwd: folder });
    expect(lines(stdout)).toEqual([
      'before/other and after/other do not differ.',
      '',
      'before/shop → after/shop',
      '',
      ' Service shop/web differs',
      '   spec.ports: http 80/TCP → http → http 8000/TCP → http',
      '   endpoints: 2 of Deployment web on 8080/TCP → 3 of Deployment web on 8080/TCP',
      '',
      ' Deployment shop/web differs',
      '   spec.replicas: 2 → 3',
      '',
      expect.stringMatching(/^ rules of node-a \(iptables, IPv4\): \d+ lines only in before\/shop, \d+ lines only in after\/shop \(--rules node-a shows them\)$/),
      '',
      'The scope new is only in after.',
    ]); // prettier-ignore
    expect(status).toBe(1);
    const rules = run(['diff', 'before/shop', 'after/shop', '--rules', 'node-a'], { cwd: folder }).stdout;
    expect(rules).toMatch(/^-.*--dport 80 /m);
    expect(rules).toMatch(/^\+.*--dport 8000 /m);
  });

  it('gives JSON', () => {
    const folder = folderOf({ 'a.yaml': before['shop/web.yaml'], 'b.yaml': after['shop/web.yaml'] });
    const { stdout } = run(['diff', 'a.yaml', 'b.yaml', '-o', 'json'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({
      first: 'a.yaml',
      second: 'b.yaml',
      others: [{ first: 'Deployment shop/web', fields: [{ field: 'spec.replicas', before: '2', after: '3' }] }],
    });
  });
});
