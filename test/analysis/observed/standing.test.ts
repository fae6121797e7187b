/** What controllers may be about to mend in a live cluster: told once it has stood for a while, thing by thing. */

import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import { node, pod, service } from '../../live/shop';
import { nothing, seen } from './observed';

const web = { ...service('shop', 'web', { app: 'web' }), spec: { ...(service('shop', 'web', { app: 'web' }).spec as object), type: 'ClusterIP', clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'] } }; // prettier-ignore
const podAt = (number: number, ready = true) => pod({ namespace: 'shop', name: `web-${number}`, labels: { app: 'web' }, node: 1, address: `10.244.1.${number}`, ready }); // prettier-ignore

/** The controller's slice, with the pods of these numbers. */
function sliceOf(...numbers: readonly number[]): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'web-x',
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: numbers.map((number) => ({
      addresses: [`10.244.1.${number}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'node-1',
      targetRef: { kind: 'Pod', namespace: 'shop', name: `web-${number}` },
    })),
  };
} // prettier-ignore

/** A cluster that is looked at again and again, and what is told about the Service then. */
class Watched {
  readonly #known = new Map<string, KubernetesObject>();
  readonly workspace: Workspace = createWorkspace({
    settings: defaultSettings,
    roots: [],
    single: 'prod',
    patience: 3000,
  });

  /** At a time; `undefined` where the picture is not live. */
  at(time: number | undefined, ...bodies: readonly object[]): readonly string[] {
    const added = bodies.map(seen);
    const removed = added.flatMap(({ key }) => this.#known.get(key) ?? []);
    for (const object of added) this.#known.set(object.key, object);
    this.workspace.setObserved({ removed, added }, nothing);
    return this.later(time);
  }

  later(time: number | undefined): readonly string[] {
    this.workspace.setTime(time);
    this.workspace.update();
    return this.workspace.findings('prod/shop/service-web.yaml').map(({ code, message }) => `${code}: ${message}`);
  }
}

const two = 'endpoints-differ: Service shop/web: 2 endpoints of its slices not as its pods are';
const one = 'endpoints-differ: Service shop/web: 1 endpoint of its slices not as its pods are';
const all = [node('node-1', 1), web, podAt(2), podAt(3), sliceOf(2, 3)];

describe('a difference between slices and pods', () => {
  it('is told when it has stood for three seconds, and no longer than it stands', () => {
    const cluster = new Watched();
    expect(cluster.at(0, ...all)).toEqual([]);
    expect(cluster.workspace.nextTelling()).toBeUndefined();
    expect(cluster.at(1000, sliceOf(2))).toEqual([]);
    expect(cluster.workspace.nextTelling()).toBe(4000);
    expect(cluster.later(3999)).toEqual([]);
    expect(cluster.later(4000)).toEqual([one]);
    expect(cluster.workspace.nextTelling()).toBeUndefined();
    expect(cluster.at(4001, sliceOf(2, 3))).toEqual([]);
  });

  it('is not told of a controller that follows each of many changes a little later', () => {
    const cluster = new Watched();
    cluster.at(0, ...all);
    const told: string[] = [];
    for (let number = 4; number < 30; number++) {
      const began = (number - 4) * 2000;
      told.push(...cluster.at(began + 100, podAt(number)));
      told.push(...cluster.at(began + 2000, sliceOf(...[...Array(number - 1).keys()].map((i) => i + 2))));
    }
    expect(told).toEqual([]);
  });

  it('is told although others come and go: each waits for itself', () => {
    const cluster = new Watched();
    cluster.at(0, ...all);
    cluster.at(1000, sliceOf(2));
    const told = [podAt(4), sliceOf(2, 4), podAt(5), sliceOf(2, 4, 5), podAt(6)].map((body, i) => cluster.at(1500 + i * 700, body)); // prettier-ignore
    // The pod that came last waits beside the one that is told.
    expect(told).toEqual([[], [], [], [], [two]]);
  });

  it('grows no older while the picture may be an old one', () => {
    const cluster = new Watched();
    cluster.at(0, ...all);
    cluster.at(1000, sliceOf(2));
    expect(cluster.later(undefined)).toEqual([]);
    expect(cluster.workspace.nextTelling()).toBeUndefined();
    expect(cluster.later(60_000)).toEqual([]);
    expect(cluster.later(62_999)).toEqual([]);
    expect(cluster.later(63_000)).toEqual([one]);
    // What was told stays told.
    expect(cluster.later(undefined)).toEqual([one]);
  });

  it('is told with the file that it is about, for those who keep what they show', () => {
    const cluster = new Watched();
    cluster.at(0, ...all);
    cluster.at(1000, sliceOf(2));
    cluster.workspace.setTime(3999);
    expect(cluster.workspace.update().files).toEqual(new Set());
    cluster.workspace.setTime(4000);
    const path = 'prod/shop/service-web.yaml';
    const before = cluster.workspace.updates;
    expect(cluster.workspace.update().files).toEqual(new Set([path]));
    expect(cluster.workspace.lastUpdateOf(path)).toBe(before + 1);
  });
});

describe('a Service', () => {
  it('whose pods are being made, or are about to be ready, is not told to have none', () => {
    const cluster = new Watched();
    expect(cluster.at(0, node('node-1', 1), web)).toEqual([]);
    expect(cluster.at(2000, podAt(2, false))).toEqual([]);
    expect(cluster.at(4000, podAt(2), sliceOf(2))).toEqual([]);
    expect(cluster.later(9000)).toEqual([]);
  });

  it('that has no pods for three seconds is', () => {
    const cluster = new Watched();
    const other = pod({ namespace: 'shop', name: 'wbe-1', labels: { app: 'wbe' }, node: 1, address: '10.244.1.9' });
    expect(cluster.at(0, node('node-1', 1), web, other)).toEqual([]);
    expect(cluster.later(3000)).toEqual([expect.stringMatching(/^selector-matches-nothing: /)]);
  });
});
