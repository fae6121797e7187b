/** What the API server finds wrong with the volumes that a container mounts. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { isTrue, struct, structs, text, textOrNone } from './pod-fields';
import { checkRelativePath, hasBacksteps } from './pod-paths';
import type { Volumes } from './pod-volumes';

/** Models pkg/apis/core/validation ValidateVolumeMounts and ValidateVolumeDevices (v1.37). `path` is the container's. */
export function checkMounts(container: JsonObject, volumes: Volumes, path: FieldPath, errors: FieldErrors): void {
  const mounts = structs(container, 'volumeMounts');
  const devices = structs(container, 'volumeDevices');
  const privileged = isTrue(struct(container, 'securityContext'), 'privileged');
  const paths = new Set<string>();
  for (const [i, mount] of mounts.entries()) {
    const at = path.at('volumeMounts', i);
    const name = text(mount, 'name');
    const mountPath = text(mount, 'mountPath');
    if (name === '') errors.required(at.at('name'));
    if (!volumes.has(name)) errors.notFound(at.at('name'), name);
    if (mountPath === '') errors.required(at.at('mountPath'));
    if (paths.has(mountPath)) errors.invalid(at.at('mountPath'), mountPath, 'must be unique');
    paths.add(mountPath);
    if (devices.some((device) => text(device, 'name') === name))
      errors.invalid(at.at('name'), name, 'must not already exist in volumeDevices');
    if (devices.some((device) => text(device, 'devicePath') === mountPath))
      errors.invalid(at.at('mountPath'), mountPath, 'must not already exist as a path in volumeDevices');
    checkMount(mount, privileged, at, errors);
  }
  checkDevices(devices, mounts, volumes, path.at('volumeDevices'), errors);
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const readOnlyModes = ['Disabled', 'Enabled', 'IfPossible'];

/** Where the server leaves out which of the mounts it is. */
function unnumbered(path: FieldPath, field: string) {
  return { field: path.parent().at(field), path: path.at(field) };
}

function checkMount(mount: JsonObject, privileged: boolean, path: FieldPath, errors: FieldErrors): void {
  const subPath = text(mount, 'subPath');
  const expression = text(mount, 'subPathExpr');
  if (subPath !== '') checkRelativePath(subPath, unnumbered(path, 'subPath'), errors);
  if (expression !== '') {
    if (subPath !== '')
      errors.invalid(path.at('subPathExpr'), expression, 'subPathExpr and subPath are mutually exclusive');
    checkRelativePath(expression, unnumbered(path, 'subPathExpr'), errors);
  }
  const propagation = textOrNone(mount, 'mountPropagation');
  const at = unnumbered(path, 'mountPropagation');
  if (propagation !== undefined && !propagations.includes(propagation))
    errors.notSupported(at, propagation, propagations);
  if (propagation === 'Bidirectional' && !privileged)
    errors.forbidden(at, 'Bidirectional mount propagation is available only to privileged containers');
  const mode = textOrNone(mount, 'recursiveReadOnly');
  if (mode === undefined || mode === 'Disabled') return;
  const place = unnumbered(path, 'recursiveReadOnly');
  if (!readOnlyModes.includes(mode)) {
    errors.notSupported(place, mode, readOnlyModes);
    return;
  }
  if (!isTrue(mount, 'readOnly')) errors.forbidden(place, 'may only be specified when readOnly is true');
  if (propagation !== undefined && propagation !== 'None')
    errors.forbidden(place, 'may only be specified when mountPropagation is None or not specified');
}

/** Models ValidateVolumeDevices. */
function checkDevices(
  devices: readonly JsonObject[],
  mounts: readonly JsonObject[],
  volumes: Volumes,
  path: FieldPath,
  errors: FieldErrors,
): void {
  const paths = new Set<string>();
  const names = new Set<string>();
  for (const [i, device] of devices.entries()) {
    const at = path.at(i);
    const name = text(device, 'name');
    const way = text(device, 'devicePath');
    const volume = volumes.get(name);
    if (name === '') errors.required(at.at('name'));
    if (names.has(name)) errors.invalid(at.at('name'), name, 'must be unique');
    if (!volume) errors.notFound(at.at('name'), name);
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined)
      errors.invalid(at.at('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'); // prettier-ignore
    if (way === '') errors.required(at.at('devicePath'));
    if (paths.has(way)) errors.invalid(at.at('devicePath'), way, 'must be unique');
    if (hasBacksteps(way)) errors.invalid(at.at('devicePath'), way, "can not contain backsteps ('..')");
    else paths.add(way);
    if (mounts.some((mount) => text(mount, 'name') === name))
      errors.invalid(at.at('name'), name, 'must not already exist in volumeMounts');
    if (mounts.some((mount) => text(mount, 'mountPath') === way))
      errors.invalid(at.at('devicePath'), way, 'must not already exist as a path in volumeMounts');
    if (name !== '') names.add(name);
  }
}
