/** The controllers against what the real ones made of the same objects. */

import { describe, expect, it } from 'vitest';
import { clusterOf } from '../cluster';
import { canonicalEndpoints, canonicalPods, canonicalSlices, caseNames, nameOf, readCase } from './golden';

describe.each(caseNames)('%s', (name) => {
  const { given, cluster, refused } = readCase(name);
  const isEndpoints = (kind: string) => kind === 'EndpointSlice' || kind === 'Endpoints';
  const byHand = given.filter((object) => isEndpoints(object.kind));
  const byHandNames = new Set([...byHand.map((object) => nameOf(object.body)), 'default/kubernetes']);
  const inputs = cluster.filter(
    (object) => ['Service', 'Pod', 'Node'].includes(object.kind) && nameOf(object.body) !== 'default/kubernetes',
  );
  const accepted = byHand.filter((object) => !refused.has(`${object.kind} ${object.name}`));
  const bodiesOf = (kind: string) => cluster.filter((object) => object.kind === kind).map((object) => object.body);

  it('gives the slices of the real controller for its Services, pods and nodes', () => {
    const controlPlane = clusterOf([...inputs, ...accepted]);
    const ours = canonicalSlices([...controlPlane.allEndpointSlices()], byHandNames);
    expect(ours).toEqual(canonicalSlices(bodiesOf('EndpointSlice'), byHandNames));
  });

  it('gives the Endpoints of the real controller', () => {
    const controlPlane = clusterOf([...inputs, ...accepted]);
    const ours = canonicalEndpoints([...controlPlane.allEndpoints()], byHandNames);
    expect(ours).toEqual(canonicalEndpoints(bodiesOf('Endpoints'), byHandNames));
  });

  it('takes observed slices as they are', () => {
    const controlPlane = clusterOf(cluster);
    const ours = canonicalSlices([...controlPlane.allEndpointSlices()], new Set());
    expect(ours).toEqual(canonicalSlices(bodiesOf('EndpointSlice'), new Set()));
  });

  it('makes the pods that the real workload controllers made', () => {
    const real = canonicalPods(bodiesOf('Pod'));
    // The case says of its nodes only what differs from the usual ones.
    const nodes = cluster.filter((object) => object.kind === 'Node');
    const ours = canonicalPods([...clusterOf([...nodes, ...given.filter((object) => object.kind !== 'Node')]).pods()]);
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(real)));
    // The nodes of the other cases kept a taint that the node controller takes away, and got no daemon pods.
    if (name.startsWith('controllers/')) expect(Object.keys(ours).sort()).toEqual(Object.keys(real).sort());
    for (const owner of Object.keys(real)) expect(ours[owner]).toEqual(real[owner]);
  });
});
