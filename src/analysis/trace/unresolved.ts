/** A request that ends before its first packet: the name has no address. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Service } from '#model/kubernetes';
import type { ControlPlane, Resolution } from '#simulation/types';
import { nearestName } from '../rules/near-names';
import type { HopCause, Trace, TraceFix, TraceRequest } from '../types';
import { assumptionsOf } from './assumptions';
import { serious, serviceCause, type Tracing } from './causes';
import type { Destination } from './destination';
import { findingFixes } from './fixes';
import { listed } from './lookup';
import { nameHop, withoutDot } from './name-hop';
import { isOutsideName } from './outside-name';
import type { Source } from './source';
import { symptomOf, verdictOf } from './words';

interface Asked {
  readonly source: Source;
  readonly destination: Destination;
  /** Without an address that the source could call. */
  readonly resolution: Resolution;
}

export function unresolved(request: TraceRequest, asked: Asked, tracing: Tracing): Trace {
  const { source, destination, resolution } = asked;
  const { controlPlane } = tracing.context.simulation;
  const name = destination.name ?? destination.label;
  const outside = aliasOutside(resolution, controlPlane.settings.clusterDomain);
  const isUnknown = outside === undefined && isUnknownOutside(name, asked, controlPlane);
  const reason = outside === undefined ? reasonOf(name, asked, controlPlane) : reasonOutside(name, outside);
  const mayResolve = isUnknown || outside !== undefined;
  const outcome = { kind: 'unresolved', reason, probability: 1, ...(mayResolve && { mayResolve }) } as const;
  const near = outside === undefined ? servicesElsewhere(name, asked, tracing) : [];
  const hop = nameHop(name, resolution, [], tracing);
  const causes = [...hop.causes, ...near.flatMap((service) => elsewhereCauses(service, tracing))];
  const service = resolution.service === undefined ? undefined : controlPlane.service(resolution.service);
  return {
    request,
    from: source.label,
    to: destination.label,
    verdict: mayResolve ? verdictOfUnknown(source) : verdictOf([outcome]),
    hedged: false,
    outcomes: [outcome],
    paths: [{ probability: 1, outcome, hops: [{ ...hop, causes }], packets: [] }],
    tries: resolution.tries,
    called: undefined,
    services: resolution.service === undefined ? [] : [resolution.service],
    rulesLookedAt: 0,
    symptom: isUnknown
      ? symptomOfUnknown(name, source)
      : outside === undefined
        ? symptomOf([outcome], destination.protocol ?? 'TCP')
        : `cannot know: it depends on what ${outside} is outside of the cluster`,
    fixes: [
      ...elsewhereFixes(request, name, near),
      ...(mayResolve ? [] : nearFixes(request, name, asked, tracing)),
      ...(service ? findingFixes([service], serious, tracing) : []),
    ],
    assumptions: [
      ...source.notes,
      ...destination.notes,
      ...assumptionsOf(tracing.context, [], source.pod ? [namespacedName(source.pod)] : []),
    ],
  };
}

/** From outside, nothing leaves the cluster: what is called there may be anything, its own entry too. */
function verdictOfUnknown({ packet }: Source): string {
  return packet.kind === 'outside' ? 'CANNOT KNOW' : 'LEAVES THE CLUSTER';
}

function symptomOfUnknown(name: string, { packet }: Source): string {
  const shown = withoutDot(name);
  if (packet.kind !== 'outside') return `cannot know: it depends on what another server answers for ${shown}`;
  return `cannot know: to follow it, call the address that ${shown} has (of a load balancer, or of a node and its node port), or have an Ingress or a route take requests for the host`; // prettier-ignore
}

/** Whether a server that nothing is known of may have the name. */
function isUnknownOutside(name: string, { resolution, source }: Asked, controlPlane: ControlPlane): boolean {
  if (resolution.addresses.length > 0) return false;
  if (source.packet.kind === 'outside') return resolution.unknown !== undefined;
  return resolution.unknown !== undefined || isOutsideName(name, controlPlane);
}

/** The name outside of the cluster that an ExternalName leads to: what it resolves to, no manifest says. */
function aliasOutside(resolution: Resolution, clusterDomain: string): string | undefined {
  const answers = resolution.tries.flatMap((tried) => tried.answer.answers);
  const last = answers.findLast((record) => record.type === 'CNAME');
  const target = last && withoutDot(last.value);
  return target === undefined || target.endsWith(`.${clusterDomain}`) ? undefined : target;
}

