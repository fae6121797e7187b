/** What the API server finds wrong with Jobs and CronJobs. */

import type { JsonObject } from '#base/json';
import { checkDomainPath } from './domain-path';
import type { FieldErrors } from './field-errors';
import { FieldPath } from './field-path';
import { dnsLabel, qualifiedName } from './names';
import { number, struct, structs, text, textOrNone } from './pod-fields';
import { scheduleComplaint, timeZoneComplaints } from './workload-schedule';

const negativeComplaint = 'must be greater than or equal to 0';
const manyCompletions = 100_000;
const mostIndexed = 100_000;
const mostWithMany = 10_000;

/** The fields must not be negative; those that are missing are fine. */
export function checkNonNegative(
  spec: JsonObject,
  fields: readonly string[],
  path: FieldPath,
  errors: FieldErrors,
): void {
  for (const field of fields) {
    const value = number(spec, field);
    if (value !== undefined && value < 0) errors.invalid(path.at(field), value, negativeComplaint);
  }
}

/** Models pkg/apis/batch/validation validateJobSpec (v1.37) up to the template. */
export function checkJobSpec(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  checkNonNegative(spec, ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'], path, errors); // prettier-ignore
  const perIndex = number(spec, 'backoffLimitPerIndex');
  if (number(spec, 'maxFailedIndexes') !== undefined && perIndex === undefined)
    errors.required(path.at('backoffLimitPerIndex'), 'when maxFailedIndexes is specified');
  checkManager(textOrNone(spec, 'managedBy'), path.at('managedBy'), errors);
  const mode = textOrNone(spec, 'completionMode');
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed')
    errors.notSupported(path.at('completionMode'), mode, ['NonIndexed', 'Indexed']);
  if (mode === 'Indexed') checkIndexed(spec, path, errors);
  if (mode === undefined || mode === 'NonIndexed')
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
      const value = number(spec, field);
      if (value !== undefined) errors.invalid(path.at(field), value, 'requires indexed completion mode');
    }
  const failure = struct(spec, 'podFailurePolicy');
  if (failure) checkFailurePolicy(failure, spec, path.at('podFailurePolicy'), errors);
  checkSuccessPolicy(spec, path.at('successPolicy'), errors);
  const replacement = textOrNone(spec, 'podReplacementPolicy');
  const replacements = failure ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (replacement !== undefined && !replacements.includes(replacement))
    errors.notSupported(path.at('podReplacementPolicy'), replacement, replacements);
}

function checkManager(manager: string | undefined, at: FieldPath, errors: FieldErrors): void {
  if (manager === undefined) return;
  checkDomainPath(manager, at, errors);
  if (manager.length > 63) errors.tooLong(at, 63);
}

function checkIndexed(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const completions = number(spec, 'completions');
  const parallelism = number(spec, 'parallelism') ?? 0;
  const failed = number(spec, 'maxFailedIndexes');
  if (completions === undefined) errors.required(path.at('completions'), 'when completion mode is Indexed');
  if (parallelism > mostIndexed)
    errors.invalid(path.at('parallelism'), parallelism, `must be less than or equal to ${mostIndexed} when completion mode is Indexed`); // prettier-ignore
  if (completions !== undefined && failed !== undefined && failed > completions)
    errors.invalid(path.at('maxFailedIndexes'), failed, 'must be less than or equal to completions');
  if (failed !== undefined && failed > mostIndexed)
    errors.invalid(path.at('maxFailedIndexes'), failed, `must be less than or equal to ${mostIndexed}`);
  if ((completions ?? 0) <= manyCompletions || number(spec, 'backoffLimitPerIndex') === undefined) return;
  const detail = `must be less than or equal to ${mostWithMany} when completions are above ${manyCompletions} and used with backoff limit per index`;
  if (failed === undefined)
    errors.required(path.at('maxFailedIndexes'), `must be specified when completions is above ${manyCompletions}`);
  if (parallelism > mostWithMany) errors.invalid(path.at('parallelism'), parallelism, detail);
  if (failed !== undefined && failed > mostWithMany) errors.invalid(path.at('maxFailedIndexes'), failed, detail);
}

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const statuses = ['False', 'True', 'Unknown'];
const listed = (words: readonly string[]) => `valid values: [${words.map((word) => JSON.stringify(word)).join(' ')}]`;

