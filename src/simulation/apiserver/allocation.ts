/**
 * Gives the Services their cluster addresses and node ports, and decides which of several documents for one Service are
 * in effect. What a Service names it has, unless one that comes before it has that already; what it does not name
 * follows from its own name and from who else is there. So the result depends on the documents alone, not on the order
 * of the edits that led to them.
 */

import { compareStrings, lowerBound } from '#base/compare';
import type { IpPrefix } from '#base/ip';
import type { NamespacedName, Service } from '#model/kubernetes';
import { compareOrigins, type KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import type { Refusal, RefusalCause } from '../types';
import { AllocationPools } from './allocation-pools';
import { withReleases } from './other-releases';
import { planCreation, type Plan, type WrittenService } from './service';
import { allPools, claimRefusal, fullRefusal, hasTokens, holdingsOf, poolOf, resourceOf, takenComplaint, type Ask, type Holding, type PoolName } from './service-claims'; // prettier-ignore
import { needsHealthCheck, type WrittenSpec } from './service-fields';
import { planUpdate } from './service-update';
import { isUpdate } from './updates';

export interface AllocationResult {
  /** What is in effect; undefined where the server has taken no document. */
  readonly service: Service | undefined;
  /** The document that is. */
  readonly object: KubernetesObject | undefined;
  /** Documents that were in effect before it. */
  readonly superseded: readonly KubernetesObject[];
  /** Cluster addresses that were chosen here, rather than in a manifest. */
  readonly assigned: ReadonlySet<string>;
  /** Of the documents that were not taken, in their order. */
  readonly refusals: readonly Refusal[];
}

type Denial =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly refusal: Refusal }
  | { readonly kind: 'claim'; readonly plan: Plan; readonly ask: Ask; readonly complaint: string }
  | { readonly kind: 'full'; readonly plan: Plan; readonly ask: Ask };

/** One document. */
interface Entry {
  readonly name: NamespacedName;
  readonly written: WrittenService;
  /** All that are there for this name, in their order. */
  readonly chain: readonly Entry[];
  readonly index: number;
  /** Addresses and ports that the document names. */
  readonly resources: ReadonlySet<string>;
  plan: { readonly before: Service | undefined; readonly plan: Plan } | undefined;
  /** What is in effect after it, with tokens. */
  after: Service | undefined;
  denial: Denial | undefined;
}

type Counts = Record<PoolName, number>;

const nothing: ReadonlySet<string> = new Set();

/** Keeps who has what of the pools, edit by edit. */
export class ServiceAllocator {
  readonly #settings: ClusterSettings;
  readonly #pools: AllocationPools;
  readonly #chains = new Map<NamespacedName, readonly Entry[]>();
  /** Documents that name a resource, taken or not. */
  readonly #claimants = new Map<string, Set<Entry>>();
  /** Entries that have to be looked at. */
  readonly #open = new Set<Entry>();
  /** What the names hold in the pools. */
  readonly #held = new Map<NamespacedName, Service>();
  readonly #holdings = new WeakMap<Service, readonly Holding[]>();
  /** How much all documents together can ask for at most. */
  readonly #demand: Counts = { IPv4: 0, IPv6: 0, ports: 0 };
  /** Whether that was more than there is when it was settled last. */
  #crowded = false;
  readonly #changed = new Set<NamespacedName>();
  readonly #results = new Map<NamespacedName, AllocationResult>();

  /** `more` are the ranges of ServiceCIDR objects. */
  constructor(settings: ClusterSettings, more: readonly IpPrefix[] = []) {
    this.#settings = settings;
    this.#pools = new AllocationPools(settings, more);
  }

  /**
   * `documents` are all that are there for the name, in the order of their origins; none takes the name out. Takes
   * effect at `settle`.
   */
  set(name: NamespacedName, documents: readonly WrittenService[]): void {
    for (const entry of this.#chains.get(name) ?? []) this.#takeOut(entry);
    this.#chains.delete(name);
    this.#changed.add(name);
    if (documents.length === 0) return;
    const chain: Entry[] = [];
    for (const [index, written] of documents.entries()) {
      const resources = resourcesOf(written.spec);
      chain.push({ name, written, chain, index, resources, plan: undefined, after: undefined, denial: undefined });
    }
    this.#chains.set(name, chain);
    for (const entry of chain) this.#putIn(entry);
  }

  #putIn(entry: Entry): void {
    this.#open.add(entry);
    this.#count(entry, 1);
    for (const resource of entry.resources) {
      const claimants = this.#claimants.get(resource);
      if (claimants) claimants.add(entry);
      else this.#claimants.set(resource, new Set([entry]));
    }
  }

