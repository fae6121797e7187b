/** The NetworkPolicies by namespace. */

import { compareStrings } from '#base/compare';
import type { NetworkPolicy } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';

const none: readonly NetworkPolicy[] = [];

interface PoliciesOfNamespace {
  readonly byName: Map<string, NetworkPolicy>;
  /** In the order of their names; undefined until somebody asks. */
  sorted: readonly NetworkPolicy[] | undefined;
}

export class PolicyRegistry {
  readonly #namespaces = new Map<string, PoliciesOfNamespace>();

  set(object: KubernetesObject, policy: NetworkPolicy | undefined): void {
    const { namespace, name } = object;
    const policies = this.#namespaces.get(namespace) ?? { byName: new Map<string, NetworkPolicy>(), sorted: undefined };
    policies.sorted = undefined;
    if (policy) policies.byName.set(name, policy);
    else policies.byName.delete(name);
    if (policies.byName.size > 0) this.#namespaces.set(namespace, policies);
    else this.#namespaces.delete(namespace);
  }

  /** In the order of their names; the same array until one of the namespace changes. */
  policies(namespace: string): readonly NetworkPolicy[] {
    const policies = this.#namespaces.get(namespace);
    if (!policies) return none;
    policies.sorted ??= [...policies.byName.values()].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name));
    return policies.sorted;
  }
}
