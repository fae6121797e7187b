/** What differs between the API server's releases in what it takes: a view of the table of all releases. */

import type { Origin } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { behaves, minorOf, type Behaviour } from '../releases';

const asked = [
  'manyServiceRanges', 'reservesKubeletPort', 'prefersSameTopology', 'relaxedServiceNames', 'strictAddresses',
  'relaxedVariables', 'variablesFromFiles', 'restartRules', 'restartsAll', 'podResources', 'mergesLabelKeys',
  'scalesToZero',
] as const satisfies readonly Behaviour[]; // prettier-ignore

/** Whether the release behaves so; the table says what each is. */
export type ApiRelease = Readonly<Record<(typeof asked)[number], boolean>>;

const kept = new WeakMap<ClusterSettings, Map<Origin['kind'], ApiRelease>>();

/**
 * A release that is not understood is taken as the newest. What a cluster holds may be from before the checks of
 * addresses were strict: the server goes on taking it. The same settings and kind of origin give the same object.
 */
export function apiRelease(settings: ClusterSettings, origin?: Origin): ApiRelease {
  let byOrigin = kept.get(settings);
  if (!byOrigin) kept.set(settings, (byOrigin = new Map()));
  const kind = origin?.kind ?? 'manifest';
  let release = byOrigin.get(kind);
  if (!release) byOrigin.set(kind, (release = makeRelease(settings, kind)));
  return release;
}

function makeRelease({ kubernetesVersion }: ClusterSettings, origin: Origin['kind']): ApiRelease {
  const minor = minorOf(kubernetesVersion);
  const release = Object.fromEntries(asked.map((behaviour) => [behaviour, behaves(minor, behaviour)])) as ApiRelease;
  return origin === 'cluster' ? { ...release, strictAddresses: false } : release;
}
