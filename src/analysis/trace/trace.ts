/** A request from its name to its pod: where it ends, hop by hop, and what of the manifests makes it so. */

import { namespacedName, type Protocol, type Service } from '#model/kubernetes';
import { rulesLookedAt } from '#simulation/index';
import type { Outcome, Resolution, Walk, WalkPath } from '#simulation/types';
import type { ScopeState } from '../context';
import { aboutObjects } from '../features/findings-by-object';
import type { Hop, Trace, TraceError, TracePath, TraceRequest } from '../types';
import type { Workspace } from '../workspace';
import { assumptionsOf } from './assumptions';
import { anySeverity, type Tracing } from './causes';
import { deliveryFrom, hedgedVerdict, pathWithoutRules, receivingMeshes, type Delivery } from './delivery';
import { ofFamily, resolveDestination, type Destination } from './destination';
import { findingFixes, fixesOf } from './fixes';
import { httpDoor, traceThroughDoor } from './http-hop';
import { isError, nodeByAddress, serviceByNodePort } from './lookup';
import { nameHop } from './name-hop';
import { failedQuery, queryAssumptions, unanswered } from './name-query';
import { resolveOutside } from './outside-client';
import { hostAndPort } from './host-and-port';
import { packetHops, walkOf } from './packet-hops';
import { serviceOf } from './pod-hop';
import { packetRows } from './packets';
import { policyAssumptions } from './policy-words';
import { choosePort, containerPorts, portError, type ChosenPort } from './port';
import { serviceHop } from './service-hop';
import { resolveSource, type Source } from './source';
import { unresolved } from './unresolved';
import { millionths, sumOutcomes, symptomOf, verdictOf } from './words';

/**
 * Answers a request in one scope of a workspace. Where it ends comes from the simulation's name service and data
 * plane alone; this adds the words, the causes and their places.
 */
export function traceRequest(request: TraceRequest, workspace: Workspace, state: ScopeState): Trace | TraceError {
  const about = aboutObjects(workspace);
  const tracing = { context: workspace.context(state), findingsOf: about.findings, explain: request.explain ?? false };
  return trace(request, tracing);
}

/** The same, for whoever has findings from elsewhere. */
export function trace(request: TraceRequest, tracing: Tracing): Trace | TraceError {
  const { simulation } = tracing.context;
  const { controlPlane } = simulation;
  const found = resolveSource(request.from, controlPlane);
  if (isError(found)) return { ...found, at: 'from' };
  const source = inFamily(found, request.family);
  const door = httpDoor(request, source, tracing);
  if (door) return traceThroughDoor(request, source, door, tracing, trace);
  const destination = resolveDestination(request, source, simulation);
  if (isError(destination))
    return destination.at === 'port' ? portError(destination, request) : { at: 'to', ...destination };
  const asked = resolve(destination, source, tracing);
  const lost =
    asked.resolution &&
    failedQuery(source, asked.resolution, deliveryFrom(source, 'UDP', request.mode, controlPlane), tracing);
  if (lost) return unanswered(request, { source, destination, name: destination.name ?? '' }, lost, tracing);
  if (asked.resolution && asked.addresses.length === 0)
    return unresolved(request, { source, destination, resolution: asked.resolution }, tracing);
  if (asked.addresses.length === 0)
    return { error: `${destination.label} has no address that ${source.label} could call`, at: 'to' };
  const service = serviceOfRequest(destination, asked, tracing);
  const pod = asked.addresses[0] === undefined ? undefined : controlPlane.podByAddress(asked.addresses[0]);
  const chosen = choosePort(destination, service, pod, controlPlane);
  if (isError(chosen)) return portError(chosen, request);
  const delivery = deliveryFrom(source, chosen.protocol, request.mode, controlPlane);
  return walked(request, { source, destination, asked, service, chosen, delivery }, tracing);
}

function inFamily(source: Source, family: TraceRequest['family']): Source {
  return family === undefined ? source : { ...source, families: source.families.filter((one) => one === family) };
}

