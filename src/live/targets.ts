/** Which kinds are read in which namespaces: all where that is permitted, else the namespaces that are. */

import type { Connection } from './connection';
import { dnsService, endpointsKind, watchedKinds, type WatchedKind } from './kinds';
import { mayRead, permissionsIn, type Permission, type ReadingVerb } from './permissions';

/** One list and watch. */
export interface Target {
  readonly kind: WatchedKind;
  /** Undefined: all namespaces, or none. */
  readonly namespace: string | undefined;
}

/** A kind that may not be read, there or anywhere. */
export interface Refused extends Target {
  readonly message: string;
}

export interface Targets {
  readonly allowed: readonly Target[];
  readonly refused: readonly Refused[];
  /** The namespaces that are read; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
}

/**
 * `wanted` undefined: all namespaces, and where some kinds may not be read there, those kinds in `fallback`.
 * Throws a LiveError where the API server cannot be asked.
 */
export async function findTargets(
  connection: Connection,
  verbs: readonly ReadingVerb[],
  wanted: readonly string[] | undefined,
  fallback: string,
): Promise<Targets> {
  const allowed: Target[] = [];
  const refused: Refused[] = [];
  const take = ({ kind, namespace }: Target, permission: Permission) => {
    if (permission !== 'forbidden') allowed.push({ kind, namespace });
    else refused.push({ kind, namespace, message: `the user may not ${verbs.join(' and ')} them` });
  };
  const ask = async (kind: WatchedKind, namespace: string | undefined) => {
    return [{ kind, namespace }, await mayRead(connection, verbs, kind, namespace)] as const;
  };
  const named = watchedKinds.filter(({ only }) => only !== undefined);
  const namespaced = watchedKinds.filter((kind) => kind.namespaced && kind.only === undefined);
  const others = watchedKinds.filter(({ namespaced: isNamespaced }) => !isNamespaced);
  const answers = await Promise.all([
    ...others.map((kind) => ask(kind, undefined)),
    ...named.map((kind) => ask(kind, kind.only!.namespace)),
  ]);
  for (const [target, permission] of answers) take(target, permission);
  const everywhere = wanted === undefined ? await Promise.all(namespaced.map((kind) => ask(kind, undefined))) : [];
  for (const [target, permission] of everywhere) if (permission !== 'forbidden') take(target, permission);
  const rest = namespaced.filter((kind) => !allowed.some((target) => target.kind === kind));
  let namespaces = wanted;
  if (rest.length > 0) {
    const inside = wanted ?? [fallback];
    const services = rest.some(({ resource }) => resource === 'services');
    for (const namespace of inside) {
      for (const [kind, permission] of await permissionsIn(connection, verbs, rest, namespace)) {
        // Where Services are read everywhere, what may not be read there and not here is not to be had.
        take({ kind, namespace: permission === 'forbidden' && !services ? undefined : namespace }, permission);
      }
    }
    if (services) namespaces = inside;
    const { namespace } = dnsService.only!;
    if (services && !inside.includes(namespace)) take(...(await ask(dnsService, namespace)));
  }
  await askForEndpoints(allowed, ask, take);
  return { allowed, refused, namespaces };
}

/** Endpoints stand in for EndpointSlices that may not be read. */
async function askForEndpoints(
  allowed: readonly Target[],
  ask: (kind: WatchedKind, namespace: string | undefined) => Promise<readonly [Target, Permission]>,
  take: (target: Target, permission: Permission) => void,
): Promise<void> {
  const has = (resource: string, namespace: string | undefined) =>
    allowed.some(({ kind, namespace: of }) => kind.resource === resource && of === namespace);
  const places = allowed.filter(({ kind }) => kind.resource === 'services' && kind.only === undefined);
  for (const { namespace } of places) {
    if (has('endpointslices', namespace) || has('endpointslices', undefined)) continue;
    take(...(await ask(endpointsKind, namespace)));
  }
}
