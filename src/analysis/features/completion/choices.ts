/** Values of fields that have a few, each with what it does to a request. */

import type { Beside, Completion, Question } from './types';

type Choices = Readonly<Record<string, string>>;

const protocols: Choices = {
  TCP: 'Connections; what a port is without a protocol.',
  UDP: 'Datagrams; a port of TCP with the same number is another port.',
  SCTP: 'Associations; the nodes have to support it.',
};

const policies: Choices = {
  Cluster: 'Endpoints of all nodes, evenly. From outside, the source address becomes that of the node.',
  Local: 'Endpoints of the node alone that takes the packet; where it has none, the packet is dropped. The source address stays.', // prettier-ignore
};

const families: Choices = {
  IPv4: 'An address of IPv4; the first family is that of `clusterIP`.',
  IPv6: 'An address of IPv6; the first family is that of `clusterIP`.',
};

const appProtocols: Choices = {
  http: 'HTTP, for proxies that look at requests.',
  https: 'HTTP over TLS: Ingress controllers and Gateways then speak TLS with the pods.',
  'kubernetes.io/h2c': 'HTTP/2 without TLS, as gRPC often is.',
  'kubernetes.io/ws': 'WebSocket.',
  'kubernetes.io/wss': 'WebSocket over TLS.',
};

const operators: Choices = {
  In: 'The label is there, with one of the values.',
  NotIn: 'The label has none of the values; it may be missing as well.',
  Exists: 'The label is there, with whichever value; `values` stays away.',
  DoesNotExist: 'The label is not there; `values` stays away.',
};

const routePaths: Choices = {
  PathPrefix: 'The path and all below it, step by step: `/a` takes `/a/b`, not `/ab`.',
  Exact: 'This path alone, with its case.',
  RegularExpression: 'As the implementation’s own expressions have it.',
};

const matchTypes: Choices = {
  Exact: 'This value alone, with its case.',
  RegularExpression: 'As the implementation’s own expressions have it.',
};

const listenerProtocols: Choices = {
  HTTP: 'HTTPRoutes and GRPCRoutes attach to it.',
  HTTPS: 'As HTTP, over TLS that ends here (`tls.certificateRefs`).',
  TLS: 'TLSRoutes attach to it, by the name that the client asks for.',
  TCP: 'TCPRoutes attach to it.',
  UDP: 'UDPRoutes attach to it.',
};

const tlsModes: Choices = {
  Terminate: 'TLS ends at the Gateway.',
  Passthrough: 'TLS goes through to the pods; the Gateway sees the name alone.',
};

const allowedFrom: Choices = {
  Same: 'Routes of the Gateway’s own namespace; what is meant without a word.',
  All: 'Routes of all namespaces.',
  Selector: 'Routes of the namespaces that `selector` matches.',
  None: 'No route.',
};

const addressTypes: Choices = {
  IPv4: 'Addresses of IPv4; it cannot be changed later.',
  IPv6: 'Addresses of IPv6; it cannot be changed later.',
  FQDN: 'Names; kube-proxy passes over such slices.',
};

const schemes: Choices = {
  HTTP: 'Without TLS; what a probe does without a word.',
  HTTPS: 'With TLS; the certificate is not checked.',
};

const service: Readonly<Record<string, Choices>> = {
  'spec.type': {
    ClusterIP: 'A virtual address within the cluster, or none at all (`clusterIP: None`).',
    NodePort: 'As ClusterIP, and a port of each node leads there from outside.',
    LoadBalancer: 'As NodePort, and a load balancer of the cloud gets an address that leads there.',
    ExternalName: 'No address and no rules: DNS answers with another name.',
  },
  'spec.externalTrafficPolicy': policies,
  'spec.internalTrafficPolicy': {
    Cluster: 'Calls from within the cluster go to endpoints of all nodes.',
    Local:
      'Calls from within the cluster go to endpoints of the caller’s own node; where it has none, they are dropped.',
  },
  'spec.sessionAffinity': {
    None: 'Each connection may go to another endpoint.',
    ClientIP:
      'Connections from one address go to one endpoint, for three hours after the last (`sessionAffinityConfig`).',
  },
  'spec.ipFamilyPolicy': {
    SingleStack: 'One address, of the first family of the cluster or of `ipFamilies`.',
    PreferDualStack: 'An address of each family that the cluster has.',
    RequireDualStack: 'An address of both families; refused where the cluster has one.',
  },
  'spec.trafficDistribution': {
    PreferSameZone: 'To endpoints of the caller’s zone where there are any.',
    PreferSameNode: 'To endpoints of the caller’s node where there are any, then of its zone.',
    PreferClose: 'The older name of PreferSameZone.',
  },
  'spec.ports.[].protocol': protocols,
  'spec.ports.[].appProtocol': appProtocols,
  'spec.clusterIP': {
    None: 'Headless: the name stands for the addresses of the pods, and no rules are made.',
  },
  'spec.ipFamilies.[]': families,
  'spec.publishNotReadyAddresses': {
    true: 'DNS and slices name pods before they are ready, as peers of a StatefulSet need it.',
    false: 'Only pods that are ready get requests.',
  },
  'spec.allocateLoadBalancerNodePorts': {
    true: 'Each port gets a node port as well.',
    false: 'No node ports: for load balancers that reach pods by themselves.',
  },
};