  #takeOut(entry: Entry): void {
    this.#open.delete(entry);
    this.#count(entry, -1);
    for (const resource of entry.resources) {
      const claimants = this.#claimants.get(resource);
      claimants?.delete(entry);
      if (claimants?.size === 0) this.#claimants.delete(resource);
    }
    for (const later of this.#rivals(entry, entry.after)) this.#open.add(later);
  }

  #count({ written: { spec } }: Entry, step: number): void {
    if (spec.type !== 'ExternalName' && spec.clusterIP !== 'None')
      for (const family of this.#pools.families()) this.#demand[family] += step;
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer')
      this.#demand.ports += step * ((spec.ports?.length ?? 0) + (needsHealthCheck(spec) ? 1 : 0));
  }

  /** Settles who has what; gives the Services whose result may be another one than before. */
  settle(): ReadonlySet<NamespacedName> {
    const moved = new Set(this.#changed);
    const crowded = allPools.some((pool) => this.#demand[pool] > this.#pools.capacity(pool));
    if (crowded || this.#crowded) this.#lookAtAll(moved);
    else this.#lookAtOpen(moved);
    this.#crowded = crowded;
    for (const name of moved) this.#hold(name);
    for (const name of this.#pools.takeChanged()) this.#changed.add(name);
    const changed = new Set(this.#changed);
    this.#changed.clear();
    for (const name of changed) this.#results.delete(name);
    return changed;
  }

  /** The same object until the result is another one; undefined for a name that is not there. */
  result(name: NamespacedName): AllocationResult | undefined {
    const known = this.#results.get(name);
    if (known) return known;
    const chain = this.#chains.get(name);
    if (!chain) return undefined;
    const result = this.#resultOf(name, chain);
    this.#results.set(name, result);
    return result;
  }

  // ---------------------------------------------------------------- who has what

  /**
   * Looks at the open entries in the order of their origins: the fate of each depends only on those before it, so each
   * is looked at once. There is room for all, so nobody is refused for the want of it.
   */
  #lookAtOpen(moved: Set<NamespacedName>): void {
    const queue = [...this.#open].sort(compareEntries);
    for (let i = 0; i < queue.length; i++) {
      const entry = queue[i]!;
      const before = entry.after;
      if (!this.#decide(entry, undefined)) continue;
      moved.add(entry.name);
      if (before === entry.after) continue;
      for (const later of this.#affected(entry, before)) {
        if (this.#open.has(later)) continue;
        this.#open.add(later);
        queue.splice(lowerBound(queue, later, compareEntries), 0, later);
      }
    }
    this.#open.clear();
  }

  /** Where not all can have what they ask for, those who come first have it, and each edit may change that for all. */
  #lookAtAll(moved: Set<NamespacedName>): void {
    const used: Counts = { IPv4: 0, IPv6: 0, ports: 0 };
    const all = [...this.#chains.values()].flat().sort(compareEntries);
    for (const entry of all) {
      if (this.#decide(entry, used)) moved.add(entry.name);
      const before = stateBefore(entry);
      if (before === entry.after) continue;
      for (const { pool } of before ? this.#holdingsOf(entry.name, before) : []) used[pool]--;
      for (const { pool } of entry.after ? this.#holdingsOf(entry.name, entry.after) : []) used[pool]++;
    }
    this.#open.clear();
  }

  /** Entries after this one whose fate may be another one, now that something else is in effect than `before`. */
  *#affected(entry: Entry, before: Service | undefined): Iterable<Entry> {
    yield* this.#rivals(entry, before);
    yield* this.#rivals(entry, entry.after);
    const next = entry.chain[entry.index + 1];
    if (next) yield next;
  }

  /** Entries of others after this one that name something which `state` holds. */
  *#rivals(entry: Entry, state: Service | undefined): Iterable<Entry> {
    for (const holding of state ? this.#holdingsOf(entry.name, state) : []) {
      if (!('resource' in holding)) continue;
      for (const other of this.#claimants.get(holding.resource) ?? [])
        if (other.name !== entry.name && compareEntries(entry, other) < 0) yield other;
    }
  }

  /** Whether the outcome is another one than before. `used` counts what is taken where there may be too little. */
  #decide(entry: Entry, used: Counts | undefined): boolean {
    const before = stateBefore(entry);
    const plan = this.#planOf(entry, before);
    const denial = this.#denialOf(entry, before, plan, used);
    const after = denial || plan.kind === 'refused' ? before : plan.service;
    const changed = after !== entry.after || !sameDenial(denial, entry.denial);
    entry.after = after;
    entry.denial = denial;
    if (changed) this.#changed.add(entry.name);
    return changed;
  }

  #planOf(entry: Entry, before: Service | undefined): Plan {
    const { written } = entry;
    if (entry.plan && entry.plan.before === before) return entry.plan.plan;
    const plan = planFor(written, before, this.#settings);
    entry.plan = { before, plan };
    return plan;
  }

  /** The server stops at the first thing that it cannot give, whatever the reason. */
  #denialOf(entry: Entry, before: Service | undefined, plan: Plan, used: Counts | undefined): Denial | undefined {
    if (plan.kind === 'refused') return { kind: 'plan', plan, refusal: plan.refusal };
    const isPlain = !used && plan.asks.every((ask) => resourceOf(ask) === undefined);
    const denied = isPlain ? undefined : this.#deniedAsk(entry, before, plan, used);
    return denied ?? (plan.invalid && { kind: 'plan', plan, refusal: plan.invalid });
  }

  #deniedAsk(
    entry: Entry,
    before: Service | undefined,
    plan: Extract<Plan, { kind: 'asking' }>,
    used: Counts | undefined,
  ): Denial | undefined {
    const own = new Set<string>();
    if (plan.asks.length > 0 && before)
      for (const holding of this.#holdingsOf(entry.name, before)) if ('resource' in holding) own.add(holding.resource);
    const asked: Counts = { IPv4: 0, IPv6: 0, ports: 0 };
    for (const ask of plan.asks) {
      const pool = poolOf(ask);
      const isFull = used !== undefined && used[pool] + asked[pool]++ >= this.#pools.capacity(pool);
      const resource = resourceOf(ask);
      if (resource === undefined) {
        if (isFull) return { kind: 'full', plan, ask };
        continue;
      }
      const complaint = this.#pools.complaint(ask);
      if (complaint !== undefined) return { kind: 'claim', plan, ask, complaint };
      // Twice in one Service is as taken as in two.
      if (isFull || own.has(resource) || this.#isHeldByOther(resource, entry))
        return { kind: 'claim', plan, ask, complaint: takenComplaint(ask) };
      own.add(resource);
    }
    return undefined;
  }

  /** Whether another Service holds it at the time of the entry. */
  #isHeldByOther(resource: string, entry: Entry): boolean {
    for (const other of this.#claimants.get(resource) ?? []) {
      if (other.name === entry.name || compareEntries(other, entry) >= 0) continue;
      const state = other.chain.findLast((each) => compareEntries(each, entry) < 0)?.after;
      if (state && this.#holdingsOf(other.name, state).some((held) => 'resource' in held && held.resource === resource))
        return true;
    }
    return false;
  }

  #holdingsOf(name: NamespacedName, state: Service): readonly Holding[] {
    let holdings = this.#holdings.get(state);
    if (!holdings) {
      holdings = holdingsOf(name, state.spec);
      this.#holdings.set(state, holdings);
    }
    return holdings;
  }

  /** Brings the pools up to what the name has in the end. */
  #hold(name: NamespacedName): void {
    const before = this.#held.get(name);
    const after = this.#chains.get(name)?.at(-1)?.after;
    if (before === after) return;
    const holdings = [before, after].map((state) => (state ? this.#holdingsOf(name, state) : []));
    this.#pools.exchange(name, holdings[0]!, holdings[1]!);
    if (after) this.#held.set(name, after);
    else this.#held.delete(name);
  }

  // ---------------------------------------------------------------- results

  #resultOf(name: NamespacedName, chain: readonly Entry[]): AllocationResult {
    const taken = chain.filter(({ denial }) => !denial).map(({ written }) => written.object);
    const state = chain.at(-1)!.after;
    const service = state && (hasTokens(state.spec) ? this.#pools.resolved(name, state) : state);
    const assigned = new Set<string>();
    for (const [i, address] of (service?.spec.clusterIPs ?? []).entries())
      if (state?.spec.clusterIPs?.[i] !== address) assigned.add(address);
    const refusals = chain.flatMap((entry) => (entry.denial ? this.#refusalIn(entry, entry.denial) : []));
    return {
      service,
      object: taken.at(-1),
      superseded: taken.slice(0, -1),
      assigned: assigned.size > 0 ? assigned : nothing,
      refusals,
    };
  }

  #refusalIn(entry: Entry, denial: Denial): Refusal {
    const said = this.#refusalOf(entry, denial);
    const refusal = denial.kind === 'plan' ? withReleases(said, this.#settings, (settings) => causesOf(entry, settings)) : said; // prettier-ignore
    const updates = entry.chain.slice(0, entry.index).findLast((earlier) => !earlier.denial)?.written.object;
    return updates ? { ...refusal, updates } : refusal;
  }

  #refusalOf(entry: Entry, denial: Denial): Refusal {
    const { name, written } = entry;
    const { object } = written;
    if (denial.kind === 'full') return fullRefusal(object, this.#settings.kubernetesVersion, denial.ask);
    // The complaint may print what has been chosen.
    const before = stateBefore(entry);
    const isChosen = before !== undefined && hasTokens(before.spec);
    const plan = isChosen ? planFor(written, this.#pools.resolved(name, before), this.#settings) : denial.plan;
    if (plan.kind === 'refused') return plan.refusal;
    if (denial.kind === 'claim') return claimRefusal(object, plan.service.spec, denial.ask, denial.complaint);
    const { service } = plan;
    const complete = hasTokens(service.spec) ? plan.check(this.#pools.resolved(name, service).spec) : plan.invalid;
    return complete ?? denial.refusal;
  }
}

function planFor(written: WrittenService, before: Service | undefined, settings: ClusterSettings): Plan {
  const changes = before !== undefined && isUpdate(written.object);
  return changes ? planUpdate(before, written, settings) : planCreation(written, settings);
}

/** What a cluster of other settings says to the document, as long as the allocators give what it asks for. */
function causesOf(entry: Entry, settings: ClusterSettings): readonly RefusalCause[] {
  const plan = planFor(entry.written, stateBefore(entry), settings);
  return (plan.kind === 'refused' ? plan.refusal : plan.invalid)?.causes ?? [];
}

/** What is in effect when the document arrives. */
function stateBefore({ chain, index }: Entry): Service | undefined {
  return index === 0 ? undefined : chain[index - 1]!.after;
}

function sameDenial(a: Denial | undefined, b: Denial | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.kind !== b.kind || a.plan !== b.plan) return false;
  if (a.kind === 'claim') return b.kind === 'claim' && a.ask === b.ask && a.complaint === b.complaint;
  return a.kind !== 'full' || (b.kind === 'full' && a.ask === b.ask);
}

/** All that the document names, whether or not it comes to be asked for. */
function resourcesOf({
  clusterIP,
  clusterIPs = [],
  ports = [],
  healthCheckNodePort,
}: WrittenSpec): ReadonlySet<string> {
  let found: Set<string> | undefined;
  const add = (resource: string | undefined) => resource !== undefined && (found ??= new Set()).add(resource);
  const addAddress = (address: string) =>
    address !== 'None' && add(resourceOf({ kind: 'address', family: 'IPv4', address }));
  if (clusterIP !== undefined) addAddress(clusterIP);
  clusterIPs.forEach(addAddress);
  for (const { nodePort } of ports)
    if (nodePort !== undefined) add(resourceOf({ kind: 'health-port', port: nodePort }));
  if (healthCheckNodePort !== undefined) add(resourceOf({ kind: 'health-port', port: healthCheckNodePort }));
  return found ?? nothing;
}

function compareEntries(a: Entry, b: Entry): number {
  return compareOrigins(a.written.object.origin, b.written.object.origin) || compareStrings(a.name, b.name);
}
