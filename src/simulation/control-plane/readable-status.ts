/**
 * The parts of a status that networking reads, without what is not of the right shape. A status in a manifest is
 * never decoded by the API server, which drops it, so nothing refuses a wrong one.
 */

import { isJsonObject, type JsonObject } from '#base/json';
import type { Node, Pod, PodCondition } from '#model/kubernetes';

export function withReadablePodStatus(pod: Pod): Pod {
  const status = objectOf(pod.status);
  const { phase, podIP, podIPs, hostIP, hostIPs, conditions, ...rest } = status;
  return {
    ...pod,
    status: {
      ...rest,
      ...textField('phase', phase),
      ...textField('podIP', podIP),
      ...(Array.isArray(podIPs) && { podIPs: addressesOf(podIPs) }),
      ...textField('hostIP', hostIP),
      ...(Array.isArray(hostIPs) && { hostIPs: addressesOf(hostIPs) }),
      ...(Array.isArray(conditions) && { conditions: conditionsOf(conditions) }),
    },
  };
}

export function withReadableNodeStatus(node: Node): Node {
  const { addresses, conditions, allocatable, capacity, ...rest } = objectOf(node.status);
  const complete = itemsOf(addresses).filter(
    (item) => typeof item.type === 'string' && typeof item.address === 'string',
  );
  return {
    ...node,
    status: {
      ...rest,
      ...(Array.isArray(addresses) && { addresses: complete as unknown as NonNullable<Node['status']['addresses']> }),
      ...(Array.isArray(conditions) && { conditions: conditionsOf(conditions) }),
      ...(isJsonObject(allocatable) && { allocatable: quantitiesOf(allocatable) }),
      ...(isJsonObject(capacity) && { capacity: quantitiesOf(capacity) }),
    },
  };
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function itemsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item)) : [];
}

function textField(key: string, value: unknown): Readonly<Record<string, string>> {
  return typeof value === 'string' ? { [key]: value } : {};
}

function addressesOf(value: unknown): readonly { readonly ip: string }[] {
  return itemsOf(value).flatMap(({ ip }) => (typeof ip === 'string' ? [{ ip }] : []));
}

function conditionsOf(value: unknown): readonly PodCondition[] {
  const complete = itemsOf(value).filter(({ type, status }) => typeof type === 'string' && typeof status === 'string');
  return complete as unknown as readonly PodCondition[];
}

function quantitiesOf(value: JsonObject): Readonly<Record<string, string>> {
  const entries = Object.entries(value).filter(([, item]) => typeof item === 'string' || typeof item === 'number');
  return Object.fromEntries(entries.map(([key, item]) => [key, String(item)]));
}
