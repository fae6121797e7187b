/** What the API server finds wrong with containers of all kinds: ordinary, init, ephemeral. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { dnsLabel, portName, portNumber } from './names';
import { checkEnvironment } from './pod-environment';
import { count, number, struct, structs, text, textOrNone } from './pod-fields';
import { checkMounts } from './pod-mounts';
import { checkLifecycle, checkProbes, probeFields } from './pod-probes';
import { checkResources } from './pod-resources';
import type { ApiRelease } from './releases';
import { checkSecurity } from './pod-security';
import { checkPullPolicy, type Volumes } from './pod-volumes';

/** What containers are looked at with: what the rest of their pod says. */
export interface Surroundings {
  readonly spec: JsonObject;
  readonly volumes: Volumes;
  readonly claims: ReadonlySet<string>;
  readonly rules: ApiRelease;
}

/** Models pkg/apis/core/validation validateContainers, validateInitContainers, validateEphemeralContainers (v1.37). */
export function checkAllContainers(pod: Surroundings, path: FieldPath, errors: FieldErrors): void {
  const { spec } = pod;
  const containers = structs(spec, 'containers');
  const names = new Set<string>();
  if (containers.length === 0) errors.required(path.at('containers'));
  for (const [i, container] of containers.entries())
    checkOrdinary(container, names, pod, path.at('containers', i), errors);
  checkHostPorts(containers, path.at('containers'), errors);
  const before = new Set(names);
  for (const [i, container] of structs(spec, 'initContainers').entries())
    checkInit(container, before, pod, path.at('initContainers', i), errors);
  const others = new Set(before);
  for (const [i, container] of structs(spec, 'ephemeralContainers').entries())
    checkEphemeral(container, before, others, pod, path.at('ephemeralContainers', i), errors);
}

function checkOrdinary(
  container: JsonObject,
  names: Set<string>,
  pod: Surroundings,
  path: FieldPath,
  errors: FieldErrors,
): void {
  checkContainer(container, pod, path, errors);
  const name = text(container, 'name');
  if (names.has(name)) errors.duplicate(path.at('name'), name);
  names.add(name);
  checkLife(container, pod, path, errors);
  if (pod.rules.restartRules) checkRestart(container, pod.rules, path, errors);
  else if (textOrNone(container, 'restartPolicy') !== undefined)
    errors.forbidden(path.at('restartPolicy'), 'may not be set for non-init containers');
}

function checkInit(
  container: JsonObject,
  names: Set<string>,
  pod: Surroundings,
  path: FieldPath,
  errors: FieldErrors,
): void {
  checkContainer(container, pod, path, errors);
  checkInitRestart(container, pod.rules, path, errors);
  const name = text(container, 'name');
  const staysUp = textOrNone(container, 'restartPolicy') === 'Always';
  if (names.has(name)) errors.duplicate(path.at('name'), name);
  else if (name !== '') names.add(name);
  // They run one after the other, so only a container's own ports can be in each other's way. The server's index is wrong.
  checkHostPorts([container], path.parent(), errors);
  if (staysUp) checkLife(container, pod, path, errors);
  else
    for (const field of ['lifecycle', ...probeFields])
      if (container[field] !== undefined)
        errors.forbidden(path.at(field), 'may not be set for init containers without restartPolicy=Always');
  if (staysUp) return;
  for (const [i, policy] of structs(container, 'resizePolicy').entries())
    if (text(policy, 'restartPolicy') === 'RestartContainer')
      errors.invalid(path.at('resizePolicy', i, 'restartPolicy'), 'RestartContainer', "must not be set to 'RestartContainer' for non-sidecar initContainers"); // prettier-ignore
}

/** What an ephemeral container cannot have, in the order of Go's struct. */
const notEphemeral = [
  'ports', 'resources', 'resizePolicy', 'restartPolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe',
  'startupProbe', 'lifecycle',
]; // prettier-ignore

