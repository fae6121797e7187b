/** What the API server finds wrong with what a pod tells the scheduler: affinity, tolerations, spreading. */

import { printPath, type JsonObject, type JsonPath } from '#base/json';
import type { FieldErrors } from './field-errors';
import { checkSelector } from './metadata';
import { dnsLabel, dnsSubdomain, qualifiedName, validLabelValue } from './names';
import { count, number, struct, structs, text, textOrNone, texts } from './pod-fields';
import type { PodRules } from './pod-rules';

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';
const weightComplaint = 'must be in the range 1-100';

/** Models pkg/apis/core/validation validateAffinity (v1.37). */
export function checkAffinity(affinity: JsonObject | undefined, path: JsonPath, errors: FieldErrors): void {
  const ofNodes = struct(affinity, 'nodeAffinity');
  if (ofNodes) checkNodeAffinity(ofNodes, [...path, 'nodeAffinity'], errors);
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const ofPods = struct(affinity, kind);
    if (!ofPods) continue;
    for (const [i, term] of structs(ofPods, hard).entries()) checkPodTerm(term, [...path, kind, hard, i], errors);
    for (const [i, weighted] of structs(ofPods, soft).entries()) {
      const at = [...path, kind, soft, i];
      checkWeight(weighted, at, errors);
      checkPodTerm(struct(weighted, 'podAffinityTerm') ?? {}, [...at, 'podAffinityTerm'], errors);
    }
  }
}

function checkWeight(term: JsonObject, path: JsonPath, errors: FieldErrors): void {
  const weight = count(term, 'weight');
  if (weight <= 0 || weight > 100) errors.invalid([...path, 'weight'], weight, weightComplaint);
}

function checkNodeAffinity(affinity: JsonObject, path: JsonPath, errors: FieldErrors): void {
  const required = struct(affinity, hard);
  const terms = structs(required, 'nodeSelectorTerms');
  const at = [...path, hard, 'nodeSelectorTerms'];
  if (required && terms.length === 0) errors.required(at, 'must have at least one node selector term');
  for (const [i, term] of terms.entries()) checkNodeTerm(term, 'strict', [...at, i], errors);
  for (const [i, preferred] of structs(affinity, soft).entries()) {
    checkWeight(preferred, [...path, soft, i], errors);
    // A preference that no node can have is let through.
    checkNodeTerm(struct(preferred, 'preference') ?? {}, 'any value', [...path, soft, i, 'preference'], errors);
  }
}

/** Models ValidateNodeSelectorTerm. */
function checkNodeTerm(term: JsonObject, values: 'strict' | 'any value', path: JsonPath, errors: FieldErrors): void {
  for (const [i, requirement] of structs(term, 'matchExpressions').entries())
    checkRequirement(requirement, values, [...path, 'matchExpressions', i], errors);
  for (const [i, requirement] of structs(term, 'matchFields').entries())
    checkFieldRequirement(requirement, [...path, 'matchFields', i], errors);
}

/** Models ValidateNodeSelectorRequirement. */
function checkRequirement(
  requirement: JsonObject,
  strictness: 'strict' | 'any value',
  path: JsonPath,
  errors: FieldErrors,
): void {
  const operator = text(requirement, 'operator');
  const values = texts(requirement, 'values');
  const key = text(requirement, 'key');
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.required([...path, 'values'], "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.forbidden([...path, 'values'], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.required([...path, 'values'], "must be specified single value when `operator` is 'Lt' or 'Gt'");
      break;
    default:
      errors.invalid([...path, 'operator'], operator, 'not a valid selector operator');
  }
  errors.invalidAll([...path, 'key'], key, qualifiedName(key));
  if (strictness === 'any value') return;
  for (const [i, value] of values.entries()) errors.invalidAll([...path, 'values', i], value, validLabelValue(value));
}

/** Models ValidateNodeFieldSelectorRequirement. */
function checkFieldRequirement(requirement: JsonObject, path: JsonPath, errors: FieldErrors): void {
  const operator = text(requirement, 'operator');
  const values = texts(requirement, 'values');
  const key = text(requirement, 'key');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1)
      errors.required([...path, 'values'], "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"); // prettier-ignore
  } else errors.invalid([...path, 'operator'], operator, 'not a valid selector operator');
  if (key !== 'metadata.name') errors.invalid([...path, 'key'], key, 'not a valid field selector key');
  else for (const [i, value] of values.entries()) errors.invalidAll([...path, 'values', i], value, dnsSubdomain(value));
}

/** Models validatePodAffinityTerm. */
function checkPodTerm(term: JsonObject, path: JsonPath, errors: FieldErrors): void {
  const selector = struct(term, 'labelSelector');
  checkSelector(selector, [...path, 'labelSelector'], errors);
  checkSelector(struct(term, 'namespaceSelector'), [...path, 'namespaceSelector'], errors);
  for (const name of texts(term, 'namespaces')) errors.invalidAll([...path, 'namespace'], name, dnsLabel(name));
  checkLabelKeys(texts(term, 'matchLabelKeys'), texts(term, 'mismatchLabelKeys'), selector, path, errors);
  const key = text(term, 'topologyKey');
  if (key === '') errors.required([...path, 'topologyKey'], 'can not be empty');
  errors.invalidAll([...path, 'topologyKey'], key, qualifiedName(key));
}