/** Models validatePodFailurePolicy. */
function checkFailurePolicy(policy: JsonObject, job: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const rules = structs(policy, 'rules');
  const pod = struct(struct(job, 'template'), 'spec');
  const names = ['containers', 'initContainers'].flatMap((field) => structs(pod, field).map((each) => text(each, 'name'))); // prettier-ignore
  if (rules.length > 20) errors.tooMany(path.at('rules'), rules.length, 20);
  for (const [i, rule] of rules.entries()) {
    const at = path.at('rules', i);
    const action = text(rule, 'action');
    if (action === '') errors.required(at.at('action'), listed(actions));
    else if (action === 'FailIndex') {
      if (number(job, 'backoffLimitPerIndex') === undefined)
        errors.invalid(at.at('action'), action, 'requires the backoffLimitPerIndex to be set');
    } else if (!actions.includes(action)) errors.notSupported(at.at('action'), action, actions);
    const codes = struct(rule, 'onExitCodes');
    const conditions = structs(rule, 'onPodConditions');
    if (codes) checkExitCodes(codes, names, at.at('onExitCodes'), errors);
    checkConditions(conditions, at.at('onPodConditions'), errors);
    if (codes && conditions.length > 0)
      errors.invalidRule(at, 'specifying both OnExitCodes and OnPodConditions is not supported');
    if (!codes && conditions.length === 0)
      errors.invalidRule(at, 'specifying one of OnExitCodes and OnPodConditions is required');
  }
}

/** Models validatePodFailurePolicyRuleOnPodConditions. */
function checkConditions(conditions: readonly JsonObject[], path: FieldPath, errors: FieldErrors): void {
  if (conditions.length > 20) errors.tooMany(path, conditions.length, 20);
  for (const [i, condition] of conditions.entries()) {
    const type = text(condition, 'type');
    const status = text(condition, 'status');
    errors.invalidAll(path.at(i, 'type'), type, qualifiedName(type));
    if (!statuses.includes(status)) errors.notSupported(path.at(i, 'status'), status, statuses);
  }
}

/** Models validatePodFailurePolicyRuleOnExitCodes. */
function checkExitCodes(codes: JsonObject, names: readonly string[], path: FieldPath, errors: FieldErrors): void {
  const operator = text(codes, 'operator');
  const container = textOrNone(codes, 'containerName');
  const values = (codes.values as readonly number[] | undefined) ?? [];
  if (operator === '') errors.required(path.at('operator'), listed(['In', 'NotIn']));
  else if (operator !== 'In' && operator !== 'NotIn')
    errors.notSupported(path.at('operator'), operator, ['In', 'NotIn']);
  if (container !== undefined && !names.includes(container))
    errors.invalid(path.at('containerName'), container, 'must be one of the container or initContainer names in the pod template'); // prettier-ignore
  const at = path.at('values');
  if (values.length === 0) errors.invalid(at, codes.values ?? null, 'at least one value is required');
  else if (values.length > 255) errors.tooMany(at, values.length, 255);
  for (const [i, value] of values.entries()) {
    if (operator === 'In' && value === 0) errors.invalid(at.at(i), value, 'must not be 0 for the In operator');
    if (values.indexOf(value) < i) errors.duplicate(at.at(i), value);
  }
  if (values.some((value, i) => i > 0 && values[i - 1]! > value)) errors.invalid(at, values, 'must be ordered');
}

