/** The query for a name on its way to the DNS server: where policies drop it, the request ends before it begins. */

import { namespacedName, type Pod } from '#model/kubernetes';
import { objectKey } from '#model/object';
import type { PolicyVerdict, Resolution } from '#simulation/types';
import { dnsVerdict } from '../rules/dns-egress';
import type { Fix, Hop, Trace, TraceRequest } from '../types';
import { assumptionsOf } from './assumptions';
import { serious, troublesOf, type Tracing } from './causes';
import { pathWithoutRules, type Delivery } from './delivery';
import type { Destination } from './destination';
import { hostAndPort } from './host-and-port';
import { packetHops, walkOf } from './packet-hops';
import { dnsFix } from './policy-fixes';
import { policyHop } from './policy-hop';
import type { Source } from './source';
import { verdictOf } from './words';

const dnsPort = 53;

/** A query that gets no answer, and why. */
export interface FailedQuery {
  /** `10.96.0.10:53/UDP`. */
  readonly target: string;
  /** `dropped by policy shop/web-egress`. */
  readonly what: string;
  readonly verdict: PolicyVerdict | undefined;
  /** The way of the query up to where it ends. */
  readonly hops: readonly Hop[];
}

/** Undefined where the query is answered, for all that is known, or where no server is asked. */
export function failedQuery(
  source: Source,
  resolution: Resolution,
  delivery: Delivery,
  tracing: Tracing,
): FailedQuery | undefined {
  const { pod } = source;
  const { dns } = tracing.context.simulation;
  if (!pod || resolution.tries.length === 0 || resolution.hosts !== undefined) return undefined;
  const [server, ...others] = dns.resolvConf(namespacedName(pod))?.nameservers ?? [];
  // A resolver goes on to its next server.
  if (server === undefined || others.some((other) => !dns.server().addresses.includes(other))) return undefined;
  if (!dns.server().addresses.includes(server)) return undefined;
  return hasServerPods(tracing) ? byWalk(source, server, delivery, tracing) : byPolicy(pod, server, tracing);
}

/** What was taken for granted of a query that policies may drop: whose pods the DNS server's are, no manifest shows. */
export function queryAssumptions({ pod }: Source, resolution: Resolution | undefined, tracing: Tracing): string[] {
  const { controlPlane, dataPlane, dns } = tracing.context.simulation;
  const [server] = dns.server().addresses;
  const group = pod && controlPlane.groupOfPod(namespacedName(pod));
  if (!resolution || resolution.tries.length === 0 || !group || server === undefined || hasServerPods(tracing))
    return [];
  const question = {
    from: { pod: namespacedName(pod) },
    to: { address: server },
    port: dnsPort,
    protocol: 'UDP',
  } as const;
  if (dataPlane.policy(question).egress?.allowed !== false || dnsVerdict(group, tracing.context).kind !== 'unknown')
    return [];
  return [
    `the pods of the DNS server are not among the manifests: a policy of ${namespacedName(pod)} is taken to mean them`,
  ];
}

function hasServerPods({ context }: Tracing): boolean {
  const { controlPlane, dns } = context.simulation;
  const { service } = dns.server();
  return (
    service !== undefined && controlPlane.endpointSlices(service).some(({ endpoints }) => (endpoints ?? []).length > 0)
  );
}

/** The query is a packet like any other. */
function byWalk(source: Source, server: string, delivery: Delivery, tracing: Tracing): FailedQuery | undefined {
  const destination = { address: server, port: dnsPort, protocol: 'UDP' as const };
  const { paths } = walkOf(source.packet, destination, delivery, tracing);
  const [first] = paths;
  if (!first || paths.some(({ outcome }) => outcome.kind === 'delivered')) return undefined;
  const verdict = first.steps.flatMap((step) => (step.kind === 'policy' && !step.verdict.allowed ? step.verdict : [])).at(-1); // prettier-ignore
  const { outcome, hops } =
    delivery.other === undefined
      ? { outcome: first.outcome, hops: packetHops(first, delivery.mode, tracing) }
      : pathWithoutRules(first, delivery, tracing);
  const reason = outcome.kind === 'delivered' ? '' : outcome.reason;
  const what = verdict ? `dropped by ${printPolicies(verdict)}` : `lost: ${reason}`;
  return { target: printServer(server), what, verdict, hops };
}

