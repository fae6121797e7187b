/** Graphs as the analysis gives them: with all ways in, policies and names outside, and one with nothing to mend. */

import { topologyOf } from '#analysis/topology/topology';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import type { ToTopologyPanel } from '#protocol/webview';
import { wireTopology } from '#server/wire';

const service = (name: string, namespace = 'shop', spec = '') => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  ${spec}
  selector: {app: ${name}}
  ports: [{name: http, port: 80, targetPort: http}]
`;

const deployment = (name: string, replicas: number, namespace = 'shop', env = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: server
          image: registry.example/${name}:1
          ports: [{name: http, containerPort: 8080}]
          ${env === '' ? '' : `env: [${env}]`}
`;

const entries = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec:
  gatewayClassName: example
  addresses: [{value: 192.0.2.10}]
  listeners:
    - {name: http, port: 80, protocol: HTTP, hostname: "*.shop.example"}
    - {name: inner, port: 8080, protocol: HTTP, hostname: inner.example}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: front, namespace: shop}
spec:
  parentRefs: [{name: public, sectionName: http}]
  hostnames: [www.shop.example]
  rules:
    - matches: [{path: {type: PathPrefix, value: /cart}}]
      backendRefs: [{name: cart, port: 80}]
    - backendRefs: [{name: front, port: 80}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: admin, namespace: shop}
spec:
  parentRefs: [{name: public, sectionName: inner}]
  hostnames: [admin.shop.example]
  rules: [{backendRefs: [{name: cart, port: 80}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: legacy, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: old.shop.example
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: front, port: {name: http}}}}
          - {path: /pay, pathType: Prefix, backend: {service: {name: payments, port: {name: http}}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-front, namespace: shop}
spec:
  podSelector: {matchLabels: {app: cart}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: data}
spec:
  podSelector: {}
  policyTypes: [Ingress]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: keep-data-apart}
spec:
  priority: 10
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: data}}}
  ingress: [{name: others, action: Pass, from: [{namespaces: {}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: mail, namespace: shop}
spec: {type: ExternalName, externalName: smtp.example.com}
`;

const healthy = [
  service('front', 'shop', 'type: NodePort'),
  deployment('front', 3, 'shop', '{name: CART_URL, value: "http://cart/"}'),
  service('cart'),
  deployment(
    'cart',
    2,
    'shop',
    '{name: DB_URL, value: "http://db.data/"}, {name: PAY_URL, value: "https://api.pay.example.com/"}',
  ),
  service('db', 'data'),
  deployment('db', 1, 'data'),
];

type Fixture = () => ToTopologyPanel;

export function simulatedTopologies(scopes: { value: string; label: string }[]): Readonly<Record<string, Fixture>> {
  const of = (...texts: string[]): Fixture => {
    return () => {
      const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'examples/shop' });
      for (const [i, text] of texts.entries()) workspace.setFile(`${i}.yaml`, text);
      workspace.update();
      return {
        kind: 'topology',
        version: 1,
        topology: wireTopology(topologyOf(workspace, workspace.scopes[0]!)),
        scopes,
      };
    };
  };
  return { healthy: of(...healthy), entries: of(...healthy, entries) };
}
