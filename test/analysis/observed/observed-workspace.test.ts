/** A cluster's objects as a workspace: after any changes the same as afresh, with places in texts that are made on demand. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observedSettings } from '#analysis/observed-cluster';
import { dataPlaneNotes } from '#analysis/data-plane/notes';
import { treeChildren } from '#analysis/tree/tree';
import type { Workspace } from '#analysis/workspace';
import { watchedKinds } from '#live/kinds';
import { observedObject } from '#live/observed-object';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import { node, pod, service } from '../../live/shop';
import { nothing, seen, workspaceOf } from './observed';

/** All that can be seen of it. */
function picture(workspace: Workspace): unknown {
  const rows = (parent?: string): unknown[] =>
    treeChildren(workspace, parent).map(({ id, label, description, hasChildren }) => [
      id, label, description, hasChildren ? rows(id) : [],
    ]); // prettier-ignore
  const files = [...workspace.files()].map(({ path }) => path).sort();
  return {
    rows: rows(),
    files,
    findings: files.map((path) => workspace.findings(path)),
    scope: workspace.scopes.map(({ scope }) => scope),
  };
}

describe('an observed cluster', () => {
  it('is after any changes what it is afresh', () => {
    const change = fc.record({
      kind: fc.constantFrom('service', 'pod'),
      name: fc.integer({ min: 1, max: 5 }),
      app: fc.constantFrom('a', 'b', 'c'),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 6 }), (batches) => {
        const known = new Map<string, KubernetesObject>();
        for (const object of [seen(node('node-1', 1)), seen(service('shop', 'first', { app: 'a' }))]) known.set(object.key, object);
        const workspace = workspaceOf([...known.values()]);
        for (const batch of batches) {
          const before = new Map(known);
          for (const { kind, name, app, gone } of batch) {
            const object =
              kind === 'service'
                ? seen({ ...service('shop', `s-${name}`, { app }), spec: { ...(service('shop', 'x', { app }).spec as object), type: 'ClusterIP', clusterIP: `10.96.0.${name}`, clusterIPs: [`10.96.0.${name}`] } })
                : seen(pod({ namespace: 'shop', name: `p-${name}`, labels: { app }, node: 1, address: `10.244.1.${name}` }));
            if (gone) known.delete(object.key);
            else known.set(object.key, object);
          }
          const removed = [...before.values()].filter((object) => known.get(object.key) !== object);
          const added = [...known.values()].filter((object) => before.get(object.key) !== object);
          workspace.setObserved({ removed, added }, nothing);
          workspace.update();
        }
        expect(picture(workspace)).toEqual(picture(workspaceOf([...known.values()])));
      }),
      { numRuns: 60 },
    );
  }); // prettier-ignore

  it('shows an object as the YAML that it is, at the place of a finding', () => {
    const api = seen(service('shop', 'api', { app: 'yes' }));
    const workspace = workspaceOf([api, seen(pod({ namespace: 'shop', name: 'web', labels: { app: 'web' }, node: 1, address: '10.244.1.2' }))]); // prettier-ignore
    const path = 'prod/shop/service-api.yaml';
    const [finding] = workspace.findings(path);
    expect(finding).toMatchObject({ code: 'selector-matches-nothing', place: { file: path } });
    const lines = workspace.file(path)!.text.split('\n');
    expect(lines.slice(finding!.place.range.start.line).slice(0, 2)).toEqual(['  selector:', '    app: "yes"']);
    // What is in the cluster is not mended by an edit of a text that nobody keeps.
    expect(finding!.fixes.flatMap(({ edits }) => edits)).toEqual([]);
  });

  it('takes out nothing but what nobody reads', () => {
    const object = seen({
      ...service('shop', 'api', { app: 'a' }),
      metadata: {
        name: 'api',
        namespace: 'shop',
        managedFields: [{}],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'x' },
      },
    });
    expect(object.body.metadata).toEqual({ name: 'api', namespace: 'shop', resourceVersion: expect.any(String) as string, annotations: { mine: 'x' } }); // prettier-ignore
    expect(observedObject(watchedKinds[0]!, 'v1', 'a/b:c', { metadata: { name: 'x', namespace: 'n', resourceVersion: '1' } })?.origin.file).toBe('a_b_c/n/service-x.yaml'); // prettier-ignore
  });
});

