/** Hover: what the Service, label or port under the cursor comes to in the cluster, in at most 15 lines. */

import { valueAt } from '#base/json';
import type { Position, Range } from '#base/text';
import { ingressBackends } from '../topology/outside';
import type { Workspace } from '../workspace';
import { aboutObjects } from './findings-by-object';
import {
  hoverOfContainerPort,
  hoverOfGroup,
  hoverOfLabel,
  hoverOfPort,
  hoverOfRefusal,
  hoverOfService,
} from './hover-text';
import { containerPortAt, labelAt, objectAt, servicePortAt, startsWith, type ObjectAt } from './object-at';

export interface Hover {
  /** Markdown. */
  readonly contents: string;
  readonly range: Range;
}

/** Undefined where there is nothing to say. */
export function hover(workspace: Workspace, file: string, position: Position): Hover | undefined {
  const at = objectAt(workspace, file, position);
  const contents = at && contentsOf(at, workspace);
  return at && contents !== undefined ? { contents, range: at.range } : undefined;
}

function contentsOf(at: ObjectAt, workspace: Workspace): string | undefined {
  const { object, path, state } = at;
  if (object.kind === 'Service' && object.group === '') return inService(at, workspace);
  if (object.kind === 'Ingress') {
    const backend = ingressBackends(object).find(({ path: field }) => startsWith(path, ...field));
    return backend && serviceText(`${object.namespace}/${backend.name}`, at, workspace);
  }
  if (object.kind === 'StatefulSet' && startsWith(path, 'spec', 'serviceName')) {
    const name = valueAt(object.body, path);
    return typeof name === 'string' ? serviceText(`${object.namespace}/${name}`, at, workspace) : undefined;
  }
  const { controlPlane } = state.simulation;
  const group = controlPlane.podGroup(object.key);
  if (!group) return undefined;
  if (isName(at)) return hoverOfGroup(group, controlPlane);
  const label = labelAt(path, group);
  if (label !== undefined) return hoverOfLabel(group, label, controlPlane);
  const port = containerPortAt(path, group);
  return port && hoverOfContainerPort(group, port, controlPlane);
}

function inService(at: ObjectAt, workspace: Workspace): string | undefined {
  const { object, path, state } = at;
  const name = `${object.namespace}/${object.name}`;
  if (isName(at) || startsWith(path, 'spec', 'selector')) return serviceText(name, at, workspace);
  const index = servicePortAt(path);
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(name);
  const port = index === undefined ? undefined : service?.spec.ports?.[index];
  return service && port && path.length > 3 ? hoverOfPort(service, port, controlPlane) : undefined;
}

function isName({ path }: ObjectAt): boolean {
  return path.length === 1 ? path[0] === 'kind' : path.length === 2 && path[0] === 'metadata' && path[1] === 'name';
}

function serviceText(name: string, { state, object }: ObjectAt, workspace: Workspace): string | undefined {
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(name);
  const own = controlPlane.serviceObject(name) ?? (object.kind === 'Service' ? object : undefined);
  const about = aboutObjects(workspace);
  const said = own ? { findings: about.findings(own), unknowns: about.unknowns(own) } : { findings: [], unknowns: [] };
  if (service) return hoverOfService(service, said, controlPlane);
  const refusal = own && controlPlane.refusal(own.key);
  return refusal && hoverOfRefusal(name, refusal.message);
}
