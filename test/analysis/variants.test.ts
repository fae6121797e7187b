/** Rules of another release, or of files as they were saved: what a comparison shows beside the workspace's own. */

import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { ScopeVariants, type VariantWish } from '#analysis/variants';
import { deployment, service } from '../support/manifests';

const files = { 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'web') };
const none: VariantWish = { version: undefined, texts: new Map() };

function workspaceOf(texts: Readonly<Record<string, string>>, kubernetesVersion = '1.37'): Workspace {
  const workspace = createWorkspace({ settings: { ...defaultSettings, kubernetesVersion }, roots: [] });
  for (const [path, text] of Object.entries(texts)) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

function rules(workspace: Workspace, wish: VariantWish, variants = new ScopeVariants()): string {
  const { dataPlane } = variants.context(workspace, workspace.scopes[0]!, wish).simulation;
  return dataPlane.print(dataPlane.rules('node-a', 'nftables', 'IPv4')!);
}

describe('variants of a scope', () => {
  it('are the scope itself where nothing is to differ', () => {
    const workspace = workspaceOf(files);
    const [state] = workspace.scopes;
    expect(new ScopeVariants().context(workspace, state!, none).simulation).toBe(state!.simulation);
  });

  it.each(['1.29', '1.33'])('are those of a cluster of release %s', (version) => {
    const wish = { ...none, version };
    expect(rules(workspaceOf(files), wish)).toBe(rules(workspaceOf(files, version), none));
    expect(rules(workspaceOf(files), wish)).not.toBe(rules(workspaceOf(files), none));
  });

  it('follow edits: the same as made anew', () => {
    const workspace = workspaceOf(files);
    const variants = new ScopeVariants();
    const wish = { ...none, version: '1.33' };
    const before = variants.context(workspace, workspace.scopes[0]!, wish).simulation;
    workspace.setFile('service.yaml', service('web', 'wbe'));
    workspace.update();
    expect(rules(workspace, wish, variants)).toBe(rules(workspace, wish));
    expect(rules(workspace, wish, variants)).toContain('comment "shop/web:http" : goto reject-chain');
    expect(variants.context(workspace, workspace.scopes[0]!, wish).simulation).toBe(before);
  });

  it('take the text on disk for what is edited and not saved, and leave the workspace alone', () => {
    const edited = workspaceOf({ ...files, 'service.yaml': service('web', 'wbe') });
    const now = rules(edited, none);
    const texts = new Map([['service.yaml', files['service.yaml']]]);
    expect(rules(edited, { ...none, texts })).toBe(rules(workspaceOf(files), none));
    expect(rules(edited, none)).toBe(now);
    expect(now).not.toBe(rules(workspaceOf(files), none));
  });

  it('do without a file that is not on disk', () => {
    const texts = new Map([['service.yaml', undefined]]);
    expect(rules(workspaceOf(files), { ...none, texts })).not.toContain('shop/web');
  });

  it('lead to places in the texts that they were made from', () => {
    const edited = workspaceOf({ ...files, 'service.yaml': `# above\n${service('web', 'web')}` });
    const texts = new Map([['service.yaml', files['service.yaml']]]);
    const context = new ScopeVariants().context(edited, edited.scopes[0]!, { ...none, texts });
    expect(context.file('service.yaml')?.text).toBe(files['service.yaml']);
    expect(context.file('deployment.yaml')).toBe(edited.file('deployment.yaml'));
  });
});