function reasonOutside(name: string, target: string): string {
  return `${withoutDot(name)} is another name for ${target}, which is outside of the cluster`;
}

function reasonOf(name: string, asked: Asked, controlPlane: ControlPlane): string {
  const { resolution, source } = asked;
  const shown = withoutDot(name);
  if (resolution.addresses.length > 0)
    return `${shown} has only addresses of a family that ${source.label} does not have: ${listed(resolution.addresses, 4)}`;
  if (isUnknownOutside(name, asked, controlPlane))
    return `${shown}: ${resolution.unknown ?? 'no name of the cluster: the DNS server asks others for it, and what they answer is not known here'}`;
  const alias = resolution.tries.flatMap((tried) => tried.answer.answers).find((record) => record.type === 'CNAME');
  if (alias) return `${shown} is another name for ${withoutDot(alias.value)}, which does not resolve`;
  const cause = tellingCause(shown, resolution);
  return cause === undefined ? `${shown} does not resolve` : `${shown} does not resolve: ${cause}`;
}

/** Of the tries the one that the user meant: that of the Service or namespace that the name begins with, else the first. */
function tellingCause(name: string, { tries }: Resolution): string | undefined {
  const [first = '', second = ''] = name.split('.');
  const causes = tries.map(({ answer }) => answer.cause).filter((cause) => cause !== '');
  return (
    causes.find((cause) => cause.startsWith(`no Service ${first} in namespace `)) ??
    causes.find((cause) => cause === `no namespace ${second}`) ??
    causes[0]
  );
}

/** Services of the same name in other namespaces: what somebody who wrote the short name most probably meant. */
function servicesElsewhere(name: string, { source, resolution }: Asked, tracing: Tracing): Service[] {
  const [short, namespace] = withoutDot(name).split('.');
  // A single try is that of a resolver without search list: such a client reaches no Service by any short name.
  if (!source.pod || resolution.tries.every((tried) => tried.name === resolution.tries[0]?.name)) return [];
  const known = [source.pod.metadata.namespace, namespace];
  const found = [...tracing.context.simulation.controlPlane.services()].filter(
    ({ metadata }) => metadata.name === short && !known.includes(metadata.namespace),
  );
  return found.sort((a, b) => compareStrings(namespacedName(a), namespacedName(b)));
}

function elsewhereCauses(service: Service, tracing: Tracing): HopCause[] {
  const { name, namespace } = service.metadata;
  const words = `is in namespace ${namespace}: its name here is ${name}.${namespace}`;
  return serviceCause(namespacedName(service), words, tracing);
}

function elsewhereFixes(request: TraceRequest, name: string, services: readonly Service[]): TraceFix[] {
  return services.map((service) => callInstead(request, name, service, services.length === 1));
}

function callInstead(request: TraceRequest, name: string, { metadata }: Service, preferred: boolean): TraceFix {
  const shown = withoutDot(name);
  const instead = `${metadata.name}.${metadata.namespace}`;
  const host = request.to.indexOf('://') < 0 ? 0 : request.to.indexOf('://') + 3;
  const to = request.to.slice(0, host) + request.to.slice(host).replace(shown, instead);
  const title = `Call ${instead} instead of ${shown}`;
  return { title, edits: [], preferred, ...(to !== request.to && { request: { ...request, to } }) };
}

/** The Service whose name is a slip of the pen away: in the namespace that the name says, else in the client's own. */
function nearFixes(request: TraceRequest, name: string, { source }: Asked, tracing: Tracing): TraceFix[] {
  const { controlPlane } = tracing.context.simulation;
  const [short = '', said] = withoutDot(name).split('.');
  const namespaces = [...controlPlane.namespaces().keys()];
  const namespace = said ?? source.pod?.metadata.namespace;
  const meant = namespace === undefined || namespaces.includes(namespace) ? namespace : nearestName(namespace, namespaces); // prettier-ignore
  const services = [...controlPlane.services()].filter(({ metadata }) => metadata.namespace === meant);
  const names = services.map(({ metadata }) => metadata.name);
  const wanted = names.includes(short) ? short : nearestName(short, names);
  const found = services.find(({ metadata }) => metadata.name === wanted);
  if (!found || source.packet.kind === 'outside' || (wanted === short && meant === namespace)) return [];
  return [callInstead(request, name, found, true)];
}
