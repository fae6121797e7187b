/** Traces in a cluster that Cilium runs without kube-proxy: what is known is told, and no more. */

import type { ToTracePanel } from '#protocol/webview';
import { seen, workspaceOf } from '../../analysis/observed/observed';
import { node, pod, service } from '../../live/shop';
import { simulated } from './simulated-traces';

const cilium = seen({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'cilium', namespace: 'kube-system', labels: { 'k8s-app': 'cilium' } },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'cilium' } },
    template: {
      metadata: { labels: { 'k8s-app': 'cilium' } },
      spec: { containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.17.0' }] },
    },
  },
});

const pods = [
  pod({ namespace: 'shop', name: 'front', labels: { app: 'front' }, node: 1, address: '10.244.1.3' }),
  pod({ namespace: 'shop', name: 'web-1', labels: { app: 'web' }, node: 1, address: '10.244.1.2' }),
  pod({ namespace: 'shop', name: 'web-2', labels: { app: 'web' }, node: 2, address: '10.244.2.2' }),
];

const called = (name: string, address: string) => {
  const made = service('shop', name, { app: name });
  return seen({ ...made, spec: { ...(made.spec as object), clusterIP: address, clusterIPs: [address] } });
};

const workspace = () =>
  workspaceOf([
    cilium,
    ...[1, 2].map((number) => seen(node(`node-${number}`, number))),
    ...pods.map(seen),
    called('web', '10.96.0.7'),
    called('empty', '10.96.0.8'),
  ]);

export const ciliumTraces: Readonly<Record<string, () => ToTracePanel>> = {
  hedged: () => simulated({ from: 'pod/shop/front', to: 'http://web/' }, 1, 'compared', workspace()),
  'hedged-refused': () => simulated({ from: 'pod/shop/front', to: 'http://empty/' }, 1, 'alone', workspace()),
};
