/** PodDisruptionBudgets and HorizontalPodAutoscalers, as far as they name pods and workloads. */

import type { JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { checkMetadata, checkSelector, metadataOf } from './metadata';
import { dnsSubdomain, pathSegment } from './names';
import { count, number, struct, structs, text, textOrNone } from './pod-fields';
import { apiRelease } from './releases';
import { structSchema } from './schema/schema';
import { checkAtMostAll, checkIntOrPercent } from './workload-strategies';

const specPath = FieldPath.of('spec');
const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget'];

/** Models pkg/apis/policy ValidatePodDisruptionBudget (v1.37). */
export function admitPodDisruptionBudget(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  const { value: body, refusal } = decode(object, structSchema('policy.PodDisruptionBudget', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = struct(body, 'spec') ?? {};
  const [least, most] = [spec.minAvailable, spec.maxUnavailable];
  if (least !== undefined && most !== undefined)
    errors.invalid(['spec'], inGo(spec), 'minAvailable and maxUnavailable cannot be both set');
  for (const field of ['minAvailable', 'maxUnavailable']) {
    checkIntOrPercent(spec[field], specPath.at(field), errors);
    checkAtMostAll(spec[field], specPath.at(field), errors);
  }
  checkSelector(struct(spec, 'selector'), specPath.at('selector'), errors);
  const policy = textOrNone(spec, 'unhealthyPodEvictionPolicy');
  if (policy !== undefined && !evictionPolicies.includes(policy))
    errors.notSupported(['spec', 'unhealthyPodEvictionPolicy'], policy, evictionPolicies);
  // Its own checks leave the metadata to those that hold for all kinds.
  checkMetadata(object, body, pathSegment, errors);
  return admission(object, errors, () => ({ ...body, metadata: metadataOf(object, body) as unknown as JsonObject }));
}

/** The spec as the server prints its own struct: with the names of Go's fields. */
function inGo(spec: JsonObject): unknown {
  return {
    MinAvailable: spec.minAvailable ?? null,
    Selector: spec.selector ?? null,
    MaxUnavailable: spec.maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
  };
}

/** Models pkg/apis/autoscaling ValidateHorizontalPodAutoscaler (v1.37) without what it says about metrics and speed. */
export function admitHorizontalPodAutoscaler(
  object: KubernetesObject,
  settings: ClusterSettings,
): Admission<JsonObject> {
  const table = object.version === 'v1' ? 'autoscaling' : 'autoscaling2';
  const { value: body, refusal } = decode(object, structSchema(`${table}.HorizontalPodAutoscaler`, settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = struct(body, 'spec') ?? {};
  checkMetadata(object, body, dnsSubdomain, errors);
  const least = number(spec, 'minReplicas') ?? 1;
  const lowest = apiRelease(settings).scalesToZero ? 0 : 1;
  checkReplicas(least, count(spec, 'maxReplicas'), lowest, errors);
  checkTarget(struct(spec, 'scaleTargetRef') ?? {}, specPath.at('scaleTargetRef'), errors);
  if (least === 0 && lowest === 0 && !scalesByOthers(spec))
    errors.forbidden(['spec', 'metrics'], 'must specify at least one Object or External metric to support scaling to zero replicas'); // prettier-ignore
  return admission(object, errors, () => ({ ...body, metadata: metadataOf(object, body) as unknown as JsonObject }));
}

function checkReplicas(least: number, most: number, lowest: number, errors: FieldErrors): void {
  const at = ['spec', 'maxReplicas'];
  if (least < lowest) errors.late.invalid(['spec', 'minReplicas'], least, `must be greater than or equal to ${lowest}`);
  if (most === 0) errors.late.required(at);
  else if (most < 0) errors.late.invalid(at, most, 'must be greater than or equal to 1');
  if (most < least) errors.invalid(at, most, 'must be greater than or equal to `minReplicas`');
}

/** Whether something that is not the pods themselves can tell that one is wanted. */
function scalesByOthers(spec: JsonObject): boolean {
  return structs(spec, 'metrics').some(({ type }) => type === 'Object' || type === 'External');
}

/** Models ValidateCrossVersionObjectReference. */
function checkTarget(target: JsonObject, path: FieldPath, errors: FieldErrors): void {
  for (const field of ['kind', 'name']) {
    const value = text(target, field);
    if (value === '') errors.required(path.at(field));
    else errors.invalidAll(path.at(field), value, pathSegment(value));
  }
  const version = text(target, 'apiVersion');
  const at = path.at('apiVersion');
  const slashes = version.split('/').length - 1;
  if (slashes > 1) errors.invalid(at, version, `unexpected GroupVersion string: ${version}`);
  else if (slashes === 0 || version.startsWith('/')) errors.invalid(at, version, 'apiVersion must specify API group');
}
