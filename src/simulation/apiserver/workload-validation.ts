/** What the API server finds wrong with the objects that make pods. */

import { isJsonObject, valueAt, type JsonObject } from '#base/json';
import type { Labels, LabelSelector } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { FieldErrors } from './field-errors';
import { FieldPath } from './field-path';
import { checkAnnotations, checkLabels, checkMetadata, checkSelector, isEmpty, selectorMatches, selectsAll } from './metadata'; // prettier-ignore
import { dnsLabel, dnsSubdomain } from './names';
import { number, struct, structs, text, textMap } from './pod-fields';
import type { ApiRelease } from './releases';
import { checkPodAnnotations, checkPodSpec } from './pod-validation';
import { checkClaim } from './pod-volumes';
import { checkCronJob, checkJobSpec, checkNameForIndexes, checkNonNegative } from './workload-jobs';
import { checkDaemonStrategy, checkDeploymentStrategy, checkStatefulStrategy } from './workload-strategies';

/** A decoded workload with its defaults. */
export interface WrittenWorkload {
  readonly kind: string;
  /** What makes the pods: of a CronJob, the spec of its Jobs. */
  readonly spec: JsonObject;
  readonly specPath: FieldPath;
  readonly selector: LabelSelector | undefined;
  /** Where the labels of the object itself are written, if it took over others. */
  readonly labelsAt?: FieldPath;
}

