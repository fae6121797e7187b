/** What the API server finds wrong with pods for one operating system. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { visitContainers } from './pod-containers';
import { isTrue, struct, text } from './pod-fields';

const systems = ['linux', 'windows'];

/** Models pkg/apis/core/validation validateOS, validateLinux and validateWindows (v1.37). */
export function checkSystem(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const os = struct(spec, 'os');
  if (!os) return;
  const name = text(os, 'name');
  if (name === '') errors.required(path.at('os', 'name'));
  else if (!systems.includes(name)) errors.notSupported(path.at('os'), name, systems);
  else if (name === 'linux') checkLinux(spec, path, errors);
  else checkWindows(spec, path, errors);
}

function checkLinux(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const detail = 'windows options cannot be set for a linux pod';
  const check = (context: JsonObject | undefined, at: FieldPath) => {
    if (context?.windowsOptions !== undefined) errors.forbidden(at.at('securityContext', 'windowsOptions'), detail);
  };
  check(struct(spec, 'securityContext'), path);
  for (const [container, at] of visitContainers(spec, path)) check(struct(container, 'securityContext'), at);
}

const notOnWindows = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', 'runAsUser',
  'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy',
]; // prettier-ignore
const notInContainersOnWindows = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged',
  'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup',
]; // prettier-ignore

function checkWindows(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const detail = 'cannot be set for a windows pod';
  const check = (context: JsonObject | undefined, fields: readonly string[], at: FieldPath) => {
    for (const field of fields)
      if (context?.[field] !== undefined) errors.forbidden(at.at('securityContext', field), detail);
  };
  check(struct(spec, 'securityContext'), notOnWindows, path);
  if (spec.hostUsers !== undefined) errors.forbidden(path.at('hostUsers'), detail);
  for (const field of ['hostPID', 'hostIPC']) if (isTrue(spec, field)) errors.forbidden(path.at(field), detail);
  if (spec.shareProcessNamespace !== undefined) errors.forbidden(path.at('shareProcessNamespace'), detail);
  for (const [container, at] of visitContainers(spec, path))
    check(struct(container, 'securityContext'), notInContainersOnWindows, at);
}
