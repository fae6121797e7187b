/** What the API server finds wrong with a pod's volumes. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { checkAnnotations, checkLabels, checkSelector } from './metadata';
import { dnsLabel, dnsSubdomain, userId } from './names';
import { checkFieldReference, checkResourceReference, volumeFields } from './pod-environment';
import { count, number, struct, structs, text, textMap, textOrNone, texts } from './pod-fields';
import { checkLocalPath, checkNoBacksteps } from './pod-paths';
import { parseQuantity, printQuantity } from './pod-quantity';
import { checkOtherVolume } from './pod-volumes-other';

/** The volumes that containers may mount: those without an error, by name. */
export type Volumes = ReadonlyMap<string, JsonObject>;

const modeComplaint = 'must be a number between 0 and 0777 (octal), both inclusive';
const oneType = 'may not specify more than 1 volume type';

/** Models pkg/apis/core/validation ValidateVolumes (v1.37). `podName` is undefined in a template. */
export function checkVolumes(
  volumes: readonly JsonObject[],
  podName: string | undefined,
  path: FieldPath,
  errors: FieldErrors,
): Volumes {
  const good = new Map<string, JsonObject>();
  const created = new Set<string>();
  if (podName)
    for (const volume of volumes) if (volume.ephemeral !== undefined) created.add(`${podName}-${text(volume, 'name')}`);
  for (const [i, volume] of volumes.entries()) {
    const at = path.at(i);
    const name = text(volume, 'name');
    const before = errors.causes.length;
    checkSource(volume, name, podName, at, errors);
    if (name === '') errors.required(at.at('name'));
    else errors.invalidAll(at.at('name'), name, dnsLabel(name));
    if (good.has(name)) errors.duplicate(at.at('name'), name);
    if (errors.causes.length === before) good.set(name, volume);
    const claim = text(struct(volume, 'persistentVolumeClaim'), 'claimName');
    if (created.has(claim))
      errors.invalid(at.at('persistentVolumeClaim', 'claimName'), claim, 'must not reference a PVC that gets created for an ephemeral volume'); // prettier-ignore
  }
  return good;
}

/** The sources in the order in which the server looks at them. */
const kinds = [
  'emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs',
  'flocker', 'persistentVolumeClaim', 'rbd', 'cinder', 'cephfs', 'quobyte', 'downwardAPI', 'fc', 'flexVolume',
  'configMap', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos',
  'projected', 'scaleIO', 'csi', 'ephemeral', 'image',
]; // prettier-ignore

/** What the server calls some of them where there is a second one. */
const secondNames: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

/** Models validateVolumeSource. */
function checkSource(
  volume: JsonObject,
  name: string,
  podName: string | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  let found = 0;
  for (const kind of kinds) {
    const source = struct(volume, kind);
    if (!source) continue;
    if (found++ === 0) checkKind(kind, source, name, podName, path, errors);
    else errors.forbidden({ field: path.at(secondNames[kind] ?? kind), path: path.at(kind) }, oneType);
  }
  if (found === 0) errors.required(path, 'must specify a volume type');
}

