/** The steps that change manifests, as patches and as edits of the YAML itself. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { changeValue, dropMember, putMember } from '../rules/edits';
import type { TextEdit } from '../types';
import { withValueAt } from './fields';
import { findObjectIn, isFailure } from './find';
import { printStep } from './grammar';
import type { ObjectName, Step } from './types';

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: JsonValue;
}

export interface ObjectPatch {
  readonly object: KubernetesObject;
  /** Undefined for an object that goes. */
  readonly operations: readonly PatchOperation[] | undefined;
}

export interface Patches {
  readonly patches: readonly ObjectPatch[];
  /** Steps that change no manifest: what happens by itself, or only to what the cluster made. */
  readonly leftOut: readonly string[];
}

interface Written {
  readonly name: ObjectName;
  readonly path: JsonPath;
  readonly value: JsonValue | undefined;
}

const madeByOthers: readonly string[] = ['pod', 'node'];

function writtenBy(step: Step): Written | undefined {
  switch (step.kind) {
    case 'scale':
      return { name: step.object, path: ['spec', 'replicas'], value: step.replicas };
    case 'label':
      return { name: step.object, path: ['metadata', 'labels', step.key], value: step.value };
    case 'set':
      return { name: step.object, path: step.path, value: step.value };
    default:
      return undefined;
  }
}

/**
 * What the steps come to together, by object, in the order in which they are first changed. `before` gives an object as
 * it is where the patches are applied.
 */
export function patchesOf(
  steps: readonly Step[],
  controlPlane: ControlPlane,
  before: (object: KubernetesObject) => KubernetesObject = (object) => object,
): Patches {
  const byKey = new Map<string, { object: KubernetesObject; body: JsonObject; operations: PatchOperation[] | undefined }>();
  const leftOut: string[] = [];
  for (const step of steps) {
    const written = writtenBy(step);
    const name = written?.name ?? (step.kind === 'delete' ? step.object : undefined);
    const object = name && !madeByOthers.includes(name.kind) ? findObjectIn(name, controlPlane) : undefined;
    if (!object || isFailure(object)) {
      leftOut.push(printStep(step));
      continue;
    }
    const target = before(object);
    const known = byKey.get(object.key) ?? { object: target, body: target.body, operations: [] };
    byKey.set(object.key, known);
    if (!written) known.operations = undefined;
    else if (known.operations) {
      const operation = operationOf(known.body, written);
      known.body = withValueAt(known.body, written.path, written.value) as JsonObject;
      if (operation) known.operations.push(operation);
    }
  }
  return { patches: [...byKey.values()].map(({ object, operations }) => ({ object, operations })), leftOut };
} // prettier-ignore

/** The operation at the deepest part of the path that is there. */
function operationOf(body: JsonObject, { path, value }: Written): PatchOperation | undefined {
  if (valueAt(body, path) !== undefined) return value === undefined ? { op: 'remove', path: pointer(path) } : { op: 'replace', path: pointer(path), value }; // prettier-ignore
  if (value === undefined) return undefined;
  const depth = path.findIndex((_, i) => valueAt(body, path.slice(0, i + 1)) === undefined);
  const rest = path.slice(depth + 1);
  return { op: 'add', path: pointer(path.slice(0, depth + 1)), value: withValueAt(undefined, rest, value)! };
}

