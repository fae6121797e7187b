/** What must hold for every cluster and every series of edits. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlaneEngine } from '#simulation/control-plane';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { clusterOf as clusterWith, objectOf } from './cluster';
import { daemonSet, deployment, pod, replicaSet, service, statefulSet, withPodSpec } from './descriptions';

/** Ranges with so little room that pods push each other about, and not every Service gets what it asks for. */
const crowded: ClusterSettings = {
  ...defaultSettings,
  serviceCIDRs: ['10.96.0.8/29', 'fd00:10:96::/120'],
  nodePortRange: { from: 30000, to: 30002 },
  nodes: defaultSettings.nodes.map((node, i) => ({
    ...node,
    podCIDRs: [`10.244.${i + 1}.0/29`, `fd00:244:${i + 1}::/64`],
  })),
};
const clusterOf = (objects: readonly KubernetesObject[]) => clusterWith(objects, crowded);

const name = fc.constantFrom('a', 'b', 'c');
/** A StatefulSet may want the name too. */
const podName = fc.constantFrom('a', 'b', 'c', 'a-0', 'a-1', 'b-0');
const namespace = fc.constantFrom('one', 'two');
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('x', 'y'), { maxKeys: 2 });
const replicas = fc.integer({ min: 0, max: 4 });
const onPort = (hostPort: number) => ({
  containers: [{ name: 'main', image: 'i', ports: [{ containerPort: 8080, hostPort }] }],
});
const anti = { labelSelector: {}, topologyKey: 'kubernetes.io/hostname' };
const podSpec = fc.constantFrom<JsonObject>(
  {},
  { nodeName: 'node-a' },
  { nodeName: 'gone' },
  { hostNetwork: true, nodeName: 'node-b' },
  { nodeSelector: { disk: 'fast' } },
  { nodeName: 'node-a', ...onPort(80) },
  onPort(80),
);
/** What templates ask of the nodes. */
const demands = fc.constantFrom<JsonObject>(
  {},
  {},
  { tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
  { nodeSelector: { disk: 'fast' } },
  { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [anti] } } },
  { topologySpreadConstraints: [{ ...anti, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] },
  onPort(80),
  { ...onPort(80), tolerations: [{ operator: 'Exists' }] },
);
const nodeState = fc.record({
  podCIDR: fc.constantFrom('10.250.1.0/24', undefined),
  unschedulable: fc.constantFrom(undefined, true),
  taints: fc.constantFrom(undefined, [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }]),
});
const nodeReady = fc.constantFrom(undefined, 'True', 'False');
const status = fc.constantFrom<JsonObject>(
  {},
  { podIP: '10.244.1.4' },
  { phase: 'Pending' },
  { conditions: [{ type: 'Ready', status: 'False' }] },
);
const owner = fc.constantFrom(undefined, {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'a-123',
  controller: true,
});

const serviceSpec = fc.record({
  selector: labels,
  clusterIP: fc.constantFrom(undefined, undefined, 'None', '10.96.0.10', '10.96.0.11', '10.0.0.9'),
  publishNotReadyAddresses: fc.boolean(),
  ports: fc.constantFrom([{ port: 80 }], [{ port: 80, targetPort: 'http' }], [{ port: 80, targetPort: 'nobody' }]),
});

const body: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.tuple(name, serviceSpec, namespace).map(([n, spec, ns]) => service(n, withoutUndefined(spec), ns)),
  fc
    .tuple(name, serviceSpec, namespace)
    .map(([n, spec, ns]) => service(n, { ...withoutUndefined(spec), clusterIP: undefined, type: 'NodePort' }, ns)),
  fc.tuple(name, labels, replicas, namespace).map((args) => deployment(...args)),
  fc.tuple(name, labels, replicas, namespace).map((args) => statefulSet(...args)),
  fc.tuple(name, labels, replicas, namespace).map((args) => replicaSet(...args)),
  fc
    .tuple(name, labels, replicas, namespace, demands)
    .map(([n, l, r, ns, spec]) => withPodSpec(deployment(n, { ...l, own: n }, r, ns), spec)),
  fc
    .tuple(name, labels, namespace, demands)
    .map(([n, l, ns, spec]) => withPodSpec(daemonSet(n, { ...l, own: n }, ns), spec)),
  fc.tuple(podName, labels, podSpec, namespace, status, owner).map(([n, l, spec, ns, s, o]) => ({
    ...pod(n, l, spec, ns),
    metadata: { name: n, namespace: ns, labels: l, ...(o && { ownerReferences: [o] }) },
    status: s,
  })),
  fc.tuple(name, namespace).map(([n, ns]) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${n}-1`, namespace: ns, labels: { 'kubernetes.io/service-name': n } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.9.9'] }],
    ports: [{ port: 80 }],
  })),
  fc.tuple(name, nodeState, labels, nodeReady).map(([n, spec, l, ready]) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${n}`, labels: { ...l, ...(l.app === 'x' && { disk: 'fast' }) } },
    spec: withoutUndefined(spec),
    status: ready === undefined ? {} : { conditions: [{ type: 'Ready', status: ready }] },
  })),
);

