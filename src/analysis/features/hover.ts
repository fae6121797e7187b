/** Hover: what the Service, label, port or name under the cursor comes to in the cluster, in at most 15 lines. */

import { valueAt } from '#base/json';
import { contains, type Position, type Range } from '#base/text';
import type { NamespacedName } from '#model/kubernetes';
import { namePlaceOf } from '../places';
import { ingressBackends } from '../topology/ingresses';
import { topicOfService, type TopicId } from '../learn/topics';
import type { Finding, Place, Unknown } from '../types';
import type { Workspace } from '../workspace';
import { aboutObjects } from './findings-by-object';
import { hoverElsewhere } from './hover-elsewhere';
import { hoverOfEntry, hoverOfGateway, hoverOfNamespace } from './hover-entry';
import { hoverOfGiven } from './hover-given';
import { hoverOfName } from './hover-name';
import { hoverOfPeer } from './hover-peer';
import { hoverOfPolicyPort, portNamed } from './hover-port';
import { hoverOfLabelSelector, hoverOfServiceSelector } from './hover-selector';
import {
  hoverOfContainerPort,
  hoverOfGroup,
  hoverOfLabel,
  hoverOfPort,
  hoverOfRefusal,
  hoverOfService,
} from './hover-text';
import { mentionAt } from './mentions/mention-places';
import { occurrences } from './mentions/occurrences';
import { hoverOfLiteral, literalAt } from './templates/literal';
import type { TemplatesElsewhere } from './templates/others';
import { templateAt } from './templates/template-at';
import { hoverOfTemplate } from './templates/template-hover';
import { brokenText, withReadable } from './readable';
import { containerPortAt, labelAt, objectAt, servicePortAt, startsWith, type ObjectAt } from './object-at';

export interface Hover {
  /** Markdown. */
  readonly contents: string;
  readonly range: Range;
  /** What it is an example of, for whoever meets it for the first time. */
  readonly topic: TopicId | undefined;
  /** The Service that it is about, for links to its trace and its place on the map. */
  readonly service: { readonly scope: string; readonly name: NamespacedName; readonly place: Place | undefined } | undefined; // prettier-ignore
}

/** What is said, and about which Service. */
interface Said {
  readonly contents: string;
  readonly service?: NamespacedName | undefined;
  readonly topic?: TopicId;
  readonly range?: Range;
}

/** Undefined where there is nothing to say. */
export function hover(
  workspace: Workspace,
  file: string,
  position: Position,
  templates: TemplatesElsewhere = 'nothing',
): Hover | undefined {
  const action = templates === 'everything' ? undefined : templateAt(workspace, file, position);
  if (action) return plain(hoverOfTemplate(action, workspace), action.range);
  const found = hoverOfManifest(workspace, file, position);
  if (found) return found;
  const given = hoverOfGiven(workspace, file, position);
  return given ? plain(given.contents, given.range) : hoverOfTemplateText(workspace, file, position);
}

function plain(contents: string, range: Range): Hover {
  return { contents, range, topic: undefined, service: undefined };
}

/** What a template says where it is not rendered, or not at this place. */
function hoverOfTemplateText(workspace: Workspace, file: string, position: Position): Hover | undefined {
  const literal = literalAt(workspace, file, position);
  const contents = literal && hoverOfLiteral(literal);
  return literal && contents !== undefined ? plain(contents, literal.range) : undefined;
}

function hoverOfManifest(workspace: Workspace, file: string, position: Position): Hover | undefined {
  return withReadable(workspace, file, position, (left) => {
    const found = hoverAt(workspace, file, position);
    if (!found || left.length === 0) return found;
    return { ...found, contents: `${found.contents}\n\n*${brokenText(left)}*` };
  });
}

function hoverAt(workspace: Workspace, file: string, position: Position): Hover | undefined {
  const at = objectAt(workspace, file, position);
  const said = at && (hoverOfName(at, position, workspace) ?? saidOf(at, position, workspace));
  if (!said) return undefined;
  const { controlPlane } = at.state.simulation;
  const object = said.service === undefined || !controlPlane.service(said.service) ? undefined : controlPlane.serviceObject(said.service); // prettier-ignore
  const service = object && { scope: at.state.scope.name, name: `${object.namespace}/${object.name}`, place: namePlaceOf(object, workspace) }; // prettier-ignore
  const elsewhere = hoverElsewhere(workspace, file, position);
  const contents = elsewhere === undefined ? said.contents : `${said.contents}\n\n${elsewhere}`;
  return { contents, range: said.range ?? at.range, topic: said.topic, service };
}

