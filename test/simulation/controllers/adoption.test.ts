/** Who adopts which dependents: what the recorded cluster `controllers/adoption` does not have, and what edits do to it. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { ControlPlaneEngine } from '#simulation/control-plane';
import { findWorkloadPod } from '#analysis/trace/lookup';
import { clusterOf, objectOf } from '../cluster';
import { deployment, pod, replicaSet, service, statefulSet } from '../descriptions';

const app = { app: 'web' };

function cluster(...bodies: readonly JsonObject[]): ControlPlaneEngine {
  return clusterOf(bodies.map((body, i) => objectOf(body, 'a.yaml', i)));
}

/** `ReplicaSet web: web-a, 2 of its own`: each owner with the pods that the files name, and how many others. */
function ownersOf(controlPlane: ControlPlaneEngine): readonly string[] {
  const owners = new Map<string, string[]>();
  for (const { metadata } of controlPlane.pods()) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    const name = owner ? `${owner.kind} ${owner.name.replace(/-[a-z0-9]{8,10}$/, '')}` : 'nobody';
    const given = controlPlane.object(`/Pod/${metadata.namespace}/${metadata.name}`) !== undefined;
    owners.set(name, [...(owners.get(name) ?? []), given && metadata.generateName === undefined ? metadata.name : '+']);
  }
  return [...owners].map(([owner, pods]) => `${owner}: ${pods.sort().join(' ')}`).sort();
}

const bare = (name: string, spec: JsonObject = {}, more: JsonObject = {}): JsonObject => {
  const body = pod(name, app, spec);
  return { ...body, metadata: { ...(body.metadata as JsonObject), ...more } };
};

describe('a Pod that a selector matches', () => {
  it('stands for one of the replicas, wherever it is written', () => {
    expect(ownersOf(cluster(bare('a'), replicaSet('web', app, 3)))).toEqual(['ReplicaSet web: + + a']);
    expect(ownersOf(cluster(replicaSet('web', app, 3), bare('a')))).toEqual(['ReplicaSet web: + + a']);
  });

  it('is an endpoint of its Service once, and no other pod is made in its place', () => {
    const controlPlane = cluster(bare('a'), replicaSet('web', app, 1), service('web', { selector: app }));
    const names = controlPlane.endpointSlices('default/web').flatMap(({ endpoints }) => endpoints?.map(({ targetRef }) => targetRef?.name)); // prettier-ignore
    expect(names).toEqual(['a']);
  });

  it('is deleted where there are too many: first who has no node, then who costs least, then the youngest', () => {
    const cost = (value: string) => ({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': value } });
    const pods = [bare('a', { nodeName: 'node-a' }), bare('b'), bare('c', { nodeName: 'node-b' }, cost('-3')), bare('d', { nodeName: 'node-c' })]; // prettier-ignore
    const left = (replicas: number) => ownersOf(cluster(...pods, replicaSet('web', app, replicas)));
    expect(left(4)).toEqual(['ReplicaSet web: a b c d']);
    expect(left(3)).toEqual(['ReplicaSet web: a c d']);
    expect(left(2)).toEqual(['ReplicaSet web: a d']);
    expect(left(1)).toEqual(['ReplicaSet web: a']);
    expect(left(0)).toEqual([]);
  });

  it('is left alone where it is being deleted, has ended or has a controller', () => {
    const owner = { apiVersion: 'x.io/v1', kind: 'Other', name: 'o', controller: true };
    const ended = { ...bare('ended'), status: { phase: 'Succeeded' } };
    const controlPlane = cluster(
      bare('going', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      bare('owned', {}, { ownerReferences: [owner] }),
      ended,
      replicaSet('web', app, 1),
    );
    expect(ownersOf(controlPlane)).toEqual(['Other o: owned', 'ReplicaSet web: +', 'nobody: ended going']);
  });

  it("keeps a StatefulSet from going on where it has the name of a pod, and not the set's labels", () => {
    const taken = pod('web-1', { app: 'other' });
    const set = statefulSet('web', app, 3);
    expect(ownersOf(cluster(taken, set))).toEqual(['StatefulSet web: +', 'nobody: web-1']);
    expect(ownersOf(cluster(bare('web-1'), set))).toEqual(['StatefulSet web: + + +']);
  });

  it('comes and goes with its adopter', () => {
    const controlPlane = cluster(bare('a'));
    const set = (replicas: number) => objectOf(replicaSet('web', app, replicas), 'b.yaml');
    expect(ownersOf(controlPlane)).toEqual(['nobody: a']);
    controlPlane.apply({ removed: [], added: [set(0)] });
    expect(ownersOf(controlPlane)).toEqual([]);
    expect(controlPlane.pod('default/a')).toBeUndefined();
    controlPlane.apply({ removed: [set(0)], added: [set(2)] });
    expect(ownersOf(controlPlane)).toEqual(['ReplicaSet web: + a']);
    controlPlane.apply({ removed: [set(2)], added: [] });
    expect(ownersOf(controlPlane)).toEqual(['nobody: a']);
  });
});

describe('a ReplicaSet that a Deployment finds', () => {
  it("is its newest where it has the Deployment's template: its pods are the Deployment's", () => {
    expect(ownersOf(cluster(replicaSet('old', app, 2), deployment('web', app, 3)))).toEqual(['ReplicaSet old: + + +']);
  });

  it('lends both its pods, where somebody asks for one of theirs', () => {
    const controlPlane = cluster(bare('a'), replicaSet('old', app, 1), deployment('web', app, 1));
    expect(ownersOf(controlPlane)).toEqual(['ReplicaSet old: a']);
    for (const [kind, name] of [['deployment', 'web'], ['replicaset', 'old']] as const)
      expect(findWorkloadPod(kind, name, 'default', controlPlane)).toMatchObject({ pod: { metadata: { name: 'a' } } });
  }); // prettier-ignore

  it('ends without pods otherwise', () => {
    const { spec, ...rest } = deployment('web', app, 1) as { spec: JsonObject } & JsonObject;
    const template = spec.template as JsonObject;
    const other = { ...template, spec: { ...(template.spec as JsonObject), terminationGracePeriodSeconds: 5 } };
    const controlPlane = cluster(replicaSet('old', app, 2), { ...rest, spec: { ...spec, template: other } });
    expect(ownersOf(controlPlane)).toEqual(['ReplicaSet web: +']);
  });
});
