/** Whom the workloads call, as the texts of their pods say: variables, arguments, commands, and ConfigMaps that they read. */

import { parseIp } from '#base/ip';
import { namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { configMapUsers } from '../names/config-map-users';
import { namesIn, type NameInText } from '../names/names-in';
import { serviceOfHost } from '../names/service-names';
import { isOutsideName } from '../trace/outside-name';
import type { TopologyEdge } from '../types';
import { edge } from './drawing';
import { ids } from './ids';

/** Whom a text calls: a Service, or a name outside of the cluster. */
interface Call {
  readonly to: string;
  /** `DB_URL`, or the port of a URL. */
  readonly label: string;
}

/** The edges of each workload that calls, by the key of its group. */
export function callsOfGroups(
  groups: ReadonlyMap<string, readonly PodGroup[]>,
  controlPlane: ControlPlane,
): ReadonlyMap<string, readonly TopologyEdge[]> {
  const callers = new Map<PodGroup, Call[]>();
  for (const own of groups.values())
    for (const group of own) {
      const calls = callsOf(group.object, controlPlane);
      if (calls.length > 0) callers.set(group, [...calls]);
    }
  for (const configMap of controlPlane.objectsOfKind('', 'ConfigMap')) {
    const calls = callsOf(configMap, controlPlane);
    if (calls.length === 0) continue;
    for (const group of configMapUsers(configMap, controlPlane))
      callers.set(group, [...(callers.get(group) ?? []), ...calls]);
  }
  return new Map([...callers].map(([group, calls]) => [group.key, edgesOf(ids.group(group), calls)]));
}

function edgesOf(from: string, calls: readonly Call[]): TopologyEdge[] {
  const labels = new Map<string, Set<string>>();
  for (const { to, label } of calls) {
    const known = labels.get(to) ?? new Set();
    if (label !== '') known.add(label);
    labels.set(to, known);
  }
  return [...labels].map(([to, own]) => edge(from, to, 'calls', [...own].join(', ')));
}

function callsOf(object: KubernetesObject, controlPlane: ControlPlane): readonly Call[] {
  const names = namesIn(object);
  return names.length === 0 ? [] : names.flatMap((name) => callOf(name, object.namespace, controlPlane) ?? []);
}

function callOf(name: NameInText, namespace: string, controlPlane: ControlPlane): Call | undefined {
  const label = name.variable ?? (name.port === undefined ? '' : `${name.port}`);
  const isAddress = parseIp(name.host) !== undefined;
  const service = isAddress
    ? controlPlane.servicesByAddress(name.host)[0]
    : serviceOfHost(name.host, namespace, controlPlane);
  if (service) return { to: ids.service(namespacedName(service)), label };
  if (isAddress || !isOutsideName(name.host, controlPlane)) return undefined;
  return { to: ids.external(name.host.toLowerCase()), label };
}
