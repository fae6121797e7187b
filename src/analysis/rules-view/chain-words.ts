/** What kube-proxy's chains, sets and maps are for: one or two sentences each. */

/** By name, or by its beginning where it ends in `-`; the first that fits counts. */
const chains: readonly (readonly [name: string, words: string])[] = [
  // The kernel's own chains of iptables.
  [
    'PREROUTING',
    'The kernel’s chain for every packet that comes in, from a pod or from the network, before it is routed.',
  ],
  ['INPUT', 'The kernel’s chain for packets to the node itself.'],
  ['FORWARD', 'The kernel’s chain for packets that only pass through the node, such as those to and from its pods.'],
  ['OUTPUT', 'The kernel’s chain for packets of the node’s own programs, pods on its network included.'],
  ['POSTROUTING', 'The kernel’s chain for every packet that leaves, after it was routed.'],
  // iptables.
  ['KUBE-SERVICES', 'All Services: one rule for each of their addresses and ports. The last one leads packets to the node itself on to the node ports.'], // prettier-ignore
  ['KUBE-EXTERNAL-SERVICES', 'Addresses from outside (external, load balancer, node port) that have no endpoint for a packet: it is refused or dropped here.'], // prettier-ignore
  ['KUBE-NODEPORTS', 'Node ports: one rule for each. In the filter table, the ports at which load balancers ask for the health of a Service.'], // prettier-ignore
  ['KUBE-NODE-PORT', 'Node ports, by the sets that hold them.'],
  ['KUBE-SVC-', 'One port of a Service (traffic policy Cluster): draws one of all its endpoints.'],
  ['KUBE-SVL-', 'One port of a Service (traffic policy Local): draws one of its endpoints on this node.'],
  ['KUBE-EXT-', 'One port of a Service, for packets from outside: hides their source where the policy is Cluster, and leads on to the endpoints.'], // prettier-ignore
  ['KUBE-FW-', 'The source ranges of a load balancer: who is named here goes on, everybody else is dropped later.'],
  ['KUBE-SEP-', 'One endpoint: translates the destination to it. A pod that reaches itself gets its source hidden.'],
  [
    'KUBE-MARK-MASQ',
    'Marks packets whose source will be hidden behind the node’s address when they leave (KUBE-POSTROUTING).',
  ],
  ['KUBE-POSTROUTING', 'Hides the source of the packets that were marked, and of no others.'],
  ['KUBE-FORWARD', 'Lets through what kube-proxy has sent on, even where other rules of the node would forbid it.'],
  ['KUBE-FIREWALL', 'Keeps others on the network from reaching what listens on 127.0.0.1 only.'],
  ['KUBE-PROXY-FIREWALL', 'Drops packets to a load balancer’s address that came from outside of its source ranges.'],
  ['KUBE-SOURCE-RANGES-FIREWALL', 'The source ranges of load balancers, by the sets that hold them.'],
  ['KUBE-LOAD-BALANCER', 'Packets to load balancers’ addresses: their source is hidden.'],
  [
    'KUBE-IPVS-FILTER',
    'Keeps packets to Services’ addresses from ports of the node at which a program of its own may listen.',
  ],
  ['KUBE-IPVS-OUT-FILTER', 'The same for packets of the node’s own programs.'],
  ['KUBE-PROXY-CANARY', 'Empty. kube-proxy looks whether it is still there: if not, somebody has flushed the rules, and it writes them anew.'], // prettier-ignore
  ['KUBE-KUBELET-CANARY', 'Empty. The kubelet looks whether it is still there.'],
  // nftables.
  ['service-', 'One port of a Service (traffic policy Cluster): draws one of all its endpoints.'],
  ['local-', 'One port of a Service (traffic policy Local): draws one of its endpoints on this node.'],
  ['external-', 'One port of a Service, for packets from outside: hides their source where the policy is Cluster, and leads on to the endpoints.'], // prettier-ignore
  ['firewall-check', 'Asks whether the address is a load balancer’s with source ranges.'],
  ['firewall-', 'The source ranges of a load balancer: packets from elsewhere are dropped.'],
  ['endpoint-', 'One endpoint: translates the destination to it.'],
  ['nodeport-endpoints-check', 'Refuses packets to node ports of Services without endpoints.'],
  ['service-endpoints-check', 'Refuses packets to addresses of Services without endpoints.'],
  ['cluster-ips-check', 'Refuses packets to a ClusterIP at a port that its Service does not have, and drops those to addresses that no Service has.'], // prettier-ignore
  [
    'services',
    'Looks up where a packet goes on: by address and port in service-ips, else by node port in service-nodeports.',
  ],
  ['masquerading', 'Hides the source of the packets that were marked, and of pods that reach themselves.'],
  ['mark-for-masquerade', 'Marks packets whose source will be hidden behind the node’s address when they leave.'],
  ['reject-chain', 'Refuses a packet: the client is told at once.'],
  ['filter-', 'Where the kernel hands packets to kube-proxy’s checks; established connections are not checked again.'],
  ['nat-postrouting', 'Where the kernel hands packets that leave to kube-proxy.'],
  ['nat-', 'Where the kernel hands the first packet of each connection to kube-proxy, to translate its destination.'],
];

export function chainWords(name: string): string | undefined {
  const exact = chains.find(([known]) => known === name);
  return (exact ?? chains.find(([start]) => start.endsWith('-') && name.startsWith(start)))?.[1];
}

/** How a scheduler of IPVS chooses. */
export const schedulerWords: Readonly<Record<string, string>> = {
  rr: 'round robin: one after the other',
  wrr: 'weighted round robin: one after the other, those of more weight more often',
  lc: 'least connection: whoever has the fewest',
  wlc: 'weighted least connection: whoever has the fewest for its weight',
  lblc: 'locality-based least connection: the same server for one destination, unless it has too much to do',
  lblcr: 'locality-based least connection with replication: one of a few servers for one destination',
  sh: 'source hashing: the same server for one client',
  dh: 'destination hashing: the same server for one destination',
  sed: 'shortest expected delay: whoever has the fewest for its weight, the new one counted',
  nq: 'never queue: one that is idle, else as sed',
  mh: 'Maglev hashing: the same server for one client, mostly even when servers come and go',
};
