/** What the Gateway API's objects mention: Gateways, their listeners, Services and namespaces. */

import { isJsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { MentionWriter } from './writer';
import { objectIn } from './writer';

const gatewayGroup = 'gateway.networking.k8s.io';

export function mentionGateway(writer: MentionWriter): void {
  const { namespace, name } = writer.object;
  const gateway = `${namespace}/${name}` as const;
  writer.add({ kind: 'gateway', gateway }, ['metadata', 'name'], 'definition');
  for (const { path } of writer.items(['spec', 'listeners'])) {
    const listener = writer.text([...path, 'name']);
    if (listener !== undefined)
      writer.add({ kind: 'listener', gateway, name: listener }, [...path, 'name'], 'definition');
    writer.namespaceSelector([...path, 'allowedRoutes', 'namespaces', 'selector']);
  }
}

/** A route of whichever kind: its parents, its backends, and those of its filters. */
export function mentionRoute(writer: MentionWriter): void {
  for (const { path, value } of writer.items(['spec', 'parentRefs'])) mentionParent(writer, path, value);
  for (const rule of writer.items(['spec', 'rules'])) {
    mentionFilters(writer, rule.path);
    for (const { path, value } of writer.items([...rule.path, 'backendRefs'])) {
      mentionBackend(writer, path, value);
      mentionFilters(writer, path);
    }
  }
}

/** Models ParentReference: a Gateway where it says nothing else, or a Service, for what goes through a mesh. */
function mentionParent(writer: MentionWriter, path: JsonPath, value: JsonValue): void {
  const { kind = 'Gateway', group = gatewayGroup } = objectIn(value);
  if (kind === 'Service') return mentionBackend(writer, path, value);
  const name = writer.text([...path, 'name']);
  if (kind !== 'Gateway' || group !== gatewayGroup || name === undefined) return;
  writer.namespace([...path, 'namespace']);
  const gateway = `${writer.text([...path, 'namespace']) ?? writer.object.namespace}/${name}` as const;
  writer.add({ kind: 'gateway', gateway }, [...path, 'name'], 'reference');
  const section = writer.text([...path, 'sectionName']);
  if (section !== undefined)
    writer.add({ kind: 'listener', gateway, name: section }, [...path, 'sectionName'], 'reference');
}

function mentionFilters(writer: MentionWriter, owner: JsonPath): void {
  for (const { path } of writer.items([...owner, 'filters'])) {
    const mirror = [...path, 'requestMirror', 'backendRef'];
    const value = writer.at(mirror);
    if (value !== undefined) mentionBackend(writer, mirror, value);
  }
}

/** Models BackendObjectReference: kind and group say Service where they say nothing. */
function mentionBackend(writer: MentionWriter, path: JsonPath, value: JsonValue): void {
  if (!isJsonObject(value) || typeof value.name !== 'string') return;
  if ((value.kind ?? 'Service') !== 'Service' || (value.group ?? '') !== '') return;
  writer.namespace([...path, 'namespace']);
  const service = `${writer.text([...path, 'namespace']) ?? writer.object.namespace}/${value.name}` as const;
  writer.service(service, [...path, 'name']);
  writer.servicePort(service, [...path, 'port']);
}

/** Who of other namespaces may refer to what of its own. */
export function mentionReferenceGrant(writer: MentionWriter): void {
  for (const { path } of writer.items(['spec', 'from'])) writer.namespace([...path, 'namespace']);
  for (const { path, value } of writer.items(['spec', 'to'])) {
    const { kind, group = '', name } = objectIn(value);
    if (kind === 'Service' && group === '' && typeof name === 'string')
      writer.service(`${writer.object.namespace}/${name}`, [...path, 'name']);
  }
}

/** A policy that is about Services, a section of which is a port: BackendTLSPolicy. */
export function mentionTargets(writer: MentionWriter): void {
  for (const { path, value } of writer.items(['spec', 'targetRefs'])) {
    const { kind, group = '', name } = objectIn(value);
    if (kind !== 'Service' || group !== '' || typeof name !== 'string') continue;
    const service = `${writer.object.namespace}/${name}` as const;
    writer.service(service, [...path, 'name']);
    writer.servicePort(service, [...path, 'sectionName']);
  }
}
