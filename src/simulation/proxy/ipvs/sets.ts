/** The ipsets of kube-proxy's IPVS mode: which there are, what they are called, and their entries. */

import { parsePrefix, printPrefix, type IpFamily } from '#base/ip';
import type { RuleCause } from '../../types';
import type { IpSet, IpSetType } from './types';

/** Models ipsetInfo in pkg/proxy/ipvs/proxier.go and the comments of pkg/proxy/ipvs/ipset.go (v1.37). */
const definitions = {
  'KUBE-LOOP-BACK': ['hash:ip,port,ip', 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose'],
  'KUBE-CLUSTER-IP': ['hash:ip,port', 'Kubernetes service cluster ip + port for masquerade purpose'],
  'KUBE-EXTERNAL-IP': ['hash:ip,port', 'Kubernetes service external ip + port for masquerade and filter purpose'],
  'KUBE-EXTERNAL-IP-LOCAL': ['hash:ip,port', 'Kubernetes service external ip + port with externalTrafficPolicy=local'],
  'KUBE-LOAD-BALANCER': ['hash:ip,port', 'Kubernetes service lb portal'],
  'KUBE-LOAD-BALANCER-FW': [
    'hash:ip,port',
    'Kubernetes service load balancer ip + port for load balancer with sourceRange',
  ],
  'KUBE-LOAD-BALANCER-LOCAL': [
    'hash:ip,port',
    'Kubernetes service load balancer ip + port with externalTrafficPolicy=local',
  ],
  'KUBE-LOAD-BALANCER-SOURCE-IP': [
    'hash:ip,port,ip',
    'Kubernetes service load balancer ip + port + source IP for packet filter purpose',
  ],
  'KUBE-LOAD-BALANCER-SOURCE-CIDR': [
    'hash:ip,port,net',
    'Kubernetes service load balancer ip + port + source cidr for packet filter purpose',
  ],
  'KUBE-NODE-PORT-TCP': ['bitmap:port', 'Kubernetes nodeport TCP port for masquerade purpose'],
  'KUBE-NODE-PORT-LOCAL-TCP': ['bitmap:port', 'Kubernetes nodeport TCP port with externalTrafficPolicy=local'],
  'KUBE-NODE-PORT-UDP': ['bitmap:port', 'Kubernetes nodeport UDP port for masquerade purpose'],
  'KUBE-NODE-PORT-LOCAL-UDP': ['bitmap:port', 'Kubernetes nodeport UDP port with externalTrafficPolicy=local'],
  'KUBE-NODE-PORT-SCTP-HASH': [
    'hash:ip,port',
    "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
  ],
  'KUBE-NODE-PORT-LOCAL-SCTP-HASH': [
    'hash:ip,port',
    "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
  ],
  'KUBE-HEALTH-CHECK-NODE-PORT': ['bitmap:port', 'Kubernetes health check node port'],
  'KUBE-IPVS-IPS': ['hash:ip', 'Addresses on the ipvs interface'],
} as const satisfies Readonly<Record<string, readonly [IpSetType, string]>>;

/** A set by its IPv4 name, whatever the family. */
export type SetName = keyof typeof definitions;

const setNames = Object.keys(definitions) as readonly SetName[];

/** The kernel takes no longer name. */
const longestName = 31;

/** Models NewIPSet in pkg/proxy/ipvs/ipset.go (v1.37): sets of both families live side by side. */
export function setNameOf(name: SetName, family: IpFamily): string {
  return family === 'IPv4' ? name : name.replace('KUBE-', 'KUBE-6-').slice(0, longestName);
}

export function setComment(name: SetName): string {
  return definitions[name][1];
}

/** What a Service's port puts into a set. */
export interface SetEntry {
  readonly set: SetName;
  readonly entry: string;
  readonly cause: RuleCause;
}

/** A prefix as `ipset save` prints it: one that is a single address goes without its length. */
export function entryPrefix(text: string): string {
  const prefix = parsePrefix(text);
  if (!prefix) return text;
  const printed = printPrefix(prefix);
  return prefix.length === (prefix.family === 'IPv4' ? 32 : 128) ? printed.slice(0, printed.indexOf('/')) : printed;
}

/** What several ports put into sets. */
interface Contribution {
  readonly entries: readonly SetEntry[];
  /** The sets of the entries. */
  readonly usedSets: ReadonlySet<SetName>;
}

/** All sets of a family. Entries are gathered when somebody asks for them: after most edits nobody does. */
export class IpSets {
  readonly #parts: readonly Contribution[];
  readonly #used = new Set<SetName>();
  #gathered: ReadonlyMap<SetName, ReadonlyMap<string, RuleCause>> | undefined;
  readonly sets: ReadonlyMap<string, IpSet>;

  constructor(family: IpFamily, parts: readonly Contribution[]) {
    this.#parts = parts;
    for (const part of parts) for (const name of part.usedSets) this.#used.add(name);
    const sets = setNames.map((name) => new GatheredSet(name, family, () => this.#entriesOf(name)));
    this.sets = new Map(sets.map((set) => [set.name, set]));
  }

  isEmpty(name: SetName): boolean {
    return !this.#used.has(name);
  }

  #entriesOf(name: SetName): ReadonlyMap<string, RuleCause> {
    this.#gathered ??= gather(this.#parts);
    return this.#gathered.get(name)!;
  }
}

function gather(parts: readonly Contribution[]): ReadonlyMap<SetName, ReadonlyMap<string, RuleCause>> {
  const gathered = new Map(setNames.map((name) => [name, new Map<string, RuleCause>()]));
  for (const part of parts) {
    for (const { set, entry, cause } of part.entries) {
      const entries = gathered.get(set)!;
      // Of several Services that share an entry the first one is named.
      if (!entries.has(entry)) entries.set(entry, cause);
    }
  }
  return gathered;
}

class GatheredSet implements IpSet {
  readonly name: string;
  readonly type: IpSetType;
  readonly family: IpFamily;
  readonly comment: string;
  readonly #gather: () => ReadonlyMap<string, RuleCause>;

  constructor(name: SetName, family: IpFamily, gatherEntries: () => ReadonlyMap<string, RuleCause>) {
    const [type, comment] = definitions[name];
    this.name = setNameOf(name, family);
    this.type = type;
    this.family = family;
    this.comment = comment;
    this.#gather = gatherEntries;
  }

  get entries(): ReadonlyMap<string, RuleCause> {
    return this.#gather();
  }
}
