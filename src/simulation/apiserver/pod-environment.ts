/** What the API server finds wrong with a container's environment. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { configMapKey, dnsLabel, dnsSubdomain, environmentName, qualifiedName, relaxedEnvironmentName } from './names';
import { struct, structs, text, textOrNone } from './pod-fields';
import { checkNoBacksteps } from './pod-paths';
import { parseQuantity, printQuantity } from './pod-quantity';
import type { ApiRelease } from './releases';

const environmentFields = [
  'metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName', 'status.hostIP',
  'status.hostIPs', 'status.podIP', 'status.podIPs',
]; // prettier-ignore

/** The fields of a pod that a volume may show. */
export const volumeFields = [
  'metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid',
]; // prettier-ignore

/** Models pkg/apis/core/validation ValidateEnv and ValidateEnvFrom (v1.37). */
export function checkEnvironment(container: JsonObject, path: FieldPath, rules: ApiRelease, errors: FieldErrors): void {
  const check = rules.relaxedVariables ? relaxedEnvironmentName : environmentName;
  for (const [i, variable] of structs(container, 'env').entries()) {
    const name = text(variable, 'name');
    const source = struct(variable, 'valueFrom');
    if (name === '') errors.required(path.at('env', i, 'name'));
    else errors.invalidAll(path.at('env', i, 'name'), name, check(name));
    if (source) checkSource(source, text(variable, 'value'), path.at('env', i, 'valueFrom'), rules, errors);
  }
  const at = path.at('envFrom');
  for (const [i, source] of structs(container, 'envFrom').entries()) {
    const prefix = text(source, 'prefix');
    if (prefix !== '') errors.invalidAll(at.at(i, 'prefix'), prefix, check(prefix));
    const kinds = ['configMapRef', 'secretRef'].filter((kind) => source[kind] !== undefined);
    for (const kind of kinds) {
      const name = text(struct(source, kind), 'name');
      if (name === '') errors.required(at.at(i, kind, 'name'));
      else errors.invalidAll(at.at(i, kind, 'name'), name, dnsSubdomain(withoutEnd(name)));
    }
    if (kinds.length === 0) errors.invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (kinds.length > 1) errors.invalid(at, '', 'may not have more than one field specified at a time');
  }
}

