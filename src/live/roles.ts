/** The smallest roles with which a feature can be had, as manifests. */

import type { JsonObject } from '#base/json';
import { watchedKinds, type Feature, type WatchedKind } from './kinds';

export { features, type Feature } from './kinds';

const name = 'service-topology';
const verbs = ['list', 'watch'];

/** A ClusterRole that reads all namespaces, and a Role for the two ConfigMaps, where the features need them. */
export function clusterRoleFor(wanted: readonly Feature[]): readonly JsonObject[] {
  const needed = neededFor(wanted);
  const everywhere = needed.filter(({ only }) => only === undefined);
  return [role('ClusterRole', undefined, rulesFor(everywhere)), ...rolesForNamed(needed)];
}

/** A Role for one namespace, a ClusterRole for what lives in none, and a Role for the two ConfigMaps. */
export function namespacedRolesFor(wanted: readonly Feature[], namespace: string): readonly JsonObject[] {
  const needed = neededFor(wanted);
  const inside = needed.filter((kind) => kind.namespaced && kind.only === undefined);
  const outside = needed.filter(({ namespaced }) => !namespaced);
  return [
    role('Role', namespace, rulesFor(inside)),
    ...(outside.length === 0 ? [] : [role('ClusterRole', undefined, rulesFor(outside))]),
    ...rolesForNamed(needed),
  ];
}

function neededFor(wanted: readonly Feature[]): readonly WatchedKind[] {
  return watchedKinds.filter((kind) => kind.features.some((feature) => wanted.includes(feature)));
}

function rolesForNamed(needed: readonly WatchedKind[]): readonly JsonObject[] {
  const byNamespace = new Map<string, WatchedKind[]>();
  for (const kind of needed) {
    if (!kind.only) continue;
    const same = byNamespace.get(kind.only.namespace);
    if (same) same.push(kind);
    else byNamespace.set(kind.only.namespace, [kind]);
  }
  return [...byNamespace].map(([namespace, kinds]) => role('Role', namespace, namedRules(kinds)));
}

/** One rule a group. */
function rulesFor(kinds: readonly WatchedKind[]): readonly JsonObject[] {
  const groups = new Map<string, string[]>();
  for (const { group, resource } of kinds) groups.set(group, [...(groups.get(group) ?? []), resource]);
  return [...groups].map(([group, resources]) => ({ apiGroups: [group], resources, verbs }));
}

/** A list or watch with `fieldSelector=metadata.name=NAME` is allowed by a rule that names the object. */
function namedRules(kinds: readonly WatchedKind[]): readonly JsonObject[] {
  const resources = new Map<string, WatchedKind[]>();
  for (const kind of kinds) {
    const id = `${kind.group}/${kind.resource}`;
    resources.set(id, [...(resources.get(id) ?? []), kind]);
  }
  return [...resources.values()].map((same) => ({
    apiGroups: [same[0]!.group],
    resources: [same[0]!.resource],
    resourceNames: same.map(({ only }) => only!.name),
    verbs,
  }));
}

function role(kind: 'Role' | 'ClusterRole', namespace: string | undefined, rules: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    rules,
  };
}
