/**
 * How the connections to a Service's port spread over its pods: each node's kube-proxy balances what its own clients
 * open, and knows nothing of the others'.
 */

import { compareStrings } from '#base/compare';
import { hash32 } from '#base/hash';
import { familyOf, type IpFamily } from '#base/ip';
import { namespacedName, type NamespacedName, type Service } from '#model/kubernetes';
import { virtualServerName } from '../../proxy/ipvs/print';
import {
  ipvsSchedulers,
  virtualServerKey,
  type IpvsScheduler,
  type RealServer,
  type VirtualServer,
} from '../../proxy/ipvs/types';
import type { ControlPlane, DataPlane } from '../../types';
import { addressesOf } from '../../proxy/proxier';
import { addShares, expectedShare, noShare, type ExpectedShare } from './chance';
import type { Connection } from './service';
import { balanceConnections, connectionsOf, type BalanceOptions } from './simulate';

export interface ServiceBalanceRequest {
  readonly service: NamespacedName;
  /** Number or name; undefined: the Service's first port. */
  readonly port: string | undefined;
  readonly connections: number;
  /** Addresses of clients, which open connections in turn; undefined: all pods of the cluster on its pod network. */
  readonly clients: readonly string[] | undefined;
  readonly schedulers: readonly IpvsScheduler[];
  /** Seconds from one connection to the next. */
  readonly secondsBetween: number;
  /** Seconds that a connection lasts; undefined: all stay open. */
  readonly secondsOpen: number | undefined;
}

export interface PodBalance {
  /** Undefined where no pod has the address. */
  readonly pod: NamespacedName | undefined;
  readonly address: string;
  readonly port: number;
  /** Connections by scheduler, in the request's order. */
  readonly connections: readonly number[];
  /** What iptables and nftables mode would give it by chance. */
  readonly byChance: ExpectedShare;
}

export interface ServiceBalance {
  readonly service: NamespacedName;
  readonly address: string;
  readonly port: number;
  readonly schedulers: readonly IpvsScheduler[];
  readonly clients: readonly string[];
  readonly connections: number;
  /** Seconds that a client stays with its pod; 0 without session affinity. */
  readonly persistenceSeconds: number;
  readonly pods: readonly PodBalance[];
  /** Connections that no pod took, by scheduler. */
  readonly refused: readonly number[];
  /** What was assumed, in sentences. */
  readonly notes: readonly string[];
}

/** The balance, or in a sentence why there is none. */
export function balanceService(
  request: ServiceBalanceRequest,
  controlPlane: ControlPlane,
  dataPlane: DataPlane,
): ServiceBalance | { readonly error: string } {
  const service = controlPlane.service(request.service);
  if (!service) return { error: `there is no Service ${request.service}` };
  const address = service.spec.clusterIP;
  if (service.spec.type === 'ExternalName' || !address || address === 'None')
    return { error: `Service ${request.service} has no cluster IP: nothing balances its connections but the client` };
  const port = portOf(service, request.port);
  if (!port) return { error: `Service ${request.service} has no port ${request.port ?? ''}` };
  const family = familyOf(address) ?? 'IPv4';
  const clients = request.clients ?? podAddressesIn(controlPlane, family);
  const foreign = clients.find((client) => familyOf(client) !== family);
  if (foreign !== undefined) return { error: `client ${foreign} has no ${family} address, and ${address} is one` };
  if (clients.length === 0) return { error: 'there is no pod that could be a client' };
  const key = virtualServerKey(port.protocol, address, port.port);
  const serverOn = (node: string): VirtualServer | undefined => {
    const ruleset = dataPlane.rules(node, 'ipvs', family);
    return ruleset?.mode === 'ipvs' ? ruleset.virtualServers.get(key) : undefined;
  };
  return new Balancing(request, clients, { address, port: port.port }, controlPlane, serverOn).run(service);
}

function portOf(
  service: Service,
  wanted: string | undefined,
): NonNullable<Service['spec']['ports']>[number] | undefined {
  const ports = service.spec.ports ?? [];
  return wanted === undefined ? ports[0] : ports.find(({ name, port }) => String(port) === wanted || name === wanted);
}

function podAddressesIn(controlPlane: ControlPlane, family: IpFamily): readonly string[] {
  const addresses: string[] = [];
  for (const pod of controlPlane.pods()) {
    if (pod.spec.hostNetwork || pod.spec.nodeName === undefined) continue;
    const own = (pod.status.podIPs ?? []).find(({ ip }) => familyOf(ip) === family);
    if (own) addresses.push(own.ip);
  }
  return addresses;
}

interface Target {
  readonly address: string;
  readonly port: number;
}

/** What one node balances: the connections of the clients that are on it. */
interface NodeShare {
  readonly server: VirtualServer;
  /** The server's real servers in the order in which the node's kube-proxy is taken to have added them. */
  readonly added: readonly RealServer[];
  readonly connections: Connection[];
  readonly perClient: Map<string, number>;
}

class Balancing {
  readonly #request: ServiceBalanceRequest;
  readonly #clients: readonly string[];
  readonly #target: Target;
  readonly #controlPlane: ControlPlane;
  readonly #serverOn: (node: string) => VirtualServer | undefined;

  constructor(
    request: ServiceBalanceRequest,
    clients: readonly string[],
    target: Target,
    controlPlane: ControlPlane,
    serverOn: (node: string) => VirtualServer | undefined,
  ) {
    this.#request = request;
    this.#clients = clients;
    this.#target = target;
    this.#controlPlane = controlPlane;
    this.#serverOn = serverOn;
  }

