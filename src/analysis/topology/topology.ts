/** The graph of one cluster: who calls, which Services there are, what they target, and where that runs. */

import { compareStrings } from '#base/compare';
import { namespacedName, type NamespacedName, type Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { ScopeState } from '../context';
import { topics, topicsOfObject, type Topic } from '../learn/topics';
import { serviceOfHost } from '../names/service-names';
import { aboutObjects } from '../features/findings-by-object';
import { namePlaceOf } from '../places';
import type { Place, Topology, TopologyEdge } from '../types';
import type { Workspace } from '../workspace';
import { callsOfGroups } from './calls';
import { count, node, nothing, type Drawing } from './drawing';
import { externalHost, ids } from './ids';
import { ingressPart, ingressServices } from './ingresses';
import { KeptParts, type PartsChange, type Round } from './kept-parts';
import { clusterPolicyPart, policiesOfCluster, policyKey, policyPart } from './policies';
import { gatewayObjects, gatewayPart, routeObjects, routePart } from './routes';
import { hasPodsMade, refusedServices, servicePart } from './services';
import { sourceOf, type TopologySource } from './source';
import { clusterNodes, workloadPart } from './workloads';

/** More pods than this stay counted in their workload: nobody can look at so many dots. */
const mostPods = 30_000;

/** With more pods than this a first look may be a sketch: they take longer to make than all else. */
const mostAtOnce = 3000;

/** A sketch of a large graph lacks pods and what depends on them: readiness, ports that are reached by name. */
export type Depth = 'sketch' | 'whole';

const kept = new WeakMap<ScopeState, { readonly workspace: Workspace; readonly topology: KeptTopology }>();

/** The graph of a scope, kept for the next question; it is a sketch only until somebody asks for the whole. */
export function topologyIn(workspace: Workspace, state: ScopeState, depth: Depth = 'whole'): KeptTopology {
  const known = kept.get(state);
  const topology = known?.workspace === workspace ? known.topology : new KeptTopology(sourceOf(workspace, state));
  kept.set(state, { workspace, topology });
  topology.follow(depth);
  return topology;
}

/** The graph of a scope; nodes and edges stand in an order that an edit elsewhere does not change. */
export function topologyOf(workspace: Workspace, state: ScopeState): Topology {
  return topologyIn(workspace, state).all();
}

/** The YAML behind a node, or the place of what is found about it with these words. */
export function placeOfNode(workspace: Workspace, state: ScopeState, key: string, problem?: string): Place | undefined {
  const object = state.simulation.controlPlane.object(key) ?? refusedObject(state, key);
  if (!object) return undefined;
  const found = problem === undefined ? undefined : aboutObjects(workspace).findings(object).find(({ message }) => message === problem); // prettier-ignore
  return found?.place ?? namePlaceOf(object, workspace);
}

/** What the kind of object behind a node is. */
export function topicsOfNode({ simulation: { controlPlane } }: ScopeState, key: string): readonly Topic[] {
  const object = controlPlane.object(key);
  if (!object) return [];
  const service =
    object.kind === 'Service' && object.group === ''
      ? controlPlane.service(namespacedName({ metadata: object }))
      : undefined;
  return topicsOfObject(object, service).map((id) => topics[id]);
}

function refusedObject(state: ScopeState, key: string): KubernetesObject | undefined {
  return state.simulation.controlPlane.refusal(key)?.object;
}

/** Follows its source part by part: an edit makes the parts anew whose inputs are other ones. */
export class KeptTopology {
  readonly #source: TopologySource;
  readonly #parts = new KeptParts();
  /** The groups of a namespace in the order of their ids; the same array while they stay. */
  readonly #groups = new Map<string, readonly PodGroup[]>();
  #followed = -1;
  #isSketch = true;

  constructor(source: TopologySource) {
    this.#source = source;
  }

  get version(): number {
    return this.#parts.version;
  }

  get isSketch(): boolean {
    return this.#isSketch;
  }

  all(): Topology {
    return { scope: this.#source.scope, ...this.#parts.all() };
  }

  /** Undefined where everything has to be taken anew. */
  since(version: number): PartsChange | undefined {
    return this.#parts.since(version);
  }

  follow(depth: Depth): void {
    const isSketch = this.#isSketch && depth === 'sketch' && this.#isLarge();
    const { stamp } = this.#source;
    if (this.#followed === stamp && this.#isSketch === isSketch) return;
    this.#followed = stamp;
    this.#isSketch = isSketch;
    this.#parts.update((round) => this.#fill(round));
  }

  #fill(round: Round): void {
    const drawing = this.#drawing();
    const { controlPlane } = drawing;
    const services = [...controlPlane.services()].sort((a, b) => compareStrings(namespacedName(a), namespacedName(b)));
    const groups = this.#groupsByNamespace(drawing);
    const edges: TopologyEdge[] = [];
    this.#putNamespaces(round, drawing, services, groups);
    edges.push(...this.#putEntries(round, drawing));
    for (const service of services) edges.push(...this.#putService(round, service, drawing));
    round.putMade('refused Services', refusedServices(drawing));
    this.#putWorkloads(round, drawing, groups);
    this.#putPolicies(round, drawing, groups);
    this.#putClusterPolicies(round, drawing, groups);
    for (const [key, calls] of callsOfGroups(groups, controlPlane))
      edges.push(...round.putMade(`calls ${key}`, { nodes: [], edges: calls }).edges);
    this.#putOutside(round, edges);
    round.putMade('nodes', { nodes: clusterNodes(controlPlane), edges: [] });
  }

  #isLarge(): boolean {
    const { controlPlane } = this.#source;
    let pods = 0;
    for (const name of controlPlane.namespaces().keys())
      for (const { replicas } of controlPlane.podGroups(name)) pods += replicas;
    return pods > mostAtOnce;
  }

  #drawing(): Drawing {
    return {
      controlPlane: this.#source.controlPlane,
      isSketch: this.#isSketch,
      findings: this.#source.findings(),
      objectAt: (place) => this.#source.objectAt(place),
    };
  }

  #updateOf(object: KubernetesObject | undefined): number {
    return object ? this.#source.lastUpdateOf(object.origin.file) : 0;
  }

  #groupsByNamespace({ controlPlane }: Drawing): ReadonlyMap<string, readonly PodGroup[]> {
    const names = [...controlPlane.namespaces().keys()].sort(compareStrings);
    for (const name of this.#groups.keys()) if (!controlPlane.namespaces().has(name)) this.#groups.delete(name);
    return new Map(
      names.map((name) => {
        const now = [...controlPlane.podGroups(name)].sort((a, b) => compareStrings(ids.group(a), ids.group(b)));
        const before = this.#groups.get(name);
        const isKept = before?.length === now.length && now.every((group, i) => group === before[i]);
        const groups = isKept ? before : now;
        this.#groups.set(name, groups);
        return [name, groups];
      }),
    );
  }

  #putNamespaces(
    round: Round,
    { controlPlane }: Drawing,
    services: readonly Service[],
    groups: ReadonlyMap<string, readonly PodGroup[]>,
  ): void {
    const counts = new Map<string, number>();
    for (const { metadata } of services) counts.set(metadata.namespace, (counts.get(metadata.namespace) ?? 0) + 1);
    for (const [name, own] of groups) {
      const policies = controlPlane.networkPolicies(name).length;
      const number = counts.get(name) ?? 0;
      if (number + own.length + policies === 0) continue;
      const object = controlPlane.object(`/Namespace//${name}`);
      const detail = [
        count(number, 'Service'),
        count(own.length, 'workload'),
        ...(policies === 0 ? [] : [policies === 1 ? '1 policy' : `${policies} policies`]),
      ].join(', ');
      round.put(`namespace ${name}`, [detail, object], () => ({
        nodes: [node(ids.namespace(name), 'namespace', name, detail, '', object)],
        edges: [],
      }));
    }
  }

  /** Gateways and routes hang together by more than they name: they are made anew, and kept where they are equal. */
  #putEntries(round: Round, drawing: Drawing): TopologyEdge[] {
    const { controlPlane } = drawing;
    const gateways = inOrder(gatewayObjects(controlPlane));
    const routes = inOrder(routeObjects(controlPlane));
    const ingresses = inOrder([...controlPlane.objectsOfKind('networking.k8s.io', 'Ingress')]);
    return [
      ...gateways.flatMap((object) => round.putMade(object.key, gatewayPart(object, drawing)).edges),
      ...ingresses.flatMap((object) => {
        const there = ingressServices(object).map((name) => controlPlane.service(name) !== undefined);
        return round.put(object.key, [object, this.#updateOf(object), ...there], () => ingressPart(object, drawing))
          .edges;
      }),
      ...routes.flatMap((object) => round.putMade(object.key, routePart(object, drawing)).edges),
    ];
  }

  #putService(round: Round, service: Service, drawing: Drawing): readonly TopologyEdge[] {
    const { controlPlane } = drawing;
    const name: NamespacedName = namespacedName(service);
    const { type, externalName = '' } = service.spec;
    const inputs = [
      service,
      controlPlane.targets(name),
      hasPodsMade(service, drawing) && controlPlane.endpointSlices(name),
      this.#updateOf(controlPlane.serviceObject(name)),
      type === 'ExternalName' && serviceOfHost(externalName, service.metadata.namespace, controlPlane),
    ];
    return round.put(`Service ${name}`, inputs, () => servicePart(service, drawing)).edges;
  }

  #putWorkloads(round: Round, drawing: Drawing, byNamespace: ReadonlyMap<string, readonly PodGroup[]>): void {
    const groups = [...byNamespace.values()].flat();
    const isCounted = groups.reduce((sum, group) => sum + group.replicas, 0) > mostPods;
    for (const group of groups) {
      const pods = isCounted || drawing.isSketch ? undefined : drawing.controlPlane.podsOf(group.key);
      const expected = isCounted || !drawing.isSketch ? undefined : group.replicas;
      round.put(`workload ${group.key}`, [group, pods, expected, this.#updateOf(group.object)], () =>
        workloadPart(group, pods, expected, drawing),
      );
    }
  }

  #putPolicies(round: Round, drawing: Drawing, byNamespace: ReadonlyMap<string, readonly PodGroup[]>): void {
    const { controlPlane } = drawing;
    for (const [namespace, groups] of byNamespace)
      for (const policy of controlPlane.networkPolicies(namespace)) {
        const key = policyKey(policy);
        const object = controlPlane.object(key);
        if (object)
          round.put(key, [policy, groups, this.#updateOf(object)], () => policyPart(policy, object, groups, drawing));
      }
  }

  #putClusterPolicies(round: Round, drawing: Drawing, byNamespace: ReadonlyMap<string, readonly PodGroup[]>): void {
    const policies = policiesOfCluster(drawing.controlPlane);
    if (policies.length === 0) return;
    const detail = policies.length === 1 ? '1 policy' : `${policies.length} policies`;
    const place = node(ids.everyNamespace, 'namespace', 'all namespaces', detail, '', undefined);
    round.put('all namespaces', [detail], () => ({ nodes: [place], edges: [] }));
    const labels = [...byNamespace.keys()].map((name) => drawing.controlPlane.namespaces().get(name));
    const groups = [...byNamespace.values()];
    for (const policy of policies) {
      const { object } = policy;
      round.put(object.key, [policy, this.#updateOf(object), ...labels, ...groups], () =>
        clusterPolicyPart(policy, groups.flat(), drawing),
      );
    }
  }

  /** The world outside, where something calls from there, and the names and addresses in it that are called. */
  #putOutside(round: Round, edges: readonly TopologyEdge[]): void {
    const isCalling = edges.some(({ from }) => from === ids.outside);
    const world = node(ids.outside, 'outside', 'outside', 'clients outside of the cluster', '', undefined);
    if (isCalling) round.put('outside', [], () => ({ nodes: [world], edges: [] }));
    const hosts = new Set(edges.flatMap(({ to }) => externalHost(to) ?? []));
    const nodes = [...hosts].sort(compareStrings).map((host) => {
      const what = /^[\d.]+$|:/.test(host) ? 'address outside of the cluster' : 'name outside of the cluster';
      return node(ids.external(host), 'external', host, what, '', undefined);
    });
    round.putMade('names outside', nodes.length === 0 ? nothing : { nodes, edges: [] });
  }
}

function inOrder(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return [...objects].sort((a, b) => compareStrings(ids.object(a), ids.object(b)));
}
