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

/** Of Services, by their fields. */
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
  'spec.publishNotReadyAddresses': {
    true: 'DNS and slices name pods before they are ready, as peers of a StatefulSet need it.',
    false: 'Only pods that are ready get requests.',
  },
  'spec.allocateLoadBalancerNodePorts': {
    true: 'Each port gets a node port as well.',
    false: 'No node ports: for load balancers that reach pods by themselves.',
  },
};

/** A field with its choices: in objects of a group and kind, of any kind of a group, or of any. The first row that fits counts. */
interface Field {
  readonly of: string;
  readonly field: RegExp;
  readonly choices: Choices;
  /** Whether its words are the items of a list: these look like keys that have no colon yet. */
  readonly isItem?: true;
}

const networking = 'networking.k8s.io';
const gateways = 'gateway.networking.k8s.io';

const fields: readonly Field[] = [
  { of: `${networking}/NetworkPolicy`, field: /^spec\.policyTypes\.\[\]$/, choices: policyTypes, isItem: true },
  { of: '/Service', field: /^spec\.ipFamilies\.\[\]$/, choices: families, isItem: true },
  { of: '*', field: /\.matchExpressions\.\[\]\.operator$/, choices: operators },
  { of: `${gateways}/*`, field: /\.matches\.\[\]\.path\.type$/, choices: routePaths },
  {
    of: `${gateways}/*`,
    field: /\.matches\.\[\]\.(?:(?:headers|queryParams)\.\[\]|method)\.type$/,
    choices: matchTypes,
  },
  { of: `${gateways}/*`, field: /^spec\.listeners\.\[\]\.protocol$/, choices: listenerProtocols },
  { of: `${gateways}/*`, field: /^spec\.listeners\.\[\]\.tls\.mode$/, choices: tlsModes },
  { of: `${gateways}/*`, field: /^spec\.listeners\.\[\]\.allowedRoutes\.namespaces\.from$/, choices: allowedFrom },
  { of: 'discovery.k8s.io/EndpointSlice', field: /^addressType$/, choices: addressTypes },
  { of: '*', field: /\.httpGet\.scheme$/, choices: schemes },
  { of: `${networking}/Ingress`, field: /\.paths\.\[\]\.pathType$/, choices: pathTypes },
  { of: `${networking}/NetworkPolicy`, field: /\.ports\.\[\]\.protocol$/, choices: protocols },
  { of: '*', field: /(?:^|\.)spec\.dnsPolicy$/, choices: dnsPolicies },
  { of: '*', field: /\.containers\.\[\]\.ports\.\[\]\.protocol$/, choices: protocols },
];

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
  const objects = ['*', `${group}/*`, `${group}/${kind}`];
  const found = fields.find((each) => objects.includes(each.of) && each.field.test(field));
  if (part !== 'value') return found?.isItem ? found.choices : undefined;
  return found?.choices ?? (group === '' && kind === 'Service' ? service[field] : undefined);
}
