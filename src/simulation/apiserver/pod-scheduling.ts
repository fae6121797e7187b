/** What the API server finds wrong with what a pod tells the scheduler: affinity, tolerations, spreading. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { checkSelector } from './metadata';
import { dnsLabel, dnsSubdomain, qualifiedName, validLabelValue } from './names';
import { count, number, struct, structs, text, textOrNone, texts } from './pod-fields';
import type { ApiRelease } from './releases';

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';
const weightComplaint = 'must be in the range 1-100';

/** Models pkg/apis/core/validation validateAffinity (v1.37). */
export function checkAffinity(affinity: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  const ofNodes = struct(affinity, 'nodeAffinity');
  if (ofNodes) checkNodeAffinity(ofNodes, path.at('nodeAffinity'), errors);
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const ofPods = struct(affinity, kind);
    if (!ofPods) continue;
    for (const [i, term] of structs(ofPods, hard).entries()) checkPodTerm(term, path.at(kind, hard, i), errors);
    for (const [i, weighted] of structs(ofPods, soft).entries()) {
      const at = path.at(kind, soft, i);
      checkWeight(weighted, at, errors);
      checkPodTerm(struct(weighted, 'podAffinityTerm') ?? {}, at.at('podAffinityTerm'), errors);
    }
  }
}

function checkWeight(term: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const weight = count(term, 'weight');
  if (weight <= 0 || weight > 100) errors.invalid(path.at('weight'), weight, weightComplaint);
}

/** Models validateNodeAffinity. */
function checkNodeAffinity(affinity: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const required = struct(affinity, hard);
  const terms = structs(required, 'nodeSelectorTerms');
  const at = path.at(hard, 'nodeSelectorTerms');
  if (required && terms.length === 0) errors.required(at, 'must have at least one node selector term');
  for (const [i, term] of terms.entries()) checkNodeTerm(term, 'strict', at.at(i), errors);
  for (const [i, preferred] of structs(affinity, soft).entries()) {
    checkWeight(preferred, path.at(soft, i), errors);
    // A preference that no node can have is let through.
    checkNodeTerm(struct(preferred, 'preference') ?? {}, 'any value', path.at(soft, i, 'preference'), errors);
  }
}

/** Models ValidateNodeSelectorTerm. */
function checkNodeTerm(term: JsonObject, values: 'strict' | 'any value', path: FieldPath, errors: FieldErrors): void {
  for (const [i, requirement] of structs(term, 'matchExpressions').entries())
    checkRequirement(requirement, values, path.at('matchExpressions', i), errors);
  for (const [i, requirement] of structs(term, 'matchFields').entries())
    checkFieldRequirement(requirement, path.at('matchFields', i), errors);
}

/** Models ValidateNodeSelectorRequirement. */
function checkRequirement(
  requirement: JsonObject,
  strictness: 'strict' | 'any value',
  path: FieldPath,
  errors: FieldErrors,
): void {
  const operator = text(requirement, 'operator');
  const values = texts(requirement, 'values');
  const key = text(requirement, 'key');
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.required(path.at('values'), "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.forbidden(path.at('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.required(path.at('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'");
      break;
    default:
      errors.invalid(path.at('operator'), operator, 'not a valid selector operator');
  }
  errors.invalidAll(path.at('key'), key, qualifiedName(key));
  if (strictness === 'any value') return;
  for (const [i, value] of values.entries()) errors.invalidAll(path.at('values', i), value, validLabelValue(value));
}

