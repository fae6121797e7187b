/** Which files of a workspace are looked at. */

import { describe, expect, it } from 'vitest';
import { createExclusion, isManifestPath } from '#manifest/index';

describe('isManifestPath', () => {
  it.each(['a.yaml', 'x/b.yml', 'x/c.json', 'Chart.yaml', 'k/Kustomization', 'A.YAML', 'templates/_h.tpl'])(
    '%s may be one',
    (path) => {
      expect(isManifestPath(path)).toBe(true);
    },
  );
  it.each(['a.ts', 'package.json', 'x/package-lock.json', 'yaml', '.service-topology.yaml', 'views/_h.tpl'])(
    '%s is none',
    (path) => {
      expect(isManifestPath(path)).toBe(false);
    },
  );
});

describe('createExclusion', () => {
  const out = createExclusion({
    gitignores: [
      { folder: '', text: 'build/\n*.secret.yaml\n/top.yaml\n# comment\n' },
      { folder: 'x', text: '!keep.secret.yaml\ninner\n' },
      { folder: 'build', text: '!a.yaml\n' },
    ],
    exclude: ['generated/**', 'docs'],
  });

  it.each([
    '.git/config.yaml',
    'a/node_modules/b/c.yaml',
    'build/a.yaml',
    'y/build/a.yaml',
    'a.secret.yaml',
    'x/y/b.secret.yaml',
    'top.yaml',
    'x/inner/a.yaml',
    'generated/x/y.yaml',
    'docs/a.yaml',
    'a/docs/a.yaml',
    'a\\docs\\a.yaml',
    'build/',
    'node_modules/',
  ])('%s is left out', (path) => {
    expect(out(path)).toBe(true);
  });

  it.each([
    'a.yaml',
    'x/keep.secret.yaml',
    'x/top.yaml',
    'inner/a.yaml',
    'builder/a.yaml',
    'x/',
    '',
    './a.yaml',
    '../a',
  ])('%s is not', (path) => {
    expect(out(path)).toBe(false);
  });

  it('excludes what Git takes in', () => {
    const rules = { gitignores: [{ folder: '', text: '!a.yaml\n' }], exclude: ['a.yaml'] };
    expect(createExclusion(rules)('a.yaml')).toBe(true);
  });
});