/** Whether the kind makes pods that end. */
export function isJob(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** What all checks of a workload need. */
interface Checked extends WrittenWorkload {
  readonly object: KubernetesObject;
  readonly rules: ApiRelease;
  readonly errors: FieldErrors;
}

/** Models pkg/apis/apps/validation and pkg/apis/batch/validation (v1.37): each kind in its own order. */
export function checkWorkload(
  object: KubernetesObject,
  body: JsonObject,
  workload: WrittenWorkload,
  rules: ApiRelease,
  errors: FieldErrors,
): void {
  const checked: Checked = { ...workload, object, rules, errors };
  checkWorkloadMetadata(object, body, checked);
  switch (workload.kind) {
    case 'Deployment':
      checkDeployment(checked);
      return;
    case 'ReplicaSet':
      checkReplicaSet(checked);
      return;
    case 'ReplicationController':
      checkReplicationController(checked);
      return;
    case 'StatefulSet':
      checkStatefulSet(checked);
      return;
    case 'DaemonSet':
      checkDaemonSet(checked);
      return;
    case 'Job':
      checkJob(object.name, checked);
      return;
    case 'CronJob':
      checkJobOfCron(object.name, struct(body, 'spec') ?? {}, checked);
      return;
  }
}

function checkWorkloadMetadata(object: KubernetesObject, body: JsonObject, workload: Checked): void {
  const { kind, spec, labelsAt, errors } = workload;
  switch (kind) {
    case 'StatefulSet':
      checkMetadata(object, body, dnsLabel, errors);
      return;
    case 'ReplicationController':
      // Its name is left to the generated checks.
      checkMetadata(object, body, () => [], errors, labelsAt);
      if (object.name !== '') errors.late.invalidAll(['metadata', 'name'], object.name, dnsSubdomain(object.name));
      return;
    case 'Job': {
      // A Job without labels of its own shares those of its template, which get the Job's name.
      const shared = labelsAt !== undefined && spec.manualSelector !== true;
      const labels = shared ? labelsOf(withJobLabels(spec, object.name)) : undefined;
      const stored = labels ? { ...body, metadata: { ...struct(body, 'metadata'), labels } } : body;
      checkMetadata(object, stored, dnsSubdomain, errors, labelsAt);
      return;
    }
    default:
      checkMetadata(object, body, dnsSubdomain, errors, labelsAt);
  }
}

/** Models ValidateDeploymentSpec. */
function checkDeployment(workload: Checked): void {
  const { spec, specPath, errors } = workload;
  checkNonNegative(spec, ['replicas'], specPath, errors);
  if (checkRequiredSelector(workload, 'deployment', 'invalid label selector')) checkTemplate(workload, 'ReplicaSet');
  checkDeploymentStrategy(struct(spec, 'strategy') ?? {}, specPath.at('strategy'), errors);
  checkNonNegative(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'], specPath, errors);
  const deadline = number(spec, 'progressDeadlineSeconds');
  if (deadline !== undefined && deadline <= (number(spec, 'minReadySeconds') ?? 0))
    errors.invalid(specPath.at('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds');
}

/** Models ValidateReplicaSetSpec, where the server speaks of a deployment. */
function checkReplicaSet(workload: Checked): void {
  checkNonNegative(workload.spec, ['replicas', 'minReadySeconds'], workload.specPath, workload.errors);
  if (checkRequiredSelector(workload, 'deployment', 'invalid label selector')) checkTemplate(workload, 'ReplicaSet');
}

/** Models ValidateReplicationControllerSpec. */
function checkReplicationController(workload: Checked): void {
  const { spec, specPath, selector, errors } = workload;
  checkNonNegative(spec, ['replicas', 'minReadySeconds'], specPath, errors.late);
  if (!selector || selectsAll(selector)) errors.required(specPath.at('selector'));
  if (!struct(spec, 'template')) errors.required(specPath.at('template'));
  else checkTemplate(workload, 'ReplicationController');
}

const retentions = ['Retain', 'Delete'];

/** Models ValidateStatefulSetSpec. */
function checkStatefulSet(workload: Checked): void {
  const { spec, specPath, errors } = workload;
  const management = text(spec, 'podManagementPolicy');
  if (management !== 'OrderedReady' && management !== 'Parallel')
    errors.invalid(specPath.at('podManagementPolicy'), management, "must be 'OrderedReady' or 'Parallel'");
  checkStatefulStrategy(struct(spec, 'updateStrategy') ?? {}, specPath.at('updateStrategy'), errors);
  const retention = struct(spec, 'persistentVolumeClaimRetentionPolicy');
  for (const field of ['whenDeleted', 'whenScaled']) {
    const policy = text(retention, field);
    if (!retentions.includes(policy))
      errors.notSupported(specPath.at('persistentVolumeClaimRetentionPolicy', field), policy, retentions);
  }
  for (const [i, claim] of structs(spec, 'volumeClaimTemplates').entries())
    checkClaim(struct(claim, 'spec'), specPath.at('volumeClaimTemplates', i, 'spec'), errors);
  checkNonNegative(spec, ['replicas', 'minReadySeconds'], specPath, errors);
  checkNonNegative(struct(spec, 'ordinals') ?? {}, ['start'], specPath.at('ordinals'), errors);
  const service = text(spec, 'serviceName');
  if (service !== '') errors.invalidAll(specPath.at('serviceName'), service, dnsLabel(service));
  if (checkRequiredSelector(workload, 'statefulset', '')) checkStatefulTemplate(workload);
  checkLimits(workload, 'StatefulSet');
}

/** Models ValidatePodTemplateSpecForStatefulSet, which looks at labels and annotations twice. */
function checkStatefulTemplate(workload: Checked): void {
  const { spec, specPath, rules, errors } = workload;
  const template = struct(spec, 'template') ?? {};
  const pod = struct(template, 'spec') ?? {};
  checkMatch(workload);
  // The controller sets host name and subdomain, and a volume for each claim.
  const { hostname: _hostname, subdomain: _subdomain, ...rest } = pod;
  const claims = structs(spec, 'volumeClaimTemplates').map((claim) => text(struct(claim, 'metadata'), 'name'));
  const added = [...new Set(claims)].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const own = structs(pod, 'volumes').filter((volume) => !claims.includes(text(volume, 'name')));
  const path = specPath.at('template');
  const changed = added.length > 0 ? { ...rest, volumes: [...added, ...own] } : rest;
  checkTemplateParts(template, changed, path, rules, errors);
  checkTemplateMetadata(template, pod, path, errors);
}

/** Models ValidateDaemonSetSpec. */
function checkDaemonSet(workload: Checked): void {
  const { spec, specPath, selector, errors } = workload;
  const path = specPath.at('selector');
  const before = errors.causes.length;
  checkSelector(selector, path, errors);
  const matches = !selector ? false : selectsAll(selector) || selectorMatches(selector, labelsOf(spec));
  // A selector with an error selects nothing, and nothing is said about that.
  if (errors.causes.length === before && !matches) complainOfLabels(workload);
  if (selector && selectsAll(selector))
    errors.invalid(path, withoutEmpties(selector), 'empty selector is invalid for daemonset');
  checkTemplateAlone(workload);
  checkLimits(workload, 'DaemonSet');
  checkNonNegative(spec, ['minReadySeconds'], specPath, errors);
  checkDaemonStrategy(struct(spec, 'updateStrategy') ?? {}, specPath.at('updateStrategy'), errors);
  checkNonNegative(spec, ['revisionHistoryLimit'], specPath, errors);
}

/** Models ValidateJobCreate. The server makes the selector itself, unless it is told not to. */
function checkJob(name: string, workload: Checked): void {
  const { spec, specPath, selector, errors } = workload;
  const own = spec.manualSelector === true;
  const path = specPath.at('selector');
  const foreign = !own && selector !== undefined && !isGenerated(selector) && isUsable(selector);
  if (foreign) errors.invalid(path, withUid(selector), '`selector` not auto-generated');
  checkJobSpec(spec, specPath, errors);
  const generated = own ? workload : { ...workload, spec: withJobLabels(spec, name) };
  checkTemplateAlone(generated);
  checkJobRestart(workload);
  if (own && !selector) errors.required(path);
  if (selector) checkSelector(selector, path, errors);
  const asked = foreign ? { ...generated, selector: withUid(selector) } : workload;
  if ((own || foreign) && !matchesTemplate(asked)) complainOfLabels(generated);
  checkNameForIndexes(name, spec, errors);
}

const uidLabel = 'batch.kubernetes.io/controller-uid';
/** The server draws the UID of a new object; nobody knows it before. */
const unknownUid = '00000000-0000-0000-0000-000000000000';

/** Whether the server may have made the selector: a Job that a cluster gave has it. */
function isGenerated({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  const keys = Object.keys(matchLabels);
  return matchExpressions.length === 0 && keys.every((key) => key === uidLabel || key === 'controller-uid');
}

/** Whether the selector can be asked at all. */
function isUsable(selector: LabelSelector): boolean {
  const errors = new FieldErrors();
  checkSelector(selector, FieldPath.of('selector'), errors);
  return errors.causes.length === 0;
}

function withUid(selector: LabelSelector): LabelSelector {
  return withoutEmpties({ ...selector, matchLabels: { [uidLabel]: unknownUid, ...selector.matchLabels } });
}

/** Models pkg/registry/batch/job generateSelector: the labels that the pods of a Job get. */
function withJobLabels(spec: JsonObject, name: string): JsonObject {
  const template = struct(spec, 'template') ?? {};
  const metadata = struct(template, 'metadata');
  const labels = {
    'batch.kubernetes.io/job-name': name,
    'job-name': name,
    [uidLabel]: unknownUid,
    'controller-uid': unknownUid,
    ...textMap(metadata, 'labels'),
  };
  return { ...spec, template: { ...template, metadata: { ...metadata, labels } } };
}

/** Models ValidateCronJobCreate. */
function checkJobOfCron(name: string, cron: JsonObject, workload: Checked): void {
  const { spec, specPath, selector, errors } = workload;
  checkCronJob(cron, errors);
  checkJobSpec(spec, specPath, errors);
  checkTemplateAlone(workload);
  checkJobRestart(workload);
  if (selector) errors.invalid(specPath.at('selector'), withoutEmpties(selector), '`selector` will be auto-generated');
  if (spec.manualSelector === true) errors.notSupported(specPath.at('manualSelector'), true, ['nil', 'false']);
  checkNonNegative(cron, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'], FieldPath.of('spec'), errors);
  // The controller appends eleven characters to the names of the Jobs.
  if (name.length > 52) errors.invalid(['metadata', 'name'], name, 'must be no more than 52 characters');
}

/** Whether the selector can be used: then the template is looked at. */
function checkRequiredSelector({ selector, specPath, errors }: Checked, word: string, complaint: string): boolean {
  const path = specPath.at('selector');
  if (!selector) {
    errors.required(path);
    return true;
  }
  const before = errors.causes.length;
  checkSelector(selector, path, errors);
  const usable = errors.causes.length === before;
  if (selectsAll(selector)) errors.invalid(path, withoutEmpties(selector), `empty selector is invalid for ${word}`);
  if (!usable) errors.invalid(path, withoutEmpties(selector), complaint);
  return usable;
}

function withoutEmpties({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  return {
    ...(matchLabels && !isEmpty(matchLabels) && { matchLabels: sorted(matchLabels) }),
    ...(matchExpressions && matchExpressions.length > 0 && { matchExpressions: matchExpressions.map(inGo) }),
  };
}

/** As Go prints it: key and operator always, and values where there are some. */
function inGo({ key = '', operator, values = [] }: Partial<Requirement>): Requirement {
  return { key, operator: operator ?? ('' as Requirement['operator']), ...(values.length > 0 && { values }) };
}

/** As Go prints a map. */
function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelsOf(spec: JsonObject): Labels {
  return textMap(struct(struct(spec, 'template'), 'metadata'), 'labels') ?? {};
}

function matchesTemplate({ selector, spec }: Checked): boolean {
  // No selector selects nothing.
  return selector !== undefined && (selectsAll(selector) || selectorMatches(selector, labelsOf(spec)));
}

function complainOfLabels({ object, spec, specPath, errors }: Checked): void {
  const labels = textMap(struct(struct(spec, 'template'), 'metadata'), 'labels');
  const path = specPath.at('template', 'metadata', 'labels');
  // Go tells an empty map from none.
  const none = isJsonObject(valueAt(object.body, path.steps())) ? {} : null;
  errors.invalid(path, labels ? sorted(labels) : none, '`selector` does not match template `labels`');
}

function checkMatch(workload: Checked): void {
  if (!matchesTemplate(workload)) complainOfLabels(workload);
}

/** Models ValidatePodTemplateSpecForReplicaSet and ValidatePodTemplateSpecForRC. */
function checkTemplate(workload: Checked, owner: string): void {
  checkMatch(workload);
  checkTemplateAlone(workload);
  checkLimits(workload, owner);
}

/** Models ValidatePodTemplateSpec. */
function checkTemplateAlone({ spec, specPath, rules, errors }: Checked): void {
  const template = struct(spec, 'template') ?? {};
  checkTemplateParts(template, struct(template, 'spec') ?? {}, specPath.at('template'), rules, errors);
}

function checkTemplateParts(
  template: JsonObject,
  pod: JsonObject,
  path: FieldPath,
  rules: ApiRelease,
  errors: FieldErrors,
): void {
  checkTemplateMetadata(template, pod, path, errors);
  checkPodSpec(pod, { kind: 'template' }, path.at('spec'), rules, errors);
  if (structs(pod, 'ephemeralContainers').length > 0)
    errors.forbidden(path.at('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template');
}

function checkTemplateMetadata(template: JsonObject, pod: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const metadata = struct(template, 'metadata');
  const annotations = textMap(metadata, 'annotations');
  const at = path.at('metadata', 'annotations');
  // The server leaves `metadata` out of these.
  const field = path.at('annotations');
  checkLabels(textMap(metadata, 'labels'), path.at('metadata', 'labels'), errors, path.at('labels'));
  checkAnnotations(annotations, at, errors, field);
  checkPodAnnotations(annotations, pod, at, errors, field);
}

/** What the pods of a workload that runs forever cannot have. */
function checkLimits({ spec, specPath, errors }: Checked, owner: string): void {
  const pod = struct(struct(spec, 'template'), 'spec');
  const path = specPath.at('template', 'spec');
  const policy = text(pod, 'restartPolicy');
  if (policy !== 'Always') errors.notSupported(path.at('restartPolicy'), policy, ['Always']);
  if (number(pod, 'activeDeadlineSeconds') !== undefined)
    errors.forbidden(path.at('activeDeadlineSeconds'), `activeDeadlineSeconds in ${owner} is not Supported`);
}

function checkJobRestart({ spec, specPath, errors }: Checked): void {
  const policy = text(struct(struct(spec, 'template'), 'spec'), 'restartPolicy');
  const path = specPath.at('template', 'spec', 'restartPolicy');
  if (policy === 'Always') errors.required(path, 'valid values: "OnFailure", "Never"');
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.notSupported(path, policy, ['OnFailure', 'Never']);
  else if (struct(spec, 'podFailurePolicy') && policy !== 'Never')
    errors.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified');
}