function checkEphemeral(
  container: JsonObject,
  names: Set<string>,
  others: ReadonlySet<string>,
  pod: Surroundings,
  path: FieldPath,
  errors: FieldErrors,
): void {
  checkContainer(container, pod, path, errors);
  checkImage(container, path, errors);
  const name = text(container, 'name');
  const target = text(container, 'targetContainerName');
  if (names.has(name)) errors.duplicate(path.at('name'), name);
  names.add(name);
  if (target !== '' && !others.has(target)) errors.notFound(path.at('targetContainerName'), target);
  for (const field of notEphemeral)
    if (isSet(container[field])) errors.forbidden(path.at(field), 'cannot be set for an Ephemeral Container');
  for (const [i, mount] of structs(container, 'volumeMounts').entries())
    for (const field of ['subPath', 'subPathExpr'])
      if (text(mount, field) !== '')
        errors.forbidden(path.at('volumeMounts', i, field), 'cannot be set for an Ephemeral Container');
}

function isSet(value: unknown): boolean {
  return value !== undefined && !(typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0); // prettier-ignore
}

/** Models validateContainerOnlyForPod. */
export function checkImage(container: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const image = text(container, 'image');
  if (image.trim() !== image) errors.invalid(path.at('image'), image, 'must not have leading or trailing whitespace');
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];

/** Models validateContainerCommon. */
function checkContainer(container: JsonObject, pod: Surroundings, path: FieldPath, errors: FieldErrors): void {
  const name = text(container, 'name');
  if (name === '') errors.required(path.at('name'));
  else errors.invalidAll(path.at('name'), name, dnsLabel(name));
  if (text(container, 'image') === '') errors.required(path.at('image'));
  const messages = text(container, 'terminationMessagePolicy');
  if (!messagePolicies.includes(messages))
    errors.notSupported(path.at('terminationMessagePolicy'), messages, messagePolicies);
  if (container.ports) checkPorts(structs(container, 'ports'), path.at('ports'), errors);
  if (container.env || container.envFrom) checkEnvironment(container, path, pod.rules, errors);
  if (container.volumeMounts || container.volumeDevices) checkMounts(container, pod.volumes, path, errors);
  checkPullPolicy(text(container, 'imagePullPolicy'), path.at('imagePullPolicy'), errors);
  checkResources(struct(container, 'resources'), path.at('resources'), 'container', pod.claims, errors);
  if (container.resizePolicy) checkResize(container, text(pod.spec, 'restartPolicy'), path.at('resizePolicy'), errors);
  const ownUsers = pod.spec.hostUsers === false;
  if (container.securityContext)
    checkSecurity(struct(container, 'securityContext'), ownUsers, path.at('securityContext'), errors);
}

function checkLife(container: JsonObject, { spec }: Surroundings, path: FieldPath, errors: FieldErrors): void {
  const grace = number(spec, 'terminationGracePeriodSeconds');
  if (container.lifecycle) checkLifecycle(struct(container, 'lifecycle'), grace, path.at('lifecycle'), errors);
  checkProbes(container, grace, path, errors);
}

const protocols = ['SCTP', 'TCP', 'UDP'];

/** Models validateContainerPorts. */
function checkPorts(ports: readonly JsonObject[], path: FieldPath, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = path.at(i);
    const name = text(port, 'name');
    const containerPort = count(port, 'containerPort');
    const hostPort = count(port, 'hostPort');
    const protocol = text(port, 'protocol');
    if (name !== '') {
      const complaints = portName(name);
      errors.invalidAll(at.at('name'), name, complaints);
      if (complaints.length === 0 && names.has(name)) errors.duplicate(at.at('name'), name);
      if (complaints.length === 0) names.add(name);
    }
    if (containerPort === 0) errors.required(at.at('containerPort'));
    else errors.invalidAll(at.at('containerPort'), containerPort, portNumber(containerPort));
    if (hostPort !== 0) errors.invalidAll(at.at('hostPort'), hostPort, portNumber(hostPort));
    if (!protocols.includes(protocol)) errors.notSupported(at.at('protocol'), protocol, protocols);
  }
}

