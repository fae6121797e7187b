/** Refactorings: a Service for a workload that has none, a named target port instead of a number. */

import { valueAt } from '#base/json';
import { LineIndex, type Position } from '#base/text';
import type { ContainerPort } from '#model/kubernetes';
import { isNumberedTarget, nameOfTarget } from './target-names';
import type { PodGroup } from '#simulation/types';
import { changeValue } from '../rules/edits';
import type { TextEdit } from '../types';
import type { Workspace } from '../workspace';
import { objectAt, servicePortAt, type ObjectAt } from './object-at';

export interface Refactoring {
  readonly title: string;
  readonly kind: 'extract' | 'rewrite';
  readonly edits: readonly TextEdit[];
}

export function refactorings(workspace: Workspace, file: string, position: Position): Refactoring[] {
  const at = objectAt(workspace, file, position);
  if (!at) return [];
  return [serviceForWorkload(at, workspace), namedTargetPort(at, workspace)].filter((each) => each !== undefined);
}

/** A document of its own behind the others: the pods' labels as selector, a port for each that they declare. */
function serviceForWorkload({ object, path, state }: ObjectAt, workspace: Workspace): Refactoring | undefined {
  // Offered where the workload says who it is, not at each line of it.
  if (path[0] !== 'kind' && path[0] !== 'metadata') return undefined;
  const { controlPlane } = state.simulation;
  const group = controlPlane.podGroup(object.key);
  const file = workspace.file(object.origin.file);
  if (!group || !file || file.text.trimStart().startsWith('{')) return undefined;
  const selector = selectorOf(group);
  const ports = portsOf(group);
  const isTaken = controlPlane.serviceObject(`${object.namespace}/${object.name}`) !== undefined;
  const makesOwnPods = object.kind !== 'Job' && object.kind !== 'CronJob';
  if (selector.length === 0 || ports.length === 0 || isTaken || !makesOwnPods) return undefined;
  if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(object.name)) return undefined;
  const text = serviceText(object.name, object.namespaceGiven ? object.namespace : undefined, selector, ports);
  const end = new LineIndex(file.text).position(file.text.length);
  const separator = file.text.endsWith('\n') ? '---\n' : '\n---\n';
  const edit = { file: file.path, range: { start: end, end }, newText: separator + text };
  return { title: `Make a Service for ${object.kind} ${object.name}`, kind: 'extract', edits: [edit] };
}

/** What the workload itself tells its pods by, else all of a bare pod's labels. */
function selectorOf({ object, labels, variableLabels }: PodGroup): readonly (readonly [string, string])[] {
  const own = valueAt(object.body, ['spec', 'selector', 'matchLabels']);
  const wanted = Object.entries(own ?? labels).filter(([key]) => !variableLabels.includes(key));
  return wanted.flatMap(([key, value]) => (typeof value === 'string' && labels[key] === value ? [[key, value] as const] : [])); // prettier-ignore
}

function portsOf({ spec }: PodGroup): readonly ContainerPort[] {
  const seen = new Set<string>();
  return spec.containers
    .flatMap((container) => container.ports ?? [])
    .filter((port) => {
      const id = `${port.containerPort}/${port.protocol}`;
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    });
}

function serviceText(
  name: string,
  namespace: string | undefined,
  selector: readonly (readonly [string, string])[],
  ports: readonly ContainerPort[],
): string {
  const lines = ['apiVersion: v1', 'kind: Service', 'metadata:', `  name: ${name}`];
  if (namespace !== undefined) lines.push(`  namespace: ${namespace}`);
  lines.push('spec:', '  selector:', ...selector.map(([key, value]) => `    ${key}: ${quoted(value)}`), '  ports:');
  for (const port of ports) {
    // Several ports need names; a container's port may be one of several without a name.
    const own = port.name ?? (ports.length > 1 ? `${port.protocol.toLowerCase()}-${port.containerPort}` : undefined);
    lines.push(`    - port: ${port.containerPort}`, `      targetPort: ${port.name ?? port.containerPort}`);
    if (own !== undefined) lines.push(`      name: ${own}`);
    if (port.protocol !== 'TCP') lines.push(`      protocol: ${port.protocol}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Label values such as `true` and `1` are strings only between quotes. */
function quoted(value: string): string {
  return /^[A-Za-z][\w.-]*$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value) ? value : JSON.stringify(value); // prettier-ignore
}

/** Where all targets call the number alike. */
function namedTargetPort({ object, path, state }: ObjectAt, workspace: Workspace): Refactoring | undefined {
  const index = object.kind === 'Service' && object.group === '' ? servicePortAt(path) : undefined;
  const service = state.simulation.controlPlane.service(`${object.namespace}/${object.name}`);
  const port = index === undefined ? undefined : service?.spec.ports?.[index];
  if (index === undefined || !port || !isNumberedTarget(object, index)) return undefined;
  const name = nameOfTarget(port, state.simulation.controlPlane.targets(`${object.namespace}/${object.name}`));
  const field = ['spec', 'ports', index, 'targetPort'];
  const edit = name === undefined ? undefined : changeValue(object, field, name, workspace.context(state));
  return edit && { title: `Call the target port by its name ${name}`, kind: 'rewrite', edits: [edit] };
}
