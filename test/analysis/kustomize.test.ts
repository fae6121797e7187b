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
