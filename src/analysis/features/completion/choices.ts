/** Values of fields that have a few, each with what it does to a request. */

import type { Completion, Question } from './types';

type Choices = Readonly<Record<string, string>>;

const protocols: Choices = {
  TCP: 'Connections; what a port is without a protocol.',
  UDP: 'Datagrams; a port of TCP with the same number is another port.',
  SCTP: 'Associations; the nodes have to support it.',
};

const policies: Choices = {
  Cluster: 'Endpoints of all nodes, evenly. From outside, the source address becomes that of the node.',
  Local: 'Endpoints of the node alone that takes the packet; where it has none, the packet is dropped. The source address stays.', // prettier-ignore
};

const service: Readonly<Record<string, Choices>> = {
  'spec.type': {
    ClusterIP: 'A virtual address within the cluster, or none at all (`clusterIP: None`).',
    NodePort: 'As ClusterIP, and a port of each node leads there from outside.',
    LoadBalancer: 'As NodePort, and a load balancer of the cloud gets an address that leads there.',
    ExternalName: 'No address and no rules: DNS answers with another name.',
  },
  'spec.externalTrafficPolicy': policies,
  'spec.internalTrafficPolicy': {
    Cluster: 'Calls from within the cluster go to endpoints of all nodes.',
    Local:
      'Calls from within the cluster go to endpoints of the caller’s own node; where it has none, they are dropped.',
  },
  'spec.sessionAffinity': {
    None: 'Each connection may go to another endpoint.',
    ClientIP:
      'Connections from one address go to one endpoint, for three hours after the last (`sessionAffinityConfig`).',
  },
  'spec.ipFamilyPolicy': {
    SingleStack: 'One address, of the first family of the cluster or of `ipFamilies`.',
    PreferDualStack: 'An address of each family that the cluster has.',
    RequireDualStack: 'An address of both families; refused where the cluster has one.',
  },
  'spec.trafficDistribution': {
    PreferSameZone: 'To endpoints of the caller’s zone where there are any.',
    PreferSameNode: 'To endpoints of the caller’s node where there are any, then of its zone.',
    PreferClose: 'The older name of PreferSameZone.',
  },
  'spec.ports.[].protocol': protocols,
};

const pathTypes: Choices = {
  Prefix: 'The path and all below it, step by step: `/a` takes `/a/b`, not `/ab`.',
  Exact: 'This path alone, with its case.',
  ImplementationSpecific: 'As the controller of the class likes.',
};

const dnsPolicies: Choices = {
  ClusterFirst: 'Names go to the cluster’s DNS; on the node’s own network it is as Default.',
  ClusterFirstWithHostNet: 'As ClusterFirst, for pods on the node’s own network too.',
  Default: 'As the node resolves: Services of the cluster have no names.',
  None: 'Only what `dnsConfig` says.',
};

const policyTypes: Choices = {
  Ingress: 'What comes to the pods is allowed only by the rules.',
  Egress: 'What the pods send is allowed only by the rules, DNS included.',
};

export function completeChoices({ kind, group, field, part }: Question): readonly Completion[] {
  return Object.entries(choicesOf(kind, group, field, part) ?? {}).map(([label, documentation]) => ({
    label,
    insert: label,
    detail: '',
    documentation,
    kind: 'choice',
  }));
}

function choicesOf(kind: string, group: string, field: string, part: Question['part']): Choices | undefined {
  // The items of a list of words look like keys that have no colon yet.
  if (kind === 'NetworkPolicy' && /^spec\.policyTypes\.\[\]$/.test(field)) return policyTypes;
  if (part !== 'value') return undefined;
  if (group === '' && kind === 'Service') return service[field];
  if (kind === 'Ingress' && /\.paths\.\[\]\.pathType$/.test(field)) return pathTypes;
  if (kind === 'NetworkPolicy' && /\.ports\.\[\]\.protocol$/.test(field)) return protocols;
  if (/(?:^|\.)spec\.dnsPolicy$/.test(field)) return dnsPolicies;
  return /\.containers\.\[\]\.ports\.\[\]\.protocol$/.test(field) ? protocols : undefined;
}
