/** Which pods read a ConfigMap: as variables or as files. */

import { isJsonObject, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';

const known = new WeakMap<PodGroup['spec'], ReadonlySet<string>>();

/** The pod groups of its namespace that refer to the ConfigMap. */
export function configMapUsers(configMap: KubernetesObject, controlPlane: ControlPlane): readonly PodGroup[] {
  return [...controlPlane.podGroups(configMap.namespace)].filter(({ spec }) => configMapsOf(spec).has(configMap.name));
}

/** The pods that get the texts of the object: its own, or those that read it. */
export function usersOfText(object: KubernetesObject, controlPlane: ControlPlane): readonly PodGroup[] {
  if (object.kind === 'ConfigMap') return configMapUsers(object, controlPlane);
  const group = controlPlane.podGroup(object.key);
  return group ? [group] : [];
}

/** The ConfigMaps that a pod names, kept by the identity of its spec. */
function configMapsOf(spec: PodGroup['spec']): ReadonlySet<string> {
  const before = known.get(spec);
  if (before) return before;
  const names = new Set<string>();
  collect(spec as unknown as JsonValue, names);
  known.set(spec, names);
  return names;
}

function collect(value: JsonValue | undefined, names: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, names);
  else if (isJsonObject(value))
    for (const [key, item] of Object.entries(value)) {
      // A volume's configMap, the configMapRef of envFrom, the configMapKeyRef of a variable.
      if (/^configMap(?:Ref|KeyRef)?$/.test(key) && isJsonObject(item) && typeof item.name === 'string')
        names.add(item.name);
      else collect(item, names);
    }
}
