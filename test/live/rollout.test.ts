/** An update of a Deployment, as the real controllers make it step by step, and as a what-if plays it out. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseStep } from '#analysis/what-if/grammar';
import { timelineOf } from '#analysis/what-if/timeline';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { ControlPlane, findPrograms, until, type KubernetesBody } from './control-plane';
import { node } from './shop';

interface Meta {
  readonly name: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly resourceVersion: string;
}

interface Item {
  readonly metadata: Meta;
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Pods that become ready one after the other are available at once: the controllers see all of a turn together. */
const minReadySeconds = 3;

/** Pods of a template that names its node need no scheduler. */
const deployment = (name: string, replicas: number, rollingUpdate: object): KubernetesBody => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    replicas,
    minReadySeconds,
    strategy: { type: 'RollingUpdate', rollingUpdate },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'registry.example/web:1' }] },
    },
  },
});

describe.skipIf('missing' in findPrograms())('a rolling update of the real Deployment controller', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await plane.create(node('node-1', 1));
    await plane.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  }, 120_000);

  afterAll(() => plane?.stop());

  it.concurrent.each([
    ['one', 3, { maxSurge: 1, maxUnavailable: 0 }],
    ['quarter', 4, { maxSurge: '25%', maxUnavailable: '25%' }],
    ['many', 10, { maxSurge: 3, maxUnavailable: 2 }],
    ['none', 3, { maxSurge: 0, maxUnavailable: 1 }],
  ] as const)('%s: scales its ReplicaSets as the what-if does', async (name, replicas, rolling) => {
    const body = deployment(name, replicas, rolling);
    await plane.create(body);
    await settle(name);
    const [old] = await items('replicasets', name);
    const template = { metadata: { annotations: { update: '1' } } };
    await plane.call('PATCH', `/apis/apps/v1/namespaces/shop/deployments/${name}`, { spec: { template } });
    await until('the new ReplicaSet', async () => (await items('replicasets', name)).length === 2);
    await settle(name);
    expect((await scalings(name, old!.metadata.name)).slice(1)).toEqual(simulated(body));
  }, 180_000); // prettier-ignore

  async function items(what: string, name: string): Promise<readonly Item[]> {
    const group = what === 'pods' ? '/api/v1' : '/apis/apps/v1';
    const { body } = await plane.call('GET', `${group}/namespaces/shop/${what}?labelSelector=app%3D${name}`);
    return body.items as readonly Item[];
  }

  /** A kubelet takes its turns, each when the controllers are quiet, until neither has anything to do. */
  async function settle(name: string): Promise<void> {
    for (;;) {
      const pods = await quiet(name);
      const ending = pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
      const starting = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && !isReady(pod));
      if (ending.length + starting.length === 0) return;
      const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }] };
      for (const { metadata } of starting)
        await plane.call('PATCH', `/api/v1/namespaces/shop/pods/${metadata.name}/status`, { status });
      for (const { metadata } of ending)
        await plane.call('DELETE', `/api/v1/namespaces/shop/pods/${metadata.name}?gracePeriodSeconds=0`);
    }
  }

  /** The pods once nothing has changed for a while. */
  async function quiet(name: string): Promise<readonly Item[]> {
    let before = '';
    let since = Date.now();
    for (;;) {
      const [pods, sets] = [await items('pods', name), await items('replicasets', name)];
      const now = [...pods, ...sets].map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).join();
      if (now !== before) since = Date.now();
      else if (pods.length > 0 && Date.now() - since > (minReadySeconds + 2) * 1000) return pods;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  /** `new 0→1`, in the order in which the controller told them. */
  async function scalings(name: string, old: string): Promise<readonly string[]> {
    const { body } = await plane.call('GET', '/api/v1/namespaces/shop/events');
    const events = body.items as readonly { metadata: Meta; reason: string; message: string; involvedObject: { name: string } }[]; // prettier-ignore
    return events
      .filter(({ reason, involvedObject }) => reason === 'ScalingReplicaSet' && involvedObject.name === name)
      .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ message }) => {
        const [, set, from, to] = /replica set (\S+) from (\d+) to (\d+)/.exec(message)!;
        return `${set === old ? 'old' : 'new'} ${from}→${to}`;
      });
  }
});

function isReady({ status }: Item): boolean {
  return (status.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** The same of our own controllers. */
function simulated(body: KubernetesBody): readonly string[] {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'cluster' });
  workspace.setFile('deployment.yaml', JSON.stringify(body));
  workspace.update();
  const step = parseStep(`deployment shop/${body.metadata.name} restarts`);
  if ('error' in step) throw new Error(step.error);
  const texts = timelineOf(workspace.scopes[0]!, [step]).moments.flatMap(({ events }) =>
    events.filter(({ by }) => by === 'Deployment controller').map(({ text }) => text),
  );
  const scaled = texts.map((text) => /ReplicaSet (\S+) from (\d+) to (\d+)/.exec(text)!.slice(1));
  const fresh = scaled[0]![1] === '0' ? scaled[0]![0] : scaled.find(([, from]) => from === '0')![0];
  return scaled.map(([set, from, to]) => `${set === fresh ? 'new' : 'old'} ${from}→${to}`);
}