/** Models validateVolumeSource. */
function checkKind(
  kind: string,
  source: JsonObject,
  name: string,
  podName: string | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  const at = path.at(kind);
  switch (kind) {
    case 'emptyDir':
      checkEmptyDir(source, at, errors);
      return;
    case 'hostPath':
      checkHostPath(source, at, errors);
      return;
    case 'secret':
      if (text(source, 'secretName') === '') errors.required(at.at('secretName'));
      checkFiles(source, at, errors);
      return;
    case 'configMap':
      if (text(source, 'name') === '') errors.required(at.at('name'));
      checkFiles(source, at, errors);
      return;
    case 'persistentVolumeClaim':
      if (text(source, 'claimName') === '') errors.required(at.at('claimName'));
      return;
    case 'downwardAPI':
      checkMode(source, 'defaultMode', at, errors);
      checkUser(source, 'defaultUser', at, errors);
      for (const file of structs(source, 'items')) checkFieldFile(file, at, errors);
      return;
    case 'projected':
      checkProjected(source, at, errors);
      return;
    case 'ephemeral':
      checkEphemeral(source, name, podName, path, errors);
      return;
    case 'image':
      if (text(source, 'reference') === '') errors.required(at.at('reference'));
      checkPullPolicy(text(source, 'pullPolicy'), at.at('pullPolicy'), errors);
      return;
    default:
      checkOtherVolume(kind, source, name, path, errors);
  }
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

/** Models validatePullPolicy, for what has its default. */
export function checkPullPolicy(policy: string, path: FieldPath, errors: FieldErrors): void {
  if (!pullPolicies.includes(policy)) errors.notSupported(path, policy, pullPolicies);
}

function checkEmptyDir(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const limit = textOrNone(source, 'sizeLimit');
  if (limit !== undefined && parseQuantity(limit).nano < 0n)
    errors.forbidden(path.at('sizeLimit'), 'SizeLimit field must be a valid resource quantity');
}

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']; // prettier-ignore

/** Models validateHostPathVolumeSource. */
function checkHostPath(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const way = text(source, 'path');
  if (way === '') {
    errors.required(path.at('path'));
    return;
  }
  checkNoBacksteps(way, path.at('path'), errors);
  const type = text(source, 'type');
  if (!hostPathTypes.includes(type)) errors.notSupported(path.at('type'), type, hostPathTypes);
}

function checkMode(of: JsonObject, field: string, path: FieldPath, errors: FieldErrors): void {
  const mode = number(of, field);
  if (mode !== undefined && (mode > 0o777 || mode < 0)) errors.invalid(path.at(field), mode, modeComplaint);
}

function checkUser(of: JsonObject, field: string, path: FieldPath, errors: FieldErrors): void {
  const user = number(of, field);
  if (user !== undefined) errors.invalidAll(path.at(field), user, userId(user));
}

/** Models validateSecretVolumeSource and validateConfigMapVolumeSource. */
function checkFiles(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  checkMode(source, 'defaultMode', path, errors);
  for (const [i, item] of structs(source, 'items').entries()) checkKeyToPath(item, path.at('items', i), errors);
}

/** Models validateKeyToPath. */
function checkKeyToPath(item: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const way = text(item, 'path');
  if (text(item, 'key') === '') errors.required(path.at('key'));
  if (way === '') errors.required(path.at('path'));
  checkLocalPath(way, path.at('path'), errors);
  checkMode(item, 'mode', path, errors);
}

/** Models validateDownwardAPIVolumeFile; the server names no item. */
function checkFieldFile(file: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const way = text(file, 'path');
  if (way === '') errors.required(path.at('path'));
  checkLocalPath(way, path.at('path'), errors);
  const field = struct(file, 'fieldRef');
  const resource = struct(file, 'resourceFieldRef');
  if (field) {
    checkFieldReference(field, volumeFields, path.at('fieldRef'), errors);
    if (resource) errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (resource) {
    if (text(resource, 'containerName') === '') errors.required(path.at('resourceFieldRef', 'containerName'));
    checkResourceReference(resource, 'volume', path.at('resourceFieldRef'), errors);
  } else errors.required(path, 'one of fieldRef and resourceFieldRef is required');
  checkMode(file, 'mode', path, errors);
}

/** Models validateProjectedVolumeSource and validateProjectionSources. */
function checkProjected(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  checkMode(source, 'defaultMode', path, errors);
  const paths = new Set<string>();
  const claim = (way: string, told: string) => {
    if (paths.has(way)) errors.invalid(path, told, 'conflicting duplicate paths');
    paths.add(way);
  };
  for (const [i, projection] of structs(source, 'sources').entries()) {
    const at = path.at('sources', i);
    for (const kind of ['secret', 'configMap']) {
      const files = struct(projection, kind);
      if (!files) continue;
      if (text(files, 'name') === '') errors.required(at.at(kind, 'name'));
      for (const [n, item] of structs(files, 'items').entries()) {
        checkKeyToPath(item, at.at(kind, 'items', n), errors);
        if (text(item, 'path') !== '') claim(text(item, 'path'), text(files, 'name'));
      }
    }
    for (const file of structs(struct(projection, 'downwardAPI'), 'items')) {
      checkFieldFile(file, at.at('downwardAPI'), errors);
      if (text(file, 'path') !== '') claim(text(file, 'path'), text(file, 'path'));
    }
    checkToken(struct(projection, 'serviceAccountToken'), path, at.at('serviceAccountToken'), errors);
    const bundle = struct(projection, 'clusterTrustBundle');
    if (bundle) checkBundle(bundle, at.at('clusterTrustBundle'), claim, errors);
    const some = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'];
    if (some.filter((kind) => projection[kind] !== undefined).length > 1)
      errors.forbidden(at, 'may not specify more than 1 volume type per source');
  }
}

function checkToken(token: JsonObject | undefined, volume: FieldPath, path: FieldPath, errors: FieldErrors): void {
  if (!token) return;
  const seconds = count(token, 'expirationSeconds');
  const at = path.at('expirationSeconds');
  if (seconds < 600) errors.invalid(at, seconds, 'may not specify a duration less than 10 minutes');
  if (seconds > 2 ** 32) errors.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds');
  const way = text(token, 'path');
  // The server names the volume here, not the source.
  if (way === '') errors.required(volume.at('path'));
  else checkLocalPath(way, volume.at('path'), errors);
}

function checkBundle(
  bundle: JsonObject,
  path: FieldPath,
  claim: (way: string, told: string) => void,
  errors: FieldErrors,
): void {
  const name = textOrNone(bundle, 'name');
  const signer = textOrNone(bundle, 'signerName');
  if (name === undefined && signer === undefined) errors.required(path, 'either name or signerName must be specified');
  else if (name !== undefined && signer !== undefined)
    errors.invalid(path, bundle, 'only one of name and signerName may be used');
  else if (name !== undefined) checkBundleName(name, path.at('name'), errors);
  const way = text(bundle, 'path');
  if (way === '') errors.required(path.at('path'));
  checkLocalPath(way, path.at('path'), errors);
  claim(way, way);
}

/** Models ValidateClusterTrustBundleName for a bundle of its own, and what is asked of that of a signer. */
function checkBundleName(name: string, at: FieldPath, errors: FieldErrors): void {
  if (name === '') errors.required(at, 'must be a valid object name');
  for (const complaint of dnsSubdomain(name.slice(name.lastIndexOf(':') + 1)))
    errors.invalid(at, name, `not a valid clustertrustbundlename: ${complaint}`);
}

/** Models validateEphemeralVolumeSource. */
function checkEphemeral(
  source: JsonObject,
  name: string,
  podName: string | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  const at = path.at('ephemeral', 'volumeClaimTemplate');
  const template = struct(source, 'volumeClaimTemplate');
  if (!template) errors.required(at);
  else {
    const metadata = struct(template, 'metadata');
    checkAnnotations(textMap(metadata, 'annotations'), at.at('metadata', 'annotations'), errors);
    checkLabels(textMap(metadata, 'labels'), at.at('metadata', 'labels'), errors);
    for (const field in metadata)
      if (field !== 'labels' && field !== 'annotations') errors.forbidden(at.at('metadata', field), 'cannot be set');
    checkClaim(struct(template, 'spec'), at.at('spec'), errors);
  }
  if (!podName || name === '') return;
  const claim = `${podName}-${name}`;
  for (const complaint of dnsSubdomain(claim))
    errors.invalid(path.at('name'), name, `PVC name ${JSON.stringify(claim)}: ${complaint}`);
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Models ValidatePersistentVolumeClaimSpec. */
export function checkClaim(spec: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  const modes = texts(spec, 'accessModes');
  if (modes.length === 0) errors.required(path.at('accessModes'), 'at least 1 access mode is required');
  const selector = struct(spec, 'selector');
  if (selector) checkSelector(selector, path.at('selector'), errors);
  for (const mode of modes)
    if (!accessModes.includes(mode)) errors.notSupported(path.at('accessModes'), mode, accessModes);
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.forbidden(path.at('accessModes'), 'may not use ReadWriteOncePod with other access modes'); // prettier-ignore
  checkStorage(spec, path, errors);
  const storageClass = text(spec, 'storageClassName');
  if (storageClass !== '') errors.invalidAll(path.at('storageClassName'), storageClass, dnsSubdomain(storageClass));
  const volumeMode = textOrNone(spec, 'volumeMode');
  if (volumeMode !== undefined && volumeMode !== 'Block' && volumeMode !== 'Filesystem')
    errors.notSupported(path.at('volumeMode'), volumeMode, ['Block', 'Filesystem']);
  const attributes = text(spec, 'volumeAttributesClassName');
  if (attributes !== '') errors.invalidAll(path.at('volumeAttributesClassName'), attributes, dnsSubdomain(attributes));
}

function checkStorage(spec: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  const storage = textOrNone(struct(struct(spec, 'resources'), 'requests'), 'storage');
  const place = { field: path.at('resources').key('storage'), path: path.at('resources', 'requests', 'storage') }; // prettier-ignore
  if (storage === undefined) {
    errors.required(place);
    return;
  }
  const quantity = parseQuantity(storage);
  if (quantity.nano <= 0n) errors.invalid(place, printQuantity(quantity), 'must be greater than zero');
}