/** What the client knows after it asked for the name (or knew already). */
interface Asked {
  readonly resolution: Resolution | undefined;
  /** The addresses that it may call; of several it takes each with the same chance. */
  readonly addresses: readonly string[];
  readonly hops: readonly Hop[];
}

function resolve(destination: Destination, source: Source, tracing: Tracing): Asked {
  const { name } = destination;
  if (name === undefined) return { resolution: undefined, addresses: destination.addresses, hops: [] };
  const pod = source.pod && namespacedName(source.pod);
  const { dns, controlPlane } = tracing.context.simulation;
  const resolution = source.packet.kind === 'outside' ? resolveOutside(name, controlPlane) : dns.resolve(pod, name);
  const addresses = ofFamily(resolution.addresses, source.families);
  return { resolution, addresses, hops: [nameHop(name, resolution, addresses, tracing)] };
}

/** The Service that the request means: the one it names, the one that DNS answered for, the one that has the address. */
function serviceOfRequest(destination: Destination, asked: Asked, tracing: Tracing): Service | undefined {
  const { controlPlane } = tracing.context.simulation;
  if (destination.object?.kind === 'service') return destination.object.service;
  const answered = asked.resolution?.service;
  if (answered !== undefined) return controlPlane.service(answered);
  const [address] = asked.addresses;
  if (address === undefined) return undefined;
  const [byAddress] = controlPlane.servicesByAddress(address);
  if (byAddress || typeof destination.port !== 'number' || !nodeByAddress(address, controlPlane)) return byAddress;
  return serviceByNodePort(destination.port, destination.protocol, controlPlane);
}

interface Known {
  readonly source: Source;
  readonly destination: Destination;
  readonly asked: Asked;
  readonly service: Service | undefined;
  readonly chosen: ChosenPort;
  readonly delivery: Delivery;
}

/** From the first packet on. */
function walked(request: TraceRequest, known: Known, tracing: Tracing): Trace {
  const { source, destination, asked, service, chosen, delivery } = known;
  const { port, protocol } = chosen;
  const { controlPlane } = tracing.context.simulation;
  const walks = asked.addresses.map((address) => ({
    address,
    walk: walkOf(source.packet, { address, port, protocol }, delivery, tracing),
  }));
  const paths = walks.flatMap(({ address, walk }) => {
    const target = { destination: address, destinationPort: port, protocol };
    const first = [...asked.hops, serviceHop(target, service, tracing)];
    return pathsOf(walk, first, walks.length, delivery, tracing);
  });
  paths.sort((a, b) => millionths(b.probability) - millionths(a.probability));
  const outcomes = sumOutcomes(paths.map(({ outcome, probability }) => ({ ...outcome, probability })));
  const failed = outcomes.some((outcome) => outcome.kind !== 'delivered');
  const services = servicesOf(walks, service, tracing);
  const called = services.map((each) => each.service);
  const ways = walks.flatMap(({ walk }) => walk.paths);
  const undeclared = undeclaredPort(outcomes, protocol, tracing);
  const meshes = receivingMeshes(outcomes, protocol, controlPlane);
  const hedged = delivery.other !== undefined || meshes.length > 0;
  return {
    request,
    from: source.label,
    to: printTarget(destination, asked.addresses, chosen),
    verdict: hedged ? hedgedVerdict(outcomes) : verdictOf(outcomes),
    hedged,
    doubts: [...(delivery.other === undefined ? [] : delivery.notes), ...meshes],
    outcomes,
    paths,
    tries: asked.resolution?.tries ?? [],
    called: { addresses: asked.addresses, port, protocol },
    services: called.map(namespacedName),
    rulesLookedAt: delivery.other === undefined ? averageOf(walks.map(({ walk }) => rulesLookedAt(walk))) : 0,
    symptom: symptomOf(outcomes, protocol, undeclared),
    undeclared,
    fixes: failed
      ? fixesOf(request, ways, called, chosen, tracing)
      : undeclared
        ? findingFixes(called, anySeverity, tracing)
        : [],
    assumptions: [
      ...source.notes,
      ...destination.notes,
      ...chosen.notes,
      ...severalAddresses(asked.addresses),
      ...delivery.notes,
      ...meshes,
      ...assumptionsOf(tracing.context, services, podsOf(source, outcomes)),
      ...queryAssumptions(source, asked.resolution, tracing),
      ...policyAssumptions(ways),
    ],
  };
}

