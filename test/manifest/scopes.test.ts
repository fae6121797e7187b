/** How workspaces fall into clusters. */

import { describe, expect, it } from 'vitest';
import { problemsOfFile, readManifest, scopeAssignment, singleScope } from '#manifest/index';
import type { Scope } from '#manifest/types';

const object = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
const template = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n';

function assignment(files: Record<string, string>, roots: readonly string[] = []) {
  return scopeAssignment(
    Object.entries(files).map(([path, text]) => readManifest(path, text)),
    { roots },
  );
}

/** A line a scope: `kind name [namespace]: files; why it is incomplete`. */
function print({ kind, name, namespace, files, incomplete }: Scope): string {
  const reasons = incomplete.length > 0 ? `; ${incomplete.join(', ')}` : '';
  return `${kind} ${name}${namespace === undefined ? '' : ` [${namespace}]`}: ${files.join(' ')}${reasons}`;
}

const scopes = (files: Record<string, string>, roots?: readonly string[]) => assignment(files, roots).scopes.map(print);

describe('folders and roots', () => {
  it('a folder is one cluster, without those in it', () => {
    const files = {
      'b.yaml': object('b'),
      'x/c.yaml': object('c'),
      'x/d.yaml': object('d'),
      'x/y/e.yaml': object('e'),
    };
    expect(scopes(files)).toEqual(['folder .: b.yaml', 'folder x: x/c.yaml x/d.yaml', 'folder x/y: x/y/e.yaml']);
  });

  it('a root takes all that is below, the deepest one first', () => {
    const files = {
      'b.yaml': object('b'),
      'x/c.yaml': object('c'),
      'x/y/e.yaml': object('e'),
      'x/z/w/f.yaml': object('f'),
    };
    expect(scopes(files, ['./x/', 'x/z'])).toEqual([
      'folder .: b.yaml',
      'root x: x/c.yaml x/y/e.yaml',
      'root x/z: x/z/w/f.yaml',
    ]);
    expect(scopes(files, ['.'])).toEqual(['root .: b.yaml x/c.yaml x/y/e.yaml x/z/w/f.yaml']);
  });

  it('what holds no object is in no scope', () => {
    expect(scopes({ 'values.yaml': 'a: b\n', 'x/broken.yaml': 'a: b: c\n' })).toEqual([]);
  });

  it('is incomplete beside Helm templates', () => {
    expect(scopes({ 'x/a.yaml': object('a'), 'x/b.yaml': template, 'x/c.yaml': template })).toEqual([
      'folder x: x/a.yaml; 2 templates are not rendered',
    ]);
  });
});

describe('charts', () => {
  it('take in what is plain in them, and are incomplete', () => {
    const files = {
      'c/Chart.yaml': 'apiVersion: v2\nname: c\n',
      'c/values.yaml': 'a: 1\n',
      'c/templates/a.yaml': template,
      'c/templates/sub/b.yaml': object('b'),
      'c/crds/crd.yaml': object('crd'),
      'c/charts/d/Chart.yaml': 'apiVersion: v2\nname: d\n',
      'c/charts/d/templates/e.yaml': object('e'),
    };
    expect(scopes(files)).toEqual([
      'chart c: c/charts/d/templates/e.yaml c/crds/crd.yaml c/templates/sub/b.yaml; 1 Helm template is not rendered',
    ]);
  });

  it('stay charts below a root', () => {
    const files = { 'r/c/Chart.yaml': 'name: c\n', 'r/c/templates/a.yaml': object('a'), 'r/b.yaml': object('b') };
    expect(scopes(files, ['r'])).toEqual(['root r: r/b.yaml', 'chart r/c: r/c/templates/a.yaml']);
  });
});

