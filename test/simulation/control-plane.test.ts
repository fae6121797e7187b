/** The control plane, case by case: who is effective, who is selected, what is observed, what moves. */

import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { isOverflowAddress } from '#simulation/control-plane/pod-addresses';
import { clusterOf, clusterOfText, objectOf, objectsOf } from './cluster';
import { deployment, pod, service, statefulSet } from './descriptions';

const names = (groups: readonly { readonly key: string }[]) => groups.map((group) => group.key);

describe('documents with one identity', () => {
  const first = objectOf(service('web', { selector: { app: 'web' }, ports: [{ port: 80 }] }), 'a.yaml');
  const second = objectOf(service('web', { selector: { app: 'web' }, ports: [{ port: 81 }] }), 'b.yaml');

  it('the later one is effective and the earlier one is listed as replaced, in any order of arrival', () => {
    for (const added of [
      [first, second],
      [second, first],
    ]) {
      const controlPlane = clusterOf(added);
      expect(controlPlane.service('default/web')?.spec.ports?.[0]?.port).toBe(81);
      expect([...controlPlane.replaced()]).toEqual([{ object: first, by: second }]);
      expect([...controlPlane.objects()]).toEqual([second]);
    }
  });

  it('removing the later one brings the earlier one back', () => {
    const controlPlane = clusterOf([first, second]);
    const impact = controlPlane.apply({ removed: [second], added: [] });
    expect(controlPlane.service('default/web')?.spec.ports?.[0]?.port).toBe(80);
    expect([...controlPlane.replaced()]).toEqual([]);
    expect([...impact.services]).toEqual(['default/web']);
    expect([...impact.objects]).toEqual([first.key]);
  });
});

describe('selection', () => {
  it('finds the groups that have all pairs, in the Service’s namespace only', () => {
    const controlPlane = clusterOf([
      objectOf(service('web', { selector: { app: 'web', tier: 'front' } }), 's.yaml', 0),
      objectOf(deployment('yes', { app: 'web', tier: 'front', extra: '1' }, 2), 's.yaml', 1),
      objectOf(deployment('half', { app: 'web' }, 2), 's.yaml', 2),
      objectOf(deployment('elsewhere', { app: 'web', tier: 'front' }, 2, 'other'), 's.yaml', 3),
    ]);
    expect(names(controlPlane.targets('default/web'))).toEqual(['apps/Deployment/default/yes']);
    expect(controlPlane.servicesTargeting('apps/Deployment/default/yes')).toEqual([
      controlPlane.service('default/web'),
    ]);
    expect(controlPlane.servicesTargeting('apps/Deployment/other/elsewhere')).toEqual([]);
  });

  it('takes an empty selector for none', () => {
    const controlPlane = clusterOf([
      objectOf(service('web', { selector: {} })),
      objectOf(deployment('web', { app: 'web' }, 2), 'd.yaml'),
    ]);
    expect(controlPlane.targets('default/web')).toEqual([]);
    expect(controlPlane.endpointSlices('default/web')).toEqual([]);
  });

  it('a Service for one pod of a StatefulSet has just this endpoint', () => {
    const selector = { 'statefulset.kubernetes.io/pod-name': 'db-1' };
    const controlPlane = clusterOf([
      objectOf(service('one', { selector })),
      objectOf(statefulSet('db', { app: 'db' }, 3), 'd.yaml'),
    ]);
    expect(names(controlPlane.targets('default/one'))).toEqual(['apps/StatefulSet/default/db']);
    const endpoints = controlPlane.endpointSlices('default/one').flatMap((slice) => slice.endpoints ?? []);
    expect(endpoints.map((endpoint) => endpoint.targetRef?.name)).toEqual(['db-1']);
    expect(names(controlPlane.groupsMatching({ 'statefulset.kubernetes.io/pod-name': 'db-3' }))).toEqual([]);
  });
});