describe('what a cluster says about itself', () => {
  it('gives release, domain and ranges, and the nodes that pods name where no Node may be read', () => {
    const objects = [
      seen({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns', namespace: 'kube-system' }, data: { Corefile: '.:53 {\n    kubernetes corp.example in-addr.arpa ip6.arpa {\n    }\n}' } }),
      seen({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.43.0.0/16'] } }),
      seen(pod({ namespace: 'shop', name: 'web', labels: {}, node: 7, address: '10.244.7.2' })),
    ]; // prettier-ignore
    const settings = observedSettings(defaultSettings, 'v1.33.4-gke.100', objects);
    expect(settings).toMatchObject({
      kubernetesVersion: '1.33',
      clusterDomain: 'corp.example',
      serviceCIDRs: ['10.43.0.0/16'],
      nodes: [{ name: 'node-7', addresses: ['172.30.0.17'], podCIDRs: [] }],
    });
    const said = { ...defaultSettings, said: new Set(['clusterDomain', 'kubernetesVersion']) };
    expect(observedSettings(said, 'v1.33.4', objects)).toMatchObject({
      kubernetesVersion: '1.37',
      clusterDomain: 'cluster.local',
    });
  });

  it('gives the pods’ ranges and the mode that kube-proxy’s flags say', () => {
    const ranged = (name: string, podCIDR: string) =>
      seen({ ...node(name, 1), spec: { podCIDR, podCIDRs: [podCIDR] } });
    const ranges = (...objects: KubernetesObject[]) =>
      observedSettings(defaultSettings, 'v1.37.0', objects).clusterCIDRs;
    expect(ranges(ranged('node-1', '10.244.1.0/24'))).toBe(defaultSettings.clusterCIDRs);
    expect(ranges(ranged('node-1', '10.42.0.0/24'), ranged('node-2', '10.42.3.0/24'))).toEqual(['10.42.0.0/22']);
    expect(ranges(seen(pod({ namespace: 'a', name: 'b', labels: {}, node: 1, address: '192.168.3.7' })))).toEqual(['192.168.3.7/32']); // prettier-ignore
    const flagged = seen({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-proxy-node-1', namespace: 'kube-system' },
      spec: { containers: [{ name: 'kube-proxy', command: ['/bin/sh', '-c', 'kube-proxy --cluster-cidr=10.8.0.0/14 --proxy-mode=nftables --v=2'] }] },
    }); // prettier-ignore
    expect(observedSettings(defaultSettings, 'v1.37.0', [flagged])).toMatchObject({
      clusterCIDRs: ['10.8.0.0/14'],
      proxyMode: 'nftables',
    });
  });

  it('tells who does kube-proxy’s work, which mesh there is, and nodes of several releases', () => {
    const agent = (name: string) => seen({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'kube-system', labels: { 'k8s-app': name } }, spec: {} }); // prettier-ignore
    const proxied = pod({ namespace: 'shop', name: 'web', labels: {}, node: 1, address: '10.244.1.2' });
    const meshed = seen({
      ...proxied,
      spec: { ...(proxied.spec as object), initContainers: [{ name: 'istio-proxy' }] },
    });
    const release = (name: string, kubeletVersion: string) => seen({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: { nodeInfo: { kubeletVersion } } }); // prettier-ignore
    const ownPolicies =
      'Cilium: policies of its own kinds (CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy) are not read';
    expect(dataPlaneNotes([agent('kube-proxy'), agent('cilium')])).toEqual([ownPolicies]);
    expect(dataPlaneNotes([agent('cilium')])).toEqual([
      expect.stringMatching(/^Cilium in place of kube-proxy: names, /),
      ownPolicies,
    ]);
    const other = agent('kube-proxy-nft');
    const flagged = { ...other, body: { ...other.body, spec: { template: { spec: { containers: [{ args: ['--proxy-mode=nftables'] }] } } } } }; // prettier-ignore
    expect(dataPlaneNotes([agent('kube-proxy'), flagged])).toEqual([
      'kube-proxy is not the same on all nodes (DaemonSet kube-system/kube-proxy: as the ConfigMap kube-proxy says; DaemonSet kube-system/kube-proxy-nft: nftables): a request is followed by the mode of the node where it starts',
    ]);
    expect(observedSettings(defaultSettings, 'v1.37.0', [agent('kube-proxy'), flagged]).proxyMode).toBe('iptables');
    expect(observedSettings(defaultSettings, 'v1.37.0', [flagged]).proxyMode).toBe('nftables');
    expect(dataPlaneNotes([agent('kube-proxy'), meshed])).toEqual([expect.stringMatching(/^Istio: the proxies /)]);
    expect(dataPlaneNotes([agent('kube-proxy'), release('a', 'v1.36.1+k3s1'), release('b', 'v1.37.0-eks-1')])).toEqual([
      'the nodes run several releases (1.36, 1.37): rules are those of the API server’s',
    ]);
  });
});
