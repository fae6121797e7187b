/** How connections spread over the pods behind a virtual server, by each of IPVS' schedulers. */

import type { IpvsScheduler } from '../../proxy/ipvs/types';
import { createScheduler } from './schedulers';
import type { Connection, Destination } from './service';

export interface BalanceServer {
  readonly address: string;
  readonly port: number;
  /** 1 for each of kube-proxy's; 0 takes no new connections. */
  readonly weight: number;
  /** Of one that is closed: the weight that it had before, by which mh keeps its places. By default its weight. */
  readonly lastWeight?: number;
}

export interface BalanceClient {
  readonly address: string;
  /** The source port of its first connection; each further one has the next. By default 32768, where Linux begins. */
  readonly port?: number;
}

/** What is assumed beside the servers and clients. */
export interface BalanceOptions {
  /** The virtual server's address, by which dh, lblc and lblcr go. */
  readonly destination: string;
  /** `sh-port`, `sh-fallback`, `mh-port`, `mh-fallback`. */
  readonly flags?: readonly string[];
  /** Seconds that a client stays with its server after its last connection began; 0: no session affinity. */
  readonly persistenceSeconds?: number;
  /** Seconds from one connection to the next; by default 0. */
  readonly secondsBetween?: number;
  /** Seconds that a connection lasts; undefined: all stay open. */
  readonly secondsOpen?: number;
}

export interface Balance {
  /** Connections of each server, in the order in which the servers were given. */
  readonly perServer: readonly number[];
  /** The chosen server's index for each connection; undefined where it was refused. */
  readonly sequence: readonly (number | undefined)[];
  readonly refused: number;
}

/** Seconds for which a closed connection still counts as inactive: TIME_WAIT of ip_vs_proto_tcp.c. */
const inactiveSeconds = 120;
const firstPort = 32768;
const lastPort = 60999;

/**
 * Opens `count` connections, the clients in turn, through one node's virtual server that has chosen nothing before.
 * `servers` stand in the order in which they were added to it; kube-proxy's own order is random, so that from such a list
 * the shares follow, and not which pod it is that comes first.
 * Models ip_vs_schedule and ip_vs_sched_persist in net/netfilter/ipvs/ip_vs_core.c (Linux 6).
 */
export function simulateConnections(
  servers: readonly BalanceServer[],
  scheduler: IpvsScheduler,
  clients: readonly BalanceClient[],
  count: number,
  options: BalanceOptions,
): Balance {
  return balanceConnections(servers, scheduler, connectionsOf(clients, count, options), options);
}

/** The clients' connections, in turn, with source ports that count up. */
export function connectionsOf(
  clients: readonly BalanceClient[],
  count: number,
  { destination, secondsBetween = 0 }: BalanceOptions,
): readonly Connection[] {
  if (clients.length === 0) return [];
  return Array.from({ length: count }, (_, i) => {
    const client = clients[i % clients.length]!;
    const from = client.port ?? firstPort;
    const ports = Math.max(1, lastPort - from + 1);
    const clientPort = from + (Math.floor(i / clients.length) % ports);
    return { client: client.address, clientPort, destination, time: i * secondsBetween };
  });
}

/** The same for connections that are given, in the order of their times. */
export function balanceConnections(
  servers: readonly BalanceServer[],
  scheduler: IpvsScheduler,
  connections: readonly Connection[],
  options: BalanceOptions,
): Balance {
  const state = new VirtualServerState(servers, scheduler, options);
  return summed(
    servers.length,
    connections.map((connection) => state.connect(connection)),
  );
}

function summed(servers: number, sequence: readonly (number | undefined)[]): Balance {
  const perServer = Array.from({ length: servers }, () => 0);
  for (const index of sequence) if (index !== undefined) perServer[index]!++;
  return { perServer, sequence, refused: sequence.filter((index) => index === undefined).length };
}

/** A client's template: which server it stays with. */
interface Template {
  readonly destination: Destination;
  until: number;
}

class VirtualServerState {
  readonly #destinations: readonly Destination[];
  readonly #inOrder: readonly Destination[];
  readonly #options: BalanceOptions;
  readonly #schedule: (connection: Connection) => Destination | undefined;
  readonly #templates = new Map<string, Template>();
  /** In the order of their times, as all last equally long. */
  readonly #closing: { readonly at: number; readonly destination: Destination }[] = [];
  readonly #leaving: { readonly at: number; readonly destination: Destination }[] = [];
  #closed = 0;
  #left = 0;

  constructor(servers: readonly BalanceServer[], scheduler: IpvsScheduler, options: BalanceOptions) {
    this.#inOrder = servers.map(({ address, port, weight, lastWeight = weight }) => ({
      address,
      port,
      weight,
      lastWeight,
      active: 0,
      inactive: 0,
    }));
    this.#destinations = this.#inOrder.toReversed();
    this.#options = options;
    const made = createScheduler(scheduler, this.#destinations, options.flags ?? []);
    this.#schedule = (connection) => (this.#inOrder.length === 0 ? undefined : made.schedule(connection));
  }

  /** The index of the server that takes the connection. */
  connect(connection: Connection): number | undefined {
    this.#letPass(connection.time);
    const destination = this.#choose(connection);
    if (!destination) return undefined;
    destination.active++;
    const { secondsOpen } = this.#options;
    if (secondsOpen !== undefined) this.#closing.push({ at: connection.time + secondsOpen, destination });
    return this.#inOrder.indexOf(destination);
  }

  #choose(connection: Connection): Destination | undefined {
    const { persistenceSeconds = 0, secondsOpen } = this.#options;
    if (persistenceSeconds === 0) return this.#schedule(connection);
    const template = this.#templates.get(connection.client);
    // A template outlives its time while connections hang on it.
    const lasts = secondsOpen === undefined ? Infinity : secondsOpen + inactiveSeconds;
    const until = connection.time + Math.max(persistenceSeconds, lasts);
    if (template && template.until >= connection.time && template.destination.weight > 0) {
      template.until = until;
      return template.destination;
    }
    const destination = this.#schedule(connection);
    if (destination) this.#templates.set(connection.client, { destination, until });
    return destination;
  }

  /** Closed connections are inactive for a while, and then forgotten. */
  #letPass(now: number): void {
    for (; (this.#closing[this.#closed]?.at ?? Infinity) <= now; this.#closed++) {
      const { at, destination } = this.#closing[this.#closed]!;
      destination.active--;
      destination.inactive++;
      this.#leaving.push({ at: at + inactiveSeconds, destination });
    }
    for (; (this.#leaving[this.#left]?.at ?? Infinity) <= now; this.#left++)
      this.#leaving[this.#left]!.destination.inactive--;
  }
}
