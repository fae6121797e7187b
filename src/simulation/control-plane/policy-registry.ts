/** The NetworkPolicies by namespace. */

import { compareStrings } from '#base/compare';
import type { NetworkPolicy } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';

const none: readonly NetworkPolicy[] = [];

export class PolicyRegistry {
  readonly #byNamespace = new Map<string, readonly NetworkPolicy[]>();

  set(object: KubernetesObject, policy: NetworkPolicy | undefined): void {
    const others = this.policies(object.namespace).filter((other) => other.metadata.name !== object.name);
    const policies = policy
      ? [...others, policy].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name))
      : others;
    if (policies.length > 0) this.#byNamespace.set(object.namespace, policies);
    else this.#byNamespace.delete(object.namespace);
  }

  /** In the order of their names; the same array until one of the namespace changes. */
  policies(namespace: string): readonly NetworkPolicy[] {
    return this.#byNamespace.get(namespace) ?? none;
  }
}
