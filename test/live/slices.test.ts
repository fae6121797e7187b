/** The finding for slices that are not as their pods are, at the edges: the real controllers never give a reason for it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observedSettings } from '#analysis/observed-cluster';
import { createWorkspace } from '#analysis/workspace';
import { loadLive, secondLook } from '#cli/live';
import type { Loaded } from '#cli/load';
import { readCluster } from '#live/index';
import { defaultSettings } from '#model/settings';
import { ControlPlane, findPrograms, until, type KubernetesBody } from './control-plane';
import { node, pod, service, type PodPlace } from './shop';

const selecting = (name: string, more: object = {}): KubernetesBody => {
  const made = service('edge', name, { app: name });
  return { ...made, spec: { ...(made.spec as object), ...more } };
};

const podOf = (app: string, number: number, more: Partial<PodPlace> = {}): KubernetesBody =>
  pod({ namespace: 'edge', name: `${app}-${number}`, labels: { app }, node: (number % 2) + 1, address: `10.244.${(number % 2) + 1}.${offsets.indexOf(app) * 8 + number + 10}`, ...more }); // prettier-ignore

const offsets = ['plain', 'headless', 'unready', 'published', 'ending', 'finished', 'nowhere', 'named', 'host', 'shared', 'external', 'unplaced']; // prettier-ignore

/** The pod's spec, otherwise. */
const withSpec = (body: KubernetesBody, spec: object): KubernetesBody => ({ ...body, spec: { ...(body.spec as object), ...spec } }); // prettier-ignore

const objects: readonly KubernetesBody[] = [
  selecting('plain'), podOf('plain', 1), podOf('plain', 2),
  selecting('headless', { clusterIP: 'None' }), podOf('headless', 1), podOf('headless', 2, { ready: false }),
  selecting('unready'), podOf('unready', 1, { ready: false }),
  selecting('published', { publishNotReadyAddresses: true }), podOf('published', 1, { ready: false }),
  // Held back by a finalizer, it goes on ending.
  selecting('ending'), podOf('ending', 1), { ...podOf('ending', 2), metadata: { ...podOf('ending', 2).metadata, finalizers: ['test.example/held'] } },
  selecting('finished'), podOf('finished', 1), { ...podOf('finished', 2), status: { ...(podOf('finished', 2).status as object), phase: 'Succeeded' } },
  selecting('nowhere'), podOf('nowhere', 1), podOf('nowhere', 2, { node: 9 }),
  selecting('named'), podOf('named', 1), withSpec(podOf('named', 2), { containers: [{ name: 'main', image: 'x', ports: [{ name: 'http', containerPort: 9090 }] }] }),
  selecting('host'), withSpec(podOf('host', 1, { address: '172.30.0.11' }), { hostNetwork: true, containers: [{ name: 'main', image: 'x', ports: [{ name: 'http', containerPort: 8088, hostPort: 8088 }] }] }),
  selecting('external', { type: 'ExternalName', externalName: 'example.com', ports: undefined }), podOf('external', 1),
  selecting('unplaced'), withSpec({ ...podOf('unplaced', 1), status: { phase: 'Pending' } }, { nodeName: undefined }),
  // Somebody else's slice beside the controller's own.
  selecting('shared'), podOf('shared', 1),
  slice('shared', 'shared-by-another', { 'endpointslice.kubernetes.io/managed-by': 'mesh.example' }, '192.0.2.7'),
  // Without a selector: mirrored, and written by hand.
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'mirrored', namespace: 'edge' }, spec: { ports: [{ name: 'http', port: 80 }] } },
  { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'mirrored', namespace: 'edge' }, subsets: [{ addresses: [{ ip: '192.0.2.9' }], ports: [{ name: 'http', port: 80 }] }] },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'manual', namespace: 'edge' }, spec: { ports: [{ name: 'http', port: 80 }] } },
  slice('manual', 'manual-1', {}, '192.0.2.11'),
]; // prettier-ignore

function slice(of: string, name: string, labels: Record<string, string>, address: string): KubernetesBody {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'edge', labels: { 'kubernetes.io/service-name': of, ...labels } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
    endpoints: [{ addresses: [address] }],
  };
}