describe('an edit', () => {
  it('of one Deployment’s labels touches the Services that match before and after, and no other', () => {
    const before = objectOf(deployment('app', { app: 'a' }, 1), 'd.yaml');
    const after = objectOf(deployment('app', { app: 'b' }, 1), 'd.yaml');
    const services = ['a', 'b', 'c'].map((app, i) => objectOf(service(app, { selector: { app } }), 's.yaml', i));
    const controlPlane = clusterOf([before, ...services]);
    const untouched = controlPlane.endpointSlices('default/c');
    const impact = controlPlane.apply({ removed: [before], added: [after] });
    expect([...impact.services].sort()).toEqual(['default/a', 'default/b']);
    expect([...impact.podNamespaces]).toEqual(['default']);
    expect(names(controlPlane.targets('default/a'))).toEqual([]);
    expect(names(controlPlane.targets('default/b'))).toEqual([after.key]);
    expect(controlPlane.endpointSlices('default/c')).toBe(untouched);
  });

  it('that changes neither labels nor ports keeps the slices as they are', () => {
    const before = objectOf(deployment('app', { app: 'a' }, 2), 'd.yaml');
    const after = objectOf(
      { ...deployment('app', { app: 'a' }, 2), metadata: { name: 'app', annotations: { note: 'x' } } },
      'd.yaml',
    );
    const controlPlane = clusterOf([before, objectOf(service('a', { selector: { app: 'a' } }), 's.yaml')]);
    const slices = controlPlane.endpointSlices('default/a');
    const impact = controlPlane.apply({ removed: [before], added: [after] });
    expect([...impact.podNamespaces]).toEqual([]);
    expect(controlPlane.endpointSlices('default/a')).toBe(slices);
    expect(controlPlane.targets('default/a')[0]?.object).toBe(after);
  });

  it('of the nodes moves pods to what is left', () => {
    const controlPlane = clusterOf([objectOf(deployment('app', { app: 'a' }, 3), 'd.yaml')]);
    const nodesOf = () => controlPlane.podsOf('apps/Deployment/default/app').map((made) => made.spec.nodeName);
    expect(nodesOf()).toEqual(['node-a', 'node-b', 'node-c']);
    controlPlane.apply({
      removed: [],
      added: [objectOf({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'only' } }, 'n.yaml')],
    });
    expect(nodesOf()).toEqual(['only', 'only', 'only']);
    const moved = controlPlane.podsOf('apps/Deployment/default/app')[0]!;
    expect(controlPlane.podByAddress(moved.status.podIP!)).toBe(moved);
  });
});

describe('addresses of pods', () => {
  it('lie in the range of the node, at the same place for both families, and lead back to the pod', () => {
    const controlPlane = clusterOf([objectOf(statefulSet('db', { app: 'db' }, 3), 'd.yaml')]);
    for (const made of controlPlane.podsOf('apps/StatefulSet/default/db')) {
      const n = ['node-a', 'node-b', 'node-c'].indexOf(made.spec.nodeName!) + 1;
      const [four, six] = made.status.podIPs!.map(({ ip }) => ip);
      expect(four).toMatch(new RegExp(`^10\\.244\\.${n}\\.\\d+$`));
      expect(six).toBe(`fd00:244:${n}::${Number(four!.split('.')[3]).toString(16)}`);
      expect(controlPlane.podByAddress(four!)).toBe(made);
      expect(controlPlane.podByAddress(six!)).toBe(made);
    }
  });

  it('are those of the status where there are any, and nobody else gets them', () => {
    const free = clusterOf([objectOf(pod('a', { app: 'a' }, { nodeName: 'node-a' }))]).pod('default/a')!.status.podIP!;
    const controlPlane = clusterOf([
      objectOf(pod('a', { app: 'a' }, { nodeName: 'node-a' })),
      objectOf({ ...pod('b', { app: 'b' }, { nodeName: 'node-a' }), status: { podIP: free } }, 'b.yaml'),
    ]);
    expect(controlPlane.pod('default/b')!.status.podIP).toBe(free);
    expect(controlPlane.pod('default/a')!.status.podIP).not.toBe(free);
    expect(controlPlane.podByAddress(free)!.metadata.name).toBe('b');
  });

  it('overflow when a node has no room, and say so', () => {
    const controlPlane = clusterOf([objectOf(deployment('many', { app: 'many' }, 1000), 'd.yaml')]);
    const addresses = controlPlane.podsOf('apps/Deployment/default/many').map((made) => made.status.podIP!);
    expect(new Set(addresses).size).toBe(1000);
    expect(addresses.filter((address) => !isOverflowAddress(address))).toHaveLength(3 * 253);
  });

  it('are the node’s on its network', () => {
    const controlPlane = clusterOf([objectOf(pod('host', {}, { nodeName: 'node-b', hostNetwork: true }))]);
    expect(controlPlane.pod('default/host')!.status.podIPs).toEqual([{ ip: '172.30.0.12' }, { ip: 'fd00:30::12' }]);
    expect(controlPlane.podByAddress('172.30.0.12')!.metadata.name).toBe('host');
  });
});

