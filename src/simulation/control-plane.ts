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
import { minorVersion, type ClusterSettings } from '#model/settings';
import {
  admitEndpoints,
  admitEndpointSlice,
  admitNetworkPolicy,
  admitNode,
  admitPod,
  admitService,
  admitWorkload,
  type Admission,
} from './apiserver/admission';
import { withWhatFollows } from './apiserver/after-decoding'; // prettier-ignore
import { EndpointRegistry, isObserved, serviceOfSlice } from './control-plane/endpoint-registry';
import { GroupRegistry, type GroupChange } from './control-plane/group-registry';
import { keepEqual, keepEqualItems, keepIdentical, KeptValues } from './control-plane/kept-values';
import { NamespaceRegistry } from './control-plane/namespace-registry';
import { NodeRegistry } from './control-plane/node-registry';
import { ObjectStore } from './control-plane/object-store';
import { PodRegistry } from './control-plane/pod-registry';
import { PolicyRegistry } from './control-plane/policy-registry';
import {
  withReadableNodeStatus, withReadablePodStatus, withReadableServiceStatus,
} from './control-plane/readable-status'; // prettier-ignore
import { sameValue } from './control-plane/same';
import { effectiveSelector, selectsPod } from './control-plane/selection';
import { ServiceRegistry } from './control-plane/service-registry';
import { computeEndpointSlices } from './controllers/endpoint-slices';
import { computeEndpoints } from './controllers/endpoints';
import { isMirrored, mirrorEndpoints } from './controllers/mirroring';
import { portsOf } from './controllers/workload-pods';
import type { ControlPlane, Impact, ObjectChange, PodGroup, Refusal } from './types';

export interface ControlPlaneEngine extends ControlPlane {
  /** Takes documents out and in. Values handed out before stay as they are; ask again for the new ones. */
  apply(change: ObjectChange): Impact;
}

export function createControlPlane(settings: ClusterSettings): ControlPlaneEngine {
  return new Engine(settings);
}

/** The release whose behaviour is taken where the settings name none that is known. */
const newestMinor = 37;

class Engine implements ControlPlaneEngine {
  readonly settings: ClusterSettings;
  readonly #minor: number;
  readonly #store = new ObjectStore();
  /** Refusals of single objects; the Services' registry has those that other objects cause. */
  readonly #refusals = new Map<ObjectKey, Refusal>();
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

  constructor(settings: ClusterSettings) {
    this.settings = settings;
    this.#minor = minorVersion(settings.kubernetesVersion) ?? newestMinor;
    this.#nodes = new NodeRegistry(settings);
    this.#services = new ServiceRegistry(settings);
    this.#groups = new GroupRegistry(
      this.#minor,
      (workload) => this.#nodes.eligible(workload.nodeSelector, workload.kind).length,
    );
    this.#pods = new PodRegistry(this.#groups, this.#nodes, {
      minor: this.#minor,
      clusterCIDRs: settings.clusterCIDRs,
    });
  }

  // -------------------------------------------------------------- changes

  apply(change: ObjectChange): Impact {
    const { updates, keys } = this.#store.apply(change);
    const objects = new Set(keys);
    const services = new Set<NamespacedName>();
    for (const { before, after } of updates) {
      if (before) this.#namespaces.remove(before);
      if (after) this.#namespaces.add(after);
      for (const name of this.#take(before ?? after!, after)) services.add(name);
    }
    const nodesChanged = this.#nodes.settle();
    if (nodesChanged) this.#groups.touchDaemonSets();
    for (const name of this.#settleServices(objects)) services.add(name);
    const podNamespaces = new Set<string>();
    for (const name of this.#settleGroups(nodesChanged, podNamespaces)) services.add(name);
    for (const name of services) {
      this.#targets.invalidate(name);
      this.#slices.invalidate(name);
      this.#endpointsOf.invalidate(name);
    }
    return { services, objects, podNamespaces };
  }

  /** Puts the effective object of a key in the place of the one before; gives the Services whose endpoints it names. */
  #take(identity: KubernetesObject, object: KubernetesObject | undefined): readonly NamespacedName[] {
    const { key } = identity;
    switch (`${identity.group}/${identity.kind}`) {
      case '/Service': {
        const service = object && this.#admit(object, admitService);
        if (object) this.#services.set(object, service && withReadableServiceStatus(service));
        else this.#services.remove(identity);
        break;
      }
      case '/Pod': {
        const pod = object && this.#admit(object, admitPod);
        if (pod) this.#groups.setPod(withReadablePodStatus(pod), object);
        else this.#groups.remove(key);
        break;
      }
      case 'apps/Deployment':
      case 'apps/StatefulSet':
      case 'apps/DaemonSet':
      case 'apps/ReplicaSet':
      case '/ReplicationController':
      case 'batch/Job':
      case 'batch/CronJob': {
        const workload = object && this.#admit(object, admitWorkload);
        if (workload) this.#groups.setWorkload(workload);
        else this.#groups.remove(key);
        break;
      }
      case '/Node': {
        const node = object && this.#admit(object, admitNode);
        this.#nodes.set(key, node && withReadableNodeStatus(node));
        break;
      }
      case '/Endpoints': {
        const name = this.#endpoints.setEndpoints(identity, undefined);
        const endpoints = object && this.#admit(object, admitEndpoints);
        if (endpoints) this.#endpoints.setEndpoints(object, endpoints);
        if (!object) this.#refusals.delete(key);
        return [name];
      }
      case 'discovery.k8s.io/EndpointSlice': {
        const slice = object && this.#admit(object, admitEndpointSlice);
        if (!object) this.#refusals.delete(key);
        return this.#endpoints.setSlice(key, slice);
      }
      case 'networking.k8s.io/NetworkPolicy':
        this.#policies.set(identity, object && this.#admit(object, admitNetworkPolicy));
        break;
    }
    if (!object) this.#refusals.delete(key);
    return [];
  }

  #admit<T>(
    object: KubernetesObject,
    admit: (object: KubernetesObject, settings: ClusterSettings) => Admission<T>,
  ): T | undefined {
    const { value, refusal } = admit(object, this.settings);
    if (refusal) this.#refusals.set(object.key, withWhatFollows(refusal, admit, this.settings));
    else this.#refusals.delete(object.key);
    return value;
  }

  /** Services that changed by themselves or because of others; `objects` gets those whose refusal may be another. */
  #settleServices(objects: Set<ObjectKey>): ReadonlySet<NamespacedName> {
    const changed = this.#services.settle();
    for (const name of changed) {
      const object = this.#services.object(name);
      if (object) objects.add(object.key);
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
    const all = [...this.#refusals.values(), ...this.#services.refusals()];
    return all.sort(
      (a, b) => compareOrigins(a.object.origin, b.object.origin) || compareStrings(a.object.key, b.object.key),
    );
  }

  refusal(key: ObjectKey): Refusal | undefined {
    const own = this.#refusals.get(key);
    if (own) return own;
    const object = this.#store.get(key);
    return object && isService(object) ? this.#services.refusal(`${object.namespace}/${object.name}`) : undefined;
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