/** Models checkHostPortConflicts. */
function checkHostPorts(containers: readonly JsonObject[], path: FieldPath, errors: FieldErrors): void {
  const taken = new Set<string>();
  for (const [i, container] of containers.entries())
    for (const [n, port] of structs(container, 'ports').entries()) {
      const hostPort = count(port, 'hostPort');
      if (hostPort === 0) continue;
      const key = `${text(port, 'protocol')}/${text(port, 'hostIP')}/${hostPort}`;
      if (taken.has(key)) errors.duplicate(path.at(i, 'ports', n).at('hostPort'), key);
      taken.add(key);
    }
}

/** Models validateResizePolicy. */
function checkResize(container: JsonObject, podPolicy: string, path: FieldPath, errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const [i, each] of structs(container, 'resizePolicy').entries()) {
    const resource = text(each, 'resourceName');
    const policy = text(each, 'restartPolicy');
    if (seen.has(resource)) errors.duplicate(path.at(i), resource);
    seen.add(resource);
    if (resource === '') errors.required(path);
    else if (resource !== 'cpu' && resource !== 'memory') errors.notSupported(path, resource, ['cpu', 'memory']);
    if (policy === '') errors.required(path);
    else if (policy !== 'NotRequired' && policy !== 'RestartContainer')
      errors.notSupported(path, policy, ['NotRequired', 'RestartContainer']);
    if (podPolicy === 'Never' && policy !== 'NotRequired')
      errors.invalid(path, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
  }
}

const restartPolicies = ['Always', 'Never', 'OnFailure'];
const mostRules = 20;
const mostCodes = 255;

/** Models validateInitContainerRestartPolicy. */
function checkInitRestart(container: JsonObject, rules: ApiRelease, path: FieldPath, errors: FieldErrors): void {
  const policy = textOrNone(container, 'restartPolicy');
  const own = structs(container, 'restartPolicyRules');
  if (policy === undefined) {
    if (own.length > 0)
      errors.required(path.at('restartPolicy'), 'must specify restartPolicy when restart rules are used');
  } else if (!rules.restartRules) {
    if (policy !== 'Always') errors.notSupported(path.at('restartPolicy'), policy, ['Always']);
  } else if (policy !== 'Always' || rules.restartsAll) checkRestart(container, rules, path, errors);
  else if (own.length > 0)
    errors.forbidden(path.at('restartPolicyRules'), 'restartPolicyRules are not allowed for init containers with restart policy Always'); // prettier-ignore
}

/** Models validateContainerRestartPolicy. */
function checkRestart(container: JsonObject, rules: ApiRelease, path: FieldPath, errors: FieldErrors): void {
  const policy = textOrNone(container, 'restartPolicy');
  const own = structs(container, 'restartPolicyRules');
  if (policy === undefined) {
    if (own.length === 0) return;
    errors.required(path.at('restartPolicy'), 'must specify restartPolicy when restart rules are used');
  } else if (!restartPolicies.includes(policy)) errors.notSupported(path.at('restartPolicy'), policy, restartPolicies);
  if (own.length > mostRules) errors.tooMany(path.at('restartPolicyRules'), own.length, mostRules);
  const actions = rules.restartsAll ? ['Restart', 'RestartAllContainers'] : ['Restart'];
  for (const [i, rule] of own.entries()) {
    const at = path.at('restartPolicyRules', i);
    const action = text(rule, 'action');
    const codes = struct(rule, 'exitCodes');
    if (!actions.includes(action)) errors.notSupported(at.at('action'), action, actions);
    if (codes) checkCodes(codes, at.at('exitCodes'), errors);
    else errors.required(at.at('exitCodes'), 'must be specified');
  }
}

function checkCodes(codes: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const operator = text(codes, 'operator');
  const values = (codes.values as readonly number[] | undefined) ?? [];
  if (operator !== 'In' && operator !== 'NotIn') errors.notSupported(path.at('operator'), operator, ['In', 'NotIn']);
  if (values.length > mostCodes) errors.tooMany(path.at('values'), values.length, mostCodes);
}

/** All containers with their paths, as the server visits them. Models pkg/apis/core/pods VisitContainersWithPath. */
export function* visitContainers(spec: JsonObject, path: FieldPath): Iterable<readonly [JsonObject, FieldPath]> {
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'])
    for (const [i, container] of structs(spec, field).entries()) yield [container, path.at(field, i)];
}
