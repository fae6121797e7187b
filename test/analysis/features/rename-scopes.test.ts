/** Rename where a file belongs to several scopes, and where a kustomization gives what would be renamed. */
import { describe, expect, it } from 'vitest';
import { references } from '#analysis/features/references';
import { rename, renameTarget } from '#analysis/features/rename';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { deployment, service } from '../../support/manifests';

function workspaceOf(files: Readonly<Record<string, string>>) {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

const kustomization = (...resources: string[]) => `resources: [${resources.join(', ')}]\n`;
const label = { line: 7, character: 9 };

describe('a base that two overlays share', () => {
  const workspace = workspaceOf({
    'base/kustomization.yaml': kustomization('web.yaml'),
    'base/web.yaml': deployment('web', 'web'),
    'one/kustomization.yaml': kustomization('../base', 'service.yaml'),
    'one/service.yaml': service('web', 'web'),
    'two/kustomization.yaml': kustomization('../base', 'service.yaml'),
    'two/service.yaml': service('web', 'web'),
  });

  it('brings in what each of them has', () => {
    const files = references(workspace, 'one/service.yaml', label, 'all').map(({ file }) => file);
    expect(files).toEqual(['base/web.yaml', 'base/web.yaml', 'one/service.yaml', 'two/service.yaml']);
    const renamed = rename(workspace, 'one/service.yaml', label, 'site');
    expect('edits' in renamed ? renamed.edits.map(({ file }) => file) : renamed).toEqual(files);
  });

  it('is not asked for what belongs to one of them alone', () => {
    const name = { line: 3, character: 9 };
    expect(references(workspace, 'one/service.yaml', name, 'all').map(({ file }) => file)).toEqual([
      'one/service.yaml',
    ]);
  });
});

describe('what a kustomization gives', () => {
  it('is renamed where it is given, and where the files say the same', () => {
    const workspace = workspaceOf({
      'kustomization.yaml': `${kustomization('web.yaml', 'service.yaml')}commonLabels: {app: web}\n`,
      'web.yaml': deployment('web', 'web'),
      'service.yaml': service('web', 'wbe'),
    });
    expect(renameTarget(workspace, 'web.yaml', { line: 13, character: 15 })?.placeholder).toBe('web');
    const renamed = rename(workspace, 'web.yaml', { line: 13, character: 15 }, 'site');
    expect('edits' in renamed ? renamed.edits.map(({ file }) => file) : renamed).toEqual([
      'kustomization.yaml',
      'web.yaml',
      'web.yaml',
    ]);
  });

  it('moves objects, so that names are those of its namespace', () => {
    const workspace = workspaceOf({
      'kustomization.yaml': `${kustomization('web.yaml', 'service.yaml')}namespace: prod\n`,
      'web.yaml': deployment('web', 'web').replaceAll('  namespace: shop\n', ''),
      'service.yaml': service('web', 'web'),
    });
    const found = references(workspace, 'service.yaml', label, 'all').map(({ file }) => file);
    expect(found).toEqual(['service.yaml', 'web.yaml', 'web.yaml']);
    expect(rename(workspace, 'service.yaml', { line: 4, character: 14 }, 'other')).toMatchObject({
      refused: expect.stringContaining('rename it there') as string,
    });
  });
});
