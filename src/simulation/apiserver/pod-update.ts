/** What a later document for a Pod must not change. */

import type { JsonObject, JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { behaves, minorOf } from '../releases';
import type { RefusalCause } from '../types';
import { decode } from './decode';
import { FieldErrors } from './field-errors';
import { FieldPath } from './field-path';
import { podSpecWithDefaults, withPodDefaults } from './pod-defaults';
import { number, struct, structs, text, textMap } from './pod-fields';
import { parseQuantity } from './pod-quantity';
import { structSchema } from './schema/schema';
import { equal, isUnchanged, type UpdateCheck } from './updates';

const specPath = FieldPath.of('spec');
const annotationsPath = FieldPath.of('metadata', 'annotations');
const maxInt32 = 2 ** 31 - 1;
const mutable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

/**
 * Models ValidatePodUpdate of pkg/apis/core/validation (v1.37), but for the difference of the two specs that the server
 * appends to its last error: that is one of its own structs.
 */
export function checkPodUpdate(settings: ClusterSettings): UpdateCheck {
  return (before, after, own) => {
    const errors = new FieldErrors();
    checkAnnotationUpdate(before, after, errors);
    checkSpecUpdate(before, after, settings, errors);
    return [...own.filter((cause) => !isOfNewPods(cause)), ...errors.causes];
  };
}

/** What ValidatePodCreate alone looks at. */
function isOfNewPods({ field, message }: RefusalCause): boolean {
  if (field === 'spec.ephemeralContainers') return message === 'Forbidden: cannot be set on create';
  return field === 'spec.nodeName' && message.endsWith('until all schedulingGates have been cleared');
}

const appArmor = 'container.apparmor.security.beta.kubernetes.io/';
const mirror = 'kubernetes.io/config.mirror';

/** Models ValidatePodSpecificAnnotationUpdates. */
function checkAnnotationUpdate(before: KubernetesObject, after: KubernetesObject, errors: FieldErrors): void {
  const [old = {}, now = {}] = [before, after].map(
    ({ body }) => textMap(struct(body, 'metadata'), 'annotations') ?? {},
  );
  const complain = (key: string, verb: string) => {
    if (key.startsWith(appArmor)) errors.forbidden(annotationsPath.key(key), `may not ${verb} AppArmor annotations`);
    if (key === mirror) errors.forbidden(annotationsPath.key(key), `may not ${verb} mirror pod annotation`);
  };
  for (const key in old) if (old[key] !== now[key]) complain(key, 'remove or update');
  for (const key in now) if (old[key] === undefined) complain(key, 'add');
}

function checkSpecUpdate(
  before: KubernetesObject,
  after: KubernetesObject,
  settings: ClusterSettings,
  errors: FieldErrors,
): void {
  // A manifest does not say what a cluster fills in, and who applies it leaves that alone.
  const isObserved = before.origin.kind === 'cluster';
  const old = withDefaults(specOf(before, settings));
  const written = specOf(after, settings);
  const isKept = written.resources === undefined && behaves(minorOf(settings.kubernetesVersion), 'keepsPodResources');
  const now = isKept ? { ...written, resources: old.resources } : written;
  checkSpecs(before, old, isObserved ? now : withDefaults(now), errors);
}

function specOf(object: KubernetesObject, settings: ClusterSettings): JsonObject {
  return struct(decode(object, structSchema('core.Pod', settings)).value, 'spec') ?? {};
}

/** With the service account that the server gives to whoever names none. */
function withDefaults(written: JsonObject): JsonObject {
  const spec = withPodDefaults(podSpecWithDefaults(written));
  const account = text(spec, 'serviceAccountName') || 'default';
  return { ...spec, serviceAccountName: account, serviceAccount: account };
}

function checkSpecs(object: KubernetesObject, old: JsonObject, now: JsonObject, errors: FieldErrors): void {
  for (const field of ['containers', 'initContainers'] as const)
    if (!checkContainers(object, structs(old, field), structs(now, field), specPath.at(field), errors)) return;
  if (!checkDeadline(object, old, now, errors)) return;
  if (object.origin.kind !== 'cluster') checkTolerations(old, now, errors);
  checkSchedulingGates(old, now, errors);
  const isGated = structs(old, 'schedulingGates').length > 0;
  if (isGated) checkPlacement(old, now, errors);
  if (isUnchanged(object, old, withoutMutable(now, old, isGated))) return;
  errors.forbidden(specPath, `pod updates may not change fields other than ${mutable.join(',')}`);
}

/** Models ValidateContainerUpdates; whether the server goes on. What is wrong with an image is said already. */
function checkContainers(
  { origin }: KubernetesObject,
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  path: FieldPath,
  errors: FieldErrors,
): boolean {
  // What something in the cluster added stays when a manifest is applied.
  if (before.length === after.length || (origin.kind === 'cluster' && after.length < before.length)) return true;
  errors.forbidden(path, 'pod updates may not add or remove containers');
  return false;
}

/** It may come, and become shorter. Whether the server goes on. */
function checkDeadline(
  { origin }: KubernetesObject,
  before: JsonObject,
  after: JsonObject,
  errors: FieldErrors,
): boolean {
  const [old, now] = [number(before, 'activeDeadlineSeconds'), number(after, 'activeDeadlineSeconds')];
  const path = specPath.at('activeDeadlineSeconds');
  if (now === undefined) {
    if (old !== undefined && origin.kind !== 'cluster')
      errors.invalid(path, null, 'must not update from a positive integer to nil value');
    return true;
  }
  if (now < 0 || now > maxInt32) errors.invalid(path, now, `must be between 0 and ${maxInt32}, inclusive`);
  else if (old !== undefined && old < now) errors.invalid(path, now, 'must be less than or equal to previous value');
  else return true;
  return false;
}

/** Models validateOnlyAddedTolerations. */
function checkTolerations(before: JsonObject, after: JsonObject, errors: FieldErrors): void {
  const now = structs(after, 'tolerations').map(withoutSeconds);
  const isKept = (toleration: JsonObject) => now.some((each) => equal(each, withoutSeconds(toleration)));
  if (!structs(before, 'tolerations').every(isKept))
    errors.forbidden(
      specPath.at('tolerations'),
      'existing toleration can not be modified except its tolerationSeconds',
    );
}

function withoutSeconds({ tolerationSeconds: _, ...toleration }: JsonObject): JsonObject {
  return toleration;
}

/** Models validateOnlyDeletedSchedulingGates. */
function checkSchedulingGates(before: JsonObject, after: JsonObject, errors: FieldErrors): void {
  const old = new Set(structs(before, 'schedulingGates').map((gate) => text(gate, 'name')));
  for (const [i, gate] of structs(after, 'schedulingGates').entries()) {
    const name = text(gate, 'name');
    if (!old.has(name))
      errors.forbidden(specPath.at('schedulingGates', i, 'name'), `only deletion is allowed, but found new scheduling gate '${name}'`); // prettier-ignore
  }
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

/** What a pod that waits for its gates may add. Models validateNodeSelectorMutation and validateNodeAffinityMutation. */
function checkPlacement(before: JsonObject, after: JsonObject, errors: FieldErrors): void {
  const [old = {}, now = {}] = [before, after].map((spec) => textMap(spec, 'nodeSelector') ?? {});
  if (Object.keys(old).some((key) => old[key] !== now[key]))
    errors.invalid(specPath.at('nodeSelector'), now, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'); // prettier-ignore
  const [oldTerms = [], newTerms = []] = [before, after].map((spec) =>
    structs(struct(struct(struct(spec, 'affinity'), 'nodeAffinity'), required), 'nodeSelectorTerms'),
  );
  if (oldTerms.length === 0) return;
  const path = specPath.at('affinity', 'nodeAffinity', required).at('nodeSelectorTerms');
  if (oldTerms.length !== newTerms.length) {
    const printed = newTerms.length > 0 ? newTerms.map(termInGo) : null;
    errors.invalid(path, printed, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed');
    return;
  }
  for (const [i, term] of oldTerms.entries())
    if (!hasOnlyAdditions(newTerms[i]!, term))
      errors.invalid(path.at(i), termInGo(newTerms[i]!), 'only additions are allowed (no mutations or deletions)');
}

/** As the server prints its own struct. */
function termInGo(term: JsonObject): unknown {
  const listInGo = (field: string) => {
    const list = structs(term, field).map((each) => ({ Key: text(each, 'key'), Operator: text(each, 'operator'), Values: each.values ?? null })); // prettier-ignore
    return list.length > 0 ? list : null;
  };
  return { MatchExpressions: listInGo('matchExpressions'), MatchFields: listInGo('matchFields') };
}

/** Models validateNodeSelectorTermHasOnlyAdditions. */
function hasOnlyAdditions(after: JsonObject, before: JsonObject): boolean {
  const lists = ['matchExpressions', 'matchFields'].map(
    (field) => [structs(before, field), structs(after, field)] as const,
  );
  if (lists.every(([old]) => old.length === 0)) return lists.every(([, now]) => now.length === 0);
  return lists.every(([old, now]) => equal(old, now.slice(0, old.length)));
}

/** Amounts that are as much as before, as they were written before. */
function sameAmounts(before: JsonObject | undefined, after: JsonObject | undefined): JsonObject | undefined {
  if (!before || !after || equal(before, after)) return after;
  const draft: Record<string, JsonValue | undefined> = { ...after };
  for (const list of ['limits', 'requests']) {
    const [old, now] = [struct(before, list), struct(after, list)];
    if (!old || !now) continue;
    const amounts = Object.entries(now as Readonly<Record<string, string>>).map(([name, amount]) => {
      const known = old[name] as string | undefined;
      const isSame = known !== undefined && parseQuantity(known).nano === parseQuantity(amount).nano;
      return [name, isSame ? known : amount] as const;
    });
    draft[list] = Object.fromEntries(amounts);
  }
  return draft;
}

/** The new spec with what may change as it was before. */
function withoutMutable(after: JsonObject, before: JsonObject, isGated: boolean): JsonObject {
  const draft: Record<string, JsonValue | undefined> = { ...after };
  for (const field of ['containers', 'initContainers'] as const) {
    const old = structs(before, field);
    if (after[field] !== undefined)
      draft[field] = structs(after, field).map((container, i) => {
        const same = old.find(({ name }) => name === container.name) ?? old[i];
        const resources = sameAmounts(struct(same, 'resources'), struct(container, 'resources'));
        return { ...container, image: same?.image, ...(resources && { resources }) };
      });
  }
  const fields = ['activeDeadlineSeconds', 'schedulingGates', 'tolerations', ...(isGated ? ['nodeSelector'] : [])];
  for (const field of fields) draft[field] = before[field];
  const grace = number(before, 'terminationGracePeriodSeconds');
  if (grace !== undefined && grace < 0 && number(after, 'terminationGracePeriodSeconds') === 1)
    draft.terminationGracePeriodSeconds = grace;
  if (isGated) {
    const { nodeAffinity: _, ...others } = struct(after, 'affinity') ?? {};
    const nodeAffinity = struct(before, 'affinity')?.nodeAffinity;
    draft.affinity = { ...others, ...(nodeAffinity && { nodeAffinity }) };
  }
  return draft;
}
