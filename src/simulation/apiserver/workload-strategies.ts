/** What the API server finds wrong with how workloads replace their pods. */

import type { JsonObject, JsonValue } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { count, struct, text } from './pod-fields';

const percentComplaint =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for " +
  "validation is '[0-9]+%')";
const negativeComplaint = 'must be greater than or equal to 0';

type IntOrPercent = JsonValue | undefined;

/** Models pkg/apis/apps/validation ValidatePositiveIntOrPercent (v1.37). */
export function checkIntOrPercent(value: IntOrPercent, at: FieldPath, errors: FieldErrors): void {
  if (typeof value === 'string') {
    if (!/^\d+%$/.test(value)) errors.invalid(at, value, percentComplaint);
  } else if (typeof value === 'number' && value < 0) errors.invalid(at, value, negativeComplaint);
}

/** Models getIntOrPercentValue. */
function valueOf(value: IntOrPercent): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  const [, digits] = /^(\d+)%$/.exec(value) ?? [];
  if (digits !== undefined) return Number(digits);
  return /^[-+]?\d+$/.test(value) ? Number(value) : 0;
}

/** Models IsNotMoreThan100Percent. */
export function checkAtMostAll(value: IntOrPercent, at: FieldPath, errors: FieldErrors): void {
  if (typeof value === 'string' && /^\d+%$/.test(value) && valueOf(value) > 100)
    errors.invalid(at, value, 'must not be greater than 100%');
}

/** Models ValidateDeploymentStrategy. */
export function checkDeploymentStrategy(strategy: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const type = text(strategy, 'type');
  const rolling = struct(strategy, 'rollingUpdate');
  const at = path.at('rollingUpdate');
  if (type === 'Recreate') {
    if (rolling) errors.forbidden(at, "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (type !== 'RollingUpdate') {
    errors.notSupported(path, inGo(strategy), ['Recreate', 'RollingUpdate']);
    return;
  }
  const { maxUnavailable, maxSurge } = rolling ?? {};
  checkIntOrPercent(maxUnavailable, at.at('maxUnavailable'), errors);
  checkIntOrPercent(maxSurge, at.at('maxSurge'), errors);
  if (valueOf(maxUnavailable) === 0 && valueOf(maxSurge) === 0)
    errors.invalid(at.at('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  checkAtMostAll(maxUnavailable, at.at('maxUnavailable'), errors);
}

/** The strategy as the server prints its own struct: with the names of Go's fields. */
function inGo(strategy: JsonObject): unknown {
  const rolling = struct(strategy, 'rollingUpdate');
  return {
    Type: text(strategy, 'type'),
    RollingUpdate: rolling ? { MaxUnavailable: rolling.maxUnavailable ?? 0, MaxSurge: rolling.maxSurge ?? 0 } : null,
  };
}

/** Models ValidateDaemonSetUpdateStrategy. */
export function checkDaemonStrategy(strategy: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const type = text(strategy, 'type');
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    errors.notSupported(path, inGo(strategy), ['RollingUpdate', 'OnDelete']);
    return;
  }
  const { maxUnavailable, maxSurge } = struct(strategy, 'rollingUpdate') ?? {};
  const at = path.at('rollingUpdate');
  checkIntOrPercent(maxUnavailable, at.at('maxUnavailable'), errors);
  checkIntOrPercent(maxSurge, at.at('maxSurge'), errors);
  checkAtMostAll(maxUnavailable, at.at('maxUnavailable'), errors);
  checkAtMostAll(maxSurge, at.at('maxSurge'), errors);
  const [unavailable, surge] = [valueOf(maxUnavailable) !== 0, valueOf(maxSurge) !== 0];
  if (unavailable && surge)
    errors.invalid(at.at('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero');
  else if (!unavailable && !surge) errors.required(at.at('maxUnavailable'), 'cannot be 0 when maxSurge is 0');
}

/** Models what ValidateStatefulSetSpec says about the strategy. */
export function checkStatefulStrategy(strategy: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const type = text(strategy, 'type');
  const rolling = struct(strategy, 'rollingUpdate');
  const at = path.at('rollingUpdate');
  const printed = rolling && { Partition: count(rolling, 'partition'), MaxUnavailable: rolling.maxUnavailable ?? null };
  if (type === '') errors.required(path);
  else if (type === 'OnDelete') {
    if (rolling) errors.invalid(at, printed, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type !== 'RollingUpdate')
    errors.invalid(path, { Type: type, RollingUpdate: printed ?? null }, "must be 'RollingUpdate' or 'OnDelete'");
  else if (rolling) {
    const partition = count(rolling, 'partition');
    if (partition < 0) errors.invalid(at.at('partition'), partition, negativeComplaint);
    const { maxUnavailable } = rolling;
    if (maxUnavailable === undefined) return;
    checkIntOrPercent(maxUnavailable, at.at('maxUnavailable'), errors);
    if (valueOf(maxUnavailable) === 0) errors.invalid(at.at('maxUnavailable'), maxUnavailable, 'cannot be 0');
    checkAtMostAll(maxUnavailable, at.at('maxUnavailable'), errors);
  }
}