/** Models validateSuccessPolicy. */
function checkSuccessPolicy(job: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const policy = struct(job, 'successPolicy');
  if (!policy) return;
  const rules = structs(policy, 'rules');
  if (text(job, 'completionMode') !== 'Indexed') {
    const printed = rules.map((rule) => ({ SucceededIndexes: rule.succeededIndexes ?? null, SucceededCount: rule.succeededCount ?? null })); // prettier-ignore
    errors.invalid(path, { Rules: policy.rules === undefined ? null : printed }, 'requires indexed completion mode');
    return;
  }
  if (rules.length === 0)
    errors.required(path.at('rules'), 'at least one rules must be specified when the successPolicy is specified');
  if (rules.length > 20) errors.tooMany(path.at('rules'), rules.length, 20);
  const completions = number(job, 'completions') ?? 0;
  for (const [i, rule] of rules.entries()) checkSuccessRule(rule, completions, path.at('rules', i), errors);
}

/** Models validateSuccessPolicyRule. */
function checkSuccessRule(rule: JsonObject, completions: number, path: FieldPath, errors: FieldErrors): void {
  const indexes = textOrNone(rule, 'succeededIndexes');
  const least = number(rule, 'succeededCount');
  const at = path.at('succeededCount');
  if (indexes === undefined && least === undefined)
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified');
  const total = indexes === undefined ? 0 : countIndexes(indexes, completions);
  if (typeof total === 'string')
    errors.invalid(path.at('succeededIndexes'), indexes, `error parsing succeededIndexes: ${total}`);
  if (least === undefined) return;
  if (least < 0) errors.invalid(at, least, negativeComplaint);
  if (least > completions)
    errors.invalid(at, least, `must be less than or equal to ${completions} (the number of specified completions)`);
  const most = typeof total === 'string' ? 0 : total;
  if (indexes !== undefined && least > most)
    errors.invalid(at, least, `must be less than or equal to ${most} (the number of indexes in the specified succeededIndexes field)`); // prettier-ignore
}

/** How many indexes a text like `1,3-5` names, or what is wrong with it. Models validateIndexesFormat. */
function countIndexes(indexes: string, completions: number): number | string {
  if (indexes === '') return 0;
  let last: number | undefined;
  let total = 0;
  for (const interval of indexes.split(',')) {
    const limits = interval.split('-');
    if (limits.length > 2)
      return `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    const ends: number[] = [];
    for (const limit of limits) {
      if (!/^[-+]?\d+$/.test(limit)) return `cannot convert string to integer for index: ${JSON.stringify(limit)}`;
      if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`;
      ends.push(Number(limit));
    }
    const [first, end = first] = ends as [number, number?];
    if (ends.length > 1 && first >= end) return `non-increasing order, previous: ${first}, current: ${end}`;
    if (last !== undefined && last >= first) return `non-increasing order, previous: ${last}, current: ${first}`;
    total += end - first + 1;
    last = end;
  }
  return total;
}

/** Models validateNameAllowsCompletions. */
export function checkNameForIndexes(name: string, spec: JsonObject, errors: FieldErrors): void {
  const completions = number(spec, 'completions') ?? 0;
  if (text(spec, 'completionMode') !== 'Indexed' || completions <= 0) return;
  const host = `${name}-${completions - 1}`;
  if (dnsLabel(host).length > 0)
    errors.invalid(['metadata', 'name'], name, `will not able to create pod with invalid DNS label: ${host}`);
}

const policies = ['Allow', 'Forbid', 'Replace'];

/** Models validateCronJobSpec up to the template of its Jobs. */
export function checkCronJob(spec: JsonObject, errors: FieldErrors): void {
  const path = FieldPath.of('spec');
  const schedule = text(spec, 'schedule');
  if (schedule === '') errors.late.required(path.at('schedule'));
  else {
    const complaint = scheduleComplaint(schedule);
    if (complaint !== undefined) errors.invalid(path.at('schedule'), schedule, complaint);
    if (schedule.includes('TZ'))
      errors.invalid(path.at('schedule'), schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'); // prettier-ignore
  }
  checkNonNegative(spec, ['startingDeadlineSeconds'], path, errors);
  const zone = textOrNone(spec, 'timeZone');
  if (zone !== undefined) errors.invalidAll(path.at('timeZone'), zone, timeZoneComplaints(zone));
  const policy = text(spec, 'concurrencyPolicy') || 'Allow';
  if (!policies.includes(policy)) errors.notSupported(path.at('concurrencyPolicy'), policy, policies);
}
