/** How live what is shown is: one state a kind, and one for all, in words for people. */

import { printResource, type WatchedKind } from './kinds';
import type { ReflectorState } from './reflector';

export interface KindStatus {
  readonly kind: string;
  /** As kubectl names it: `endpointslices.discovery.k8s.io`. */
  readonly resource: string;
  /** Undefined: all namespaces, or none. */
  readonly namespace: string | undefined;
  readonly state: ReflectorState;
  readonly objects: number;
  /** What cannot be known where the kind may not be read. */
  readonly unknown: string;
  /** Clusters may do without it. */
  readonly optional: boolean;
}

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'stale' | 'stopped';

export interface LiveStatus {
  readonly context: string;
  /** `https://HOST:PORT`; undefined before the kubeconfig is read. */
  readonly server: string | undefined;
  /** `v1.37.2`; undefined before the API server has told it. */
  readonly version: string | undefined;
  /** The namespaces that are read; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly state: LiveState;
  /** Since when the connection is lost, in milliseconds since 1970. */
  readonly since: number | undefined;
  /** Why it is not live. */
  readonly message: string | undefined;
  readonly kinds: readonly KindStatus[];
}

export function kindStatus(
  kind: WatchedKind,
  namespace: string | undefined,
  state: ReflectorState,
  objects: number,
): KindStatus {
  const { unknown, optional } = kind;
  return { kind: kind.kind, resource: printResource(kind), namespace, state, objects, unknown, optional };
}

/** The worst of the kinds: nothing is called live while one of them is not. */
export function overall(kinds: readonly KindStatus[]): Pick<LiveStatus, 'state' | 'since' | 'message'> {
  const states = kinds.map(({ state }) => state);
  const lost = states.flatMap((state) => (state.kind === 'stale' || state.kind === 'reconnecting' ? [state] : []));
  const earliest = [...lost].sort((a, b) => a.since - b.since)[0];
  if (earliest) {
    const stale = lost.find(({ kind }) => kind === 'stale');
    return { state: (stale ?? earliest).kind, since: earliest.since, message: (stale ?? earliest).message };
  }
  const connecting = states.find(({ kind }) => kind === 'connecting');
  if (connecting?.kind === 'connecting') return { state: 'connecting', since: undefined, message: connecting.message };
  return { state: 'live', since: undefined, message: undefined };
}

/** What is not known of the cluster; sentences. */
export interface Gaps {
  /** Why there may be pods that are not seen. */
  readonly incomplete: readonly string[];
  readonly notes: readonly string[];
}

/** What may not be read and what is not known for it; of a connection that is lost, since when. */
export function gapsOf(status: LiveStatus): Gaps {
  const notes: string[] = [];
  const incomplete: string[] = [];
  if (status.state === 'reconnecting' || status.state === 'stale') notes.push(`not live: ${printState(status)}`);
  const endpoints = status.kinds.some(({ resource, state }) => resource === 'endpoints' && state.kind !== 'forbidden');
  for (const [where, kinds] of refusedByPlace(status.kinds)) {
    if (endpoints && kinds[0]!.kind === 'EndpointSlice') {
      notes.push(`${kinds[0]!.resource}${where} may not be read: Endpoints stand in for them, without zones, hints and pods that end`); // prettier-ignore
      continue;
    }
    const lines = kinds[0]!.kind === 'Pod' ? incomplete : notes;
    lines.push(`${kinds.map(({ resource }) => resource).join(', ')}${where} may not be read: ${kinds[0]!.unknown}`);
  }
  const { namespaces } = status;
  if (namespaces?.length === 1) notes.push(`only the namespace ${namespaces[0]!} is read: what is elsewhere is not known`); // prettier-ignore
  else if (namespaces) notes.push(`only the namespaces ${namespaces.join(', ')} are read: what is elsewhere is not known`); // prettier-ignore
  return { incomplete, notes };
}

/** Kinds whose absence means the same come together. */
function refusedByPlace(
  kinds: readonly KindStatus[],
): Iterable<readonly [where: string, kinds: readonly KindStatus[]]> {
  const groups = new Map<string, { where: string; kinds: KindStatus[] }>();
  for (const status of kinds) {
    const { resource, namespace, state, unknown, optional } = status;
    const isNamed = resource.includes(' ');
    // That nobody may read what few clusters have is nothing to tell.
    if (state.kind !== 'forbidden' || (optional && !isNamed)) continue;
    const where = namespace === undefined || isNamed ? '' : ` in namespace ${namespace}`;
    const id = `${where}\n${unknown}`;
    const group = groups.get(id) ?? { where, kinds: [] };
    group.kinds.push(status);
    groups.set(id, group);
  }
  return [...groups.values()].map(({ where, kinds: same }) => [where, same] as const);
}

/** `live`, `reconnecting since 14:03:21: …`: the state in a line. */
export function printState({ state, since, message }: Pick<LiveStatus, 'state' | 'since' | 'message'>): string {
  const time = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  return `${state}${time}${message === undefined ? '' : `: ${message}`}`;
}
