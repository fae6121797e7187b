/** Clusters in which somebody else than one kube-proxy deals with Services: what a trace still says, and what not. */

import { describe, expect, it } from 'vitest';
import { modeOnNode } from '#analysis/data-plane/data-plane';
import { compareRequest } from '#analysis/trace/compare';
import { printThen } from '#analysis/trace/remedy-words';
import { traceRequest } from '#analysis/trace/trace';
import type { Trace, TraceRequest } from '#analysis/types';
import type { KubernetesObject } from '#model/object';
import { node, pod, service } from '../../live/shop';
import { seen, workspaceOf } from './observed';

const slice = (name: string, endpoints: readonly (readonly [pod: string, address: string, node: string])[]) =>
  seen({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-abc`,
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map(([target, address, nodeName]) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName,
      targetRef: { kind: 'Pod', namespace: 'shop', name: target },
    })),
  }); // prettier-ignore

const withAddress = (name: string, address: string) => {
  const made = service('shop', name, { app: name });
  return seen({ ...made, spec: { ...(made.spec as object), type: 'ClusterIP', clusterIP: address, clusterIPs: [address] } }); // prettier-ignore
};

const web = (name: string, number: number, address: string) =>
  pod({ namespace: 'shop', name, labels: { app: 'web' }, node: number, address });
const front = pod({ namespace: 'shop', name: 'front', labels: { app: 'front' }, node: 1, address: '10.244.1.3' });

const nodes = (labels: Record<string, string> = {}, annotations: Record<string, string> = {}) =>
  [1, 2].map((number) => {
    const made = node(`node-${number}`, number);
    return seen({ ...made, metadata: { ...made.metadata, labels: { ...(made.metadata.labels as object), ...labels }, annotations } }); // prettier-ignore
  });

const shop = [
  withAddress('web', '10.96.0.7'),
  withAddress('empty', '10.96.0.8'),
  seen(web('web-1', 1, '10.244.1.2')),
  seen(web('web-2', 2, '10.244.2.2')),
  seen(front),
  slice('web', [
    ['web-1', '10.244.1.2', 'node-1'],
    ['web-2', '10.244.2.2', 'node-2'],
  ]),
  slice('empty', []),
];

interface DaemonSetOptions {
  readonly args?: readonly string[];
  readonly image?: string;
  readonly nodeSelector?: Record<string, string>;
  readonly config?: string;
  readonly namespace?: string;
  readonly env?: readonly object[];
}

function daemonSet(name: string, { args = [], image = 'registry.example/agent:1', nodeSelector, config, namespace = 'kube-system', env }: DaemonSetOptions = {}): KubernetesObject {
  const volumes = config === undefined ? [] : [{ name: 'config', configMap: { name: config } }];
  return seen({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels: { 'k8s-app': name.startsWith('kube-proxy') ? 'kube-proxy' : name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { nodeSelector, volumes, containers: [{ name: 'main', image, args, env }] } },
    },
  });
} // prettier-ignore

const request: TraceRequest = { from: 'pod/shop/front', to: 'http://web' };

function traced(objects: readonly KubernetesObject[], asked = request): Trace {
  const workspace = workspaceOf(objects);
  const result = traceRequest(asked, workspace, workspace.scopes[0]!);
  if ('error' in result) throw new Error(result.error);
  return result;
}

const titles = ({ paths }: Trace) => paths[0]!.hops.map(({ kind, title, result }) => `${kind}: ${title} → ${result}`);
const who = (trace: Trace) => trace.paths[0]!.hops.find(({ kind }) => kind === 'rules')?.title;

describe('where kube-proxy runs', () => {
  it('a trace is certain, and tells its rules', () => {
    const trace = traced([...nodes(), ...shop, daemonSet('kube-proxy'), daemonSet('cilium')]);
    expect(trace).toMatchObject({ verdict: 'DELIVERED', hedged: false });
    expect(who(trace)).toMatch(/^node-1 iptables \(nat PREROUTING/);
  });

  it('files are no cluster: a DaemonSet among them says nothing of what runs', () => {
    const workspace = workspaceOf([...nodes(), ...shop].filter(({ kind }) => kind !== 'DaemonSet'));
    workspace.setFile('prod/cilium.yaml', 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: cilium, namespace: kube-system}\n'); // prettier-ignore
    workspace.update();
    const trace = traceRequest(request, workspace, workspace.scopes[0]!);
    expect(trace).toMatchObject({ hedged: false, verdict: 'DELIVERED' });
  });
});

describe('where something else does its work', () => {
  it('a trace says name, Service, endpoints and policies, and shows no rules', () => {
    const policy = seen({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'only-front', namespace: 'shop' },
      spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }] }] },
    }); // prettier-ignore
    const trace = traced([...nodes(), ...shop, policy, daemonSet('cilium')]);
    expect(trace.verdict).toBe('DELIVERED, as far as is known');
    expect(titles(trace)).toEqual([
      'name: web → tried web.shop.svc.cluster.local → 10.96.0.7',
      'service: 10.96.0.7 is the cluster IP of Service shop/web, port http → 2 endpoints',
      'rules: Cilium on node-1 → sends it to 10.244.1.2:8080',
      'policy: egress of shop/front → no policy selects it',
      'policy: ingress of shop/web-1 → allowed by shop/only-front, rule 1',
      'pod: pod shop/web-1 on node-1 → arrives at port 8080',
    ]);
    expect(JSON.stringify(trace)).not.toMatch(/KUBE-[A-Z]|iptables|nftables|ipvs/);
    expect(trace.assumptions).toContain('Cilium on node-1 sends the request to an endpoint, not kube-proxy: name, Service, endpoints and NetworkPolicies are known; which endpoint it chooses, how it refuses, and the source address where it changes it are not'); // prettier-ignore
    expect(trace.rulesLookedAt).toBe(0);
  });

  it('what would become of a request is not promised either', () => {
    const then = printThen(traced([...nodes(), ...shop, daemonSet('cilium')]));
    expect(then).toBe('DELIVERED to shop/web-1, shop/web-2, 1/2 each, as far as is known');
  });

  it('a policy that stops the request is still the answer', () => {
    const policy = seen({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'none', namespace: 'shop' },
      spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
    });
    const trace = traced([...nodes(), ...shop, policy, daemonSet('cilium')]);
    expect(trace.verdict).toBe('TIMES OUT, as far as is known');
    expect(trace.paths[0]!.hops.at(-1)).toMatchObject({ kind: 'policy', state: 'failed' });
  });

  it('without an endpoint the request is not delivered, however it is refused', () => {
    const trace = traced([...nodes(), ...shop, daemonSet('anetd')], { ...request, to: 'http://empty' });
    expect(trace).toMatchObject({
      verdict: 'NOT DELIVERED, as far as is known',
      symptom: 'no connection: refused, or no answer',
    });
    expect(trace.outcomes).toEqual([
      { kind: 'undelivered', reason: 'Service shop/empty has no ready endpoint', probability: 1 },
    ]);
    expect(titles(trace).at(-1)).toBe('rules: GKE Dataplane V2 (Cilium) on node-1 → sends it to no endpoint');
    expect(
      trace.paths[0]!.hops.at(-1)!
        .causes.map(({ text }) => text)
        .join(),
    ).toContain('empty');
  });

  it('which source a node’s or an outside request shows is not claimed', () => {
    const trace = traced([...nodes(), ...shop, daemonSet('cilium')], {
      from: 'node node-1',
      to: '10.96.0.7',
      port: 80,
    });
    const sources = trace.outcomes.map((outcome) => (outcome.kind === 'delivered' ? outcome.source : ''));
    expect(new Set(sources)).toEqual(new Set(['an address that Cilium on node-1 chooses']));
  });

  it('a pod that is called directly needs nobody', () => {
    const trace = traced([...nodes(), ...shop, daemonSet('cilium')], { from: 'pod/shop/front', to: '10.244.2.2', port: 8080 }); // prettier-ignore
    expect(titles(trace)).toEqual([
      'service: 10.244.2.2 is pod shop/web-2 on node-2 → no Service in between',
      'policy: egress of shop/front → no policy selects it',
      'route: node-1 routes to node-2, where pod shop/web-2 is → ',
      'policy: ingress of shop/web-2 → no policy selects it',
      'pod: pod shop/web-2 on node-2 → arrives at port 8080',
    ]);
  });

  it.each([
    ['Cilium', [daemonSet('cilium')], nodes()],
    ['GKE Dataplane V2 (Cilium)', [daemonSet('anetd')], nodes()],
    ['OVN-Kubernetes', [daemonSet('ovnkube-node', { namespace: 'openshift-ovn-kubernetes' })], nodes()],
    ['Antrea', [daemonSet('antrea-agent'), daemonSet('kube-proxy')], nodes()],
    ['Calico', [daemonSet('calico-node', { namespace: 'calico-system', env: [{ name: 'FELIX_BPFENABLED', value: 'true' }] }), daemonSet('kube-proxy')], nodes()],
    ['kube-router', [daemonSet('kube-router')], nodes()],
    // What Nodes tell to who may read nothing of kube-system.
    ['Cilium', [], nodes({ 'kubernetes.azure.com/ebpf-dataplane': 'cilium' })],
    ['OVN-Kubernetes', [], nodes({}, { 'k8s.ovn.org/l3-gateway-config': '{}' })],
    ['Antrea', [], nodes({}, { 'node.antrea.io/mac-address': '02:00:00:00:00:01' })],
    ['kube-proxy of Windows', [daemonSet('kube-proxy')], nodes({ 'kubernetes.io/os': 'windows' })],
  ] as const)('%s is recognised', (name, agents, on) => {
    const trace = traced([...on, ...shop, ...agents]);
    expect(who(trace)).toBe(`${name} on node-1`);
    expect(trace.hedged).toBe(true);
  }); // prettier-ignore

  it('Antrea leaves the nodes’ own requests to the kube-proxy beside it', () => {
    const objects = [...nodes(), ...shop, daemonSet('antrea-agent'), daemonSet('kube-proxy')];
    const trace = traced(objects, { from: 'node node-1', to: '10.96.0.7', port: 80 });
    expect(trace.hedged).toBe(false);
    expect(who(trace)).toMatch(/^node-1 iptables/);
  });

  it('no mode of kube-proxy makes a difference, and none costs anything', () => {
    const workspace = workspaceOf([...nodes(), ...shop, daemonSet('cilium')]);
    const comparison = compareRequest({ request, sources: ['pod/shop/front'] }, workspace, workspace.scopes[0]!);
    expect(comparison).toMatchObject({
      differences: ['The same in every mode: DELIVERED, as far as is known'],
      costs: [],
    });
  });
});

describe('with a service mesh', () => {
  const meshed = (name: string, made: typeof front, container: string) =>
    seen({ ...made, metadata: { ...made.metadata, name }, spec: { ...(made.spec as object), initContainers: [{ name: container, image: 'x', restartPolicy: 'Always' }] } }); // prettier-ignore

  it('the proxy in the calling pod chooses', () => {
    const own = shop.filter(({ name, kind }) => kind !== 'Pod' || name !== 'front');
    const trace = traced([...nodes(), ...own, meshed('front', front, 'linkerd-proxy'), daemonSet('kube-proxy')]);
    expect(trace.verdict).toBe('DELIVERED, as far as is known');
    expect(who(trace)).toBe('the proxy of Linkerd in shop/front');
  });

  it('one in the called pod may refuse what comes along kube-proxy’s rules', () => {
    const own = shop.filter(({ name }) => name !== 'web-1');
    const trace = traced([...nodes(), ...own, meshed('web-1', web('web-1', 1, '10.244.1.2'), 'istio-proxy'), daemonSet('kube-proxy')]); // prettier-ignore
    expect(trace.verdict).toBe('DELIVERED, as far as is known');
    expect(who(trace)).toMatch(/^node-1 iptables/);
    expect(trace.assumptions).toContain('the proxy of Istio in shop/web-1 may refuse the request by rules that are not read'); // prettier-ignore
  });

  it('ambient mode is a matter of the namespace', () => {
    const namespace = seen({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'istio.io/dataplane-mode': 'ambient' } } }); // prettier-ignore
    expect(who(traced([...nodes(), ...shop, namespace, daemonSet('kube-proxy')]))).toBe('the proxy of Istio (ambient) in shop/front'); // prettier-ignore
  });
});

describe('where kube-proxy is not the same on all nodes', () => {
  const labelled = [1, 2].map((number) => {
    const made = node(`node-${number}`, number);
    return seen({ ...made, metadata: { ...made.metadata, labels: { pool: String(number) } } });
  });
  const image = (version: string) => `registry.k8s.io/kube-proxy:${version}`;

  it('a request is followed in the mode of the node where it starts', () => {
    const agents = [
      daemonSet('kube-proxy', { nodeSelector: { pool: '1' }, args: ['--proxy-mode=nftables'], image: image('v1.37.2') }),
      daemonSet('kube-proxy-old', { nodeSelector: { pool: '2' }, args: ['--proxy-mode=ipvs'], image: image('v1.36.4-eksbuild.1') }),
    ]; // prettier-ignore
    const trace = traced([...labelled, ...shop, ...agents]);
    const { controlPlane } = workspaceOf([...labelled, ...agents]).scopes[0]!.simulation;
    expect(['node-1', 'node-2', 'node-3'].map((name) => modeOnNode(name, controlPlane))).toEqual(['nftables', 'ipvs', 'iptables']); // prettier-ignore
    expect(who(trace)).toMatch(/^node-1 nftables/);
    expect(trace.verdict).toBe('DELIVERED');
    expect(trace.assumptions).toContain('kube-proxy is not the same on all nodes: node-1 has DaemonSet kube-system/kube-proxy; the request is followed in nftables mode'); // prettier-ignore
    const other = traced([...labelled, ...shop, ...agents], { from: 'node node-2', to: '10.96.0.7', port: 80 });
    expect(who(other)).toMatch(/^node-2 ipvs/);
    expect(other.assumptions).toContain('kube-proxy is not the same on all nodes: node-2 has DaemonSet kube-system/kube-proxy-old of 1.36, by the rules of 1.37; the request is followed in ipvs mode'); // prettier-ignore
  });

  it('a Pod of the node counts before a DaemonSet, and an unread configuration is said', () => {
    const ownPod = seen({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-proxy-node-1', namespace: 'kube-system', labels: { component: 'kube-proxy' } },
      spec: {
        nodeName: 'node-1',
        volumes: [{ name: 'c', configMap: { name: 'my-kube-proxy' } }],
        containers: [{ name: 'kube-proxy', image: image('v1.37.0'), command: ['kube-proxy', '--config=/c/config.conf', '--proxy-mode=ipvs'] }],
      },
    }); // prettier-ignore
    const trace = traced([...labelled, ...shop, daemonSet('kube-proxy', { args: ['--proxy-mode=nftables'] }), ownPod]);
    expect(trace.assumptions).toContain('kube-proxy is not the same on all nodes: node-1 has Pod kube-system/kube-proxy-node-1, whose configuration is not read; the request is followed in iptables mode'); // prettier-ignore
  });
});
