/**
 * The control plane: what the API server and the controllers make of the objects. One engine keeps the derived values
 * up to date and hands them out; an edit costs in proportion to what it touches, and pods and endpoints are made only
 * when somebody asks for them.
 */

import { compareStrings } from '#base/compare';
import type {
  Endpoints, EndpointSlice, Labels, NamespacedName, NetworkPolicy, Node, Pod, Service,
} from '#model/kubernetes'; // prettier-ignore
import { compareOrigins, type KubernetesObject, type ObjectKey } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import {
  admitEndpoints,
  admitEndpointSlice,
  admitNetworkPolicy,
  admitNode,
  admissionOf,
  admitOther,
  admitPod,
  admitService,
  admitServiceCIDR,
  admitWorkload,
  checkAsNew,
  checkEndpointSliceUpdate,
  checkNodeUpdate,
  checkOtherUpdate,
  checkPodUpdate,
  checkServiceCIDRUpdate,
  checkWorkloadUpdate,
  decodeService,
  type Admission,
  type UpdateCheck,
  type WrittenService,
} from './apiserver/admission';
import { withWhatFollows } from './apiserver/after-decoding';
import { withReleases } from './apiserver/other-releases';
import { EndpointRegistry, isObserved, serviceOfSlice } from './control-plane/endpoint-registry';
import { GroupRegistry, type GroupChange, type PodKnowledge } from './control-plane/group-registry';
import { keepEqual, keepEqualItems, keepIdentical, KeptValues } from './control-plane/kept-values';
import { NamespaceRegistry } from './control-plane/namespace-registry';
import { NodeRegistry } from './control-plane/node-registry';
import { applyDocuments, type Taken } from './control-plane/documents';
import { ObjectStore, type DocumentOutcome, type DocumentUpdate } from './control-plane/object-store';
import { PodRegistry } from './control-plane/pod-registry';
import { PolicyRegistry } from './control-plane/policy-registry';
import { RangeRegistry } from './control-plane/range-registry';
import {
  withReadableNodeStatus, withReadablePodStatus,
} from './control-plane/readable-status'; // prettier-ignore
import { sameValue } from './control-plane/same';
import { effectiveSelector, selectsPod } from './control-plane/selection';
import { ServiceRegistry } from './control-plane/service-registry';
import { computeEndpointSlices } from './controllers/endpoint-slices';
import { computeEndpoints } from './controllers/endpoints';
import { isMirrored, mirrorEndpoints } from './controllers/mirroring';
import { portsOf } from './controllers/workload-pods';
import { minorOf } from './releases';
import type { ControlPlane, Impact, ObjectChange, PodGroup, Refusal } from './types';

export interface ControlPlaneEngine extends ControlPlane {
  /** Takes documents out and in. Values handed out before stay as they are; ask again for the new ones. */
  apply(change: ObjectChange): Impact;
}

/** An empty cluster with these settings. */
export function createControlPlane(settings: ClusterSettings, pods: PodKnowledge = 'planned'): ControlPlaneEngine {
  return new Engine(settings, pods);
}

type Admit<T> = (object: KubernetesObject, settings: ClusterSettings) => Admission<T>;

class Engine implements ControlPlaneEngine {
  readonly settings: ClusterSettings;
  readonly #minor: number;
  readonly #store = new ObjectStore();
  /** Of documents that were not taken; the Services' registry has those of Services. */
  readonly #refusals = new Map<ObjectKey, readonly Refusal[]>();
  readonly #ranges = new RangeRegistry();
  readonly #namespaces = new NamespaceRegistry();
  readonly #nodes: NodeRegistry;
  readonly #services: ServiceRegistry;
  readonly #groups: GroupRegistry;
  readonly #pods: PodRegistry;
  readonly #endpoints = new EndpointRegistry();
  readonly #policies = new PolicyRegistry();
  readonly #targets = new KeptValues((name) => this.#computeTargets(name), keepIdentical);
  readonly #slices = new KeptValues((name) => this.#computeSlices(name), keepEqualItems);
  readonly #endpointsOf = new KeptValues((name) => this.#computeEndpoints(name), keepEqual);
  readonly #targeting = new KeptValues((key) => this.#computeTargeting(key), keepIdentical);

