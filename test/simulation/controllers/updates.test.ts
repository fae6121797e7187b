/** What the workload controllers do next, case by case as their sources decide it (v1.37). */

import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import type { Node } from '#model/kubernetes';
import { admitWorkload, type Workload } from '#simulation/apiserver/admission';
import { evictionPaces } from '#simulation/controllers/node-lifecycle';
import { daemonStep, type DaemonPod } from '#simulation/controllers/updates/daemon-set';
import { deploymentStep, deploymentStrategy, scaledReplicaSets } from '#simulation/controllers/updates/deployment';
import { statefulStep, type StatefulPod } from '#simulation/controllers/updates/stateful-set';
import { clusterOfText } from '../cluster';

function workload(kind: string, spec: string): Workload {
  const text = `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: shop}
spec:
  ${spec}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example/web:1}]}
`;
  const object = clusterOfText(text).object(`apps/${kind}/shop/web`)!;
  return admitWorkload(object, defaultSettings).value!;
}

const deployment = (replicas: number, rolling: string) =>
  workload('Deployment', `replicas: ${replicas}\n  strategy: {rollingUpdate: {${rolling}}}`);

describe('the shares of a Deployment (ResolveFenceposts)', () => {
  it.each([
    [4, 'maxSurge: 25%, maxUnavailable: 25%', 1, 1],
    [3, 'maxSurge: 25%, maxUnavailable: 25%', 1, 0],
    [10, 'maxSurge: 25%, maxUnavailable: 25%', 3, 2],
    // Rounding alone can bring both to nothing.
    [3, 'maxSurge: 0, maxUnavailable: 10%', 0, 1],
    [2, 'maxSurge: 0, maxUnavailable: 5', 0, 2],
    [0, 'maxSurge: 1, maxUnavailable: 1', 1, 0],
  ])('of %i pods with %s', (replicas, rolling, maxSurge, maxUnavailable) => {
    expect(deploymentStrategy(deployment(replicas, rolling))).toEqual({ type: 'RollingUpdate', maxSurge, maxUnavailable });
  }); // prettier-ignore
});

describe('a rolling update (rolloutRolling)', () => {
  const step = (desired: number, surge: number, missing: number, now: readonly [number, number], old: readonly (readonly [number, number])[]) => {
    const strategy = { type: 'RollingUpdate', maxSurge: surge, maxUnavailable: missing } as const;
    const counts = ([replicas, available]: readonly [number, number]) => ({ replicas, available });
    const next = deploymentStep(desired, strategy, counts(now), old.map(counts), true);
    return next && [next.newReplicas, ...next.oldReplicas];
  }; // prettier-ignore

  it('makes new pods before it takes old ones away', () => {
    expect(step(10, 3, 2, [0, 0], [[10, 10]])).toEqual([3, 10]);
    expect(step(10, 3, 2, [3, 0], [[10, 10]])).toEqual([3, 8]);
    expect(step(10, 3, 2, [3, 0], [[8, 8]])).toEqual([5, 8]);
    expect(step(10, 3, 2, [5, 0], [[8, 8]])).toBeUndefined();
    expect(step(10, 3, 2, [5, 5], [[8, 8]])).toEqual([5, 3]);
  });

  it('does not take more old pods away because one of them has failed while the new ones do not come up', () => {
    expect(step(10, 3, 2, [5, 0], [[8, 7]])).toBeUndefined();
  });

  it('takes away what is not available first, from the oldest ReplicaSet on', () => {
    expect(step(10, 3, 2, [0, 0], [[8, 8], [5, 0]])).toEqual([0, 8, 0]); // prettier-ignore
    expect(step(4, 1, 1, [1, 1], [[2, 1], [2, 2]])).toEqual([1, 0, 2]); // prettier-ignore
  });
});

