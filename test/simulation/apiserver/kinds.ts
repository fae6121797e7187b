/** The admissions of all kinds, for tests that look at single objects. */

import type { JsonObject } from '#base/json';
import { isClusterScoped, objectKey, type KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import type { Refusal } from '#simulation/types';
import {
  admitEndpoints, admitEndpointSlice, admitNetworkPolicy, admitNode, admitOther, admitPod, admitService, admitWorkload,
} from '#simulation/apiserver/admission'; // prettier-ignore

/** Metadata may be anything here, so nothing of it is taken for granted. */
export function objectOfBody(body: JsonObject): KubernetesObject {
  const [group, version] = String(body.apiVersion).includes('/') ? String(body.apiVersion).split('/') : ['', 'v1'];
  const kind = String(body.kind);
  const metadata = (body.metadata ?? {}) as JsonObject;
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const namespace = isClusterScoped(kind) ? '' : 'default';
  const key = objectKey(group!, kind, namespace, name);
  const origin = { kind: 'manifest', file: 'a.yaml', document: 0, path: [] } as const;
  return { key, group: group!, version: version!, kind, namespace, namespaceGiven: true, name, body, origin };
}

const workloads = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController', 'Job', 'CronJob'];

/** What the server says of the object: its refusal, or undefined. */
export function refusalOfBody(body: JsonObject, settings = defaultSettings): Refusal | undefined {
  const object = objectOfBody(body);
  const { kind } = object;
  if (kind === 'Pod') return admitPod(object, settings).refusal;
  if (kind === 'Service') return admitService(object, settings).refusal;
  if (kind === 'EndpointSlice') return admitEndpointSlice(object, settings).refusal;
  if (kind === 'Endpoints') return admitEndpoints(object, settings).refusal;
  if (kind === 'Node') return admitNode(object, settings).refusal;
  if (kind === 'NetworkPolicy') return admitNetworkPolicy(object, settings).refusal;
  if (workloads.includes(kind)) return admitWorkload(object, settings).refusal;
  return admitOther(object, settings).refusal;
}
