/** The Markdown of a host name in a text: how it resolves from the pod that reads it. */

import { contains, type Position, type Range } from '#base/text';
import { namespacedName, type NamespacedName } from '#model/kubernetes';
import type { DnsAnswer, Resolution } from '#simulation/types';
import { configMapUsers } from '../names/config-map-users';
import { namesIn, type NameInText } from '../names/names-in';
import { serviceOfHost } from '../names/service-names';
import type { Workspace } from '../workspace';
import { code, escape } from '../markdown';
import { few } from './few';
import { placeOfText } from './mentions/mention-places';
import type { ObjectAt } from './object-at';

export interface NameHover {
  readonly contents: string;
  readonly range: Range;
  readonly service: NamespacedName | undefined;
  readonly topic: 'dns-name';
}

export function hoverOfName(at: ObjectAt, position: Position, workspace: Workspace): NameHover | undefined {
  for (const name of namesIn(at.object)) {
    const place = placeOfText(at.object, name.path, name.range, workspace);
    if (place && contains(place.range, position)) return { ...textOf(name, at), range: place.range, topic: 'dns-name' };
  }
  return undefined;
}

function textOf(name: NameInText, at: ObjectAt): Omit<NameHover, 'range' | 'topic'> {
  const { controlPlane, dns } = at.state.simulation;
  const pod = readerOf(at);
  const known = serviceOfHost(name.host, at.object.namespace, controlPlane);
  if (pod === undefined) {
    const text = known ? `is Service ${namespacedName(known)}` : 'is no Service of this scope';
    return { contents: `${code(name.host)} ${escape(text)}; no pod that reads it is known.`, service: known && namespacedName(known) }; // prettier-ignore
  }
  const resolution = dns.resolve(pod, name.host);
  const head = `${code(name.host)} from pod ${escape(pod)} → ${escape(resultOf(resolution))}`;
  const tries = [...new Set(resolution.tries.map((each) => each.name))].map(
    (tried) => `- ${tryText(tried, resolution)}`,
  );
  const notes = [resolution.hosts, resolution.unknown, resolution.musl].filter((note) => note !== undefined).map(escape); // prettier-ignore
  // The last try is the one that counts.
  const shown = tries.length > 3 ? [`- ${tries.length - 2} other names were tried before`, ...tries.slice(-2)] : tries;
  const contents = [head, shown.join('\n'), portText(name, resolution.service, at), ...few(notes)].filter(Boolean).join('\n\n'); // prettier-ignore
  return { contents, service: resolution.service };
}

/** The first pod that is given the text. */
function readerOf({ object, state }: ObjectAt): NamespacedName | undefined {
  const { controlPlane } = state.simulation;
  const groups = object.kind === 'ConfigMap' ? configMapUsers(object, controlPlane) : [controlPlane.podGroup(object.key)]; // prettier-ignore
  for (const group of groups) {
    const [pod] = group ? controlPlane.podsOf(group.key) : [];
    if (pod) return namespacedName(pod);
  }
  return undefined;
}

function resultOf({ addresses, tries, service, unknown }: Resolution): string {
  const owner = service === undefined ? '' : ` (Service ${service})`;
  if (addresses.length > 0) return `${addresses.slice(0, 3).join(', ')}${addresses.length > 3 ? ` and ${addresses.length - 3} more` : ''}${owner}`; // prettier-ignore
  if (unknown !== undefined) return 'not known here';
  const last = tries.at(-1);
  return last ? `${inWords(last.answer.rcode)}${owner}` : 'no answer';
}

function tryText(name: string, { tries }: Resolution): string {
  const answers = tries.filter((tried) => tried.name === name).map(({ answer }) => answer);
  const records = answers.flatMap((answer) => answer.answers.map((record) => `${record.type} ${record.value}`));
  const [first] = answers;
  const result = records.length > 0 ? [...new Set(records)].slice(0, 3).join(', ') : `${first ? inWords(first.rcode) : 'no answer'}${first?.cause ? `, ${first.cause}` : ''}`; // prettier-ignore
  return `${code(name.replace(/\.$/, ''))}: ${escape(result)}`;
}

function inWords(rcode: DnsAnswer['rcode']): string {
  if (rcode === 'UNKNOWN') return 'not known here';
  return rcode === 'NOERROR' ? 'no address' : rcode;
}

/** Whether the Service has the port that the text names. */
function portText({ port }: NameInText, name: NamespacedName | undefined, { state }: ObjectAt): string {
  const service = name === undefined ? undefined : state.simulation.controlPlane.service(name);
  if (port === undefined || !service || service.spec.clusterIP === 'None' || service.spec.type === 'ExternalName') return ''; // prettier-ignore
  const ports = service.spec.ports ?? [];
  if (ports.some((known) => known.port === port)) return '';
  return `Service ${escape(namespacedName(service))} has no port ${port}: it has ${ports.map((known) => known.port).join(', ') || 'none'}.`; // prettier-ignore
}