/** Of the Gateway API's objects, by the end of the field. */
const gatewayApi: readonly (readonly [RegExp, Choices])[] = [
  [/\.matches\.\[\]\.path\.type$/, routePaths],
  [/\.matches\.\[\]\.(?:headers|queryParams)\.\[\]\.type$/, matchTypes],
  [/\.matches\.\[\]\.method\.type$/, matchTypes],
  [/^spec\.listeners\.\[\]\.protocol$/, listenerProtocols],
  [/^spec\.listeners\.\[\]\.tls\.mode$/, tlsModes],
  [/^spec\.listeners\.\[\]\.allowedRoutes\.namespaces\.from$/, allowedFrom],
];

const pathTypes: Choices = {
  Prefix: 'The path and all below it, step by step: `/a` takes `/a/b`, not `/ab`.',
  Exact: 'This path alone, with its case.',
  ImplementationSpecific: 'As the controller of the class likes.',
};

const dnsPolicies: Choices = {
  ClusterFirst: 'Names go to the cluster’s DNS; on the node’s own network it is as Default.',
  ClusterFirstWithHostNet: 'As ClusterFirst, for pods on the node’s own network too.',
  Default: 'As the node resolves: Services of the cluster have no names.',
  None: 'Only what `dnsConfig` says.',
};

const policyTypes: Choices = {
  Ingress: 'What comes to the pods is allowed only by the rules.',
  Egress: 'What the pods send is allowed only by the rules, DNS included.',
};

/** Words that no schema of Kubernetes has: there the field is any text. */
const beyondSchemas = new Set<Choices | undefined>([operators, appProtocols, service['spec.clusterIP'], service['spec.trafficDistribution']]); // prettier-ignore

export function completeChoices({ kind, group, field, part }: Question, beside: Beside): readonly Completion[] {
  const choices = choicesOf(kind, group, field, part);
  if (beside === 'beside schemas' && !beyondSchemas.has(choices)) return [];
  return Object.entries(choices ?? {}).map(([label, documentation]) => ({
    label,
    insert: label,
    detail: '',
    documentation,
    kind: 'choice',
  }));
}

function choicesOf(kind: string, group: string, field: string, part: Question['part']): Choices | undefined {
  // The items of a list of words look like keys that have no colon yet.
  if (kind === 'NetworkPolicy' && /^spec\.policyTypes\.\[\]$/.test(field)) return policyTypes;
  if (group === '' && kind === 'Service' && field === 'spec.ipFamilies.[]') return families;
  if (part !== 'value') return undefined;
  if (/\.matchExpressions\.\[\]\.operator$/.test(field)) return operators;
  if (group === 'gateway.networking.k8s.io') return gatewayApi.find(([pattern]) => pattern.test(field))?.[1];
  if (kind === 'EndpointSlice' && field === 'addressType') return addressTypes;
  if (/\.httpGet\.scheme$/.test(field)) return schemes;
  if (group === '' && kind === 'Service') return service[field];
  if (kind === 'Ingress' && /\.paths\.\[\]\.pathType$/.test(field)) return pathTypes;
  if (kind === 'NetworkPolicy' && /\.ports\.\[\]\.protocol$/.test(field)) return protocols;
  if (/(?:^|\.)spec\.dnsPolicy$/.test(field)) return dnsPolicies;
  return /\.containers\.\[\]\.ports\.\[\]\.protocol$/.test(field) ? protocols : undefined;
}
