/** Endpoints in the form of EndpointSlices, for clusters whose slices may not be read: the same addresses, less about each. */

import { familyOf, type IpFamily } from '#base/ip';
import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '#base/json';
import { objectKey, type KubernetesObject } from '#model/object';
import { observedOrigin } from './observed-object';

const known = new WeakMap<KubernetesObject, readonly KubernetesObject[]>();

/**
 * A slice for each subset and family; always the same ones for the same object. As the endpoint slice controller's own,
 * so that nothing is computed beside them.
 */
export function endpointsAsSlices(object: KubernetesObject): readonly KubernetesObject[] {
  const made = known.get(object) ?? make(object);
  known.set(object, made);
  return made;
}

function make(object: KubernetesObject): readonly KubernetesObject[] {
  const subsets = listOf(object.body.subsets);
  // Without an address too, the Service has slices: one that holds nothing.
  const parts = subsets.length === 0 ? [{ index: 0, subset: {}, family: 'IPv4' as const }] : subsets.flatMap(partsOf);
  return parts.map(({ index, subset, family }) => sliceOf(object, `${object.name}-${index}-${family.toLowerCase()}`, subset, family)); // prettier-ignore
}

interface Part {
  readonly index: number;
  readonly subset: JsonObject;
  readonly family: IpFamily;
}

function partsOf(value: JsonValue, index: number): readonly Part[] {
  if (!isJsonObject(value)) return [];
  const families = new Set([...addressesOf(value, 'addresses'), ...addressesOf(value, 'notReadyAddresses')].map(familyOfAddress)); // prettier-ignore
  return [...families].flatMap((family) => (family ? [{ index, subset: value, family }] : []));
}

function sliceOf(object: KubernetesObject, name: string, subset: JsonObject, family: IpFamily): KubernetesObject {
  const { namespace, origin } = object;
  const endpoints = (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
    addressesOf(subset, list)
      .filter((address) => familyOfAddress(address) === family)
      .map((address) => endpointOf(address, list === 'addresses')),
  );
  const body: JsonObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      namespace,
      labels: {
        'kubernetes.io/service-name': object.name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    },
    addressType: family,
    endpoints,
    ports: listOf(subset.ports),
  };
  const context = origin.kind === 'cluster' ? origin.context : '';
  const resourceVersion = origin.kind === 'cluster' ? origin.resourceVersion : '';
  return {
    key: objectKey('discovery.k8s.io', 'EndpointSlice', namespace, name),
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    namespace,
    namespaceGiven: true,
    name,
    body,
    origin: observedOrigin(context, resourceVersion, { kind: 'EndpointSlice', namespace, name }),
  };
}

function endpointOf({ ip, hostname, nodeName, targetRef }: JsonObject, ready: boolean): JsonObject {
  return {
    addresses: [ip ?? ''],
    conditions: { ready, serving: ready, terminating: false },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function addressesOf(subset: JsonObject, list: 'addresses' | 'notReadyAddresses'): readonly JsonObject[] {
  return listOf(subset[list]).filter(isJsonObject);
}

function familyOfAddress({ ip }: JsonObject): IpFamily | undefined {
  return typeof ip === 'string' ? familyOf(ip) : undefined;
}

function listOf(value: JsonValue | undefined): JsonArray {
  return Array.isArray(value) ? (value as JsonArray) : [];
}