/** Models ValidateMatchLabelKeysAndMismatchLabelKeys. */
function checkLabelKeys(
  matching: readonly string[],
  different: readonly string[],
  selector: JsonObject | undefined,
  path: JsonPath,
  errors: FieldErrors,
): void {
  for (const [field, keys] of [['matchLabelKeys', matching], ['mismatchLabelKeys', different]] as const) {
    if (keys.length === 0) continue;
    if (!selector) errors.forbidden([...path, field], 'must not be specified when labelSelector is not set');
    else for (const [i, key] of keys.entries()) errors.invalidAll([...path, field, i], key, qualifiedName(key));
  } // prettier-ignore
  const selected = new Set(Object.keys(struct(selector, 'matchLabels') ?? {}));
  for (const requirement of structs(selector, 'matchExpressions')) {
    const key = text(requirement, 'key');
    const i = matching.lastIndexOf(key);
    if (i >= 0 && selected.has(key))
      errors.invalid({ field: `${printPath(path)}[${i}]`, path: [...path, 'matchLabelKeys', i] }, key, 'exists in both matchLabelKeys and labelSelector'); // prettier-ignore
    selected.add(key);
  }
  for (const [i, key] of matching.entries())
    if (different.includes(key))
      errors.invalid([...path, 'matchLabelKeys', i], key, 'exists in both matchLabelKeys and mismatchLabelKeys');
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models ValidateTolerations. */
export function checkTolerations(tolerations: readonly JsonObject[], path: JsonPath, errors: FieldErrors): void {
  for (const [i, toleration] of tolerations.entries()) {
    const at = [...path, i];
    const key = text(toleration, 'key');
    const operator = text(toleration, 'operator');
    const value = text(toleration, 'value');
    const effect = text(toleration, 'effect');
    if (key !== '') errors.invalidAll([...at, 'key'], key, qualifiedName(key));
    else if (operator !== 'Exists')
      errors.invalid([...at, 'operator'], operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'); // prettier-ignore
    if (number(toleration, 'tolerationSeconds') !== undefined && effect !== 'NoExecute')
      errors.invalid([...at, 'effect'], effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    checkTolerated(operator, value, [...at, 'operator'], errors);
    if (effect !== '' && !effects.includes(effect)) errors.notSupported([...at, 'effect'], effect, effects);
  }
}

function checkTolerated(operator: string, value: string, at: JsonPath, errors: FieldErrors): void {
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
  path: JsonPath,
  rules: PodRules,
  errors: FieldErrors,
): void {
  for (const [i, constraint] of constraints.entries()) {
    const at = [...path, i];
    const skew = count(constraint, 'maxSkew');
    const key = text(constraint, 'topologyKey');
    const action = text(constraint, 'whenUnsatisfiable');
    if (skew <= 0) errors.invalid([...at, 'maxSkew'], skew, 'must be greater than zero');
    if (key === '') errors.required([...at, 'topologyKey'], 'can not be empty');
    if (!actions.includes(action)) errors.notSupported([...at, 'whenUnsatisfiable'], action, actions);
    if (
      constraints
        .slice(i + 1)
        .some((other) => text(other, 'topologyKey') === key && text(other, 'whenUnsatisfiable') === action)
    )
      // prettier-ignore
      errors.duplicate({ field: `${printPath(at)}.{topologyKey, whenUnsatisfiable}`, path: at }, `{${key}, ${action}}`);
    const domains = number(constraint, 'minDomains');
    if (domains !== undefined) checkDomains(domains, action, [...at, 'minDomains'], errors);
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy']) {
      const policy = textOrNone(constraint, field);
      if (policy !== undefined && !inclusions.includes(policy)) errors.notSupported([...at, field], policy, inclusions);
    }
    const selector = struct(constraint, 'labelSelector');
    const keys = texts(constraint, 'matchLabelKeys');
    if (rules.mergesLabelKeys) checkLabelKeys(keys, [], selector, at, errors);
    else checkSpreadKeys(keys, selector, [...at, 'matchLabelKeys'], errors);
    checkSelector(selector, [...at, 'labelSelector'], errors);
  }
}

function checkDomains(domains: number, action: string, at: JsonPath, errors: FieldErrors): void {
  if (domains <= 0) errors.invalid(at, domains, 'must be greater than zero');
  if (action !== 'DoNotSchedule')
    errors.invalid(at, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`);
}

/** Models ValidateMatchLabelKeysInTopologySpread. */
function checkSpreadKeys(
  keys: readonly string[],
  selector: JsonObject | undefined,
  path: JsonPath,
  errors: FieldErrors,
): void {
  if (keys.length === 0) return;
  if (!selector) errors.forbidden(path, 'must not be specified when labelSelector is not set');
  const selected = new Set([
    ...Object.keys(struct(selector, 'matchLabels') ?? {}),
    ...structs(selector, 'matchExpressions').map((requirement) => text(requirement, 'key')),
  ]);
  for (const [i, key] of keys.entries()) {
    errors.invalidAll([...path, i], key, qualifiedName(key));
    if (selected.has(key)) errors.invalid([...path, i], key, 'exists in both matchLabelKeys and labelSelector');
  }
}
