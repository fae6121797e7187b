/** Numbers of pods that may be written as a share of them: `maxSurge`, `maxUnavailable`, `partition`. */

import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import { workloadSpecWithDefaults } from '../../apiserver/workload-defaults';
import type { Workload } from '../../apiserver/workload';

/** The workload's spec with what the API server fills in. */
export function specOf({ kind, object }: Workload): JsonObject {
  const spec = object.body.spec;
  return workloadSpecWithDefaults(kind, isJsonObject(spec) ? spec : {});
}

/** Models k8s.io/apimachinery/pkg/util/intstr GetScaledValueFromIntOrPercent (v1.37). */
export function scaled(value: JsonValue | undefined, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const digits = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (digits === undefined) return 0;
  const share = (Number(digits) * total) / 100;
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share);
}

/** How long a pod has to be ready before it counts as available, in seconds. */
export function minReadySeconds(workload: Workload): number {
  const value = specOf(workload).minReadySeconds;
  return typeof value === 'number' ? value : 0;
}

/** How long a pod may take to end once it was told to, in seconds. */
export function gracePeriodSeconds(spec: unknown): number {
  const value = valueAt(spec as JsonValue, ['terminationGracePeriodSeconds']);
  return typeof value === 'number' ? value : 30;
}