describe('observed pods', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5b5f9f97b6', controller: true };
  const observed = (name: string, labels: Record<string, string>) =>
    objectOf({ ...pod(name, labels), metadata: { name, labels, ownerReferences: [owner] } }, `${name}.yaml`);

  it('stand for the replicas of their Deployment', () => {
    const labels = { app: 'web', 'pod-template-hash': '5b5f9f97b6' };
    const web = objectOf(deployment('web', { app: 'web' }, 5), 'd.yaml');
    const controlPlane = clusterOf([
      web,
      observed('web-5b5f9f97b6-aaaaa', labels),
      observed('web-5b5f9f97b6-bbbbb', labels),
    ]);
    expect(controlPlane.podsOf(web.key).map((made) => made.metadata.name)).toEqual([
      'web-5b5f9f97b6-aaaaa',
      'web-5b5f9f97b6-bbbbb',
    ]);
    expect(controlPlane.groupOfPod('default/web-5b5f9f97b6-aaaaa')?.key).toBe(web.key);
    expect(names([...controlPlane.podGroups('default')])).toEqual([web.key]);
  });

  it('that look other than the template are groups of their own', () => {
    const web = objectOf(deployment('web', { app: 'new' }, 5), 'd.yaml');
    const old = observed('web-5b5f9f97b6-aaaaa', { app: 'old', 'pod-template-hash': '5b5f9f97b6' });
    const controlPlane = clusterOf([web, old]);
    expect(controlPlane.podsOf(web.key)).toEqual([]);
    expect(controlPlane.podsOf(old.key)).toHaveLength(1);
    controlPlane.apply({ removed: [old], added: [] });
    expect(controlPlane.podsOf(web.key)).toHaveLength(5);
  });
});

describe('the workload of observed pods', () => {
  const labels = { app: 'web', 'pod-template-hash': '5b5f9f97b6' };
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5b5f9f97b6', controller: true }];
  const seen = objectOf({ ...pod('web-x', labels), metadata: { name: 'web-x', labels, ownerReferences } }, 'p.yaml');
  const before = objectOf(deployment('web', { app: 'web' }, 5), 'd.yaml');

  it('gives them back when it goes or changes its template, and takes them when it comes', () => {
    const controlPlane = clusterOf([seen, objectOf(service('all', { selector: { app: 'web' } }), 's.yaml')]);
    expect(names(controlPlane.targets('default/all'))).toEqual([seen.key]);
    controlPlane.apply({ removed: [], added: [before] });
    expect(names(controlPlane.targets('default/all'))).toEqual([before.key]);
    const other = objectOf(deployment('web', { app: 'other' }, 5), 'd.yaml');
    controlPlane.apply({ removed: [before], added: [other] });
    expect(names(controlPlane.targets('default/all'))).toEqual([seen.key]);
    controlPlane.apply({ removed: [other], added: [] });
    expect(controlPlane.endpointSlices('default/all').flatMap((slice) => slice.endpoints ?? [])).toHaveLength(1);
  });
});

describe('namespaces', () => {
  it('are those that objects name or that are declared', () => {
    const controlPlane = clusterOfText(`
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: other}
`);
    expect([...controlPlane.namespaces()]).toEqual([
      ['other', { 'kubernetes.io/metadata.name': 'other' }],
      ['shop', { team: 'a', 'kubernetes.io/metadata.name': 'shop' }],
    ]);
  });
});

describe('nodes', () => {
  it('are those of the settings where no manifest holds one', () => {
    expect(
      clusterOf([])
        .nodes()
        .map((node) => node.metadata.name),
    ).toEqual(['node-a', 'node-b', 'node-c']);
  });

  it('get addresses and ranges that nobody else has where their manifests name none', () => {
    const nodes = clusterOf(
      objectsOf(
        ['x', 'y', 'z', 'node-a']
          .map((name) => `{apiVersion: v1, kind: Node, metadata: {name: ${name}}}`)
          .join('\n---\n'),
      ),
    ).nodes();
    expect(new Set(nodes.flatMap((node) => node.spec.podCIDRs)).size).toBe(8);
    expect(new Set(nodes.flatMap((node) => node.status.addresses?.map(({ address }) => address))).size).toBe(12);
    expect(nodes.find((node) => node.metadata.name === 'node-a')?.spec.podCIDRs).toEqual(
      defaultSettings.nodes[0]!.podCIDRs,
    );
  });
});
