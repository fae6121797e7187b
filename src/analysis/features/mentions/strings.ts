/** Names of Services inside of texts: environment, arguments and commands of containers, data of ConfigMaps. */

import { namesIn, type NameInText } from '../../names/names-in';
import { readingsOf } from '../../names/service-names';
import type { MentionWriter } from './writer';

/** Each reading of a host: which one holds is known by what is there. */
export function mentionStrings(writer: MentionWriter, clusterDomain: string): void {
  for (const name of namesIn(writer.object)) mentionHost(writer, name, clusterDomain);
}

function mentionHost(writer: MentionWriter, { path, range, host }: NameInText, clusterDomain: string): void {
  for (const { service, namespace, pod } of readingsOf(host, writer.object.namespace, clusterDomain)) {
    if (namespace === undefined) continue;
    const start = range.start + (pod === undefined ? 0 : pod.length + 1);
    const end = start + service.length;
    // Host names do not care about case, names of objects are lower case: only what is written alike can be found again.
    if (host.slice(start - range.start, end - range.start) !== service) continue;
    const of = { host, ...(pod !== undefined && { pod }) };
    writer.service(`${namespace}/${service}`, path, { span: { start, end }, ...of });
    const span = { start: end + 1, end: end + 1 + namespace.length };
    if (host.slice(end - range.start) === '' || host.slice(span.start - range.start, span.end - range.start) !== namespace) continue; // prettier-ignore
    writer.add({ kind: 'namespace', name: namespace }, path, 'reference', { span, ...of });
  }
}