function withoutUndefined(object: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

const objects = fc
  .array(fc.tuple(body, fc.constantFrom('p.yaml', 'q.yaml')), { minLength: 6, maxLength: 24 })
  .map((entries) => entries.map(([written, file], document) => objectOf(withoutUndefined(written), file, document)));

/** All that can be asked, as plain values. */
function everything(controlPlane: ControlPlaneEngine): unknown {
  const groups = ['one', 'two'].flatMap((ns) => [...controlPlane.podGroups(ns)]);
  const names = [...controlPlane.objectsOfKind('', 'Service')]
    .map((object) => `${object.namespace}/${object.name}`)
    .sort();
  return {
    objects: [...controlPlane.objects()].map((object) => object.key).sort(),
    replaced: [...controlPlane.replaced()].map(({ object, by }) => [object.key, object.origin, by.origin]),
    services: [...controlPlane.services()],
    refusals: [...controlPlane.refusals()].map(({ object, causes }) => [object.key, causes]).sort(),
    groups,
    targets: names.map((n) => [n, controlPlane.targets(n).map((group) => group.key)]),
    targeting: groups.map((group) => [
      group.key,
      controlPlane.servicesTargeting(group.key).map((one) => one.metadata.name),
    ]),
    slices: [...controlPlane.allEndpointSlices()],
    endpoints: [...controlPlane.allEndpoints()],
    pods: [...controlPlane.pods()],
    nodes: controlPlane.nodes(),
    namespaces: [...controlPlane.namespaces()],
  };
}

describe('the control plane', () => {
  it('is after any series of edits what it would be afresh', () => {
    const edits = fc.array(fc.array(fc.nat({ max: 23 }), { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(objects, edits, fc.constantFrom('nothing', 'some pods', 'everything'), (all, series, between) => {
        const present = new Set<KubernetesObject>();
        const controlPlane = clusterOf([]);
        const toggle = (which: readonly KubernetesObject[]) => {
          const removed = which.filter((object) => present.has(object));
          const added = which.filter((object) => !present.has(object));
          for (const object of removed) present.delete(object);
          for (const object of added) present.add(object);
          controlPlane.apply({ removed, added });
        };
        toggle(all);
        for (const edit of series) {
          if (between === 'everything') everything(controlPlane);
          else if (between === 'some pods') controlPlane.placePods(2);
          toggle([...new Set(edit)].flatMap((i) => all[i] ?? []));
        }
        expect(everything(controlPlane)).toEqual(everything(clusterOf([...present])));
      }),
      { numRuns: 150 },
    );
  });

  it('does not depend on the order in which objects arrive', () => {
    const shuffled = objects.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(everything(clusterOf(other))).toEqual(everything(clusterOf(all)));
      }),
      { numRuns: 100 },
    );
  });

  it('takes what it prints, and prints the same', () => {
    fc.assert(
      fc.property(objects, (all) => {
        const printed = (cluster: ControlPlaneEngine) =>
          [...cluster.services(), ...cluster.allEndpointSlices(), ...cluster.allEndpoints()].map(
            (value) => JSON.parse(JSON.stringify(value)) as JsonObject,
          );
        const ranges = all.filter(({ kind }) => kind === 'ServiceCIDR');
        const first = printed(clusterOf(all));
        const again = clusterOf([...ranges, ...first.map((body, i) => objectOf(body, 'z.yaml', i))]);
        expect([...again.refusals()].map(({ message }) => message)).toEqual([...clusterOf(ranges).refusals()].map(({ message }) => message)); // prettier-ignore
        expect(new Set(printed(again))).toEqual(new Set(first));
      }),
      { numRuns: 150 },
    );
  });

  it('names in the impact of an edit every Service whose own values changed', () => {
    fc.assert(
      fc.property(objects, fc.nat({ max: 23 }), (all, which) => {
        const edited = all[which % Math.max(1, all.length)];
        if (!edited) return;
        const controlPlane = clusterOf(all);
        const services = new Set(
          [...controlPlane.objectsOfKind('', 'Service')].map((object) => `${object.namespace}/${object.name}`),
        );
        const look = () =>
          new Map(
            [...services].map((n) => [
              n,
              [
                controlPlane.service(n),
                controlPlane.targets(n),
                controlPlane.endpointSlices(n),
                controlPlane.endpoints(n),
              ],
            ]),
          );
        const before = look();
        const impact = controlPlane.apply({ removed: [edited], added: [] });
        for (const [n, values] of look()) {
          if (impact.services.has(n)) continue;
          values.forEach((value, i) => expect(value).toBe(before.get(n)![i]));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('recomputes nothing of another namespace when a Pod is edited', () => {
    const edit = fc.tuple(labels, labels, fc.constantFrom('one', 'two'));
    // A ReplicaSet may delete the Pod, or make another in its place: then addresses become free or are taken.
    const others = objects.map((all) => all.filter(({ kind }) => kind !== 'Node' && kind !== 'ReplicaSet'));
    fc.assert(
      fc.property(others, edit, (all, [before, after, ns]) => {
        const old = objectOf(pod('edited', before, {}, ns), 'e.yaml');
        const controlPlane = clusterOf([...all, old]);
        const names = [...controlPlane.services()]
          .filter((one) => one.metadata.namespace !== ns)
          .map((one) => `${one.metadata.namespace}/${one.metadata.name}`);
        const look = () => names.map((n) => [controlPlane.targets(n), controlPlane.endpointSlices(n)] as const);
        const first = look();
        controlPlane.apply({ removed: [old], added: [objectOf(pod('edited', after, {}, ns), 'e.yaml')] });
        look().forEach(([targets, slices], i) => {
          expect(targets).toBe(first[i]![0]);
          expect(slices).toBe(first[i]![1]);
        });
      }),
      { numRuns: 100 },
    );
  });
});
