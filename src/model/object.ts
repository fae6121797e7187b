/** A Kubernetes object as somebody wrote it or a cluster gave it, with the place that it came from. */

import type { JsonObject, JsonPath } from '#base/json';

/** A place in a file: the manifest room turns it into a range. */
export interface ManifestOrigin {
  readonly kind: 'manifest';
  /** The file's path, relative to the workspace's root, with `/` on every system. */
  readonly file: string;
  /** Zero-based index of the document in the file. */
  readonly document: number;
  /** Where the object stands in its document: empty, or `['items', 3]` inside a List. */
  readonly path: JsonPath;
}

export interface ClusterOrigin {
  readonly kind: 'cluster';
  readonly context: string;
  readonly resourceVersion: string;
  /** The path under which the object is shown as a file of its own. */
  readonly file: string;
  readonly document: 0;
  readonly path: readonly [];
}

export type Origin = ManifestOrigin | ClusterOrigin;

/** Identity in a cluster: `GROUP/KIND/NAMESPACE/NAME`; group and namespace are empty where there is none. */
export type ObjectKey = string;

export interface KubernetesObject {
  readonly key: ObjectKey;
  /** API group, '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** '' for kinds that have no namespace. What the manifest does not say is `default`, or what the scope says. */
  readonly namespace: string;
  /** Whether the manifest itself names its namespace; "not said" is not the same as "default". */
  readonly namespaceGiven: boolean;
  readonly name: string;
  /** As written: nothing defaulted, nothing checked. */
  readonly body: JsonObject;
  readonly origin: Origin;
}

export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function objectKey(group: string, kind: string, namespace: string, name: string): ObjectKey {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** `Kind namespace/name`, or `Kind name` for what has no namespace. */
export function printReference(reference: ObjectReference): string {
  return `${reference.kind} ${reference.namespace === '' ? '' : `${reference.namespace}/`}${reference.name}`;
}

const clusterScopedKinds = new Set([
  'Namespace', 'Node', 'PersistentVolume', 'ClusterRole', 'ClusterRoleBinding', 'StorageClass', 'IngressClass',
  'GatewayClass', 'CustomResourceDefinition', 'PriorityClass', 'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration', 'APIService', 'ServiceCIDR', 'IPAddress', 'RuntimeClass', 'CSIDriver', 'CSINode',
  'VolumeAttachment', 'CertificateSigningRequest', 'FlowSchema', 'PriorityLevelConfiguration', 'ClusterIssuer',
  'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy', 'PodSecurityPolicy',
  'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'VolumeSnapshotClass', 'DeviceClass',
]); // prettier-ignore

/** Whether objects of this kind live in no namespace; kinds that nobody knows are taken to be namespaced. */
export function isClusterScoped(kind: string): boolean {
  return clusterScopedKinds.has(kind);
}

/**
 * Orders objects as they would be applied: files in the order of their paths, documents in theirs, all of them to what
 * a cluster holds already. Who comes first wins a conflict about an address or a node port.
 */
export function compareOrigins(a: Origin, b: Origin): number {
  if (a.kind === 'cluster' || b.kind === 'cluster') return Number(b.kind === 'cluster') - Number(a.kind === 'cluster');
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.document - b.document || compareItemPaths(a.path, b.path);
}

function compareItemPaths(a: JsonPath, b: JsonPath): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x !== y) return typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}
