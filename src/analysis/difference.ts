/** What applying manifests would change in a cluster: Services, what is only in one of them, and what is refused. */

import { isJsonObject, valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane, Refusal } from '#simulation/types';
import type { Applied } from './after-apply';
import { changedFields } from './applied-fields';
import { serviceDrift, type FieldChange, type ServiceDrift } from './drift';

export interface Difference {
  readonly onlyInFiles: readonly KubernetesObject[];
  /** Objects that somebody wrote, in the namespaces of the manifests. */
  readonly onlyInCluster: readonly KubernetesObject[];
  readonly services: readonly ServiceDrift[];
  /** What is no Service and would be another one. */
  readonly others: readonly { readonly object: KubernetesObject; readonly fields: readonly FieldChange[] }[];
  readonly refused: readonly Refusal[];
  /** Kinds of the manifests that were not read of the cluster: what it has of them is not known. */
  readonly unseen: readonly string[];
}

/** What is known of the cluster: objects of other kinds or namespaces may be there, unseen. */
export interface Sight {
  /** Whether the cluster's objects of this kind were read. */
  isKindRead(kind: { readonly group: string; readonly kind: string }): boolean;
  isNamespaceRead(namespace: string): boolean;
}

/** `before` is the cluster as it is, `applied` as it would be. */
export function differenceOf(before: ControlPlane, applied: Applied, sight: Sight): Difference {
  const { workspace, written, refusals } = applied;
  const after = workspace.scopes[0]?.simulation.controlPlane ?? before;
  const isRead = (namespace: string) => namespace === '' || sight.isNamespaceRead(namespace);
  const namespaces = new Set(written.map(({ namespace }) => namespace).filter(isRead));
  const keys = new Set(written.map(({ key }) => key));
  const refused = new Set(refusals.map(({ object }) => object));
  const seen = written.filter((object) => sight.isKindRead(object) && isRead(object.namespace));
  return {
    onlyInFiles: seen.filter(({ key }) => !before.object(key)),
    onlyInCluster: [...before.objects()].filter(
      (object) => namespaces.has(object.namespace) && !keys.has(object.key) && isWritten(object),
    ),
    services: serviceDrift(before, after, (name) => namespaces.has(name.slice(0, name.indexOf('/')))),
    others: seen.flatMap((object) => {
      const now = before.object(object.key);
      if (!now || refused.has(object) || (object.kind === 'Service' && object.group === '')) return [];
      const fields = changedFields(now.body, object.body);
      return fields.length === 0 ? [] : [{ object, fields }];
    }),
    refused: refusals,
    unseen: [...new Set(written.filter((object) => !sight.isKindRead(object)).map(({ kind }) => kind))].sort(),
  };
}

/** Whether somebody wrote the object, rather than one of the cluster's controllers. */
function isWritten(object: KubernetesObject): boolean {
  const { kind, namespace, name, body } = object;
  const owners = valueAt(body, ['metadata', 'ownerReferences']);
  if (Array.isArray(owners) && owners.some((owner) => isJsonObject(owner) && owner.controller === true)) return false;
  if (kind === 'EndpointSlice' || kind === 'Endpoints' || kind === 'Node' || namespace === '') return false;
  return !(kind === 'Service' && namespace === 'default' && name === 'kubernetes');
}
