/** A named port of containers, with the Services, probes and policies that mean it: they hang together by pods. */

import type { KubernetesObject, ObjectKey } from '#model/object';
import { effectiveSelector } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { namespacedName } from '#model/kubernetes';
import { keyOf } from './keys';
import type { MentionIndex } from './mention-index';
import { podsOfPolicyPort } from './policy-pods';
import type { MentionIn } from './types';

/**
 * Follows the name from pods to the Services that target them, from these to all their targets, and to the policies
 * that allow it: what has to be called alike for all of them to work on.
 */
export function containerPortOccurrences(
  start: MentionIn,
  name: string,
  index: MentionIndex,
  controlPlane: ControlPlane,
): readonly MentionIn[] {
  const walk = new PortWalk(name, index, controlPlane);
  if (start.object.kind === 'NetworkPolicy') walk.takePolicyPort(start);
  else walk.take(start.object);
  return walk.found;
}

class PortWalk {
  readonly #name: string;
  readonly #index: MentionIndex;
  readonly #controlPlane: ControlPlane;
  /** By the object, and ports of policies by their place: mentions are read anew at each question. */
  readonly #found = new Map<KubernetesObject | string, readonly MentionIn[]>();
  readonly #groups = new Set<ObjectKey>();
  /** By the namespace of the pods. */
  readonly #policyPorts = new Map<string, readonly MentionIn[]>();

  constructor(name: string, index: MentionIndex, controlPlane: ControlPlane) {
    this.#name = name;
    this.#index = index;
    this.#controlPlane = controlPlane;
  }

  get found(): readonly MentionIn[] {
    return [...this.#found.values()].flat();
  }

  /** A workload, with its probes, or a Service. */
  take(object: KubernetesObject): void {
    if (this.#found.has(object)) return;
    const mentions = this.#mentionsOf(object);
    if (mentions.length === 0) return;
    this.#found.set(object, mentions);
    for (const group of podsOf(object, this.#controlPlane)) this.#visit(group);
  }

  /** Each rule of a policy may mean other pods. */
  takePolicyPort(found: MentionIn): void {
    const { file, document, path } = found.object.origin;
    // Two documents may be the same policy, of which the later one counts: both have to move.
    const place = JSON.stringify([file, document, path, found.mention.path]);
    if (this.#found.has(place)) return;
    this.#found.set(place, [found]);
    for (const group of podsOfPolicyPort(found.object, found.mention.path, this.#controlPlane)) this.#visit(group);
  }

  #visit(group: PodGroup): void {
    if (this.#groups.has(group.key)) return;
    this.#groups.add(group.key);
    this.take(group.object);
    for (const service of this.#controlPlane.servicesTargeting(group.key)) {
      const own = this.#controlPlane.serviceObject(namespacedName(service));
      if (own) this.take(own);
    }
    for (const port of this.#policyPortsFor(group.namespace))
      if (podsOfPolicyPort(port.object, port.mention.path, this.#controlPlane).includes(group))
        this.takePolicyPort(port);
  }

  #policyPortsFor(namespace: string): readonly MentionIn[] {
    const known = this.#policyPorts.get(namespace);
    if (known) return known;
    const keys = ['', namespace].map((each) => keyOf({ kind: 'container-port', namespace: each, name: this.#name }));
    const policies = new Set(keys.flatMap((key) => [...this.#index.objects(key)]));
    const ports = [...policies].flatMap((policy) => this.#mentionsOf(policy));
    this.#policyPorts.set(namespace, ports);
    return ports;
  }

  #mentionsOf(object: KubernetesObject): readonly MentionIn[] {
    return this.#index
      .mentions(object)
      .filter(({ meaning }) => meaning.kind === 'container-port' && meaning.name === this.#name)
      .map((mention) => ({ object, mention }));
  }
}

/** The pods whose ports an object means: its own, or its targets. */
function podsOf(object: KubernetesObject, controlPlane: ControlPlane): readonly PodGroup[] {
  if (object.kind !== 'Service') return [controlPlane.podGroup(object.key)].filter((group) => group !== undefined);
  const service = controlPlane.service(`${object.namespace}/${object.name}`);
  return service && effectiveSelector(service) ? controlPlane.targets(namespacedName(service)) : [];
}
