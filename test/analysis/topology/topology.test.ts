/** The graph of a scope. */

import { describe, expect, it } from 'vitest';
import { topologyOf } from '#analysis/topology/topology';
import type { Topology } from '#analysis/types';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

function topology(...documents: string[]): Topology {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  workspace.setFile('all.yaml', documents.join('\n---\n'));
  workspace.update();
  return topologyOf(workspace, workspace.scopes[0]!);
}

const deployment = (name: string, labels: string, replicas = 2) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec: {containers: [{name: c, image: registry.example/c:1, ports: [{name: http, containerPort: 8080}]}]}`;
const service = (name: string, spec: string) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`;
const ingress = (backend: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: public, namespace: shop}
spec:
  rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${backend}, port: {number: 80}}}}]}}]`;

const edges = (graph: Topology) =>
  graph.edges.map(({ from, fromPort, kind, to, label, problem }) =>
    `${from}${fromPort === undefined ? '' : ` [${fromPort}]`} ${kind} ${to || 'nothing'} ${label}${problem ? ` !${problem.severity}` : ''}`.trim().replace('  ', ' '),
  ); // prettier-ignore

describe('the topology', () => {
  it('leads from outside over Services and workloads to pods and nodes', () => {
    const graph = topology(
      service('web', '{type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}]}'),
      deployment('web', 'app: web'),
      ingress('web'),
    ); // prettier-ignore
    expect(edges(graph)).toEqual([
      'outside routes ingress/shop/public shop.example.com',
      'ingress/shop/public routes service/shop/web shop.example.com/',
      'outside routes service/shop/web node port 30080',
      'service/shop/web [http/TCP] targets deployment/shop/web 8080',
    ]);
    const pods = graph.nodes.flatMap((node) => node.pods);
    expect(pods.map(({ ready, node }) => [ready, node?.startsWith('node-')])).toEqual([
      [true, true],
      [true, true],
    ]);
    const web = graph.nodes.find(({ id }) => id === 'service/shop/web');
    expect(web).toMatchObject({ label: 'web', detail: 'NodePort 30080', ports: [{ id: 'http/TCP', label: 'http 80 → http (8080)' }] }); // prettier-ignore
    expect(graph.nodes.filter(({ kind }) => kind === 'node').map(({ label }) => label)).toEqual(['node-a', 'node-b', 'node-c']); // prettier-ignore
  });

  it('draws a broken edge to the nearest miss', () => {
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{port: 80}]}'),
      deployment('web', 'app: wbe'),
    );
    expect(edges(graph)[0]).toBe('service/shop/web targets deployment/shop/web !error');
    expect(graph.nodes.find(({ id }) => id === 'service/shop/web')?.problems).toHaveLength(1);
  });

  it('marks the port that reaches nothing', () => {
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{name: a, port: 80, targetPort: http}, {name: b, port: 81, targetPort: none}]}'),
      deployment('web', 'app: web'),
    ); // prettier-ignore
    expect(edges(graph).slice(0, 2)).toEqual([
      'service/shop/web [a/TCP] targets deployment/shop/web 8080',
      'service/shop/web [b/TCP] targets deployment/shop/web !error',
    ]);
  });

  it('leads from a route of the Gateway API to its Services, and marks what it may not or cannot reach', () => {
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}'),
      deployment('web', 'app: web'),
      `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop}