/** Models ValidateNodeFieldSelectorRequirement. */
function checkFieldRequirement(requirement: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const operator = text(requirement, 'operator');
  const values = texts(requirement, 'values');
  const key = text(requirement, 'key');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      errors.required(path.at('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"); // prettier-ignore
  } else errors.invalid(path.at('operator'), operator, 'not a valid selector operator');
  if (key !== 'metadata.name') errors.invalid(path.at('key'), key, 'not a valid field selector key');
  else for (const [i, value] of values.entries()) errors.invalidAll(path.at('values', i), value, dnsSubdomain(value));
}

/** Models validatePodAffinityTerm. */
function checkPodTerm(term: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const selector = struct(term, 'labelSelector');
  checkSelector(selector, path.at('labelSelector'), errors);
  checkSelector(struct(term, 'namespaceSelector'), path.at('namespaceSelector'), errors);
  for (const name of texts(term, 'namespaces')) errors.invalidAll(path.at('namespace'), name, dnsLabel(name));
  checkLabelKeys(texts(term, 'matchLabelKeys'), texts(term, 'mismatchLabelKeys'), selector, path, errors);
  const key = text(term, 'topologyKey');
  if (key === '') errors.required(path.at('topologyKey'), 'can not be empty');
  errors.invalidAll(path.at('topologyKey'), key, qualifiedName(key));
}

/** Models ValidateMatchLabelKeysAndMismatchLabelKeys. */
function checkLabelKeys(
  matching: readonly string[],
  different: readonly string[],
  selector: JsonObject | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  for (const [field, keys] of [['matchLabelKeys', matching], ['mismatchLabelKeys', different]] as const) {
    if (keys.length === 0) continue;
    if (!selector) errors.forbidden(path.at(field), 'must not be specified when labelSelector is not set');
    else for (const [i, key] of keys.entries()) errors.invalidAll(path.at(field, i), key, qualifiedName(key));
  } // prettier-ignore
  const selected = new Set(Object.keys(struct(selector, 'matchLabels') ?? {}));
  for (const requirement of structs(selector, 'matchExpressions')) {
    const key = text(requirement, 'key');
    const i = matching.lastIndexOf(key);
    if (i >= 0 && selected.has(key))
      errors.invalid({ field: path.at(i), path: path.at('matchLabelKeys', i) }, key, 'exists in both matchLabelKeys and labelSelector'); // prettier-ignore
    selected.add(key);
  }
  for (const [i, key] of matching.entries())
    if (different.includes(key))
      errors.invalid(path.at('matchLabelKeys', i), key, 'exists in both matchLabelKeys and mismatchLabelKeys');
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models ValidateTolerations. */
export function checkTolerations(tolerations: readonly JsonObject[], path: FieldPath, errors: FieldErrors): void {
  for (const [i, toleration] of tolerations.entries()) {
    const at = path.at(i);
    const key = text(toleration, 'key');
    const operator = text(toleration, 'operator');
    const value = text(toleration, 'value');
    const effect = text(toleration, 'effect');
    if (key !== '') errors.invalidAll(at.at('key'), key, qualifiedName(key));
    else if (operator !== 'Exists')
      errors.invalid(at.at('operator'), operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'); // prettier-ignore
    if (number(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute')
      errors.invalid(at.at('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    checkTolerated(operator, value, at.at('operator'), errors);
    if (effect !== '' && !effects.includes(effect)) errors.notSupported(at.at('effect'), effect, effects);
  }
}

function checkTolerated(operator: string, value: string, at: FieldPath, errors: FieldErrors): void {
  switch (operator) {
    case '':
    case 'Equal': {
      const complaints = validLabelValue(value);
      if (complaints.length > 0) errors.invalid(at, value, complaints.join(';'));
      return;
    }
    case 'Exists':
      if (value !== '') errors.invalid(at, value, "value must be empty when `operator` is 'Exists'");
      return;
    case 'Lt':
    case 'Gt':
      errors.notSupported(at, operator, ['Equal', 'Exists', 'Lt', 'Gt']);
      return;
    default:
      errors.notSupported(at, operator, ['Equal', 'Exists']);
  }
}

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusions = ['Honor', 'Ignore'];

/** Models validateTopologySpreadConstraints. */
export function checkSpreading(
  constraints: readonly JsonObject[],
  path: FieldPath,
  rules: ApiRelease,
  errors: FieldErrors,
): void {
  for (const [i, constraint] of constraints.entries()) {
    const at = path.at(i);
    const skew = count(constraint, 'maxSkew');
    const key = text(constraint, 'topologyKey');
    const action = text(constraint, 'whenUnsatisfiable');
    if (skew <= 0) errors.invalid(at.at('maxSkew'), skew, 'must be greater than zero');
    if (key === '') errors.required(at.at('topologyKey'), 'can not be empty');
    if (!actions.includes(action)) errors.notSupported(at.at('whenUnsatisfiable'), action, actions);
    if (
      constraints
        .slice(i + 1)
        .some((other) => text(other, 'topologyKey') === key && text(other, 'whenUnsatisfiable') === action)
    )
      // prettier-ignore
      errors.duplicate({ field: `${at.print()}.{topologyKey, whenUnsatisfiable}`, path: at }, `{${key}, ${action}}`);
    const domains = number(constraint, 'minDomains');
    if (domains !== undefined) checkDomains(domains, action, at.at('minDomains'), errors);
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      const policy = textOrNone(constraint, field);
      if (policy !== undefined && !inclusions.includes(policy)) errors.notSupported(at.at(field), policy, inclusions);
    }
    const selector = struct(constraint, 'labelSelector');
    const keys = texts(constraint, 'matchLabelKeys');
    if (rules.mergesLabelKeys) checkLabelKeys(keys, [], selector, at, errors);
    else checkSpreadKeys(keys, selector, at.at('matchLabelKeys'), errors);
    checkSelector(selector, at.at('labelSelector'), errors);
  }
}

function checkDomains(domains: number, action: string, at: FieldPath, errors: FieldErrors): void {
  if (domains <= 0) errors.invalid(at, domains, 'must be greater than zero');
  if (action !== 'DoNotSchedule')
    errors.invalid(at, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`);
}

/** Models ValidateMatchLabelKeysInTopologySpread. */
function checkSpreadKeys(
  keys: readonly string[],
  selector: JsonObject | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  if (keys.length === 0) return;
  if (!selector) errors.forbidden(path, 'must not be specified when labelSelector is not set');
  const selected = new Set([
    ...Object.keys(struct(selector, 'matchLabels') ?? {}),
    ...structs(selector, 'matchExpressions').map((requirement) => text(requirement, 'key')),
  ]);
  for (const [i, key] of keys.entries()) {
    errors.invalidAll(path.at(i), key, qualifiedName(key));
    if (selected.has(key)) errors.invalid(path.at(i), key, 'exists in both matchLabelKeys and labelSelector');
  }
}
