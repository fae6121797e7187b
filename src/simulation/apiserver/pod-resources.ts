/** What the API server finds wrong with the resources that containers and pods ask for. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { dnsLabel, qualifiedName } from './names';
import { struct, structs, text } from './pod-fields';
import { parseQuantity, printQuantity } from './pod-quantity';

const compute = ['cpu', 'memory'];
const ofContainers = [...compute, 'ephemeral-storage'];
const whole = [
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims',
  'services.nodeports', 'services.loadbalancers',
]; // prettier-ignore
const standard = new Set([
  ...ofContainers, ...whole, 'storage', 'requests.cpu', 'requests.memory', 'requests.ephemeral-storage', 'limits.cpu',
  'limits.memory', 'limits.ephemeral-storage', 'requests.storage',
]); // prettier-ignore
const hugePages = 'hugepages-';

/** Which names a list of resources may have. */
export type ResourceNames = 'container' | 'pod';

/** Models pkg/apis/core/validation validateResourceRequirements (v1.37). */
export function checkResources(
  resources: JsonObject | undefined,
  path: FieldPath,
  names: ResourceNames,
  claims: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  if (!resources) return;
  const limits = struct(resources, 'limits');
  const requests = struct(resources, 'requests');
  checkList(limits, path.at('limits'), names, errors);
  if (requests) checkRequests(requests, limits ?? {}, path, names, errors);
  const all = [...Object.keys(limits ?? {}), ...Object.keys(requests ?? {})];
  if (all.some((name) => name.startsWith(hugePages)) && !all.some((name) => compute.includes(name)))
    errors.forbidden(path, 'HugePages require cpu or memory');
  checkClaims(structs(resources, 'claims'), path.at('claims'), claims, errors);
}

/** Names and quantities of a list of resources. Models ValidateContainerResourceName, ValidateResourceQuantityValue. */
function checkList(list: JsonObject | undefined, path: FieldPath, names: ResourceNames, errors: FieldErrors): void {
  for (const name in list) {
    checkOne(name, list[name] as string, path, names, errors);
    checkPages(name, list[name] as string, path, errors);
  }
}

function checkOne(name: string, value: string, path: FieldPath, names: ResourceNames, errors: FieldErrors): void {
  // What nearly all manifests ask for.
  if (names === 'container' && ofContainers.includes(name) && isPlain(value)) return;
  const place = path.key(name);
  checkName(name, place, names, errors);
  checkQuantity(name, value, place, errors);
}

/** Models validateResourceQuantityHugePageValue. */
function checkPages(name: string, value: string, path: FieldPath, errors: FieldErrors): void {
  if (!name.startsWith(hugePages)) return;
  const quantity = parseQuantity(value);
  if (!fillsPages(name, quantity.nano))
    errors.invalid(path.key(name), printQuantity(quantity), `${printQuantity(quantity)} is not positive integer multiple of ${name}`); // prettier-ignore
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' ? value >= 0 : typeof value === 'string' && !value.startsWith('-');
}

function fillsPages(name: string, nano: bigint): boolean {
  const size = name.slice(hugePages.length);
  if (!/^\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i)?$/.test(size)) return false;
  const page = parseQuantity(size).nano;
  const billion = 1_000_000_000n;
  if (page <= 0n || page % billion !== 0n) return false;
  return ((nano + billion - 1n) / billion) % (page / billion) === 0n;
}

function checkName(name: string, place: FieldPath, names: ResourceNames, errors: FieldErrors): void {
  const before = errors.causes.length;
  errors.invalidAll(place, name, qualifiedName(name));
  const short = !name.includes('/');
  if (errors.causes.length === before && short && !isStandard(name))
    errors.invalid(place, name, 'must be a standard resource type or fully qualified');
  if (names === 'pod') {
    if (errors.causes.length > before) return;
    if (!isOfPods(name)) errors.notSupported(place, name, ['cpu', 'hugepages-', 'memory']);
  } else if (short) {
    if (!ofContainers.includes(name) && !name.startsWith(hugePages))
      errors.invalid(place, name, 'must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name))
    errors.invalid(place, name, "doesn't follow extended resource name standard");
}

/** Models k8s.io/component-helpers/resource IsSupportedPodLevelResource. */
export function isOfPods(name: string): boolean {
  return compute.includes(name) || name.startsWith(hugePages);
}

function isStandard(name: string): boolean {
  return standard.has(name) || name.startsWith(hugePages) || name.startsWith(`requests.${hugePages}`);
}

/** Models pkg/apis/core/helper IsNativeResource. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** Models IsExtendedResourceName. */
function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
}

/** Models ValidateResourceQuantityValue. */
function checkQuantity(name: string, value: string, place: FieldPath, errors: FieldErrors): void {
  const quantity = parseQuantity(value);
  if (quantity.nano < 0n) errors.invalid(place, printQuantity(quantity), 'must be greater than or equal to 0');
  if ((whole.includes(name) || isExtended(name)) && quantity.nano % 1_000_000_000n !== 0n)
    errors.invalid(place, printQuantity(quantity), 'must be an integer');
}

function checkRequests(
  requests: JsonObject,
  limits: JsonObject,
  path: FieldPath,
  names: ResourceNames,
  errors: FieldErrors,
): void {
  const at = path.at('requests');
  for (const name in requests) {
    const value = requests[name] as string;
    checkOne(name, value, at, names, errors);
    const limit = Object.hasOwn(limits, name) ? (limits[name] as string) : undefined;
    if (value !== limit) checkLimit(name, value, limit, path, errors);
    checkPages(name, value, at, errors);
  }
}

/** What is asked for must not be more than the limit; of what cannot be promised twice, it must be as much. */
function checkLimit(
  name: string,
  value: string,
  limit: string | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  const overcommit = isNative(name) && !name.startsWith(hugePages);
  if (limit === undefined) {
    if (!overcommit) errors.required(path.at('limits'), 'Limit must be set for non overcommitable resources');
    return;
  }
  const [asked, most] = [parseQuantity(value), parseQuantity(limit)];
  const at = path.at('requests');
  const place = { field: at, path: at.at(name) };
  if (asked.nano !== most.nano && !overcommit)
      errors.invalid(place, printQuantity(asked), `must be equal to ${name} limit of ${printQuantity(most)}`);
    else if (asked.nano > most.nano)
      errors.invalid(place, printQuantity(asked), `must be less than or equal to ${name} limit of ${printQuantity(most)}`); // prettier-ignore
}

/** Models validateResourceClaimNames. */
function checkClaims(
  claims: readonly JsonObject[],
  path: FieldPath,
  known: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  const names = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    const at = path.at(i);
    const name = text(claim, 'name');
    const request = text(claim, 'request');
    if (name === '') {
      errors.required(at);
      continue;
    }
    if (names.has(name)) errors.duplicate(at, name);
    else {
      if (request !== '') errors.invalidAll(at.at('request'), request, dnsLabel(request));
      const key = request === '' ? name : `${name}/${request}`;
      if (names.has(key)) errors.duplicate(at, key);
      else if (request === '') for (const each of names) if (each.startsWith(`${name}/`)) errors.duplicate(at, name);
      names.add(key);
    }
    if (known.has(name)) continue;
    const list = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
    errors.notFound(at, name, `must be one of the names in pod.spec.resourceClaims${list}`);
  }
}