function saidOf(at: ObjectAt, position: Position, workspace: Workspace): Said | undefined {
  const { object, path, state } = at;
  if (object.kind === 'Service' && object.group === '') return inService(at, position, workspace);
  if (object.kind === 'Ingress') {
    const backend = ingressBackends(object).find(({ path: field }) => startsWith(path, ...field));
    if (backend) return serviceText(`${object.namespace}/${backend.name}`, at, position, workspace);
  }
  if (object.kind === 'StatefulSet' && startsWith(path, 'spec', 'serviceName')) {
    const name = valueAt(object.body, path);
    return typeof name === 'string' ? serviceText(`${object.namespace}/${name}`, at, position, workspace) : undefined;
  }
  const { controlPlane } = state.simulation;
  const group = controlPlane.podGroup(object.key);
  if (group) {
    if (isName(at)) return { contents: hoverOfGroup(group, controlPlane) };
    const label = labelAt(path, group);
    if (label !== undefined) return { contents: hoverOfLabel(group, label, controlPlane) };
    const port = containerPortAt(path, group);
    if (port) return { contents: hoverOfContainerPort(group, port, controlPlane) };
  }
  const contents =
    (isName(at) ? hoverOfEntry(at, workspace) : undefined) ?? hoverOfPeer(at) ?? hoverOfLabelSelector(at, workspace);
  return contents === undefined ? elsewhere(at, position, workspace) : { contents };
}

/** What is named anywhere else: in a route, a slice, a webhook, a probe, a policy. */
function elsewhere(at: ObjectAt, position: Position, workspace: Workspace): Said | undefined {
  const { object, state } = at;
  const mention = mentionAt(at, position, workspace)?.mention;
  if (!mention) return undefined;
  const { meaning, path } = mention;
  const { controlPlane } = state.simulation;
  switch (meaning.kind) {
    case 'service':
      return serviceText(meaning.service, at, position, workspace);
    case 'service-port':
      return portText(meaning.service, meaning.port, at, position, workspace);
    case 'namespace':
      return saying(hoverOfNamespace(meaning.name, state, workspace));
    case 'gateway':
    case 'listener':
      return saying(hoverOfGateway(meaning.gateway, state, workspace));
    case 'container-port': {
      if (object.kind === 'NetworkPolicy') return saying(hoverOfPolicyPort(object, path, meaning.name, controlPlane));
      const own = portNamed(meaning.name, path, object, controlPlane);
      return own && { contents: hoverOfContainerPort(own.group, own.port, controlPlane) };
    }
    default:
      return undefined;
  }
}

function saying(contents: string | undefined): Said | undefined {
  return contents === undefined ? undefined : { contents };
}

/** The port of a Service, as somebody names it who sends requests there. */
function portText(
  name: NamespacedName,
  named: string | number,
  at: ObjectAt,
  position: Position,
  workspace: Workspace,
): Said | undefined {
  const { controlPlane } = at.state.simulation;
  const service = controlPlane.service(name);
  const port = service?.spec.ports?.find((each) => each.name === named || each.port === named);
  if (!service || !port) return serviceText(name, at, position, workspace);
  const callers = callersOf(name, port.name ?? port.port, at, workspace);
  return { contents: hoverOfPort(service, port, callers, controlPlane), service: name };
}

function inService(at: ObjectAt, position: Position, workspace: Workspace): Said | undefined {
  const { object, path, state } = at;
  const name = `${object.namespace}/${object.name}`;
  if (isName(at)) return serviceText(name, at, position, workspace);
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(name);
  if (startsWith(path, 'spec', 'selector')) {
    // Where pods may be there that nobody sees, that is the answer.
    const isKnown = aboutObjects(workspace).unknowns(object).length === 0;
    const contents = service && isKnown ? hoverOfServiceSelector(service, at, workspace) : undefined;
    return contents === undefined
      ? serviceText(name, at, position, workspace)
      : { contents, service: name, topic: 'selector' };
  }
  const index = servicePortAt(path);
  const port = index === undefined ? undefined : service?.spec.ports?.[index];
  if (!service || !port || path.length <= 3) return elsewhere(at, position, workspace);
  return portText(name, port.name ?? port.port, at, position, workspace);
}

/** Ingresses and routes that send to a port of the Service. */
function callersOf(service: NamespacedName, port: string | number, { object, state }: ObjectAt, workspace: Workspace) {
  const mention = { meaning: { kind: 'service-port', service, port }, path: [], part: 'value', role: 'reference' } as const; // prettier-ignore
  const callers = occurrences({ object, mention }, state, workspace).map((found) => found.object);
  return [...new Set(callers)].filter(({ kind }) => kind === 'Ingress' || kind.endsWith('Route'));
}

function isName({ path }: ObjectAt): boolean {
  return path.length === 1 ? path[0] === 'kind' : path.length === 2 && path[0] === 'metadata' && path[1] === 'name';
}

function serviceText(
  name: string,
  { state, object }: ObjectAt,
  position: Position,
  workspace: Workspace,
): Said | undefined {
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(name);
  const own = controlPlane.serviceObject(name) ?? (object.kind === 'Service' ? object : undefined);
  const about = aboutObjects(workspace);
  const said = {
    findings: own ? about.findings(own) : [],
    unknowns: own ? about.unknowns(own) : [],
    isToldHere: ({ place }: Finding | Unknown) => place.file === object.origin.file && contains(place.range, position),
  };
  if (service)
    return { contents: hoverOfService(service, said, controlPlane), service: name, topic: topicOfService(service) };
  const refusal = own && controlPlane.refusal(own.key);
  return refusal && { contents: hoverOfRefusal(name, said.findings.some(said.isToldHere) ? '' : refusal.message) };
}