/**
 * Without the server's pods the address alone is known: a rule that selects pods may mean them, and then nothing is
 * claimed.
 */
function byPolicy(pod: Pod, server: string, tracing: Tracing): FailedQuery | undefined {
  const { controlPlane, dataPlane } = tracing.context.simulation;
  const group = controlPlane.groupOfPod(namespacedName(pod));
  const question = {
    from: { pod: namespacedName(pod) },
    to: { address: server },
    port: dnsPort,
    protocol: 'UDP',
  } as const;
  const verdict = dataPlane.policy(question).egress;
  if (!group || !verdict || verdict.allowed || verdict.tier !== 'network-policy') return undefined;
  if (dnsVerdict(group, tracing.context).kind !== 'blocked') return undefined;
  const hops = [policyHop(verdict, tracing)];
  return { target: printServer(server), what: `dropped by ${printPolicies(verdict)}`, verdict, hops };
}

function printServer(server: string): string {
  return `${hostAndPort(server, dnsPort)}/UDP`;
}

function printPolicies({ policies, decidedBy }: PolicyVerdict): string {
  const names = decidedBy ? [decidedBy.policy] : policies;
  return `${names.length === 1 ? 'policy' : 'policies'} ${names.join(', ')}`;
}

/** The trace of a request whose name is never answered. */
export function unanswered(
  request: TraceRequest,
  { source, destination, name }: { readonly source: Source; readonly destination: Destination; readonly name: string },
  { target, what, verdict, hops }: FailedQuery,
  tracing: Tracing,
): Trace {
  const reason = `could not resolve host: the query to ${target} is ${what}`;
  const outcome = { kind: 'unresolved', reason, probability: 1 } as const;
  const asking: Hop = {
    kind: 'name',
    title: `${name}: asked at ${target}`,
    result: 'no answer',
    lines: [],
    before: undefined,
    after: undefined,
    causes: [],
    state: 'passed',
  };
  const last = hops.at(-1);
  const failed: readonly Hop[] = last ? [asking, ...hops.slice(0, -1), { ...last, state: 'failed' }] : [{ ...asking, state: 'failed' }]; // prettier-ignore
  return {
    request,
    from: source.label,
    to: destination.label,
    verdict: verdictOf([outcome]),
    hedged: false,
    outcomes: [outcome],
    paths: [{ probability: 1, outcome, hops: failed, packets: [] }],
    tries: [],
    called: undefined,
    services: [],
    rulesLookedAt: 0,
    symptom: 'could not resolve host, after the resolver has waited in vain: no connection is tried',
    fixes: verdict ? fixesOf(verdict, tracing) : [],
    assumptions: [
      ...source.notes,
      ...destination.notes,
      ...assumptionsOf(tracing.context, [], source.pod ? [namespacedName(source.pod)] : []),
      ...(verdict?.tier === 'network-policy'
        ? ['the network plugin is taken to enforce NetworkPolicies: some, such as flannel alone, do not']
        : []),
    ],
  };
}

/** What the findings of the policies offer; else in words. */
function fixesOf(verdict: PolicyVerdict, tracing: Tracing): Fix[] {
  const { controlPlane } = tracing.context.simulation;
  const found = verdict.policies.flatMap((policy) => {
    const [namespace = '', name = ''] = policy.split('/');
    const object = controlPlane.object(objectKey('networking.k8s.io', 'NetworkPolicy', namespace, name));
    return object ? troublesOf(object, serious, tracing).filter(({ code }) => code === 'policy-forgets-dns') : [];
  });
  const fixes = found.flatMap((finding) => finding.fixes);
  if (fixes.length > 0) return fixes;
  const made = dnsFix(verdict, tracing);
  if (made) return [made];
  const title = verdict.direction === 'egress' ? 'Allow UDP and TCP 53 to the DNS server' : 'Let the pods of the DNS server be called at UDP and TCP 53'; // prettier-ignore
  return [{ title, edits: [], preferred: false }];
}
