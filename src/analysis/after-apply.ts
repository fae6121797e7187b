/** A cluster as it would be after manifests were applied to it: its objects, updated, and what its controllers do then. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt } from '#base/json';
import type { NamespacedName, OwnerReference } from '#model/kubernetes';
import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { sameValue } from '#simulation/control-plane/same';
import type { ControlPlane, PodGroup, Refusal } from '#simulation/types';
import { createWorkspace, type ClusterKnowledge, type Workspace } from './workspace';

export interface Applied {
  readonly workspace: Workspace;
  /** What the API server would not take of the manifests. */
  readonly refusals: readonly Refusal[];
  /** The manifests' objects with the namespaces that they get. */
  readonly written: readonly KubernetesObject[];
}

/** The folder in which the applied objects show themselves as files, and the scope's name unless another is given. */
const appliedFolder = 'after apply';

export interface ApplyOptions {
  readonly settings: ClusterSettings;
  /** Taken where a manifest names none, as `kubectl apply` does. */
  readonly namespace: string;
  readonly knowledge: ClusterKnowledge;
  readonly scope?: string;
}

export function afterApply(live: ControlPlane, manifests: Iterable<KubernetesObject>, options: ApplyOptions): Applied {
  const steps = afterApplySteps(live, manifests, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/**
 * The same in steps of some milliseconds, between which others may work. All that is read of `live` is read by the first
 * step, so it may change meanwhile: what comes out is true of the cluster as it was then.
 */
export function* afterApplySteps(
  live: ControlPlane,
  manifests: Iterable<KubernetesObject>,
  options: ApplyOptions,
): Generator<void, Applied> {
  const written = [...manifests].map((object) => placed(object, options.namespace, live));
  const observed = [...live.objects()];
  const before = written.map((object) => seenIn(live, object));
  const workspace = createWorkspace({ settings: options.settings, roots: [], single: options.scope ?? appliedFolder });
  for (const added of inPieces([...observed, ...written])) {
    workspace.setObserved({ removed: [], added }, options.knowledge);
    workspace.update();
    yield;
  }
  const after = workspace.scopes[0]?.simulation.controlPlane;
  if (!after) return { workspace, refusals: [], written };
  const replaced = replacedObjects(before, after, written, observed);
  for (const removed of inPieces(replaced)) {
    workspace.setObserved({ removed, added: [] }, options.knowledge);
    workspace.update();
    yield;
  }
  const mine = new Set(written);
  return { workspace, refusals: [...after.refusals()].filter(({ object }) => mine.has(object)), written };
}

/** How many objects a step takes. */
const pieceSize = 200;

/**
 * A namespace after the other, and those whom others name first: hardly anything is then found missing, to be looked for
 * in each step, that a later step brings.
 */
function inPieces(objects: readonly KubernetesObject[]): readonly (readonly KubernetesObject[])[] {
  const sorted = [...objects].sort((a, b) => compareStrings(a.namespace, b.namespace) || rank(a) - rank(b));
  const count = Math.ceil(sorted.length / pieceSize);
  return Array.from({ length: count }, (_, i) => sorted.slice(i * pieceSize, (i + 1) * pieceSize));
}

function rank({ kind }: KubernetesObject): number {
  return kind === 'Ingress' || kind === 'NetworkPolicy' || kind.endsWith('Route') ? 2 : kind === 'Service' ? 1 : 0;
}

/** What a cluster makes of an object, as far as that decides what applying another one of its name replaces. */
interface Seen {
  readonly serviceSpec: object | undefined;
  readonly pods: PodGroup | undefined;
  readonly targetedBy: readonly NamespacedName[];
}

function seenIn(controlPlane: ControlPlane, { key, kind, group, namespace, name }: KubernetesObject): Seen {
  const isService = kind === 'Service' && group === '';
  return {
    serviceSpec: isService ? controlPlane.service(`${namespace}/${name}`)?.spec : undefined,
    pods: controlPlane.podGroup(key),
    targetedBy: controlPlane.servicesTargeting(key).map(({ metadata }): NamespacedName => `${metadata.namespace}/${metadata.name}`), // prettier-ignore
  };
}

/** With the status that the cluster's object has: nobody applies one. */
function placed(object: KubernetesObject, fallback: string, live: ControlPlane): KubernetesObject {
  const namespace = object.namespace === '' || object.namespaceGiven ? object.namespace : fallback;
  const key = objectKey(object.group, object.kind, namespace, object.name);
  const status = valueAt(live.object(key)?.body, ['status']);
  const place = namespace === '' ? '' : `${namespace}/`;
  return {
    ...object,
    key,
    namespace,
    namespaceGiven: true,
    body: status === undefined ? object.body : { ...object.body, status },
    origin: {
      kind: 'manifest',
      file: `${appliedFolder}/${place}${object.kind.toLowerCase()}-${object.name}.yaml`,
      document: 0,
      path: [],
    },
  };
}

/** Pods that a changed workload replaces, and slices that the endpoint slice controller then writes anew. */
function replacedObjects(
  before: readonly Seen[],
  after: ControlPlane,
  written: readonly KubernetesObject[],
  observed: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const rolled = new Set<ObjectKey>();
  const services = new Set<NamespacedName>();
  for (const [i, object] of written.entries()) {
    const [old, now] = [before[i]!, seenIn(after, object)];
    if (object.kind === 'Service' && object.group === '') {
      if (!sameValue(old.serviceSpec, now.serviceSpec)) services.add(`${object.namespace}/${object.name}`);
      continue;
    }
    if (!old.pods && !now.pods) continue;
    const isRolled = !old.pods || !now.pods || !sameValue([old.pods.labels, old.pods.spec], [now.pods.labels, now.pods.spec]); // prettier-ignore
    if (isRolled) rolled.add(object.key);
    for (const service of [...old.targetedBy, ...now.targetedBy])
      if (isRolled || !old.targetedBy.includes(service) || !now.targetedBy.includes(service)) services.add(service);
  }
  const replaced = new Set(observed.filter((object) => isReplaced(object, rolled)).map(({ key }) => key));
  return observed.filter((object) => {
    if (replaced.has(object.key) || isReplaced(object, replaced)) return true;
    return isManagedSlice(object) && services.has(serviceOf(object));
  });
}

function isReplaced({ group, namespace, body }: KubernetesObject, owners: ReadonlySet<ObjectKey>): boolean {
  if (group !== '' && group !== 'apps') return false;
  const references = valueAt(body, ['metadata', 'ownerReferences']);
  if (!Array.isArray(references)) return false;
  return (references as unknown as readonly OwnerReference[]).some(({ controller, apiVersion, kind, name }) => {
    const ownerGroup = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return controller === true && owners.has(objectKey(ownerGroup, kind, namespace, name));
  });
}

function isManagedSlice({ kind, body }: KubernetesObject): boolean {
  return kind === 'EndpointSlice' && valueAt(body, ['metadata', 'labels', managedBy]) === 'endpointslice-controller.k8s.io'; // prettier-ignore
}

const managedBy = 'endpointslice.kubernetes.io/managed-by';

function serviceOf({ namespace, body }: KubernetesObject): NamespacedName {
  const labels = valueAt(body, ['metadata', 'labels']);
  const name = isJsonObject(labels) ? labels['kubernetes.io/service-name'] : undefined;
  return `${namespace}/${typeof name === 'string' ? name : ''}`;
}