function pointer(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * As the field `patches` of a kustomization. Its targets are the objects as their files have them (`writtenObject`): what
 * says no namespace there is not found by one.
 */
export function asKustomize({ patches, leftOut }: Patches): string {
  const lines = leftOut.map((step) => `# no change of a manifest: ${step}`);
  if (patches.length === 0) return [...lines, 'patches: []', ''].join('\n');
  lines.push('patches:');
  for (const { object, operations } of patches) {
    const { group, version, kind, namespace, namespaceGiven, name } = object;
    lines.push('  - target:', ...(group === '' ? [] : [`      group: ${group}`]), `      version: ${version}`);
    lines.push(`      kind: ${kind}`, `      name: ${name}`, ...(namespaceGiven ? [`      namespace: ${namespace}`] : [])); // prettier-ignore
    lines.push('    patch: |-', ...(operations ? operations.flatMap(operationLines) : deletionLines(object)));
  }
  return `${lines.join('\n')}\n`;
}

function operationLines({ op, path, value }: PatchOperation): readonly string[] {
  return [
    `      - op: ${op}`,
    `        path: ${JSON.stringify(path)}`,
    ...(op === 'remove' ? [] : [`        value: ${JSON.stringify(value)}`]),
  ];
}

function deletionLines({ group, version, kind, name }: KubernetesObject): readonly string[] {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return [
    '      $patch: delete',
    `      apiVersion: ${apiVersion}`,
    `      kind: ${kind}`,
    '      metadata:',
    `        name: ${name}`,
  ];
}

/** As commands of kubectl, one an object. */
export function asKubectl({ patches, leftOut }: Patches): string {
  const lines = leftOut.map((step) => `# no change of a manifest: ${step}`);
  for (const { object, operations } of patches) {
    const { group, kind, namespace, name } = object;
    const target = `${kind.toLowerCase()}${group === '' ? '' : `.${group}`} ${name}${namespace === '' ? '' : ` -n ${namespace}`}`; // prettier-ignore
    const patch = JSON.stringify(operations).replaceAll("'", String.raw`'\''`);
    lines.push(operations ? `kubectl patch ${target} --type=json -p '${patch}'` : `kubectl delete ${target}`);
  }
  return `${lines.join('\n')}\n`;
}

export interface PatchEdits {
  readonly edits: readonly TextEdit[];
  /** What no edit can do, in sentences. */
  readonly leftOut: readonly string[];
}

/** Edits of the YAML that the objects come from; what stands in a patch or a template has to be changed by hand. */
export function editsOf(steps: readonly Step[], context: AnalysisContext): PatchEdits {
  const edits: TextEdit[] = [];
  const leftOut: string[] = [];
  for (const step of steps) {
    const written = writtenBy(step);
    const known = written && !madeByOthers.includes(written.name.kind);
    const object = known ? findObjectIn(written.name, context.simulation.controlPlane) : undefined;
    const edit = written && object && !isFailure(object) ? editOf(object, written, context) : undefined;
    if (edit && !edits.some((other) => overlap(edit, other))) edits.push(edit);
    else leftOut.push(edit ? `${printStep(step)}: it is about the same lines as a step before it` : printStep(step) + (object && !isFailure(object) ? `: ${printReference(object)} does not have the field where it could be changed` : '')); // prettier-ignore
  }
  return { edits, leftOut };
}

function editOf(
  object: KubernetesObject,
  { path, value }: Written,
  context: AnalysisContext,
): TextEdit | undefined {
  const last = path.at(-1)!;
  if (typeof last === 'number') return typeof value === 'string' || typeof value === 'number' ? changeValue(object, path, value, context) : undefined; // prettier-ignore
  const mapping = path.slice(0, -1);
  if (value === undefined) return dropMember(object, mapping, last, context);
  if (isJsonObject(valueAt(object.body, mapping))) return putMember(object, mapping, last, value, context);
  // Mappings on the way that are not there yet come with it.
  const depth = path.findIndex((_, i) => !isJsonObject(valueAt(object.body, path.slice(0, i + 1))));
  const key = path[depth];
  if (typeof key !== 'string') return undefined;
  return putMember(object, path.slice(0, depth), key, withValueAt(undefined, path.slice(depth + 1), value)!, context);
} // prettier-ignore

function overlap(a: TextEdit, b: TextEdit): boolean {
  if (a.file !== b.file) return false;
  const before = (x: TextEdit, y: TextEdit) =>
    x.range.end.line < y.range.start.line ||
    (x.range.end.line === y.range.start.line && x.range.end.character <= y.range.start.character);
  return !before(a, b) && !before(b, a);
}
