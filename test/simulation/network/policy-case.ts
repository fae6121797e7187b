/** Clusters with policies for the tests: pods in a line each, policies as YAML, and the verdict on either side. */

import { decide, type PolicyEnd } from '#simulation/network/policy';
import type { ControlPlane, PolicyVerdict } from '#simulation/types';
import { clusterOf, objectsOf } from '../cluster';

/** Pods of three namespaces: shop (team: shop) and data (team: data) with an address each, and one on its node's network. */
export const pods = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {team: data}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  nodeName: node-a
  containers:
    - {name: main, image: i, ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]}
status: {podIP: 10.244.1.10, podIPs: [{ip: 10.244.1.10}, {ip: 'fd00:244:1::10'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: front, namespace: shop, labels: {app: front, tier: outer}}
spec: {nodeName: node-b, containers: [{name: main, image: i, ports: [{name: http, containerPort: 9090}]}]}
status: {podIP: 10.244.2.10, podIPs: [{ip: 10.244.2.10}, {ip: 'fd00:244:2::10'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {nodeName: node-b, containers: [{name: main, image: i, ports: [{containerPort: 5432}]}]}
status: {podIP: 10.244.2.20, podIPs: [{ip: 10.244.2.20}]}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: front}}
spec: {nodeName: node-b, hostNetwork: true, containers: [{name: main, image: i}]}
status: {podIP: 172.30.0.12, podIPs: [{ip: 172.30.0.12}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`;

export function clusterWith(...texts: readonly string[]): ControlPlane {
  return clusterOf(texts.flatMap((text, i) => objectsOf(text, `${i}.yaml`)));
}

/** `shop/front` or an address. */
function endOf(text: string, controlPlane: ControlPlane): PolicyEnd {
  if (text.includes('/')) return { pod: controlPlane.pod(text), address: undefined };
  return { pod: controlPlane.podByAddress(text), address: text };
}

/** `shop/front → shop/web:8080/TCP`; the verdict on the side that the direction says. */
export function verdictOf(
  controlPlane: ControlPlane,
  direction: 'egress' | 'ingress',
  connection: string,
): PolicyVerdict | undefined {
  const [, from = '', to = '', port = '', protocol = 'TCP'] =
    /^(\S+) → (\S+):(\d+)(?:\/(\w+))?$/.exec(connection) ?? [];
  return decide(
    direction,
    {
      from: endOf(from, controlPlane),
      to: endOf(to, controlPlane),
      port: Number(port),
      protocol: protocol as 'TCP' | 'UDP' | 'SCTP',
    },
    controlPlane,
  );
}

/** A NetworkPolicy of namespace shop for the pods with `app: web`. */
export function ingressPolicy(name: string, ingress: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: ${ingress}}
`;
}

/** The same for what leaves the pods with `app: front`. */
export function egressPolicy(name: string, egress: string): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: {podSelector: {matchLabels: {app: front}}, policyTypes: [Egress], egress: ${egress}}
`;
}