spec:
  parentRefs: [{name: public, namespace: infra}]
  hostnames: [shop.example]
  rules:
    - matches: [{path: {type: PathPrefix, value: /web}}, {path: {type: Exact, value: /}}]
      backendRefs: [{name: web, port: 80}, {name: gone, port: 80}]
    - backendRefs: [{name: web, namespace: other, port: 80}]`,
    );
    expect(graph.nodes.find(({ id }) => id === 'httproute/shop/shop')).toMatchObject({
      kind: 'route',
      label: 'shop',
      detail: 'HTTPRoute, shop.example',
      parent: 'namespace/shop',
    });
    expect(edges(graph).filter((edge) => edge.startsWith('httproute'))).toEqual([
      'httproute/shop/shop routes service/shop/web shop.example/web, shop.example/',
      'httproute/shop/shop routes nothing shop.example/web, shop.example/ !error',
      'httproute/shop/shop routes nothing shop.example !error',
    ]);
    const problems = graph.edges.flatMap(({ problem }) => (problem ? [problem.message] : []));
    expect(problems).toContain('there is no Service shop/gone');
    expect(problems.find((message) => message.startsWith('no ReferenceGrant'))).toContain('namespace other');
  });

  it('marks an Ingress without its Service', () => {
    expect(edges(topology(ingress('gone')))[1]).toBe('ingress/shop/public routes nothing shop.example.com/ !error');
  });

  it('counts the pods of huge scopes, and tells of the others which are not ready', () => {
    const huge = topology(deployment('big', 'app: big', 30_001));
    expect(huge.nodes.find(({ kind }) => kind === 'workload')).toMatchObject({
      detail: 'Deployment, 30001 replicas (pods are not drawn one by one)',
      pods: [],
    });
    const never = deployment('web', 'app: web', 3).replace(
      'image: registry.example/c:1',
      'image: registry.example/c:1, readinessProbe: {httpGet: {port: nowhere}}',
    );
    const graph = topology(never);
    expect(graph.nodes.find(({ kind }) => kind === 'workload')?.detail).toBe('Deployment, 3 replicas, 0 ready');
  });

  it('leads from outside over Gateways, by their listeners, to routes', () => {
    const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec:
  gatewayClassName: example
  listeners:
    - {name: http, port: 80, protocol: HTTP}
    - {name: inner, port: 8080, protocol: HTTP, hostname: inner.example}`;
    const route = (name: string, host: string, section = '') => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: shop}
spec:
  parentRefs: [{name: public${section}}]
  hostnames: [${host}]
  rules: [{backendRefs: [{name: web, port: 80}]}]`;
    const graph = topology(
      service('web', '{selector: {app: web}, ports: [{port: 80, targetPort: http}]}'),
      deployment('web', 'app: web'),
      gateway,
      route('shop', 'shop.example'),
      route('lost', 'lost.example', ', sectionName: inner'),
    );
    expect(graph.nodes.find(({ kind }) => kind === 'gateway')).toMatchObject({
      id: 'gateway/shop/public',
      detail: 'Gateway of class example',
      ports: [
        { id: 'http', label: 'http 80 HTTP' },
        { id: 'inner', label: 'inner 8080 HTTP inner.example' },
      ],
    });
    expect(edges(graph).slice(0, 5)).toEqual([
      'outside routes gateway/shop/public inner.example',
      'gateway/shop/public routes httproute/shop/lost !error',
      'httproute/shop/lost routes service/shop/web lost.example',
      'gateway/shop/public [http] routes httproute/shop/shop shop.example',
      'httproute/shop/shop routes service/shop/web shop.example',
    ]);
  });

  it('shows whom the texts of workloads call, in the cluster and outside', () => {
    const caller = deployment('web', 'app: web').replace(
      'image: registry.example/c:1',
      'image: registry.example/c:1, envFrom: [{configMapRef: {name: urls}}], env: [{name: API_URL, value: "http://api/v1"}, {name: MAIL, value: "smtps://mail.example.com:465"}]',
    );
    const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: urls, namespace: shop}
data: {OTHER_API: "http://api.shop:80/"}`;
    const graph = topology(service('api', '{selector: {app: api}, ports: [{port: 80}]}'), deployment('api', 'app: api'), caller, configMap); // prettier-ignore
    expect(edges(graph).filter((edge) => edge.includes(' calls '))).toEqual([
      'deployment/shop/web calls service/shop/api API_URL, OTHER_API',
      'deployment/shop/web calls external/mail.example.com MAIL',
    ]);
    expect(graph.nodes.find(({ kind }) => kind === 'external')?.label).toBe('mail.example.com');
  });

  it('leads an ExternalName to its name, and hand-written endpoints to their addresses', () => {
    const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: "", port: 5432}]
