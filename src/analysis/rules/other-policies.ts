/** Policies of kinds that are not followed here. */

import type { AnalysisContext } from '../context';

const otherPolicyGroups = new Set([
  'cilium.io', 'crd.projectcalico.org', 'projectcalico.org', 'crd.antrea.io', 'policy.networking.k8s.io',
]); // prettier-ignore

/** Whether there are any: they may allow what NetworkPolicies do not. */
export function hasOtherPolicies({ simulation }: AnalysisContext): boolean {
  for (const { group, kind } of simulation.controlPlane.objects())
    if (otherPolicyGroups.has(group) && /Policy$/.test(kind)) return true;
  return false;
}
