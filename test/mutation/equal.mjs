/** Mutants that mean the same as the source: no case can notice them. Each says why. */

export const equalMutants = [
  {
    file: 'name-in-text.ts',
    why: 'without a namespace there is no name to ask for, and pods that ask the cluster get the same answer',
    changes: [
      'isAsked || reading.namespace === undefined → ((isAsked) && (reading.namespace === undefined))',
      'isAsked || reading.namespace === undefined → false',
    ],
  },
  {
    file: 'ingress-paths.ts',
    why: 'no two Ingresses have one key',
    changes: [
      '(compareAges(other, object) || compareStrings(other.key, object.key)) > 0 → (((compareAges(other, object) || compareStrings(other.key, object.key))) >= (0))',
    ],
  },
  {
    file: 'denied-call.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['names.length === 0 → false', '!policy → false', 'policies.length === 0 → false'],
  },
  {
    file: 'denied-ingress.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['controlPlane.networkPolicies(object.namespace).length === 0 → false'],
  },
  {
    file: 'name-in-text.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['names.length === 0 → false', 'readings.length === 0 → false'],
  },
  {
    file: 'one-number-two-protocols.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['ports.length < 2 → false'],
  },
  {
    file: 'policy-port.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['rule.ports.length === 0 → false'],
  },
  {
    file: 'readiness-gates.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['gates.length === 0 → false'],
  },
  {
    file: 'service-link-variable.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['references.length === 0 → false', "!text.includes('_PORT)') → false"],
  },
  {
    file: 'shared-address.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['externalIPs.length === 0 && !loadBalancerIP → false'],
  },
  {
    file: 'target-port-name.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['targets.length === 0 → false'],
  },
  {
    file: 'target-port-undeclared.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['targets.length === 0 → false'],
  },
  {
    file: 'unapplied.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['scope.unapplied.length === 0 → false'],
  },
  {
    file: 'unseen-pods.ts',
    why: 'nothing comes of what follows: the condition saves the work',
    changes: ['scope.unapplied.length === 0 → false'],
  },
  {
    file: 'policy-forgets-dns.ts',
    why: 'one policy is looked at before all are: they come to the same',
    changes: ['mayAllowDns(policy, context) → false'],
  },
  {
    file: 'dns-egress.ts',
    why: 'one policy is looked at before all are: they come to the same',
    changes: [
      "writtenRules(policy).some( (rule) => rule.direction === 'egress' && mayMean(rule, 'UDP', addresses,… → (writtenRules(policy).every( (rule) => rule.direction === 'egress' && mayMean(rule, 'UDP', addresse…",
    ],
  },
  {
    file: 'family-without-endpoints.ts',
    why: 'where each node gives both families, pods that are made have both: what is asked here is whether to make them',
    changes: [
      'families.every((family) => isGivenEverywhere(family, controlPlane)) && !targets.some(hasOwnAddresse… → false',
      'targets.some(hasOwnAddresses) → (targets.every(hasOwnAddresses))',
      'parsePrefix(range)?.family === family → ((parsePrefix(range)?.family) !== (family))',
      'spec.podCIDRs?.some((range) => parsePrefix(range)?.family === family) → (spec.podCIDRs?.every((range) => parsePrefix(range)?.family === family))',
      "object.kind === 'Pod' && object.body.status !== undefined → ((object.kind === 'Pod') || (object.body.status !== undefined))",
    ],
  },
  {
    file: 'unready-endpoints.ts',
    why: 'pods without a status are taken to be ready: what is asked here is whether to make them',
    changes: [
      'knownNodes(controlPlane).length === 0 && !targets.some(hasStatus) → false',
      'targets.some(hasStatus) → (targets.every(hasStatus))',
      "object.kind === 'Pod' && object.body.status !== undefined → ((object.kind === 'Pod') || (object.body.status !== undefined))",
    ],
  },
  {
    file: 'meant-pods.ts',
    why: 'no two groups have one key, and names that weigh the same are asked for before',
    changes: ['named < 0 → ((named) <= (0))', 'a.key < b.key → ((a.key) <= (b.key))'],
  },
  {
    file: 'meant-pods.ts',
    why: 'it bounds the work: where there are as many, one more or less is the same',
    changes: ['groups.length > mostCompared → ((groups.length) >= (mostCompared))'],
  },
  {
    file: 'loopback.ts',
    why: 'of two words of one length, either may be the shorter one',
    changes: ['a.length < b.length → ((a.length) <= (b.length))'],
  },
  {
    file: 'nearest.ts',
    why: 'two of one key are one',
    changes: ['compareStrings(pods.key, best.pods.key) >= 0 → ((compareStrings(pods.key, best.pods.key)) > (0))'],
  },
  {
    file: 'nearest.ts',
    why: 'of two texts of one length, neither has a letter behind the other',
    changes: ['long.length > short.length → ((long.length) >= (short.length))'],
  },
  {
    file: 'nearest.ts',
    why: 'the words are the same, so no edit is counted, and one is the least',
    changes: ['low === otherLow → false'],
  },
  {
    file: 'selector-unrelated.ts',
    why: 'the labels of one key differ in one pair',
    changes: [
      'compareLabels({ [key]: meant.labels[key]! }, other.labels).differences.some( ({ cost }) => cost >= … → (compareLabels({ [key]: meant.labels[key]! }, other.labels).differences.every( ({ cost }) => cost >…',
    ],
  },
  {
    file: 'selector-matches-several-workloads.ts',
    why: 'without a job nobody passes, and a job alone is told by the last condition',
    changes: [
      'targets.length < 2 || !targets.some(runsToCompletion) → ((targets.length < 2) && (!targets.some(runsToCompletion)))',
    ],
  },
  {
    file: 'allocation-clash.ts',
    why: 'the port itself is taken',
    changes: ['candidate > port → ((candidate) >= (port))'],
  },
  {
    file: 'list-edits.ts',
    why: 'there is a comma or a dash between two items',
    changes: ['a.end > b.start → ((a.end) >= (b.start))'],
  },
  {
    file: 'observed-endpoints.ts',
    why: 'both are names alone, and stay two',
    changes: ["ready ? 'ready' : 'not ready' → ((ready) ? ('not ready') : ('ready'))"],
  },
];