describe.skipIf('missing' in findPrograms())('slices and pods of a cluster with its controllers', () => {
  let plane: ControlPlane;
  let admin: string;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    admin = await plane.kubeconfig('admin', { token: plane.token('admin') });
    for (const number of [1, 2]) await plane.create(node(`node-${number}`, number));
    await plane.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'edge' } });
    for (const object of objects) await plane.create(object);
    await plane.call('DELETE', '/api/v1/namespaces/edge/pods/ending-2?gracePeriodSeconds=30');
    // More than a slice holds.
    await plane.create(selecting('many'));
    for (let i = 0; i < 130; i++) {
      await plane.create(pod({ namespace: 'edge', name: `many-${i}`, labels: { app: 'many' }, node: 1, address: `10.244.3.${i + 1}` })); // prettier-ignore
    }
    await until('the slices', async () => {
      const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/namespaces/edge/endpointslices');
      const items = body.items as { metadata: { labels: Record<string, string> }; endpoints: { conditions: { terminating?: boolean } }[] | null }[]; // prettier-ignore
      const of = (name: string) => items.filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === name).flatMap(({ endpoints }) => endpoints ?? []); // prettier-ignore
      return of('many').length === 130 && of('mirrored').length === 1 && of('ending').some(({ conditions }) => conditions.terminating); // prettier-ignore
    });
  }, 120_000);

  afterAll(() => plane?.stop());

  /** The Service and the causes of each finding. */
  async function differences(): Promise<readonly string[]> {
    const cluster = await readCluster({ path: admin });
    const all = [...cluster.objects()];
    const workspace = createWorkspace({ settings: observedSettings(defaultSettings, cluster.version, all), roots: [], single: 'test' }); // prettier-ignore
    workspace.setObserved({ removed: [], added: all }, { incomplete: [], notes: [] });
    workspace.update();
    return [...workspace.files()]
      .flatMap(({ path }) => workspace.findings(path))
      .filter(({ code }) => code === 'endpoints-differ')
      .flatMap(({ object, details }) =>
        details.flatMap(({ label, text }) => (label === 'cause' ? [`${object.name}: ${text}`] : [])),
      ) // prettier-ignore
      .sort();
  }

  it('agree in every state that the controllers have come to rest in', async () => {
    await until('nothing', async () => (await differences()).length === 0, 10).catch(async () => {
      expect(await differences()).toEqual([]);
    });
  }, 60_000);

  it('differ where somebody has changed a slice behind the controller’s back', async () => {
    plane.pause('kube-controller-manager');
    try {
      const path = '/apis/discovery.k8s.io/v1/namespaces/edge/endpointslices';
      const { body } = await plane.call('GET', `${path}?labelSelector=kubernetes.io/service-name%3Dplain`);
      const [first] = body.items as { metadata: { name: string }; endpoints: object[] }[];
      await plane.call('PATCH', `${path}/${first!.metadata.name}`, { endpoints: [{ addresses: ['10.244.7.7'], conditions: { ready: true } }] }); // prettier-ignore
      expect(await differences()).toEqual([
        'plain: 10.244.2.11:8080/TCP (pod edge/plain-1 on node-2) is in no slice',
        'plain: 10.244.1.12:8080/TCP (pod edge/plain-2 on node-1) is in no slice',
        'plain: 10.244.7.7:8080/TCP is in a slice, and no pod gives it',
      ].sort());
    } finally {
      plane.resume('kube-controller-manager');
    }
  }, 60_000); // prettier-ignore

  it('are read once more before the command line tells of a difference', async () => {
    const path = '/api/v1/namespaces/edge/pods/plain-1';
    const differ = ({ workspace }: Loaded) => [...workspace.files()].some((file) => workspace.findings(file.path).some(({ code }) => code === 'endpoints-differ')); // prettier-ignore
    plane.pause('kube-controller-manager');
    const flags = { kubeconfig: admin, live: true };
    try {
      await plane.call('PATCH', path, { metadata: { labels: { app: 'none' } } });
      const first = await loadLive(flags);
      expect(differ(first)).toBe(true);
      expect(differ(await secondLook(first, flags))).toBe(true);
    } finally {
      plane.resume('kube-controller-manager');
    }
    await until('the slices to follow', async () => (await differences()).length === 0);
    await plane.call('PATCH', path, { metadata: { labels: { app: 'plain' } } });
    const early = await loadLive(flags);
    expect(differ(await secondLook(early, flags))).toBe(false);
  }, 60_000);
});
