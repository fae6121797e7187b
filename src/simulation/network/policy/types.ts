/** What network policies say of a connection: the verdict, the rule that decided, and what kept the nearest one from it. */

import type { JsonPath } from '#base/json';
import type { NamespacedName, Protocol } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';

export interface PolicyVerdict {
  readonly direction: 'egress' | 'ingress';
  /** The pod on whose side it is decided. */
  readonly pod: NamespacedName;
  readonly allowed: boolean;
  /** NetworkPolicies that select the pod for this direction (of another tier: the policy that decided); empty: none decides. */
  readonly policies: readonly NamespacedName[];
  /** The policy and rule that allows it, where one does. */
  readonly allowedBy: { readonly policy: NamespacedName; readonly rule: number } | undefined;
  /** The tier whose policies decided; undefined where none of any tier did, and the connection is allowed therefore. */
  readonly tier?: PolicyTier;
  /** The rule that allowed or denied it, with the entries that matched; NetworkPolicies deny by none. */
  readonly decidedBy?: PolicyRuleReference;
  /** Denied by NetworkPolicies: the rule that comes nearest to allowing it. */
  readonly nearest?: NearestRule;
  /** Rules with the action Pass, which ended their tier. */
  readonly passedBy?: readonly PolicyRuleReference[];
  /** Another policy of the same tier and priority that would decide otherwise: which of the two wins is not defined. */
  readonly ambiguous?: PolicyRuleReference;
  /** Rules for domain names that come before the verdict and fit but for the names, which no manifest resolves. */
  readonly undecidable?: readonly PolicyRuleReference[];
}

export type PolicyTier = 'admin' | 'network-policy' | 'baseline';

/** A rule of a policy, and the entries of its peers and ports that matched. */
export interface PolicyRuleReference {
  readonly kind: 'NetworkPolicy' | 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';
  /** Of the API whose meaning was followed: `v1`, `v1alpha1`, `v1alpha2`. */
  readonly version: string;
  readonly object: ObjectKey;
  /** `shop/only-front`; a policy of the cluster has no namespace: `deny-all`. */
  readonly policy: string;
  readonly tier: PolicyTier;
  /** What v1alpha2 calls Accept is Allow here. */
  readonly action: 'Allow' | 'Deny' | 'Pass';
  /** Zero-based index in `spec.ingress` or `spec.egress`. */
  readonly rule: number;
  /** Zero-based index in `from` or `to`; undefined where the rule lists none, or where none matched. */
  readonly peer: number | undefined;
  /** The same in `ports` or `protocols`. */
  readonly port: number | undefined;
  /** From the policy to the deepest of them: `['spec', 'ingress', 0, 'from', 1]`. */
  readonly path: JsonPath;
}

/** The rule that nearly allows a connection, and what of it does not fit. */
export interface NearestRule extends PolicyRuleReference {
  readonly failed: 'peer' | 'port' | 'both';
  /** What keeps the nearest entries from matching; a way each into the policy. */
  readonly missing: readonly PolicyMiss[];
}

/** One requirement of a policy that a connection does not meet. `path` leads to it from the policy. */
export type PolicyMiss = { readonly path: JsonPath } & (
  | {
      readonly kind: 'pod-label' | 'namespace-label';
      /** The pod or namespace that lacks it. */
      readonly of: string;
      readonly key: string;
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
      readonly values: readonly string[];
      readonly actual: string | undefined;
    }
  /** A podSelector alone selects pods of the policy's own namespace. */
  | { readonly kind: 'namespace'; readonly wanted: string; readonly actual: string }
  /** The entry selects pods; the other end is a node, a pod on its node's network, or outside of the cluster. */
  | { readonly kind: 'not-a-pod'; readonly end: string }
  | { readonly kind: 'ip-block'; readonly cidr: string; readonly addresses: readonly string[] }
  | {
      readonly kind: 'ip-block-except';
      readonly cidr: string;
      readonly except: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'protocol'; readonly wanted: Protocol; readonly actual: Protocol }
  | {
      readonly kind: 'port';
      readonly wanted: number;
      readonly endPort: number | undefined;
      readonly actual: number;
      /** The Service that has the wanted port: policies see the pod's port, behind the translation. */
      readonly service: NamespacedName | undefined;
    }
  | {
      readonly kind: 'port-name';
      readonly wanted: string;
      readonly actual: number;
      /** The number that the destination pod gives the name, for the connection's protocol. */
      readonly declared: number | undefined;
    }
);
