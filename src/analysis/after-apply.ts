/** A cluster as it would be after manifests were applied to it: its objects, updated, and what its controllers do then. */

import { isJsonObject, valueAt } from '#base/json';
import type { NamespacedName, OwnerReference } from '#model/kubernetes';
import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { sameValue } from '#simulation/control-plane/same';
import type { ControlPlane, Refusal } from '#simulation/types';
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

/** `namespace` is taken where a manifest names none, as `kubectl apply` does. */
export function afterApply(
  live: ControlPlane,
  manifests: Iterable<KubernetesObject>,
  options: {
    readonly settings: ClusterSettings;
    readonly namespace: string;
    readonly knowledge: ClusterKnowledge;
    readonly scope?: string;
  },
): Applied {
  const written = [...manifests].map((object) => placed(object, options.namespace, live));
  const workspace = createWorkspace({ settings: options.settings, roots: [], single: options.scope ?? appliedFolder });
  const observed = [...live.objects()];
  workspace.setObserved({ removed: [], added: [...observed, ...written] }, options.knowledge);
  workspace.update();
  const after = workspace.scopes[0]?.simulation.controlPlane;
  if (!after) return { workspace, refusals: [], written };
  const replaced = replacedObjects(live, after, written, observed);
  workspace.setObserved({ removed: replaced, added: [] }, options.knowledge);
  workspace.update();
  const mine = new Set(written);
  return { workspace, refusals: [...after.refusals()].filter(({ object }) => mine.has(object)), written };
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
  before: ControlPlane,
  after: ControlPlane,
  written: readonly KubernetesObject[],
  observed: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const rolled = new Set<ObjectKey>();
  const services = new Set<NamespacedName>();
  for (const { key, kind, group, namespace, name } of written) {
    const service = `${namespace}/${name}`;
    if (kind === 'Service' && group === '') {
      if (!sameValue(before.service(service)?.spec, after.service(service)?.spec)) services.add(service);
      continue;
    }
    const [old, now] = [before.podGroup(key), after.podGroup(key)];
    if (!old && !now) continue;
    for (const controlPlane of [before, after])
      for (const { metadata } of controlPlane.servicesTargeting(key)) services.add(`${metadata.namespace}/${metadata.name}`); // prettier-ignore
    if (old && now && sameValue([old.labels, old.spec], [now.labels, now.spec])) {
      for (const { metadata } of before.servicesTargeting(key)) services.delete(`${metadata.namespace}/${metadata.name}`); // prettier-ignore
    } else rolled.add(key);
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
