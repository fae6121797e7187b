/** What differs between the API server's releases in the pods that it takes. */

import type { Origin } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { behaves, minorOf } from '../releases';
import { apiRelease, type ApiRelease } from './releases';

export interface PodRules extends ApiRelease {
  /** Names of variables may be any printable text: the gate RelaxedEnvironmentVariableValidation is on. */
  readonly relaxedVariables: boolean;
  /** Variables may come from files: the gate EnvFiles is on. */
  readonly variablesFromFiles: boolean;
  /** All containers may have a restart policy: the gate ContainerRestartRules is on. */
  readonly restartRules: boolean;
  /** A container's end may restart all: the gate RestartAllContainersOnContainerExits is on. */
  readonly restartsAll: boolean;
  /** Pods may ask for resources as a whole: the gate PodLevelResources is on. */
  readonly podResources: boolean;
  /** Keys of `matchLabelKeys` are merged into selectors: the gate MatchLabelKeysInPodTopologySpreadSelectorMerge is on. */
  readonly mergesLabelKeys: boolean;
  /** A HorizontalPodAutoscaler may have no pods for a while: the gate HPAScaleToZero is on. */
  readonly scalesToZero: boolean;
}

const kept = new WeakMap<ClusterSettings, Map<Origin['kind'], PodRules>>();

/** A release that is not understood is taken as the newest. The same settings and kind of origin give the same object. */
export function podRules(settings: ClusterSettings, origin?: Origin): PodRules {
  let byOrigin = kept.get(settings);
  if (!byOrigin) kept.set(settings, (byOrigin = new Map()));
  const kind = origin?.kind ?? 'manifest';
  const before = byOrigin.get(kind);
  if (before) return before;
  const made = makeRules(settings, origin);
  byOrigin.set(kind, made);
  return made;
}

function makeRules(settings: ClusterSettings, origin: Origin | undefined): PodRules {
  const minor = minorOf(settings.kubernetesVersion);
  return {
    ...apiRelease(settings, origin),
    relaxedVariables: behaves(minor, 'relaxedVariables'),
    variablesFromFiles: behaves(minor, 'variablesFromFiles'),
    restartRules: minor >= 35,
    restartsAll: minor >= 36,
    podResources: minor >= 34,
    mergesLabelKeys: minor >= 34,
    scalesToZero: minor >= 37,
  };
}