describe('a number of replicas that changes while an update is under way (scale, GetReplicaSetProportion)', () => {
  const rolling = (maxSurge: number) => ({ type: 'RollingUpdate', maxSurge, maxUnavailable: 0 }) as const;

  it('is shared out: the example of the documentation', () => {
    // 10 replicas, maxSurge 3: 8 old and 5 new ones; scaled to 15.
    expect(scaledReplicaSets(15, rolling(3), [8, 5], 1, 13)).toEqual([11, 7]);
  });

  it('of one ReplicaSet is all its own, also of one that is paused', () => {
    expect(scaledReplicaSets(5, rolling(1), [3, 0], 1, 4)).toEqual([5, 0]);
    expect(scaledReplicaSets(5, rolling(1), [0, 0], 1, 1)).toEqual([0, 5]);
  });

  it('of 0 takes all away', () => {
    expect(scaledReplicaSets(0, rolling(1), [3, 2], 1, 5)).toEqual([0, 0]);
  });
});

const statefulPods = (states: string): readonly StatefulPod[] =>
  states.split(' ').flatMap((state, ordinal) =>
    state === '-'
      ? []
      : [
          {
            ordinal,
            revision: state.startsWith('new') ? ('update' as const) : ('current' as const),
            available: !state.endsWith('!') && !state.endsWith('~'),
            terminating: state.endsWith('~'),
          },
        ],
  );

describe('the update of a StatefulSet: `!` is not available, `~` is terminating', () => {
  const set = (more: string) =>
    workload('StatefulSet', `replicas: 4\n  serviceName: web\n  podManagementPolicy: ${more}`);
  const deleted = (of: Workload, states: string, minor = 37) =>
    statefulStep(of, statefulPods(states), minor).map((action) => `${action.kind} ${action.ordinal}`);
  const rolling = (text: string) => `\n  updateStrategy: {rollingUpdate: {${text}}}`;

  it('goes from the highest ordinal down, one at a time, as far as the partition', () => {
    const one = set(`OrderedReady${rolling('partition: 2')}`);
    expect(deleted(one, 'old old old old')).toEqual(['delete 3']);
    expect(deleted(one, 'old old old old~')).toEqual([]);
    expect(deleted(one, 'old old old -')).toEqual(['create 3']);
    expect(deleted(one, 'old old old new!')).toEqual([]);
    expect(deleted(one, 'old old old new')).toEqual(['delete 2']);
    expect(deleted(one, 'old old new new')).toEqual([]);
  });

  it('takes as many as may be missing, by default from 1.37 on', () => {
    const two = set(`OrderedReady${rolling('maxUnavailable: 2')}`);
    expect(deleted(two, 'old old old old')).toEqual(['delete 3', 'delete 2']);
    expect(deleted(two, 'old old old old', 36)).toEqual(['delete 3']);
    expect(deleted(set(`OrderedReady${rolling('maxUnavailable: 30%')}`), 'old old old old')).toEqual(['delete 3']);
  });

  it('does not wait in order where the set works in parallel', () => {
    const parallel = set('Parallel');
    expect(deleted(parallel, 'old - - old')).toEqual(['create 1', 'create 2']);
    // Those that are not available anyway come first, and one that is new and not available keeps the rest.
    expect(deleted(parallel, 'old! old old old!')).toEqual(['delete 3', 'delete 0']);
    expect(deleted(parallel, 'old! old old new!')).toEqual(['delete 0']);
    expect(deleted(parallel, 'old old old new!')).toEqual([]);
    // Before, the highest old one went, whatever the others were.
    expect(deleted(parallel, 'old! old old old', 36)).toEqual(['delete 3']);
  });
});

