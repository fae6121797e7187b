/** A scope's kube-proxy ConfigMap decides about the scope's rules, and no longer than it stands there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { mergeSettings } from '#manifest/index';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { service } from '../support/manifests';

const configMap = (configuration: string, name = 'kube-proxy', key = 'config.conf') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: kube-system}\ndata:\n  ${key}: |\n${configuration
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;

const configuration = (members: string) =>
  `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n${members}`;

function workspaceWith(settings: ClusterSettings = defaultSettings): Workspace {
  const workspace = createWorkspace({ settings, roots: ['.'] });
  workspace.setFile('app.yaml', service('web', 'web'));
  return workspace;
}

function settingsOf(workspace: Workspace): ClusterSettings {
  workspace.update();
  return workspace.scopes[0]!.simulation.controlPlane.settings;
}

describe('the ConfigMap of kube-proxy', () => {
  it('gives the mode, until it goes', () => {
    const workspace = workspaceWith();
    workspace.setFile('proxy.yaml', configMap(configuration('mode: ipvs\nipvs: {scheduler: sh}')));
    expect(settingsOf(workspace)).toMatchObject({ proxyMode: 'ipvs', ipvsScheduler: 'sh' });
    expect([...workspace.scopes[0]!.simulation.controlPlane.services()]).toHaveLength(1);
    workspace.setFile('proxy.yaml', configMap(configuration('mode: ""')));
    expect(settingsOf(workspace).proxyMode).toBe('iptables');
    workspace.removeFile('proxy.yaml');
    expect(settingsOf(workspace)).toBe(defaultSettings);
  });

  it('keeps the simulation where the configuration says the same', () => {
    const workspace = workspaceWith();
    workspace.setFile('proxy.yaml', configMap(configuration('mode: nftables')));
    const before = settingsOf(workspace);
    workspace.setFile('proxy.yaml', configMap(configuration('# a remark\nmode: "nftables"')));
    expect(settingsOf(workspace)).toBe(before);
  });

  it('weighs less than what the user says', () => {
    const { cluster } = mergeSettings(defaultSettings, { proxyMode: 'iptables' }, { masqueradeAll: false });
    const workspace = workspaceWith(cluster);
    workspace.setFile('proxy.yaml', configMap(configuration('mode: ipvs\niptables: {masqueradeAll: true, masqueradeBit: 3}'))); // prettier-ignore
    expect(settingsOf(workspace)).toMatchObject({ proxyMode: 'iptables', masqueradeAll: false, masqueradeBit: 3 });
  });

  it('may be JSON, and stand where EKS has it', () => {
    const workspace = workspaceWith();
    const text = JSON.stringify({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode: 'ipvs' }); // prettier-ignore
    workspace.setFile('proxy.yaml', configMap(text, 'kube-proxy-config', 'config'));
    expect(settingsOf(workspace).proxyMode).toBe('ipvs');
  });

  it('is the later one of two', () => {
    const workspace = workspaceWith();
    workspace.setFile('b.yaml', configMap(configuration('mode: nftables')));
    workspace.setFile('a.yaml', configMap(configuration('mode: ipvs')));
    expect(settingsOf(workspace).proxyMode).toBe('nftables');
  });

  it('tells at its line what kube-proxy refuses, in quoted text at its key', () => {
    const workspace = workspaceWith();
    workspace.setFile('proxy.yaml', configMap(configuration('# here\nmode: userspace')));
    workspace.setFile(
      'quoted/proxy.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy-config, namespace: kube-system}\ndata:\n  config: "mode: ipvs"\n',
    );
    workspace.update();
    const starts = (path: string) => workspace.findings(path).map(({ place }) => place.range.start);
    expect(starts('proxy.yaml')).toEqual([{ line: 8, character: 10 }]);
    expect(starts('quoted/proxy.yaml')).toEqual([{ line: 4, character: 2 }]);
    expect(workspace.findings('quoted/proxy.yaml')[0]!.message).toContain("Object 'Kind' is missing");
  });
});

describe('edits of a ConfigMap among others', () => {
  const texts = [
    configMap(configuration('mode: ipvs')),
    configMap(configuration('mode: nftables\nclusterCIDR: 10.42.0.0/16')),
    configMap(configuration('mode: userspace\niptables: {masqueradeBit: 40}')),
    configMap('a: [broken'),
    service('web', 'web'),
    undefined,
  ];
  const edit = fc.record({
    path: fc.constantFrom('a.yaml', 'b.yaml', 'c.yaml'),
    text: fc.constantFrom(...texts),
    settle: fc.boolean(),
  });

  function told(workspace: Workspace) {
    workspace.update();
    const { said: _, ...settings } = workspace.scopes[0]?.simulation.controlPlane.settings ?? defaultSettings;
    const findings = ['a.yaml', 'b.yaml', 'c.yaml'].map((path) => workspace.findings(path));
    return { settings, findings };
  }

  it('come to what a fresh reading gives', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        const edited = createWorkspace({ settings: defaultSettings, roots: ['.'] });
        const last = new Map<string, string>();
        for (const { path, text, settle } of edits) {
          if (text === undefined) {
            last.delete(path);
            edited.removeFile(path);
          } else {
            last.set(path, text);
            edited.setFile(path, text);
          }
          if (settle) edited.update();
        }
        const fresh = createWorkspace({ settings: defaultSettings, roots: ['.'] });
        for (const [path, text] of last) fresh.setFile(path, text);
        expect(told(edited)).toEqual(told(fresh));
      }),
      { numRuns: 150 },
    );
  });
});
