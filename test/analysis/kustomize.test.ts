/** Edits of kustomizations and patches reach the objects that they are about. */

import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

const files = {
  'k/kustomization.yaml': 'resources: [web.yaml]\npatches: [{path: patch.yaml}]\n',
  'k/patch.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n',
  'k/web.yaml': [
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: wbe}, ports: [{port: 80}]}',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: c, image: i}]}\n',
  ].join('\n---\n'),
};

function opened(changes: Partial<typeof files> = {}): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries({ ...files, ...changes })) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

const said = (workspace: Workspace) => [
  ...workspace.findings('k/web.yaml').map(({ code }) => code),
  ...workspace.unknowns('k/web.yaml').map(({ message }) => message),
];

describe('an edit', () => {
  const nothing = ['selector-matches-nothing'];
  const patched = ['Cannot know which pods Service default/web selects: 1 patch of k is not applied'];
  it.each([
    ['of labels', { 'k/kustomization.yaml': 'resources: [web.yaml]\ncommonLabels: {app: web}\n' }, []],
    ['of labels elsewhere', { 'k/kustomization.yaml': 'resources: [web.yaml]\ncommonLabels: {a: b}\n' }, nothing],
    [
      'of a patch',
      { 'k/patch.yaml': files['k/patch.yaml'].replace('type: NodePort', 'selector: {app: web}') },
      patched,
    ],
    [
      'of a target',
      {
        'k/kustomization.yaml':
          'resources: [web.yaml]\npatches: [{target: {kind: Pod}, patch: "[{op: add, path: /metadata/labels, value: {}}]"}]\n',
      },
      patched,
    ],
  ])('%s', (_, changes, expected) => {
    const workspace = opened();
    expect(said(workspace)).toEqual(nothing);
    for (const [path, text] of Object.entries(changes)) workspace.setFile(path, text);
    workspace.update();
    expect(said(workspace)).toEqual(expected);
    expect(said(opened(changes))).toEqual(expected);
    for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
    expect(workspace.update().files).toContain('k/web.yaml');
    expect(said(workspace)).toEqual(nothing);
  });

  it('beside the labels leaves the objects as they are', () => {
    const kustomization = 'resources: [web.yaml]\ncommonLabels: {app: web}\n';
    const workspace = opened({ 'k/kustomization.yaml': kustomization });
    const service = () => workspace.scopesOfFile('k/web.yaml')[0]?.simulation.controlPlane.serviceObject('default/web');
    const before = service();
    workspace.setFile('k/kustomization.yaml', `${kustomization}images: []\n`);
    workspace.update();
    expect(before?.body['spec']).toMatchObject({ selector: { app: 'web' } });
    expect(service()).toBe(before);
  });
});

describe('a base of several overlays', () => {
  const overlay = (patch: string) =>
    `resources: [../base]\npatches:\n- target: {kind: Service}\n  patch: '[{op: replace, path: ${patch}, value: {}}]'\n`;
  const base = (text: string) => ({ 'base/kustomization.yaml': 'resources: [web.yaml]\n', 'base/web.yaml': text });
  const saidOfBase = (changes: Readonly<Record<string, string>>) => {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    for (const [path, text] of Object.entries({ ...base(files['k/web.yaml']), ...changes }))
      workspace.setFile(path, text);
    workspace.update();
    return [workspace.findings('base/web.yaml').map(({ code }) => code), workspace.unknowns('base/web.yaml').length];
  };
  const [open, plain] = [overlay('/spec/selector'), overlay('/spec/type')];
  const mended = 'resources: [../base]\ncommonLabels: {app: web}\n';

  it.each([
    [
      'where all have it',
      { 'a/kustomization.yaml': plain, 'b/kustomization.yaml': plain },
      ['selector-matches-nothing'],
      0,
    ],
    [
      'where one cannot tell',
      { 'a/kustomization.yaml': plain, 'b/kustomization.yaml': open },
      ['selector-matches-nothing'],
      0,
    ],
    ['in any order', { 'a/kustomization.yaml': open, 'b/kustomization.yaml': plain }, ['selector-matches-nothing'], 0],
    ['but not where one has it mended', { 'a/kustomization.yaml': plain, 'b/kustomization.yaml': mended }, [], 0],
    [
      'nor where one cannot tell and one has it mended',
      { 'a/kustomization.yaml': open, 'b/kustomization.yaml': mended, 'c/kustomization.yaml': plain },
      [],
      0,
    ],
    ['nor where none can tell', { 'a/kustomization.yaml': open, 'b/kustomization.yaml': open }, [], 1],
  ])('has a finding %s', (_, overlays, findings, unknowns) => {
    expect(saidOfBase(overlays)).toEqual([findings, unknowns]);
  });

  it('cannot tell of a host that an overlay may write anew', () => {
    const text = [
      'apiVersion: v1\nkind: Service\nmetadata: {name: catalog}\nspec: {ports: [{port: 80}]}',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i, env: [{name: U, value: http://catalgo/}]}]}\n',
    ].join('\n---\n');
    const patched = overlay('/spec/containers/0/env').replace('kind: Service', 'kind: Pod');
    const changes = { 'base/web.yaml': text, 'a/kustomization.yaml': patched };
    expect(saidOfBase(changes)[0]).not.toContain('name-of-no-service');
    expect(saidOfBase({ ...changes, 'b/kustomization.yaml': plain })[0]).toContain('name-of-no-service');
  });
});