describe('kustomizations', () => {
  it('are the roots of what they include, with the outermost namespace; a base is in each', () => {
    const files = {
      'base/kustomization.yaml': 'namespace: inner\nresources: [a.yaml, ../shared]\n',
      'base/a.yaml': object('a'),
      'base/b.yaml': object('b'),
      'shared/kustomization.yml': 'resources:\n- s.yaml\n',
      'shared/s.yaml': object('s'),
      'prod/Kustomization': 'namespace: prod\nbases: [../base]\nresources: [p.yaml]\n',
      'prod/p.yaml': object('p'),
      'test/kustomization.yaml': 'resources: [../base/]\ncomponents: [../extra]\n',
      'extra/kustomization.yaml': 'kind: Component\nresources: [x.yaml]\n',
      'extra/x.yaml': object('x'),
    };
    expect(scopes(files)).toEqual([
      'folder base: base/b.yaml',
      'kustomization prod [prod]: base/a.yaml prod/p.yaml shared/s.yaml',
      'kustomization test [inner]: base/a.yaml extra/x.yaml shared/s.yaml',
    ]);
    expect(
      assignment(files)
        .scopesOfFile.get('shared/s.yaml')
        ?.map(({ name }) => name),
    ).toEqual(['prod', 'test']);
  });

  it('set aside patches and what feeds generators', () => {
    const files = {
      'k/kustomization.yaml': `resources: [a.yaml]
patches:
- path: patch.yaml
- patch: |
    - op: remove
patchesStrategicMerge: [merge.yaml, "apiVersion: v1\\nkind: X"]
patchesJson6902:
- path: json.yaml
configMapGenerator:
- name: c
  files: [config.yaml, key=other.yaml]
helmCharts:
- name: h
  valuesFile: values.yaml
`,
      'k/a.yaml': object('a'),
      ...Object.fromEntries(
        ['patch', 'merge', 'json', 'config', 'other', 'values', 'free'].map((name) => [`k/${name}.yaml`, object(name)]),
      ),
    };
    expect(scopes(files)).toEqual([
      'folder k (folder): k/free.yaml',
      'kustomization k (kustomization): k/a.yaml; a Helm chart is not rendered',
    ]); // prettier-ignore
    expect([...assignment(files).setAside].sort()).toEqual(
      ['config', 'json', 'merge', 'other', 'patch', 'values'].map((name) => `k/${name}.yaml`),
    );
  });

  it('tell what they miss: remote resources, files that are not there', () => {
    const files = {
      'k/kustomization.yaml':
        'resources:\n- https://example.com/x.yaml\n- github.com/o/r//base?ref=v1\n- gone.yaml\n- ../..\n- a.yaml\n',
      'k/a.yaml': object('a'),
    };
    const found = assignment(files);
    expect(found.scopes[0]).toMatchObject({
      files: ['k/a.yaml'],
      incomplete: [
        'a remote resource https://example.com/x.yaml is not read',
        'a remote resource github.com/o/r//base?ref=v1 is not read',
        'gone.yaml is not there',
        '../.. lies outside of the workspace',
      ],
    });
    expect(
      [...found.problems].flatMap(([path, list]) => list.map(({ code, range }) => [path, code, range.start])),
    ).toEqual([['k/kustomization.yaml', 'kustomization-missing-file', { line: 3, character: 2 }]]);
  });

  it('do not want patches to be complete', () => {
    const files = [
      readManifest(
        'k/kustomization.yaml',
        'resources: [gone.yaml]\npatches: [{path: patch.yaml, target: {kind: Job}}]\n',
      ),
      readManifest('k/patch.yaml', 'kind: Job\nmetadata: {name: any}\n'),
      readManifest('k/other.yaml', 'kind: Job\nmetadata: {name: any}\n'),
    ];
    const found = scopeAssignment(files, { roots: [] });
    expect(files.map((file) => problemsOfFile(file, found).map(({ code }) => code))).toEqual([
      ['kustomization-missing-file'],
      [],
      ['object-untyped'],
    ]);
  });

  it('may include each other in a ring', () => {
    const files = {
      'a/kustomization.yaml': 'resources: [../b, a.yaml]\n',
      'b/kustomization.yaml': 'resources: [../a, ../b, b.yaml]\n',
      'a/a.yaml': object('a'),
      'b/b.yaml': object('b'),
    };
    expect(scopes(files)).toEqual(['kustomization a: a/a.yaml b/b.yaml']);
  });

  it('that cannot be read make those that include them incomplete', () => {
    const files = { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'a: b: c\n' };
    expect(scopes(files)).toEqual(['kustomization a: ; b holds no kustomization that can be read']);
  });
});

describe('a single scope', () => {
  it('holds everything, in the order of the paths', () => {
    const files = [readManifest('b.yaml', object('b')), readManifest('a.yaml', template)];
    expect(print(singleScope(files, 'all'))).toBe('file all: a.yaml b.yaml; 1 template is not rendered');
  });
});

it('the order of the files does not matter, and ten thousand are no trouble', () => {
  const files = Array.from({ length: 10_000 }, (_, i) =>
    readManifest(`d${i % 100}/e${i % 7}/f${i}.yaml`, object(`o${i}`)),
  );
  const forth = scopeAssignment(files, { roots: ['d1'] }).scopes;
  expect(scopeAssignment([...files].reverse(), { roots: ['d1'] }).scopes).toEqual(forth);
  expect(forth).toHaveLength(99 * 7 + 1);
});
