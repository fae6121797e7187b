/** Writes an EndpointSlice behind the document of a Service. */

import { lineIndexOf } from '#manifest/index';
import type { EndpointPort, EndpointSlice } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { TextEdit } from '../types';

export interface NewSlice {
  readonly addressType: EndpointSlice['addressType'];
  readonly addresses: readonly string[];
  readonly ports: readonly EndpointPort[];
}

/** A document of its own behind the Service's; undefined in a List, and in a file of JSON. */
export function addSlice(service: KubernetesObject, slice: NewSlice, context: AnalysisContext): TextEdit | undefined {
  const { origin } = service;
  if (origin.kind !== 'manifest' || origin.path.length > 0) return undefined;
  const file = context.file(origin.file);
  const document = file?.documents[origin.document];
  if (!file || file.rendered || !document || /^\s*\{/.test(file.text.slice(document.span.start))) return undefined;
  const at = document.span.start + file.text.slice(document.span.start, document.span.end).trimEnd().length;
  const lines = ['', '---', ...linesOf(service, slice)];
  const lineBreak = file.text.includes('\r\n') ? '\r\n' : '\n';
  const range = lineIndexOf(file).range({ start: at, end: at });
  return { file: origin.file, range, newText: lines.join(lineBreak) };
}

function linesOf(service: KubernetesObject, { addressType, addresses, ports }: NewSlice): readonly string[] {
  return [
    'apiVersion: discovery.k8s.io/v1',
    'kind: EndpointSlice',
    'metadata:',
    `  name: ${plain(`${service.name}-1`)}`,
    ...(service.namespaceGiven ? [`  namespace: ${plain(service.namespace)}`] : []),
    '  labels:',
    `    kubernetes.io/service-name: ${plain(service.name)}`,
    `addressType: ${addressType}`,
    'ports:',
    ...ports.flatMap(({ name, port, protocol = 'TCP' }) => [
      `  - port: ${port}`,
      ...(name ? [`    name: ${plain(name)}`] : []),
      ...(protocol === 'TCP' ? [] : [`    protocol: ${protocol}`]),
    ]),
    'endpoints:',
    `  - addresses: [${addresses.map((address) => JSON.stringify(address)).join(', ')}]`,
  ];
}

/** Without quotes where YAML takes it for a string all the same. */
function plain(text: string): string {
  return /^[a-z][a-z-]*[a-z0-9]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text)
    ? text
    : JSON.stringify(text);
}
