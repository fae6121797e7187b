/** What the API server finds wrong with the volumes that few still write. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { dnsLabel, dnsSubdomain } from './names';
import { count, isTrue, number, struct, text, textMap, textOrNone, texts } from './pod-fields';
import { checkRelativePath } from './pod-paths';

/** Fields that must not be empty, in the server's order. */
const required: Readonly<Record<string, readonly string[]>> = {
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  nfs: ['server', 'path'],
  iscsi: ['targetPortal'],
  glusterfs: ['endpoints', 'path'],
  cinder: ['volumeID'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  flexVolume: ['driver'],
};

/** Models the rest of pkg/apis/core/validation validateVolumeSource (v1.37). `path` is the volume's. */
export function checkOtherVolume(
  kind: string,
  source: JsonObject,
  name: string,
  path: FieldPath,
  errors: FieldErrors,
): void {
  const at = path.at(kind);
  // The server calls this one by another name.
  const told = kind === 'gcePersistentDisk' ? path.at('persistentDisk') : at;
  for (const field of required[kind] ?? [])
    if (text(source, field) === '') errors.required({ field: told.at(field), path: at });
  switch (kind) {
    case 'gitRepo':
      checkRelativePath(text(source, 'directory'), at.at('directory'), errors);
      return;
    case 'gcePersistentDisk':
    case 'awsElasticBlockStore': {
      const partition = count(source, 'partition');
      if (partition < 0 || partition > 255)
        errors.invalid({ field: told.at('partition'), path: at }, partition, 'must be between 1 and 255, inclusive'); // prettier-ignore
      return;
    }
    case 'nfs': {
      const way = text(source, 'path');
      if (!way.startsWith('/')) errors.invalid(at.at('path'), way, 'must be an absolute path');
      return;
    }
    case 'iscsi':
      checkIscsi(source, name, path, errors);
      return;
    case 'flocker':
      checkFlocker(source, at, errors);
      return;
    case 'rbd':
      if (texts(source, 'monitors').length === 0) errors.required(at.at('monitors'));
      if (text(source, 'image') === '') errors.required(at.at('image'));
      return;
    case 'cephfs':
      if (texts(source, 'monitors').length === 0) errors.required(at.at('monitors'));
      return;
    case 'cinder':
      checkSecret(source, 'secretRef', at, errors);
      return;
    case 'quobyte':
      checkQuobyte(source, at, errors);
      return;
    case 'fc':
      checkFibre(source, at, errors);
      return;
    case 'flexVolume':
      checkFlex(source, at, errors);
      return;
    case 'azureDisk':
      checkAzureDisk(source, at, errors);
      return;
    case 'storageos':
      checkStorageOs(source, at, errors);
      return;
    case 'csi':
      checkCsi(source, at, errors);
  }
}

function checkSecret(source: JsonObject, field: string, path: FieldPath, errors: FieldErrors): void {
  const secret = struct(source, field);
  if (secret && text(secret, 'name') === '') errors.required(path.at(field, 'name'));
}

/** Models validateISCSIVolumeSource. */
function checkIscsi(source: JsonObject, name: string, path: FieldPath, errors: FieldErrors): void {
  const at = path.at('iscsi');
  const iqn = text(source, 'iqn');
  const initiator = textOrNone(source, 'initiatorName');
  const lun = count(source, 'lun');
  if (iqn === '') errors.required(at.at('iqn'));
  else checkIqn(iqn, at.at('iqn'), errors);
  if (lun < 0 || lun > 255) errors.invalid(at.at('lun'), lun, 'must be between 0 and 255, inclusive');
  if ((isTrue(source, 'chapAuthDiscovery') || isTrue(source, 'chapAuthSession')) && !struct(source, 'secretRef'))
    errors.required(at.at('secretRef'));
  if (initiator === undefined) return;
  checkIqn(initiator, at.at('initiatorname'), errors);
  if (`${name}:${text(source, 'targetPortal')}`.length > 64)
    errors.invalid(path.at('name'), name, 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'); // prettier-ignore
}

const iqnForms: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function checkIqn(iqn: string, at: FieldPath, errors: FieldErrors): void {
  const form = iqnForms[iqn.slice(0, 3)];
  if (!form) errors.invalid(at, iqn, 'must be valid format starting with iqn, eui, or naa');
  else if (!form.test(iqn)) errors.invalid(at, iqn, 'must be valid format');
}

/** Models validateFlockerVolumeSource. */
function checkFlocker(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const [name, id] = [text(source, 'datasetName'), text(source, 'datasetUUID')];
  if (name === '' && id === '') errors.required(path, 'one of datasetName and datasetUUID is required');
  if (name !== '' && id !== '')
    errors.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
  if (name.includes('/')) errors.invalid(path.at('datasetName'), name, "must not contain '/'");
}

const registryComplaint = 'must be a host:port pair or multiple pairs separated by commas';

/** Models validateQuobyteVolumeSource. */
function checkQuobyte(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const registry = text(source, 'registry');
  if (registry === '') errors.required(path.at('registry'), registryComplaint);
  else if (text(source, 'tenant').length >= 65)
    errors.required(path.at('tenant'), 'must be a UUID and may not exceed a length of 64 characters');
  else
    for (const pair of registry.split(','))
      if (!/^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair))
        errors.invalid(path.at('registry'), registry, registryComplaint);
  if (text(source, 'volume') === '') errors.required(path.at('volume'));
}

/** Models validateFCVolumeSource. */
function checkFibre(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const names = texts(source, 'targetWWNs');
  const ids = texts(source, 'wwids');
  const lun = number(source, 'lun');
  if (names.length === 0 && ids.length === 0)
    errors.required(path.at('targetWWNs'), 'must specify either targetWWNs or wwids, but not both');
  if (names.length > 0 && ids.length > 0)
    errors.invalid(path.at('targetWWNs'), names, 'targetWWNs and wwids can not be specified simultaneously');
  if (names.length === 0) return;
  if (lun === undefined) errors.required(path.at('lun'), 'lun is required if targetWWNs is specified');
  else if (lun < 0 || lun > 255) errors.invalid(path.at('lun'), lun, 'must be between 0 and 255, inclusive');
}

/** Models validateFlexVolumeSource. */
function checkFlex(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  for (const key of Object.keys(textMap(source, 'options') ?? {})) {
    const domain = `.${key.split('/')[0]!.toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.invalid(path.at('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved'); // prettier-ignore
  }
}

/** Models validateAzureDisk. */
function checkAzureDisk(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const caching = text(source, 'cachingMode');
  const kind = text(source, 'kind');
  const uri = text(source, 'diskURI');
  const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
  const kinds = ['Dedicated', 'Managed', 'Shared'];
  if (!cachingModes.includes(caching)) errors.notSupported(path.at('cachingMode'), caching, cachingModes);
  if (!kinds.includes(kind)) errors.notSupported(path.at('kind'), kind, kinds);
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/'))
    errors.notSupported(path.at('diskURI'), uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']); // prettier-ignore
  if (kind !== 'Managed' && !uri.startsWith('https://'))
    errors.notSupported(path.at('diskURI'), uri, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']); // prettier-ignore
}

/** Models validateStorageOSVolumeSource. */
function checkStorageOs(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const name = text(source, 'volumeName');
  const namespace = text(source, 'volumeNamespace');
  if (name === '') errors.required(path.at('volumeName'));
  else errors.invalidAll(path.at('volumeName'), name, dnsLabel(name));
  if (namespace !== '') errors.invalidAll(path.at('volumeNamespace'), namespace, dnsLabel(namespace));
  checkSecret(source, 'secretRef', path, errors);
}

/** Models validateCSIVolumeSource. */
function checkCsi(source: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const driver = text(source, 'driver');
  if (driver === '') errors.required(path.at('driver'));
  else {
    if (driver.length > 63) errors.tooLong(path.at('driver'), 63);
    errors.invalidAll(path.at('driver'), driver, dnsSubdomain(driver.toLowerCase()));
  }
  const secret = struct(source, 'nodePublishSecretRef');
  if (!secret) return;
  const name = text(secret, 'name');
  if (name === '') errors.required(path.at('nodePublishSecretRef', 'name'));
  else errors.invalidAll(path.at('name'), name, dnsSubdomain(name));
}
