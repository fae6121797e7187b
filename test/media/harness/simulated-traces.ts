/** Traces as the simulation gives them, of every mode, by an Ingress and by a hostPort: with explained rules and comparison. */

import { compareRequest } from '#analysis/trace/compare';
import { remediesOf } from '#analysis/trace/remedies';
import { printThen } from '#analysis/trace/remedy-words';
import { toneOf } from '#analysis/trace/tone';
import { traceRequest } from '#analysis/trace/trace';
import { ScopeVariants } from '#analysis/variants';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import type { WireTraceRequest } from '#protocol/values';
import type { ToTracePanel } from '#protocol/webview';
import { Paths } from '#server/paths';
import { wireComparison, wireTrace } from '#server/wire';

const service = (name: string, more = '', selector = name) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec:
  ${more}
  selector: {app: ${selector}}
  ports: [{name: http, port: 80, targetPort: http}]
`;

const deployment = (name: string, replicas: number, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: server
          image: registry.example/${name}:1
          ports: [{name: http, containerPort: 8080${more}}]
`;

/** On each node. */
const agent = deployment('agent', 1, ', hostPort: 9090').replace('kind: Deployment', 'kind: DaemonSet').replace('  replicas: 1\n', ''); // prettier-ignore

const local = `apiVersion: v1
kind: Service
metadata: {name: local, namespace: shop}
spec:
  type: NodePort
  externalTrafficPolicy: Local
  selector: {app: front}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30081}]
`;

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example
      http:
        paths: [{path: /cart, pathType: Prefix, backend: {service: {name: cart, port: {name: http}}}}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: shop}
spec:
  type: NodePort
  selector: {app: ingress-nginx}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}]
`;

/** One of the two workloads that it selects is closed by a policy. */
const both = [
  service('both').replace('port: 80,', 'port: 30080,'),
  ...['open', 'closed'].map((name) => deployment(name, 1).replaceAll(`labels: {app: ${name}}`, `labels: {app: both, is: ${name}}`).replaceAll(`matchLabels: {app: ${name}}`, `matchLabels: {is: ${name}}`)),
  `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {matchLabels: {is: closed}}, policyTypes: [Ingress]}
`,
]; // prettier-ignore

const others = Array.from({ length: 30 }, (_, i) => service(`other-${i}`, '', 'front'));

const files: Readonly<Record<string, string>> = {
  'cart.yaml': [service('cart'), deployment('cart', 3)].join('---\n'),
  'web.yaml': [service('web', '', 'wbe'), local].join('---\n'), // prettier-ignore
  'front.yaml': [deployment('front', 1), deployment('web', 2), agent].join('---\n'),
  'ingress.yaml': [ingress, deployment('ingress-nginx', 1)].join('---\n'),
  'others.yaml': others.join('---\n'),
  'both.yaml': both.join('---\n'),
};

const requests: Readonly<Record<string, WireTraceRequest>> = {
  refused: { from: 'deployment/shop/front', to: 'http://web/' },
  delivered: { from: 'deployment/shop/front', to: 'http://cart/' },
  mixed: { from: 'deployment/shop/front', to: 'http://both/', port: 30080, protocol: 'TCP' },
  unresolved: { from: 'deployment/shop/front', to: 'http://payments-api/' },
  iptables: { from: 'deployment/shop/front', to: 'http://cart/', mode: 'iptables' },
  nftables: { from: 'deployment/shop/front', to: 'http://cart/', mode: 'nftables' },
  ipvs: { from: 'deployment/shop/front', to: 'http://cart/', mode: 'ipvs' },
  'refused-nftables': { from: 'deployment/shop/front', to: 'http://web/', mode: 'nftables' },
  outside: { from: 'outside via node-b', to: 'service shop/local' },
  unknown: { from: 'outside', to: 'http://www.example.com/' },
  untraceable: { from: 'deployment/shop/frotn', to: 'http://web/' },
  'wrong-name': { from: 'deployment/shop/front', to: 'http://wbe:8080/' },
  'host-port': { from: 'deployment/shop/front', to: '172.30.0.12', port: 9090 },
  'node-port': { from: 'outside', to: '172.30.0.12', port: 30081 },
  ingress: { from: 'outside', to: 'http://shop.example/cart/17' },
};

const variants = new ScopeVariants();
let kept: Workspace | undefined;

function shop(): Workspace {
  if (!kept) {
    kept = createWorkspace({ settings: defaultSettings, roots: [] });
    for (const [path, text] of Object.entries(files)) kept.setFile(path, text);
    kept.update();
  }
  return kept;
}

/** What the fields may hold, as far as the tests need it. */
export const around = {
  suggestions: {
    from: [
      { value: 'deployment shop/front', label: 'shop/front', description: 'Deployment, 1 pod' },
      { value: 'deployment shop/cart', label: 'shop/cart', description: 'Deployment, 3 pods' },
      { value: 'node node-a', label: 'node-a', description: 'a process of the node itself' },
      { value: 'outside via node-a', label: 'outside via node-a', description: 'a client outside of the cluster' },
    ],
    to: [
      { value: 'service shop/cart', label: 'shop/cart', description: 'Service, ClusterIP' },
      { value: 'service shop/web', label: 'shop/web', description: 'Service, ClusterIP' },
    ],
  },
  isPinned: false,
};

/** A message of the extension with the trace of a request, and with the comparison where it was asked for. */
export function simulated(
  request: WireTraceRequest,
  version = 1,
  compares: 'compared' | 'alone' = 'alone',
  workspace: Workspace = shop(),
): ToTracePanel {
  const [state] = workspace.scopes;
  if (!state) throw new Error('the manifests make up no scope');
  const paths = new Paths([{ uri: 'file:///shop', name: 'shop' }]);
  const trace = traceRequest({ ...request, explain: true }, workspace, state);
  if ('error' in trace) {
    const { error, at, suggestions = [] } = trace;
    return { kind: 'message', version, ...around, remedies: { list: [], hints: [] }, request, title: 'The request cannot be traced', text: error, at, instead: [...suggestions] };
  } // prettier-ignore
  const arrives = trace.outcomes.every(({ kind }) => kind === 'delivered');
  const { remedies, hints } = arrives ? { remedies: [], hints: [] } : remediesOf(request, workspace, state, variants);
  const list = remedies.map(({ steps, trace: then, files, request: instead }) => ({
    steps: [...steps],
    then: printThen(then),
    tone: toneOf(then),
    files: files.map(({ path }) => path),
    alsoChanges: [],
    hasRequest: instead !== undefined,
  }));
  const compared = compares === 'compared' ? compareRequest({ request }, workspace, state) : undefined;
  const comparison = compared && !('error' in compared) ? wireComparison(compared) : undefined;
  return {
    kind: 'trace',
    version,
    ...around,
    explains: true,
    remedies: { list, hints: [...hints] },
    trace: wireTrace(trace, state.scope.name, 'iptables', paths),
    comparison,
  };
}

/** By the name of the fixture. */
export const simulatedTraces: Readonly<Record<string, () => ToTracePanel>> = Object.fromEntries(
  Object.entries(requests).map(([name, request]) => [name, () => simulated(request)]),
);
