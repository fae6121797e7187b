/** What Services, their slices, and those who send requests to Services mention. */

import type { JsonPath } from '#base/json';
import type { MentionWriter } from './writer';

export function mentionService(writer: MentionWriter, clusterDomain: string): void {
  const { namespace, name } = writer.object;
  const service = `${namespace}/${name}`;
  writer.add({ kind: 'service', service }, ['metadata', 'name'], 'definition');
  writer.labels(['spec', 'selector'], 'reference', { namespace });
  for (const { path } of writer.items(['spec', 'ports'])) {
    for (const field of ['name', 'port']) {
      const port = writer.at([...path, field]);
      if (typeof port === 'string' || typeof port === 'number')
        writer.add({ kind: 'service-port', service, port }, [...path, field], 'definition');
    }
    writer.containerPort([...path, 'targetPort'], 'reference');
  }
  const external = writer.text(['spec', 'externalName']);
  if (external !== undefined) mentionNames(writer, ['spec', 'externalName'], external, clusterDomain);
}

/** Names of Services in full in a longer text: `web.shop.svc`, with or without the cluster's domain. */
export function mentionNames(writer: MentionWriter, path: JsonPath, text: string, clusterDomain: string): void {
  const names = /(?<![\w.-])((?:[a-z0-9_-]+\.)*)([a-z0-9-]+)\.([a-z0-9-]+)\.svc((?:\.[a-z0-9-]+)*)\.?(?![\w-])/g;
  for (const found of text.matchAll(names)) {
    // Before the Service's name may stand a pod's host name, or a port with its protocol.
    const [, before = '', name = '', namespace = '', domain = ''] = found;
    if (domain !== '' && domain !== `.${clusterDomain}`) continue;
    const start = found.index + before.length;
    writer.service(`${namespace}/${name}`, path, { span: { start, end: start + name.length } });
    const inner = { start: start + name.length + 1, end: start + name.length + 1 + namespace.length };
    writer.add({ kind: 'namespace', name: namespace }, path, 'reference', { span: inner });
  }
}

export function mentionEndpointSlice(writer: MentionWriter): void {
  const label = ['metadata', 'labels', 'kubernetes.io/service-name'];
  const name = writer.text(label);
  if (name === undefined) return;
  const service = `${writer.object.namespace}/${name}`;
  writer.service(service, label);
  for (const { path } of writer.items(['ports'])) writer.servicePort(service, [...path, 'name']);
}

export function mentionEndpoints(writer: MentionWriter): void {
  const service = `${writer.object.namespace}/${writer.object.name}`;
  writer.service(service, ['metadata', 'name']);
  for (const subset of writer.items(['subsets']))
    for (const { path } of writer.items([...subset.path, 'ports'])) writer.servicePort(service, [...path, 'name']);
}

export function mentionIngress(writer: MentionWriter): void {
  const backends: JsonPath[] = [['spec', 'defaultBackend']];
  for (const rule of writer.items(['spec', 'rules']))
    for (const { path } of writer.items([...rule.path, 'http', 'paths'])) backends.push([...path, 'backend']);
  for (const backend of backends) {
    const name = writer.text([...backend, 'service', 'name']);
    if (name === undefined) continue;
    const service = `${writer.object.namespace}/${name}`;
    writer.service(service, [...backend, 'service', 'name']);
    writer.servicePort(service, [...backend, 'service', 'port', 'name']);
    writer.servicePort(service, [...backend, 'service', 'port', 'number']);
  }
}

/** A Service that the API server itself calls: of a webhook, an APIService, a conversion of custom resources. */
export function mentionCalledService(writer: MentionWriter): void {
  const places: JsonPath[] = [
    ['spec', 'service'],
    ['spec', 'conversion', 'webhook', 'clientConfig', 'service'],
    ...writer.items(['webhooks']).map(({ path }) => [...path, 'clientConfig', 'service']),
  ];
  for (const { path } of writer.items(['webhooks'])) writer.namespaceSelector([...path, 'namespaceSelector']);
  for (const path of places) {
    const [namespace, name] = [writer.text([...path, 'namespace']), writer.text([...path, 'name'])];
    writer.namespace([...path, 'namespace']);
    if (namespace === undefined || name === undefined) continue;
    writer.service(`${namespace}/${name}`, [...path, 'name']);
    writer.servicePort(`${namespace}/${name}`, [...path, 'port']);
  }
}