/** Models maskTrailingDash: the server takes the name for the beginning of one. */
function withoutEnd(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

/** Models validateEnvVarValueFrom. */
function checkSource(source: JsonObject, value: string, path: FieldPath, rules: ApiRelease, errors: FieldErrors): void {
  let found = 0;
  const part = (field: string, check: (reference: JsonObject, at: FieldPath) => void) => {
    const reference = struct(source, field);
    if (!reference) return;
    found++;
    check(reference, path.at(field));
  };
  part('fieldRef', (reference, at) => checkFieldReference(reference, environmentFields, at, errors));
  part('resourceFieldRef', (reference, at) => checkResourceReference(reference, 'environment', at, errors));
  part('configMapKeyRef', (reference, at) => checkKeyReference(reference, at, errors));
  part('secretKeyRef', (reference, at) => checkKeyReference(reference, at, errors));
  part('fileKeyRef', (reference, at) => checkFileReference(reference, at, errors));
  const sources = rules.variablesFromFiles
    ? '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    : '`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
  if (found === 0) errors.invalid(path, '', `must specify one of: ${sources}`);
  else if (value !== '') errors.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (found > 1) errors.invalid(path, '', 'may not have more than one field specified at a time');
}

const convertible = new Set([
  ...environmentFields, ...volumeFields, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'spec.host',
]); // prettier-ignore

/** Models validateObjectFieldSelector. */
export function checkFieldReference(
  reference: JsonObject,
  supported: readonly string[],
  path: FieldPath,
  errors: FieldErrors,
): void {
  const version = text(reference, 'apiVersion');
  const written = text(reference, 'fieldPath');
  const at = path.at('fieldPath');
  if (written === '') {
    errors.required(at);
    return;
  }
  const complain = (complaint: string) => errors.invalid(at, written, `error converting fieldPath: ${complaint}`);
  if (version !== 'v1') {
    complain(`unsupported pod version: ${version}`);
    return;
  }
  const [, map, key] = /^(.*)\['(.*)'\]$/.exec(written) ?? [];
  if (map !== undefined) {
    if (map === 'metadata.annotations') errors.invalidAll(path, key!.toLowerCase(), qualifiedName(key!.toLowerCase()));
    else if (map === 'metadata.labels') errors.invalidAll(path, key!, qualifiedName(key!));
    else complain(`field label does not support subscript: ${written}`);
    return;
  }
  const field = written === 'spec.host' ? 'spec.nodeName' : written;
  if (!convertible.has(written)) complain(`field label not supported: ${written}`);
  else if (!supported.includes(field)) errors.notSupported(at, field, supported);
}

const resourceFields = [
  'limits.cpu', 'limits.ephemeral-storage', 'limits.memory', 'requests.cpu', 'requests.ephemeral-storage',
  'requests.memory',
]; // prettier-ignore
const hugePagesField = /^(?:limits|requests)\.hugepages-/;
const sizes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** Models validateContainerResourceFieldSelector. A volume has to name the container, which is checked before. */
export function checkResourceReference(
  reference: JsonObject,
  place: 'environment' | 'volume',
  path: FieldPath,
  errors: FieldErrors,
): void {
  const resource = text(reference, 'resource');
  const nameless = place === 'volume' && text(reference, 'containerName') === '';
  if (!nameless) {
    if (resource === '') errors.required(path.at('resource'));
    else if (!resourceFields.includes(resource) && !hugePagesField.test(resource))
      errors.notSupported(path.at('resource'), resource, resourceFields);
  }
  const divisor = textOrNone(reference, 'divisor');
  if (divisor !== undefined) checkDivisor(resource, String(divisor), path.at('divisor'), errors);
}

/** Models validateContainerResourceDivisor. */
function checkDivisor(resource: string, written: string, path: FieldPath, errors: FieldErrors): void {
  const quantity = parseQuantity(written);
  if (quantity.nano === 0n) return;
  const divisor = printQuantity(quantity);
  const kind = resource.slice(resource.indexOf('.') + 1);
  if (kind === 'cpu') {
    if (divisor !== '1m' && divisor !== '1')
      errors.invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
    return;
  }
  const ofKind = kind === 'memory' ? 'memory' : kind === 'ephemeral-storage' ? 'local ephemeral storage' : undefined;
  const word = hugePagesField.test(resource) ? 'hugepages' : ofKind;
  if (word !== undefined && !sizes.includes(divisor))
    errors.invalid(path, resource, `only divisor's values ${sizes.join(', ')} are supported with the ${word} resource`);
}

/** Models validateConfigMapKeySelector and validateSecretKeySelector. */
function checkKeyReference(reference: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const name = text(reference, 'name');
  const key = text(reference, 'key');
  errors.invalidAll(path.at('name'), name, dnsSubdomain(name));
  if (key === '') errors.required(path.at('key'));
  else errors.invalidAll(path.at('key'), key, configMapKey(key));
}

/** Models validateFileKeySelector. */
function checkFileReference(reference: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const key = text(reference, 'key');
  const volume = text(reference, 'volumeName');
  const file = text(reference, 'path');
  if (key === '') errors.required(path.at('key'));
  else errors.invalidAll(path.at('key'), key, relaxedEnvironmentName(key));
  if (volume === '') errors.required(path.at('volumeName'));
  else errors.invalidAll(path.at('volumeName'), volume, dnsLabel(volume));
  if (file === '') errors.required(path.at('path'));
  else checkNoBacksteps(file, path.at('path'), errors);
}
