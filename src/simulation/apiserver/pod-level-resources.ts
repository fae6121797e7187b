/** What the API server finds wrong with resources that a pod asks for as a whole. */

import type { JsonObject, JsonValue } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { struct, structs, text } from './pod-fields';
import { parseQuantity, printQuantity, type Quantity } from './pod-quantity';
import { checkResources, isOfPods } from './pod-resources';

/** Models pkg/apis/core/validation validatePodResources and validatePodResourceConsistency (v1.37). */
export function checkPodResources(
  spec: JsonObject,
  claims: ReadonlySet<string>,
  path: FieldPath,
  errors: FieldErrors,
): void {
  const resources = struct(spec, 'resources');
  if (!resources) return;
  const at = path.at('resources');
  if (text(struct(spec, 'os'), 'name') === 'windows') {
    errors.forbidden(at, 'may not be set for a windows pod');
    return;
  }
  if (resources.claims !== undefined)
    errors.forbidden(at.at('claims'), 'claims may not be set for Resources at pod-level');
  checkResources(resources, at, 'pod', claims, errors);
  for (const list of ['requests', 'limits'] as const) {
    const whole = struct(resources, list);
    for (const name in whole) {
      // Limits add up for huge pages alone.
      if (list === 'limits' && !name.startsWith('hugepages-')) continue;
      const given = parseQuantity(whole[name] as string);
      const sum = sumOf(spec, list, name);
      if (sum.nano > given.nano)
        errors.invalid(at.at(list).key(name), printQuantity(given), `must be greater than or equal to aggregate container ${list} of ${printQuantity(sum)}`); // prettier-ignore
    }
  }
  checkLimits(spec, struct(resources, 'limits'), at, errors);
}

/** What the server fills in for a pod as a whole. Models pkg/apis/core/v1 defaultPodRequests. */
export function withPodRequests(spec: JsonObject): JsonObject {
  const resources = struct(spec, 'resources');
  const limits = struct(resources, 'limits');
  if (!limits) return spec;
  const requests: Record<string, JsonValue | undefined> = { ...struct(resources, 'requests') };
  for (const name of ['cpu', 'memory']) {
    const sum = sumOf(spec, 'requests', name);
    if (requests[name] === undefined && sum.nano > 0n) requests[name] = printQuantity(sum);
  }
  for (const name in limits) if (isOfPods(name)) requests[name] ??= limits[name];
  return { ...spec, resources: { ...resources, requests } };
}

/** Models k8s.io/component-helpers/resource AggregateContainerRequests: what runs at a time is added up. */
function sumOf(spec: JsonObject, list: 'requests' | 'limits', name: string): Quantity {
  const asked = (container: JsonObject): Quantity => {
    const own = struct(struct(container, 'resources'), list);
    const value = own && Object.hasOwn(own, name) ? (own[name] as string) : undefined;
    return value === undefined ? { nano: 0n, format: 'decimal' } : parseQuantity(value);
  };
  let { nano, format } = structs(spec, 'containers').map(asked).reduce(add, { nano: 0n, format: 'decimal' });
  let sidecars = 0n;
  let most = 0n;
  for (const container of structs(spec, 'initContainers')) {
    const own = asked(container);
    if (own.nano !== 0n) ({ format } = own);
    if (text(container, 'restartPolicy') === 'Always') sidecars += own.nano;
    const now = text(container, 'restartPolicy') === 'Always' ? sidecars : sidecars + own.nano;
    if (now > most) most = now;
  }
  nano += sidecars;
  return { nano: nano > most ? nano : most, format };
}

function add(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

function checkLimits(spec: JsonObject, limits: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  for (const [i, container] of structs(spec, 'containers').entries()) {
    const own = struct(struct(container, 'resources'), 'limits');
    for (const name in own) {
      const most = limits && Object.hasOwn(limits, name) ? (limits[name] as string) : undefined;
      const limit = parseQuantity(own[name] as string);
      if (most === undefined || limit.nano <= parseQuantity(most).nano) continue;
      // The server looks for the containers inside the pod's resources.
      const field = path.at('containers', i).key(name).at('limits');
      const place = { field, path: path.parent().at('containers', i, 'resources').at('limits', name) };
      errors.invalid(place, printQuantity(limit), `must be less than or equal to pod limits of ${printQuantity(parseQuantity(most))}`); // prettier-ignore
    }
  }
}
