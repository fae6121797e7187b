/** What the tests put into a cluster: nodes, and a small shop with Services and Pods whose status a kubelet would set. */

import type { ControlPlane, KubernetesBody } from './control-plane.ts';

export function node(name: string, number: number): KubernetesBody {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${((number - 1) % 2) + 1}` },
    },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`, `fd00:244:${number}::/64`] },
    status: {
      addresses: [{ type: 'InternalIP', address: `172.30.0.${10 + number}` }],
      conditions: [{ type: 'Ready', status: 'True' }],
      capacity: { cpu: '8', memory: '16Gi', pods: '110' },
      allocatable: { cpu: '8', memory: '16Gi', pods: '110' },
    },
  };
}

export function service(namespace: string, name: string, selector: Record<string, string>): KubernetesBody {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly node: number;
  readonly address: string;
  readonly ready?: boolean;
}

export function pod({ namespace, name, labels, node: number, address, ready = true }: PodPlace): KubernetesBody {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      nodeName: `node-${number}`,
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'registry.example/web:1', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
    status: {
      phase: 'Running',
      hostIP: `172.30.0.${10 + number}`,
      hostIPs: [{ ip: `172.30.0.${10 + number}` }],
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Initialized', status: 'True' },
        { type: 'ContainersReady', status: ready ? 'True' : 'False' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ],
      containerStatuses: [
        { name: 'main', image: 'registry.example/web:1', imageID: '', ready, restartCount: 0, state: { running: {} } },
      ],
    },
  };
}

/** Namespace `shop`: web with two pods, api with a selector that no pod has, and a front to ask from. */
export async function createShop(plane: ControlPlane): Promise<void> {
  for (const number of [1, 2]) await plane.create(node(`node-${number}`, number));
  for (const name of ['shop', 'other']) {
    await plane.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  await plane.create(service('shop', 'web', { app: 'web' }));
  await plane.create(service('shop', 'api', { app: 'apj' }));
  await plane.create(service('other', 'elsewhere', { app: 'elsewhere' }));
  await plane.create(pod({ namespace: 'shop', name: 'web-1', labels: { app: 'web' }, node: 1, address: '10.244.1.2' }));
  await plane.create(pod({ namespace: 'shop', name: 'web-2', labels: { app: 'web' }, node: 2, address: '10.244.2.2' }));
  await plane.create(pod({ namespace: 'shop', name: 'api-1', labels: { app: 'api' }, node: 2, address: '10.244.2.3' }));
  await plane.create(
    pod({ namespace: 'shop', name: 'front', labels: { app: 'front' }, node: 1, address: '10.244.1.3' }),
  );
  // What no one has asked for must never be read.
  await plane.create({
    apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database', namespace: 'shop' },
    stringData: { password: 'the-secret-of-the-test' },
  }); // prettier-ignore
}