  run(service: Service): ServiceBalance | { readonly error: string } {
    const { schedulers, connections } = this.#request;
    const shares = this.#shares();
    if (shares.length === 0) return { error: `no node's kube-proxy handles Service ${namespacedName(service)}` };
    const pods = new Map<string, { target: Target; counts: number[]; byChance: ExpectedShare }>();
    const refused = schedulers.map(() => 0);
    for (const share of shares) {
      const { persistenceSeconds } = share.server;
      const open = share.added.filter(({ weight }) => weight > 0).length;
      const chance = expectedShare(open, [...share.perClient.values()], persistenceSeconds > 0 ? 'client' : 'none');
      const balances = schedulers.map((scheduler) => this.#balance(share, scheduler));
      for (const [i, balance] of balances.entries()) refused[i]! += balance.refused;
      for (const [index, { address, port, weight }] of share.added.entries()) {
        const name = `${address} ${port}`;
        const before = pods.get(name);
        const counts = balances.map(({ perServer }, i) => (before?.counts[i] ?? 0) + perServer[index]!);
        const byChance = addShares(before?.byChance ?? noShare, weight > 0 ? chance : noShare);
        pods.set(name, { target: { address, port }, counts, byChance });
      }
    }
    return {
      service: namespacedName(service),
      ...this.#target,
      schedulers,
      clients: this.#clients,
      connections,
      persistenceSeconds: shares[0]!.server.persistenceSeconds,
      pods: [...pods.values()]
        .map(({ target, counts, byChance }) => ({
          pod: this.#podAt(target.address),
          ...target,
          connections: counts,
          byChance,
        }))
        .sort((a, b) => compareStrings(a.pod ?? a.address, b.pod ?? b.address)),
      refused,
      notes: this.#notes(shares),
    };
  }

  #balance({ server, added, connections }: NodeShare, scheduler: IpvsScheduler) {
    return balanceConnections(added, scheduler, connections, {
      ...this.#options(),
      persistenceSeconds: server.persistenceSeconds,
      // kube-proxy asks for the port where it asks for Maglev.
      flags: scheduler === 'mh' ? ['mh-port'] : [],
    });
  }

  #options(): BalanceOptions {
    const { secondsBetween, secondsOpen } = this.#request;
    return { destination: this.#target.address, secondsBetween, secondsOpen };
  }

  /** Each node's connections, nodes in the order in which their clients come. */
  #shares(): readonly NodeShare[] {
    const shares = new Map<string, NodeShare | undefined>();
    const nodes = new Map(this.#clients.map((client) => [client, this.#nodeOf(client)]));
    const clients = this.#clients.map((address) => ({ address }));
    for (const connection of connectionsOf(clients, this.#request.connections, this.#options())) {
      const node = nodes.get(connection.client) ?? '';
      if (!shares.has(node)) {
        const server = this.#serverOn(node);
        const added = server ? orderOn(node, server) : [];
        shares.set(node, server && { server, added, connections: [], perClient: new Map() });
      }
      const share = shares.get(node);
      if (!share) continue;
      share.connections.push(this.#isNode(connection.client) ? this.#fromNode(connection) : connection);
      share.perClient.set(connection.client, (share.perClient.get(connection.client) ?? 0) + 1);
    }
    return [...shares.values()].flatMap((share) => share ?? []);
  }

  /** A node's own process reaches a virtual server with that server's address as its source: kube-ipvs0 has it. */
  #fromNode(connection: Connection): Connection {
    return { ...connection, client: this.#target.address };
  }

  #isNode(address: string): boolean {
    return this.#controlPlane.nodes().some((node) => addressesOf(node).includes(address));
  }

  /** Where the client's packets meet kube-proxy's rules first; for one from outside, on the first node. */
  #nodeOf(address: string): string | undefined {
    const nodes = this.#controlPlane.nodes();
    const own = nodes.find((node) => addressesOf(node).includes(address))?.metadata.name;
    return own ?? this.#controlPlane.podByAddress(address)?.spec.nodeName ?? nodes[0]?.metadata.name;
  }

  #podAt(address: string): NamespacedName | undefined {
    const pod = this.#controlPlane.podByAddress(address);
    return pod && namespacedName(pod);
  }

  #notes(shares: readonly NodeShare[]): readonly string[] {
    const { secondsBetween, secondsOpen } = this.#request;
    const notes = [
      secondsOpen === undefined
        ? 'All connections stay open.'
        : `A connection lasts ${secondsOpen} s and one is opened each ${secondsBetween} s.`,
      'The clients open connections in turn; nobody has connected before.',
      'kube-proxy adds pods to IPVS in random order, on each node another; here it is drawn from their addresses. Which pod a scheduler takes first, or a hash gives, is therefore one possibility of several.',
    ];
    if (shares.length > 1) notes.push(`The clients are on ${shares.length} nodes, and each node balances for itself.`);
    const persistence = shares[0]?.server.persistenceSeconds ?? 0;
    if (persistence > 0)
      notes.push(`Session affinity: a client stays with its pod for ${persistence} s after its last connection.`);
    return notes;
  }
}

/** What the real one draws at random is drawn from the names, so that the same cluster gives the same answer. */
function orderOn(node: string, server: VirtualServer): readonly RealServer[] {
  const draw = ({ address, port }: RealServer) => hash32(`${node} ${virtualServerName(server)} ${address} ${port}`);
  return server.realServers.toSorted((a, b) => draw(a) - draw(b));
}

/** All of IPVS' schedulers that a text names: `all`, one, or several with commas; undefined for one that there is not. */
export function schedulersNamed(text: string): readonly IpvsScheduler[] | undefined {
  if (text === 'all') return ipvsSchedulers;
  const names = text.split(',').map((name) => ipvsSchedulers.find((known) => known === name.trim()));
  return names.every((name) => name !== undefined) ? names : undefined;
}
