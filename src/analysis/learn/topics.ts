/** What the parts on a request's way are, in two sentences each: the one table from which every place explains them. */

import type { KubernetesObject } from '#model/object';
import { isHeadless, type Service } from '#model/kubernetes';

export interface Topic {
  readonly title: string;
  /** Two sentences for somebody who meets the part for the first time. */
  readonly text: string;
}

const table = {
  selector: {
    title: 'Selector',
    text: 'A Service’s selector is a set of labels: every pod of its namespace that carries all of them belongs to it. Only labels are compared, so one wrong letter leaves a pod out, and nothing reports an error.',
  },
  endpoints: {
    title: 'Endpoints',
    text: 'Endpoints is the older list of a Service’s addresses, one object for the whole Service. Since Kubernetes 1.33 it is deprecated: kube-proxy reads EndpointSlices, and a hand-written Endpoints object is mirrored into them.',
  },
  'endpoint-slice': {
    title: 'EndpointSlice',
    text: 'An EndpointSlice lists endpoints of a Service: their addresses, ports and nodes, and whether they are ready. A controller writes it from the selector and the state of the pods, and kube-proxy on every node makes its rules from it.',
  },
  'cluster-ip': {
    title: 'ClusterIP',
    text: 'No machine owns a ClusterIP: rules on each node put a pod’s address in its place before the packet leaves. Only the Service’s own ports lead anywhere.',
  },
  'dns-name': {
    title: 'DNS name',
    text: 'The cluster’s DNS server knows each Service as NAME.NAMESPACE.svc, followed by the cluster’s domain, and answers with its ClusterIP. It answers whether or not there is a pod behind it.',
  },
  'search-path': {
    title: 'Search path',
    text: 'A pod’s /etc/resolv.conf lists domains that are tried behind a name with fewer dots than ndots, mostly 5, one after the other. So “web” finds the Service of the pod’s own namespace, and “web.shop” that of another.',
  },
  'external-name': {
    title: 'ExternalName',
    text: 'A Service of type ExternalName is an alias in DNS: its name leads to another name, and no address, port or rule is made for it. The client resolves that name itself and sends its request there.',
  },
  headless: {
    title: 'Headless Service',
    text: 'A Service with clusterIP None has no address of its own: DNS answers with those of its pods, and the client picks one. No rule translates anything, so the client has to call the port that the pods listen on.',
  },
  'kube-services': {
    title: 'KUBE-SERVICES',
    text: 'KUBE-SERVICES is kube-proxy’s entry chain: a rule for each port of each Service, which compares address, protocol and port. A packet that is for none of them passes unchanged.',
  },
  'kube-svc': {
    title: 'KUBE-SVC',
    text: 'A chain KUBE-SVC-… belongs to one port of a Service and draws one of its endpoints by chance. Its rules are asked in turn, with probabilities that give each endpoint the same share.',
  },
  'kube-ext': {
    title: 'KUBE-EXT',
    text: 'A chain KUBE-EXT-… takes what comes from outside for one port of a Service: by a node port, an external address or a load balancer. Under externalTrafficPolicy Cluster it has the packet masqueraded and goes on to all endpoints, under Local to those of this node.',
  },
  'kube-sep': {
    title: 'KUBE-SEP',
    text: 'A chain KUBE-SEP-… belongs to one endpoint and writes the pod’s address and port over the packet’s destination (DNAT). A pod that reaches itself this way is marked first, so that the answer comes back through the node.',
  },
  'nftables-maps': {
    title: 'nftables maps',
    text: 'In nftables mode a map holds the ports of all Services: one look-up by address, protocol and port gives the chain to go on with. It takes as long for ten thousand Services as for one.',
  },
  ipvs: {
    title: 'IPVS',
    text: 'In IPVS mode each port of a Service is a virtual server of the kernel’s load balancer, and its endpoints are the real servers. A few iptables rules, which ask sets of addresses, are left for masquerading and source ranges.',
  },
  'ipvs-scheduler': {
    title: 'IPVS scheduler',
    text: 'The scheduler of a virtual server picks the real server for each new connection: rr takes them in turn, lc the least busy one, sh always the same for a client. All Services get the same one, from kube-proxy’s configuration.',
  },
  'node-port': {
    title: 'NodePort',
    text: 'A node port is a port on the addresses of every node that leads to one port of a Service. Any node takes the request, also one without a pod, unless externalTrafficPolicy is Local.',
  },
  'load-balancer': {
    title: 'LoadBalancer',
    text: 'The address of a load balancer stands in the Service’s status, where the cloud’s or another controller has written it. The nodes treat packets for it as they treat those for a ClusterIP, and source ranges may limit who calls.',
  },
  conntrack: {
    title: 'conntrack',
    text: 'The kernel remembers each connection that it has translated: its later packets take the same way without asking the rules. On the way back it undoes the translation, so the client sees the answer come from the address that it called.',
  },
  masquerade: {
    title: 'MASQUERADE',
    text: 'Masquerading writes the node’s own address over the packet’s source, so that the answer comes back to this node, which alone can undo the translation. The pod then does not see who the client was.',
  },
  mark: {
    title: 'Mark',
    text: 'KUBE-MARK-MASQ sets a bit on the packet, 0x4000 by default; behind routing, what carries it is masqueraded. A mark belongs to the node and is never sent.',
  },
  reject: {
    title: 'REJECT',
    text: 'For a port without a ready endpoint kube-proxy makes a rule that rejects: the client is told “connection refused” at once and need not wait. A dropped packet, of a policy or of a Local traffic policy, leaves it waiting.',
  },
  'network-policy': {
    title: 'NetworkPolicy',
    text: 'A pod that no NetworkPolicy selects for a direction is open; once one does, only what some policy allows goes through. Policies see the pod’s own address and port, behind the translation, and the network plugin enforces them.',
  },
  ingress: {
    title: 'Ingress',
    text: 'An Ingress gives rules by host and path to a controller, a proxy that runs in the cluster; kube-proxy has no part in them. The controller takes the request and sends one of its own to the Service or its pods.',
  },
  gateway: {
    title: 'Gateway API',
    text: 'A Gateway opens listeners, and routes that attach to them say by host, path and headers which Service gets a request. A controller carries them out, as a proxy that sends a request of its own.',
  },
  'host-port': {
    title: 'hostPort',
    text: 'A hostPort opens a port of the node on which the pod runs, and leads to that pod alone. The network plugin makes the rules for it, not kube-proxy.',
  },
} as const satisfies Readonly<Record<string, Topic>>;

export type TopicId = keyof typeof table;

export const topics: Readonly<Record<TopicId, Topic>> = table;

export const topicIds = Object.keys(table) as readonly TopicId[];

/** What kind of Service it is. */
export function topicOfService(service: Service): TopicId {
  if (isHeadless(service)) return 'headless';
  switch (service.spec.type) {
    case 'ExternalName':
      return 'external-name';
    case 'NodePort':
      return 'node-port';
    case 'LoadBalancer':
      return 'load-balancer';
    default:
      return 'cluster-ip';
  }
}

/** What there is to know of an object for whoever meets its kind; `service` where it is one. */
export function topicsOfObject({ kind, group }: KubernetesObject, service: Service | undefined): readonly TopicId[] {
  if (service) {
    const hasSelector = Object.keys(service.spec.selector ?? {}).length > 0;
    const isAlias = topicOfService(service) === 'external-name';
    return isAlias
      ? ['external-name']
      : [topicOfService(service), ...(hasSelector ? (['selector'] as const) : []), 'endpoint-slice', 'dns-name'];
  }
  if (kind === 'Ingress') return ['ingress'];
  if (kind === 'NetworkPolicy') return ['network-policy'];
  return group === 'gateway.networking.k8s.io' ? ['gateway'] : [];
}