  constructor(settings: ClusterSettings, pods: PodKnowledge) {
    this.settings = settings;
    this.#minor = minorOf(settings.kubernetesVersion);
    this.#nodes = new NodeRegistry(settings);
    this.#services = new ServiceRegistry(settings);
    this.#groups = new GroupRegistry(this.#minor, pods, (workload) => this.#nodes.daemonNodes(workload).length);
    this.#pods = new PodRegistry(this.#groups, this.#nodes, {
      minor: this.#minor,
      clusterCIDRs: settings.clusterCIDRs,
    });
  }

  // -------------------------------------------------------------- changes

  apply(change: ObjectChange): Impact {
    const updates = this.#store.apply(change);
    const objects = new Set(updates.map(({ key }) => key));
    const services = new Set<NamespacedName>();
    const outcomes: DocumentOutcome[] = [];
    for (const update of updates) for (const name of this.#take(update, outcomes)) services.add(name);
    this.#services.setRanges(this.#ranges.prefixes());
    const nodesChanged = this.#nodes.settle();
    if (nodesChanged) this.#groups.touchDaemonSets();
    for (const name of this.#settleServices(updates, objects, outcomes)) services.add(name);
    const { gone, come } = this.#store.settle(outcomes);
    for (const object of gone) this.#namespaces.remove(object);
    for (const object of come) this.#namespaces.add(object);
    const podNamespaces = new Set<string>();
    for (const name of this.#settleGroups(nodesChanged, podNamespaces)) services.add(name);
    for (const key of this.#groups.takeReadopted()) objects.add(key);
    for (const name of services) {
      this.#targets.invalidate(name);
      this.#slices.invalidate(name);
      this.#endpointsOf.invalidate(name);
    }
    return { services, objects, podNamespaces };
  }

  /** Applies the documents of a key; gives the Services whose endpoints they name. */
  #take(update: DocumentUpdate, outcomes: DocumentOutcome[]): readonly NamespacedName[] {
    const { key, identity, documents } = update;
    const apply = <T>(admit: Admit<T>, check: UpdateCheck = checkAsNew) =>
      this.#applyDocuments(update, admit, check, outcomes);
    switch (`${identity.group}/${identity.kind}`) {
      case '/Service':
        this.#services.set(`${identity.namespace}/${identity.name}`, documents, (object) =>
          this.#decodeService(object),
        );
        return [];
      case '/Pod': {
        const { value, object } = apply(admitPod, checkPodUpdate(this.settings));
        if (value && object) this.#groups.setPod(withReadablePodStatus(value), object);
        else this.#groups.remove(key);
        return [];
      }
      case 'apps/Deployment':
      case 'apps/StatefulSet':
      case 'apps/DaemonSet':
      case 'apps/ReplicaSet':
      case '/ReplicationController':
      case 'batch/Job':
      case 'batch/CronJob': {
        const { value } = apply(admitWorkload, checkWorkloadUpdate);
        if (value) this.#groups.setWorkload(value);
        else this.#groups.remove(key);
        return [];
      }
      case '/Node': {
        const { value } = apply(admitNode, checkNodeUpdate);
        this.#nodes.set(key, value && withReadableNodeStatus(value));
        return [];
      }
      case '/Endpoints': {
        const { value, object } = apply(admitEndpoints);
        return [this.#endpoints.setEndpoints(object ?? identity, value)];
      }
      case 'discovery.k8s.io/EndpointSlice':
        return this.#endpoints.setSlice(key, apply(admitEndpointSlice, checkEndpointSliceUpdate).value);
      case 'networking.k8s.io/NetworkPolicy':
        this.#policies.set(identity, apply(admitNetworkPolicy).value);
        return [];
      case 'networking.k8s.io/ServiceCIDR':
        this.#ranges.set(key, apply(admitServiceCIDR, checkServiceCIDRUpdate).value);
        return [];
      default:
        if (admissionOf(identity)) apply(admitOther, checkOtherUpdate);
        else outcomes.push({ key, effective: documents.at(-1), superseded: documents.slice(0, -1) });
        return [];
    }
  }

  #applyDocuments<T>(
    { key, documents }: DocumentUpdate,
    admit: Admit<T>,
    check: UpdateCheck,
    outcomes: DocumentOutcome[],
  ): Taken<T> {
    const taken = applyDocuments(documents, (object) => this.#admit(object, admit), check);
    const { object = documents.at(-1), superseded, refusals } = taken;
    outcomes.push({ key, effective: object, superseded });
    if (refusals.length > 0) this.#refusals.set(key, refusals);
    else this.#refusals.delete(key);
    return taken;
  }

  #admit<T>(object: KubernetesObject, admit: Admit<T>): Admission<T> {
    const admission = admit(object, this.settings);
    if (!admission.refusal) return admission;
    const refusal = withWhatFollows(admission.refusal, admit, this.settings);
    const judge = (settings: ClusterSettings) => {
      const other = admit(object, settings).refusal;
      return other?.code === 400 ? undefined : (other?.causes ?? []);
    };
    return { value: undefined, refusal: withReleases(refusal, this.settings, judge) };
  }

  #decodeService(object: KubernetesObject): Admission<WrittenService> {
    const decoded = decodeService(object, this.settings);
    if (!decoded.refusal) return decoded;
    return { value: undefined, refusal: withWhatFollows(decoded.refusal, admitService, this.settings) };
  }

  /** Services that changed by themselves or because of others; `objects` gets those whose refusal may be another. */
  #settleServices(
    updates: readonly DocumentUpdate[],
    objects: Set<ObjectKey>,
    outcomes: DocumentOutcome[],
  ): ReadonlySet<NamespacedName> {
    const changed = this.#services.settle();
    const names = new Set(changed);
    for (const { identity } of updates) if (isService(identity)) names.add(`${identity.namespace}/${identity.name}`);
    for (const name of names) {
      const key = `/Service/${name}`;
      objects.add(key);
      outcomes.push({ key, effective: this.#services.object(name), superseded: this.#services.superseded(name) });
    }
    if (changed.size > 0) this.#targeting.invalidateAll();
    return changed;
  }

  /** Gives the Services that target a changed group, before or after, or one whose pods moved. */
  #settleGroups(nodesChanged: boolean, podNamespaces: Set<string>): ReadonlySet<NamespacedName> {
    const changes = this.#groups.settle();
    const services = new Set<NamespacedName>();
    const touch = (group: PodGroup) => {
      for (const name of this.#services.selecting(group)) services.add(name);
    };
    for (const change of changes) {
      const { key, before, after } = change;
      if (before) touch(before.group);
      if (after && after.group !== before?.group) touch(after.group);
      if (!samePodsOutside(change)) podNamespaces.add((after ?? before)!.group.namespace);
      if (after) this.#targeting.invalidate(key);
      else this.#targeting.delete(key);
    }
    if (nodesChanged) {
      this.#pods.reset();
      return new Set([...this.#services.names(), ...services]);
    }
    for (const key of this.#pods.update(changes)) {
      const record = this.#groups.get(key);
      if (record) touch(record.group);
    }
    return services;
  }

  // -------------------------------------------------------------- objects

  objects(): Iterable<KubernetesObject> {
    return this.#store.objects();
  }

  object(key: ObjectKey): KubernetesObject | undefined {
    return this.#store.get(key);
  }

  objectsOfKind(group: string, kind: string): Iterable<KubernetesObject> {
    return this.#store.objectsOfKind(group, kind);
  }

  replaced(): Iterable<{ readonly object: KubernetesObject; readonly by: KubernetesObject }> {
    return this.#store.replaced();
  }

  refusals(): Iterable<Refusal> {
    const all = [...[...this.#refusals.values()].flat(), ...this.#services.refusals()];
    return all.sort(
      (a, b) => compareOrigins(a.object.origin, b.object.origin) || compareStrings(a.object.key, b.object.key),
    );
  }

  refusal(key: ObjectKey): Refusal | undefined {
    const object = this.#store.get(key);
    return object && this.refusalOf(object);
  }

  refusalOf(object: KubernetesObject): Refusal | undefined {
    const refusals = isService(object)
      ? this.#services.refusalsOf(`${object.namespace}/${object.name}`)
      : this.#refusals.get(object.key);
    return refusals?.find((refusal) => refusal.object === object);
  }

  namespaces(): ReadonlyMap<string, Labels> {
    return this.#namespaces.namespaces();
  }

  // -------------------------------------------------------------- Services

  *services(): Iterable<Service> {
    for (const name of this.#services.names()) yield this.#services.get(name)!;
  }

  service(name: NamespacedName): Service | undefined {
    return this.#services.get(name);
  }

  serviceObject(name: NamespacedName): KubernetesObject | undefined {
    return this.#services.object(name);
  }

  servicesByAddress(ip: string): readonly Service[] {
    return this.#services.servicesByAddress(ip);
  }

  isAssigned(service: Service, address: string): boolean {
    return this.#services.isAssigned(`${service.metadata.namespace}/${service.metadata.name}`, address);
  }

  // -------------------------------------------------------------- pods

  podGroups(namespace: string): Iterable<PodGroup> {
    return this.#groups.index.groups(namespace);
  }

  podGroup(key: ObjectKey): PodGroup | undefined {
    return this.#groups.get(key)?.group;
  }

  adoptionOf(key: ObjectKey): { readonly by: KubernetesObject; readonly kept: boolean } | undefined {
    return this.#groups.adoptionOf(key);
  }

  adoptedBy(workload: ObjectKey): readonly ObjectKey[] {
    return this.#groups.adoptedBy(workload);
  }

  obstacleOf(statefulSet: ObjectKey): KubernetesObject | undefined {
    return this.#groups.obstacleOf(statefulSet);
  }

  groupsMatching(selector: Labels, namespace?: string): readonly PodGroup[] {
    return this.#groups.index.matching(selector, namespace);
  }

  targets(service: NamespacedName): readonly PodGroup[] {
    return this.#targets.get(service);
  }

  #computeTargets(name: NamespacedName): readonly PodGroup[] {
    const service = this.#services.get(name);
    const selector = service && effectiveSelector(service);
    return selector ? this.#groups.index.matching(selector, service.metadata.namespace) : [];
  }

  servicesTargeting(group: ObjectKey): readonly Service[] {
    return this.#targeting.get(group);
  }

  #computeTargeting(key: ObjectKey): readonly Service[] {
    const record = this.#groups.get(key);
    if (!record) return [];
    return [...this.#services.selecting(record.group)].sort(compareStrings).map((name) => this.#services.get(name)!);
  }

  placePods(groups: number): boolean {
    return this.#pods.placeSome(groups);
  }

  podsOf(group: ObjectKey): readonly Pod[] {
    return this.#pods.podsOf(group);
  }

  pods(): Iterable<Pod> {
    return this.#pods.pods();
  }

  pod(name: NamespacedName): Pod | undefined {
    return this.#pods.pod(name);
  }

  podByAddress(ip: string): Pod | undefined {
    return this.#pods.podByAddress(ip);
  }

  groupOfPod(name: NamespacedName): PodGroup | undefined {
    const key = this.#pods.groupOf(name);
    return key === undefined ? undefined : this.podGroup(key);
  }

  nodes(): readonly Node[] {
    return this.#nodes.nodes();
  }

  node(name: string): Node | undefined {
    return this.#nodes.node(name);
  }

  // -------------------------------------------------------------- endpoints

  endpointSlices(service: NamespacedName): readonly EndpointSlice[] {
    return this.#slices.get(service);
  }

  expectedEndpointSlices(name: NamespacedName): readonly EndpointSlice[] | undefined {
    const service = this.#services.get(name);
    if (!service || !effectiveSelector(service) || !this.#endpoints.slicesOf(name).some(isObserved)) return undefined;
    return this.#controllersSlices(name, service);
  }

  #computeSlices(name: NamespacedName): readonly EndpointSlice[] {
    const given = this.#endpoints.slicesOf(name);
    const service = this.#services.get(name);
    if (!service || given.some(isObserved)) return given;
    return [...this.#controllersSlices(name, service), ...given];
  }

  #controllersSlices(name: NamespacedName, service: Service): readonly EndpointSlice[] {
    if (effectiveSelector(service)) {
      return computeEndpointSlices(service, this.#matchingPods(name, service), {
        zoneOf: (nodeName) => this.#nodes.zoneOf(nodeName),
        zoneRatios: this.#nodes.zoneRatios(),
        minor: this.#minor,
      });
    }
    if (Object.keys(service.spec.selector ?? {}).length > 0) return [];
    const endpoints = this.#endpoints.endpointsOf(name);
    return endpoints && isMirrored(endpoints) ? mirrorEndpoints(endpoints) : [];
  }

  /** Exactly the pods with all labels: of a group, only some may have the value of a label that varies. */
  #matchingPods(name: NamespacedName, service: Service): readonly Pod[] {
    const selector = effectiveSelector(service) ?? {};
    return this.targets(name).flatMap((group) => this.podsOf(group.key).filter((pod) => selectsPod(selector, pod)));
  }

  *allEndpointSlices(): Iterable<EndpointSlice> {
    for (const name of this.#services.names()) yield* this.endpointSlices(name);
    const others = [...this.#endpoints.slices()].filter((slice) => {
      const service = serviceOfSlice(slice);
      return service === undefined || !this.#services.get(service);
    });
    yield* others.sort((a, b) => compareNames(a.metadata, b.metadata));
  }

  endpoints(service: NamespacedName): Endpoints | undefined {
    return this.#endpointsOf.get(service);
  }

  #computeEndpoints(name: NamespacedName): Endpoints | undefined {
    const service = this.#services.get(name);
    if (!service || !effectiveSelector(service)) return this.#endpoints.endpointsOf(name);
    const observed = this.#endpoints.observedEndpointsOf(name);
    return observed ?? computeEndpoints(service, this.#matchingPods(name, service), this.#minor);
  }

  *allEndpoints(): Iterable<Endpoints> {
    const names = new Set([...this.#services.names(), ...this.#endpoints.endpointsNames()]);
    for (const name of [...names].sort(compareStrings)) {
      const endpoints = this.endpoints(name);
      if (endpoints) yield endpoints;
    }
  }

  networkPolicies(namespace: string): readonly NetworkPolicy[] {
    return this.#policies.policies(namespace);
  }
}

/** Whether those who look at a namespace's pods from outside, by their labels and ports, see no difference. */
function samePodsOutside({ before, after }: GroupChange): boolean {
  if (!before || !after) return false;
  const [a, b] = [before.group, after.group];
  return (
    sameValue(a.labels, b.labels) &&
    sameValue(a.variableLabels, b.variableLabels) &&
    sameValue(portsOf(a.spec), portsOf(b.spec)) &&
    (a.replicas === 0) === (b.replicas === 0)
  );
}

function compareNames(a: EndpointSlice['metadata'], b: EndpointSlice['metadata']): number {
  return compareStrings(a.namespace, b.namespace) || compareStrings(a.name, b.name);
}

function isService(object: KubernetesObject): boolean {
  return object.group === '' && object.kind === 'Service';
}