describe('the update of a DaemonSet', () => {
  const daemon = (rolling: string) => workload('DaemonSet', `updateStrategy: {rollingUpdate: {${rolling}}}`);
  const nodes = { wanted: ['a', 'b', 'c'], mayStay: (node: string) => node !== 'd' };
  const pods = (...states: readonly string[]): readonly DaemonPod[] =>
    states.map((text) => {
      const [node = '', state = ''] = text.split(' ');
      const up = !/[!~]$/.test(state);
      const revision = state.startsWith('new') ? 'update' : 'current';
      return { name: text, node, revision, ready: up, available: up, terminating: state.endsWith('~') };
    });
  const actions = (of: Workload, ...states: readonly string[]) =>
    daemonStep(of, nodes, pods(...states)).map((action) => action.kind === 'create' ? `create on ${action.node}` : `delete ${action.name}`); // prettier-ignore

  it('takes one pod away, and makes the new one once it is gone', () => {
    const one = daemon('maxUnavailable: 1');
    expect(actions(one, 'a old', 'b old', 'c old')).toEqual(['delete a old']);
    expect(actions(one, 'a old~', 'b old', 'c old')).toEqual([]);
    expect(actions(one, 'b old', 'c old')).toEqual(['create on a']);
    expect(actions(one, 'a new!', 'b old', 'c old')).toEqual([]);
  });

  it('counts an old pod that is not available as missing, and replaces it first', () => {
    expect(actions(daemon('maxUnavailable: 1'), 'a old', 'b old!', 'c old')).toEqual(['delete b old!']);
    expect(actions(daemon('maxUnavailable: 2'), 'a old', 'b old!', 'c old')).toEqual(['delete b old!', 'delete a old']);
  });

  it('with a surge makes the new one beside the old one, which goes once the new one is available', () => {
    const surge = daemon('maxSurge: 1, maxUnavailable: 0');
    expect(actions(surge, 'a old', 'b old', 'c old')).toEqual(['create on a']);
    expect(actions(surge, 'a old', 'a new!', 'b old', 'c old')).toEqual([]);
    expect(actions(surge, 'a old', 'a new', 'b old', 'c old')).toEqual(['delete a old', 'create on b']);
    // What is not available anyway does not count, and goes at once.
    expect(actions(surge, 'a old', 'b old!', 'c old!')).toEqual(['create on a', 'create on b', 'create on c']);
    expect(actions(surge, 'a old!', 'a new!', 'b new', 'c new')).toEqual(['delete a old!']);
    expect(actions(surge, 'a new~', 'b new', 'c new')).toEqual(['create on a']);
  });

  it('ends the pods of nodes that are no more to have one', () => {
    expect(actions(daemon('maxUnavailable: 1'), 'a new', 'b new', 'c new', 'd new')).toEqual(['delete d new']);
  });
});

describe('the eviction of pods of lost nodes (handleDisruption)', () => {
  const node = (name: string, zone: string): Node =>
    ({ metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } }, spec: {}, status: {} }) as unknown as Node;
  const paces = (zones: readonly string[], lost: number) => {
    const nodes = zones.map((zone, i) => node(`${zone}-${i}`, zone));
    const isLost = (name: string) => nodes.findIndex(({ metadata }) => metadata.name === name) < lost;
    return nodes.slice(0, lost).map(evictionPaces(nodes, isLost));
  };
  const zone = (name: string, count: number) => Array.from({ length: count }, () => name);

  it('is as tolerations say where a few nodes are lost, or a whole zone of several', () => {
    expect(paces(zone('a', 3), 2)).toEqual(['normal', 'normal']);
    expect(paces([...zone('a', 3), ...zone('b', 1)], 3)).toEqual(['normal', 'normal', 'normal']);
  });

  it('stops where most nodes of a small zone are lost, and where all are', () => {
    expect(paces(zone('a', 5), 3)).toEqual(['none', 'none', 'none']);
    expect(paces(zone('a', 6), 3)).toEqual(['normal', 'normal', 'normal']);
    expect(paces(zone('a', 2), 2)).toEqual(['none', 'none']);
  });

  it('slows down in a large zone', () => {
    expect(new Set(paces(zone('a', 60), 40))).toEqual(new Set(['slow']));
  });
});
