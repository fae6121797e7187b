/** Nodes: how they are decoded, defaulted and checked. */

import { parsePrefix } from '#base/ip';
import { printPath, type JsonObject, type JsonPath } from '#base/json';
import type { Node } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { ipPrefix } from './addresses';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, clusterMetadataOf } from './metadata';
import { dnsSubdomain, qualifiedName, validLabelValue } from './names';
import { struct, structs, text, texts } from './pod-fields';
import { parseQuantity, printQuantity } from './pod-quantity';
import { apiRelease, type ApiRelease } from './releases';
import { structSchema } from './schema/schema';

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models pkg/apis/core SetDefaults_NodeStatus and ValidateNode (v1.37). */
export function admitNode(object: KubernetesObject, settings: ClusterSettings): Admission<Node> {
  const { value: body, refusal } = decode(object, structSchema('core.Node', settings));
  if (refusal) return { value: undefined, refusal };
  const written = struct(body, 'spec') ?? {};
  const spec = withBothRanges(written);
  const status = statusWithDefaults(struct(body, 'status') ?? {});
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  checkTaints(structs(spec, 'taints'), errors);
  checkResources(status, errors);
  checkPodRanges(written, apiRelease(settings, object.origin), errors);
  return admission(object, errors, () => ({
    ...body,
    apiVersion: 'v1',
    kind: 'Node',
    metadata: clusterMetadataOf(object, body),
    spec: spec as unknown as Node['spec'],
    status: status as unknown as Node['status'],
  }));
}

/** Models the conversion of NodeSpec: one of `podCIDR` and `podCIDRs` gives the other. */
function withBothRanges(spec: JsonObject): JsonObject {
  const [single, several] = [text(spec, 'podCIDR'), texts(spec, 'podCIDRs')];
  if (several.length > 0) return single === '' ? { ...spec, podCIDR: several[0] } : spec;
  return single === '' ? spec : { ...spec, podCIDRs: [single] };
}

function statusWithDefaults(status: JsonObject): JsonObject {
  const capacity = quantities(struct(status, 'capacity'));
  const allocatable = quantities(struct(status, 'allocatable')) ?? capacity;
  return { ...status, ...(capacity && { capacity }), ...(allocatable && { allocatable }) };
}

/** Quantities may be written as numbers; the server gives them out as text. */
function quantities(list: JsonObject | undefined): JsonObject | undefined {
  if (!list || Object.values(list).every((value) => typeof value === 'string')) return list;
  return Object.fromEntries(Object.entries(list).map(([key, value]) => [key, String(value as string | number)]));
}

/** The server reports them under `metadata`. Models validateNodeTaints. */
function checkTaints(taints: readonly JsonObject[], errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const [i, taint] of taints.entries()) {
    const [key, value, effect] = [text(taint, 'key'), text(taint, 'value'), text(taint, 'effect')];
    const field = `metadata.taints[${i}]`;
    const at = (name: string) => ({ field: `${field}.${name}`, path: ['spec', 'taints', i, name] });
    errors.invalidAll(at('key'), key, qualifiedName(key));
    const complaints = validLabelValue(value);
    if (complaints.length > 0) errors.invalid(at('value'), value, complaints.join(';'));
    if (effect === '') errors.required(at('effect'));
    else if (!taintEffects.includes(effect)) errors.notSupported(at('effect'), effect, taintEffects);
    const pair = `${key}\n${effect}`;
    if (seen.has(pair))
      errors.duplicate({ field, path: ['spec', 'taints', i] }, { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null }, 'taints must be unique by key and effect pair'); // prettier-ignore
    seen.add(pair);
  }
}

/** Models ValidateNodeResources. */
function checkResources(status: JsonObject, errors: FieldErrors): void {
  for (const list of ['capacity', 'allocatable']) {
    const resources = struct(status, list);
    for (const name in resources) {
      const quantity = parseQuantity(resources[name] as string);
      const path: JsonPath = ['status', list, name];
      const at = { field: `${printPath(['status', list])}.${name}`, path };
      if (quantity.nano < 0n) errors.invalid(at, printQuantity(quantity), 'must be greater than or equal to 0');
      const whole = name === 'pods' || (name.includes('/') && !name.includes('kubernetes.io/'));
      if (whole && quantity.nano % 1_000_000_000n !== 0n)
        errors.invalid(at, printQuantity(quantity), 'must be an integer');
    }
  }
}

function checkPodRanges(spec: JsonObject, release: ApiRelease, errors: FieldErrors): void {
  const several = texts(spec, 'podCIDRs');
  const single = text(spec, 'podCIDR');
  const ranges = several.length > 0 ? several : single === '' ? [] : [single];
  const path = several.length > 0 ? ['spec', 'podCIDRs'] : ['spec', 'podCIDR'];
  for (const [i, range] of ranges.entries())
    errors.invalidAll({ field: `spec.podCIDRs[${i}]`, path: [...path, i] }, range, ipPrefix(range, release));
  const broken = ranges.findIndex((range) => !parsePrefix(range));
  if (ranges.length > 1 && broken >= 0)
    errors.internal(['spec', 'podCIDRs'], `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${broken}]: <nil> (invalid CIDR address: ${ranges[broken]})`); // prettier-ignore
  const families = new Set(ranges.map((range) => parsePrefix(range)?.family));
  if (ranges.length > 1 && (broken >= 0 || families.size < 2 || ranges.length > 2))
    errors.invalid(['spec', 'podCIDRs'], ranges, 'may specify no more than one CIDR for each IP family');
}
