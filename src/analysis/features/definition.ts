/** Go to definition: from a selector to the labels that it matches and back, from a target port to the container's port. */

import { compareStrings } from '#base/compare';
import { valueAt, type JsonPath } from '#base/json';
import type { Position } from '#base/text';
import { namespacedName, type Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { memberPlaceOf, namePlaceOf, placeOf } from '../places';
import { ingressBackends } from '../topology/ingresses';
import type { ScopeState } from '../context';
import { keyOf } from './mentions/keys';
import { mentionIndex } from './mentions/mention-index';
import type { Place } from '../types';
import type { Workspace } from '../workspace';
import { containerPortAt, labelAt, objectAt, servicePortAt, startsWith, type ObjectAt } from './object-at';
import { withReadable } from './readable';
import { definitionOfLiteral, literalAt } from './templates/literal';
import type { TemplatesElsewhere } from './templates/others';
import { templateAt } from './templates/template-at';
import { definitionOfTemplate } from './templates/template-navigation';
import { referencesAt } from './references';

/** The places that the key or value at a position stands for; empty where it stands for nothing. */
export function definition(
  workspace: Workspace,
  file: string,
  position: Position,
  templates: TemplatesElsewhere = 'nothing',
): Place[] {
  const action = templates === 'everything' ? undefined : templateAt(workspace, file, position);
  if (action) return definitionOfTemplate(action, workspace);
  const places = definitionInManifest(workspace, file, position);
  const literal = places.length > 0 ? undefined : literalAt(workspace, file, position);
  return literal ? definitionOfLiteral(literal) : places;
}

function definitionInManifest(workspace: Workspace, file: string, position: Position): Place[] {
  return withReadable(workspace, file, position, () => {
    const at = objectAt(workspace, file, position);
    // What a kustomization gives to many stands in one place.
    const places = unique(at ? counterparts(at, workspace) : []);
    return places.length > 0 ? places : referencesAt(workspace, file, position, 'definitions');
  });
}

function unique(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

/** The other end of what connects an object with others: of a selector the labels, of labels the selectors. */
function counterparts(at: ObjectAt, workspace: Workspace): Place[] {
  const { controlPlane } = at.state.simulation;
  if (at.object.kind === 'Service' && at.object.group === '') return fromService(at, workspace);
  if (at.object.kind === 'Ingress') return fromIngress(at, workspace);
  if (at.object.kind === 'StatefulSet' && startsWith(at.path, 'spec', 'serviceName'))
    return servicePlaces(`${at.object.namespace}/${String(valueAt(at.object.body, at.path))}`, controlPlane, workspace);
  const group = controlPlane.podGroup(at.object.key);
  return group ? fromTemplate(at, group, workspace) : [];
}

function fromService({ object, path, state }: ObjectAt, workspace: Workspace): Place[] {
  const { controlPlane } = state.simulation;
  if (startsWith(path, 'spec', 'selector')) return matchedLabels(object, path[2], controlPlane, workspace);
  const index = servicePortAt(path);
  const name = `${object.namespace}/${object.name}`;
  const port = index === undefined ? undefined : controlPlane.service(name)?.spec.ports?.[index];
  if (!port) return [];
  return controlPlane
    .targets(name)
    .flatMap((group) =>
      containerPortPaths(group, port.targetPort, port.protocol).flatMap((found) => placeOf(group.object, found, workspace) ?? []),
    ); // prettier-ignore
}

/** The whole selector leads to the labels of what it selects; one of its pairs, to whoever carries that pair. */
function matchedLabels(
  object: KubernetesObject,
  key: string | number | undefined,
  controlPlane: ControlPlane,
  workspace: Workspace,
): Place[] {
  // The accepted Service, not what is written: a selector that the server does not take matches nothing.
  const written = controlPlane.service(`${object.namespace}/${object.name}`)?.spec.selector;
  if (!written || (typeof key === 'string' && written[key] === undefined)) return [];
  const selector = typeof key === 'string' ? { [key]: written[key] ?? '' } : written;
  return controlPlane.groupsMatching(selector, object.namespace).flatMap((group) => {
    const labels = [...group.templatePath, 'metadata', 'labels'];
    if (typeof key !== 'string') return placeOf(group.object, labels, workspace) ?? [];
    return memberPlaceOf(group.object, [...labels, key], workspace) ?? placeOf(group.object, labels, workspace) ?? [];
  });
}

/** Where the containers (and sidecars) of a group declare a target port. */
export function containerPortPaths(group: PodGroup, target: number | string, protocol: string): JsonPath[] {
  const paths: JsonPath[] = [];
  for (const list of ['containers', 'initContainers'] as const)
    for (const [c, container] of (group.spec[list] ?? []).entries())
      for (const [p, port] of (container.ports ?? []).entries()) {
        const field = typeof target === 'number' ? 'containerPort' : 'name';
        if (port[field] === target && port.protocol === protocol)
          paths.push([...group.templatePath, 'spec', list, c, 'ports', p, field]);
      }
  return paths;
}

function fromTemplate({ path, state }: ObjectAt, group: PodGroup, workspace: Workspace): Place[] {
  const { controlPlane } = state.simulation;
  const label = labelAt(path, group);
  if (label !== undefined) return selectorsOf(group, label, state, workspace);
  const port = containerPortAt(path, group);
  if (!port) return [];
  return controlPlane.servicesTargeting(group.key).flatMap((service) =>
    (service.spec.ports ?? []).flatMap(({ targetPort, protocol }, index) => {
      if (protocol !== port.protocol || (targetPort !== port.name && targetPort !== port.containerPort)) return [];
      return placeInService(service, ['spec', 'ports', index, 'targetPort'], controlPlane, workspace);
    }),
  );
}

/** Services of the namespace whose selector has the label; for the labels as a whole those that target the pods. */
function selectorsOf(group: PodGroup, key: string, state: ScopeState, workspace: Workspace): Place[] {
  const { controlPlane } = state.simulation;
  if (key === '')
    return controlPlane
      .servicesTargeting(group.key)
      .flatMap((service) => placeInService(service, ['spec', 'selector'], controlPlane, workspace));
  const label = keyOf({ kind: 'label', namespace: group.namespace, key, value: group.labels[key] ?? '' });
  const names = [...mentionIndex(workspace, state).objects(label)].flatMap((object) =>
    object.kind === 'Service' && object.group === '' ? `${object.namespace}/${object.name}` : [],
  );
  return names.sort(compareStrings).flatMap((name) => {
    const service = controlPlane.service(name);
    return service ? memberInService(service, ['spec', 'selector', key], controlPlane, workspace) : [];
  });
}

function placeInService(service: Service, path: JsonPath, controlPlane: ControlPlane, workspace: Workspace): Place[] {
  const object = controlPlane.serviceObject(namespacedName(service));
  const place = object && placeOf(object, path, workspace);
  return place ? [place] : [];
}

function memberInService(service: Service, path: JsonPath, controlPlane: ControlPlane, workspace: Workspace): Place[] {
  const object = controlPlane.serviceObject(namespacedName(service));
  const place = object && memberPlaceOf(object, path, workspace);
  return place ? [place] : [];
}

function fromIngress({ object, path, state }: ObjectAt, workspace: Workspace): Place[] {
  const { controlPlane } = state.simulation;
  for (const backend of ingressBackends(object)) {
    const field = backend.path.slice(0, -1);
    if (!startsWith(path, ...field)) continue;
    const name = `${object.namespace}/${backend.name}`;
    if (!startsWith(path, ...field, 'port')) return servicePlaces(name, controlPlane, workspace);
    const wanted = [valueAt(object.body, [...field, 'port', 'number']), valueAt(object.body, [...field, 'port', 'name'])]; // prettier-ignore
    const service = controlPlane.service(name);
    const index = (service?.spec.ports ?? []).findIndex((port) => wanted.includes(port.port) || (port.name !== undefined && wanted.includes(port.name))); // prettier-ignore
    return service && index >= 0 ? placeInService(service, ['spec', 'ports', index], controlPlane, workspace) : servicePlaces(name, controlPlane, workspace); // prettier-ignore
  }
  return [];
}

function servicePlaces(name: string, controlPlane: ControlPlane, workspace: Workspace): Place[] {
  const object = controlPlane.serviceObject(name);
  const place = object && namePlaceOf(object, workspace);
  return place ? [place] : [];
}