endpoints: [{addresses: [192.0.2.7]}, {addresses: [192.0.2.8], conditions: {ready: false}}]`;
    const graph = topology(
      service('mail', '{type: ExternalName, externalName: smtp.example.com}'),
      service('alias', '{type: ExternalName, externalName: db.shop.svc.cluster.local}'),
      service('db', '{ports: [{port: 5432}]}'),
      slice,
    );
    expect(edges(graph)).toEqual([
      'service/shop/alias targets service/shop/db CNAME',
      'service/shop/db targets external/192.0.2.7 5432',
      'service/shop/db targets external/192.0.2.8 5432 !warning',
      'service/shop/mail targets external/smtp.example.com CNAME',
    ]);
  });

  it('shows policies of the whole cluster beside the namespaces', () => {
    const policy = (kind: string, name: string, subject: string) => `apiVersion: policy.networking.k8s.io/v1alpha1
kind: ${kind}
metadata: {name: ${name}}
spec:
  ${kind === 'AdminNetworkPolicy' ? 'priority: 10' : ''}
  subject: ${subject}
  ingress: [{name: all, action: Deny, from: [{namespaces: {}}]}]`;
    const graph = topology(
      deployment('api', 'app: api'),
      deployment('web', 'app: web'),
      policy(
        'AdminNetworkPolicy',
        'only-api',
        '{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}}',
      ),
      policy(
        'BaselineAdminNetworkPolicy',
        'default',
        '{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}',
      ),
    );
    expect(graph.nodes.filter(({ kind }) => kind === 'policy')).toMatchObject([
      { label: 'only-api', detail: 'AdminNetworkPolicy, admin tier, priority 10, ingress: 1 rule', parent: 'namespace/all namespaces' },
      { label: 'default', detail: 'BaselineAdminNetworkPolicy, baseline tier, ingress: 1 rule' },
    ]); // prettier-ignore
    expect(graph.nodes.find(({ id }) => id === 'namespace/all namespaces')).toMatchObject({ detail: '2 policies' });
    expect(edges(graph)).toEqual([
      'adminnetworkpolicy//only-api selects deployment/shop/api admin tier',
      'baselineadminnetworkpolicy//default selects deployment/shop/api baseline tier',
      'baselineadminnetworkpolicy//default selects deployment/shop/web baseline tier',
    ]);
  });

  it('shows policies with the workloads that they isolate', () => {
    const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: only-web, namespace: shop}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [api]}]}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]`;
    const graph = topology(deployment('api', 'app: api'), deployment('web', 'app: web'), policy);
    expect(graph.nodes.find(({ kind }) => kind === 'policy')).toMatchObject({
      id: 'networkpolicy/shop/only-web',
      detail: 'ingress: 1 rule, egress: nothing',
      parent: 'namespace/shop',
    });
    expect(edges(graph)).toEqual(['networkpolicy/shop/only-web selects deployment/shop/api ingress, egress']);
  });

  it('has ids and an order that do not depend on the order of the documents', () => {
    const parts = [
      service('web', '{selector: {app: web}, ports: [{port: 80}]}'),
      service('api', '{selector: {app: api}, ports: [{port: 80}]}'),
      deployment('web', 'app: web'),
      deployment('api', 'app: api'),
    ];
    const ids = (graph: Topology) => [graph.nodes.map(({ id }) => id), graph.edges.map(({ id }) => id)];
    const graph = topology(...parts);
    expect(ids(topology(...parts.toReversed()))).toEqual(ids(graph));
    expect(new Set(graph.nodes.map(({ id }) => id)).size).toBe(graph.nodes.length);
    expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(graph.edges.length);
  });
});
