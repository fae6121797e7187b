/** What policies decide, in words: which rule, and what keeps the nearest one from allowing a connection. */

import { assertNever } from '#base/assert';
import type { NearestRule, PolicyMiss, PolicyRuleReference, PolicyVerdict, WalkPath } from '#simulation/types';

/** `allowed by shop/only-front, rule 1`, `denied by ClusterNetworkPolicy no-egress, rule 2 (admin tier)`. */
export function printVerdict(verdict: PolicyVerdict): string {
  const { decidedBy, allowed } = verdict;
  if (decidedBy) return `${allowed ? 'allowed' : 'denied'} by ${printRule(decidedBy)}`;
  if (verdict.allowedBy) return `allowed by ${verdict.allowedBy.policy}, rule ${verdict.allowedBy.rule + 1}`;
  if (verdict.policies.length === 0) return 'no policy selects it';
  if (allowed) return 'allowed';
  const by = verdict.policies.length === 1 ? verdict.policies[0]! : `${verdict.policies.length} policies`;
  return `denied: no rule of ${by} allows it`;
}

/** `shop/only-front, rule 1`; of the cluster's policies with kind and tier, whose meaning may change with the API. */
export function printRule(reference: PolicyRuleReference): string {
  const rule = `rule ${reference.rule + 1}`;
  if (reference.kind === 'NetworkPolicy') return `${reference.policy}, ${rule}`;
  return `${reference.kind} ${reference.policy}, ${rule} (${reference.tier} tier, as of ${reference.version})`;
}

/** What else is to be said of a verdict, a line each. */
export function verdictLines(verdict: PolicyVerdict): string[] {
  const { passedBy = [], ambiguous, undecidable = [], nearest } = verdict;
  return [
    ...passedBy.map((rule) => `passed on by ${printRule(rule)}`),
    ...(ambiguous
      ? [`${printRule(ambiguous)} has the same priority and says otherwise: which of the two wins is not defined`]
      : []),
    ...undecidable.map(
      (rule) => `${printRule(rule)} is for domain names, which no manifest resolves: taken not to match`,
    ),
    ...(nearest ? nearestLines(nearest) : []),
  ];
}

function nearestLines(nearest: NearestRule): string[] {
  const what = {
    peer: 'its peers do not fit',
    port: 'its ports do not fit',
    both: 'neither its peers nor its ports fit',
  };
  return [`nearest: ${printRule(nearest)}; ${what[nearest.failed]}`, ...nearest.missing.map(printMiss)];
}

/** One thing that does not fit, as a sentence without its dot. */
function printMiss(miss: PolicyMiss): string {
  switch (miss.kind) {
    case 'pod-label':
      return `pod ${miss.of} ${labelMiss(miss)}`;
    case 'namespace-label':
      return `namespace ${miss.of} ${labelMiss(miss)}`;
    case 'namespace':
      return `the other pod is in namespace ${miss.actual}, and a podSelector alone means namespace ${miss.wanted}`;
    case 'not-a-pod':
      return `${miss.end} is no pod with an address of its own, and the entry selects pods`;
    case 'ip-block':
      return `${miss.addresses.join(', ')} is not in ${miss.cidr}`;
    case 'ip-block-except':
      return `${miss.addresses.join(', ')} is in ${miss.except}, which is excepted from ${miss.cidr}`;
    case 'protocol':
      return `it is for ${miss.wanted}, and the connection is ${miss.actual}`;
    case 'port': {
      const wanted = miss.endPort === undefined ? `port ${miss.wanted}` : `ports ${miss.wanted} to ${miss.endPort}`;
      const why = miss.service === undefined ? '' : `: ${miss.wanted} is the port of Service ${miss.service}, and policies see the pod's`; // prettier-ignore
      return `it is for ${wanted}, and the pod is called at ${miss.actual}${why}`;
    }
    case 'port-name':
      return miss.declared === undefined
        ? `no container of the called pod gives a port the name ${miss.wanted}`
        : `port ${miss.wanted} of the called pod is ${miss.declared}, and it is called at ${miss.actual}`;
    default:
      return assertNever(miss);
  }
}

function labelMiss({
  key,
  operator,
  values,
  actual,
}: Extract<PolicyMiss, { kind: 'pod-label' | 'namespace-label' }>): string {
  // prettier-ignore
  const wanted = values.length === 1 ? `${key}: ${values[0]}` : `${key} in ${values.join(', ')}`;
  switch (operator) {
    case 'In':
      return actual === undefined
        ? `has no label ${wanted}`
        : `has the label ${key}: ${actual}, not ${values.join(' or ')}`;
    case 'NotIn':
    case 'DoesNotExist':
      return `has the label ${key}: ${actual ?? ''}, which is ruled out`;
    case 'Exists':
      return `has no label ${key}`;
  }
}

/** Whether a policy that is written is enforced at all is up to the network plugin. */
export function policyAssumptions(paths: readonly WalkPath[]): string[] {
  const verdicts = paths.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'policy' ? step.verdict : [])));
  const asked = verdicts.flatMap(({ tier, passedBy = [] }) => [...(tier === undefined ? [] : [tier]), ...passedBy.map((rule) => rule.tier)]); // prettier-ignore
  return [
    ...(asked.includes('network-policy')
      ? ['the network plugin is taken to enforce NetworkPolicies: some, such as flannel alone, do not']
      : []),
    ...(asked.includes('admin') || asked.includes('baseline')
      ? [
          'the network plugin is taken to enforce the policies of the cluster (policy.networking.k8s.io): only some know them',
        ]
      : []),
  ];
}