function pathsOf(walk: Walk, first: readonly Hop[], share: number, delivery: Delivery, tracing: Tracing): TracePath[] {
  return walk.paths.map((path) => {
    const probability = path.probability / share;
    if (delivery.other === undefined)
      return {
        probability,
        packets: packetRows(path),
        ...withReason(path.outcome, [...first, ...packetHops(path, delivery.mode, tracing)]),
      };
    const told = pathWithoutRules(path, delivery, tracing);
    return { ...told, probability, hops: [...first, ...told.hops] };
  });
}

function averageOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length);
}

/** A refusal says which rule or policy; the cause at the hop where it fell says why. */
function withReason(outcome: Outcome, hops: readonly Hop[]): Pick<TracePath, 'outcome' | 'hops'> {
  const last = hops.at(-1);
  const cause = last?.kind === 'rules' ? last.causes[0]?.text : undefined;
  if (outcome.kind === 'delivered' || cause === undefined) return { outcome, hops };
  return { outcome: { ...outcome, reason: `${outcome.reason}: ${cause}` }, hops };
}

function printTarget(destination: Destination, addresses: readonly string[], { port, protocol }: ChosenPort): string {
  const [address] = addresses;
  if (address === undefined) return destination.label;
  const target = addresses.length === 1 ? hostAndPort(address, port) : `${addresses.length} addresses, port ${port}`;
  // What is an address already is not said again.
  return [address, target].includes(destination.label)
    ? `${target}/${protocol}`
    : `${destination.label} (${target}/${protocol})`;
}

function severalAddresses(addresses: readonly string[]): string[] {
  return addresses.length < 2
    ? []
    : [`the client picks one of the ${addresses.length} addresses, each with the same chance`];
}

/** The Services that the packets went by, each with the address that was called. */
function servicesOf(
  walks: readonly { readonly address: string; readonly walk: Walk }[],
  named: Service | undefined,
  tracing: Tracing,
): readonly { readonly service: Service; readonly address: string }[] {
  const { controlPlane } = tracing.context.simulation;
  const found = new Map<string, { service: Service; address: string }>();
  const add = (service: Service | undefined, address: string) => {
    if (service) found.set(namespacedName(service), { service, address });
  };
  for (const { address, walk } of walks) {
    add(named, address);
    for (const service of controlPlane.servicesByAddress(address)) add(service, address);
    for (const path of walk.paths) {
      const name = serviceOf(path.steps) ?? rejectingService(path);
      if (name !== undefined) add(controlPlane.service(name), address);
    }
  }
  return [...found.values()];
}

function rejectingService(path: WalkPath): string | undefined {
  const last = path.steps.findLast((step) => step.kind === 'rule');
  return last?.cause?.service;
}

/** The port at which requests arrive although no container says that it is served; undefined where all do. */
function undeclaredPort(outcomes: Trace['outcomes'], protocol: Protocol, tracing: Tracing): number | undefined {
  for (const outcome of outcomes) {
    const pod = outcome.kind === 'delivered' ? tracing.context.simulation.controlPlane.pod(outcome.pod) : undefined;
    if (outcome.kind !== 'delivered' || !pod) continue;
    const { port } = outcome;
    if (!containerPorts(pod).some((known) => known.containerPort === port && known.protocol === protocol)) return port;
  }
  return undefined;
}

function podsOf(source: Source, outcomes: Trace['outcomes']): string[] {
  const ends = outcomes.flatMap((outcome) => (outcome.kind === 'delivered' ? outcome.pod : []));
  return [...new Set([...(source.pod ? [namespacedName(source.pod)] : []), ...ends])];
}
