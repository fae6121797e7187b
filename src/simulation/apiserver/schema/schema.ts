/** The Go structs of each release as schemas for the decoder, made from the table of go-types.ts when somebody asks. */

import type { ClusterSettings } from '#model/settings';
import { minorOf } from '../../releases';
import { goTypes } from './go-types';
import type { Schema, StructSchema } from './types';

const schemas = new Map<number, Map<string, Schema>>();
const minors = new Map<string, number>();
let lines: ReadonlyMap<string, string> | undefined;

/**
 * The struct as the cluster's release has it. `name` is as in the table: `core.Pod`, `apps.Deployment`. The same release
 * and name give the same object.
 */
export function structSchema(name: string, { kubernetesVersion }: ClusterSettings): StructSchema {
  let minor = minors.get(kubernetesVersion);
  if (minor === undefined) minors.set(kubernetesVersion, (minor = minorOf(kubernetesVersion)));
  let known = schemas.get(minor);
  if (!known) schemas.set(minor, (known = new Map()));
  const schema = schemaOf(name, minor, known);
  if (schema.kind !== 'struct') throw new Error(`${name} is no struct`);
  return schema;
}

function typeLines(): ReadonlyMap<string, string> {
  lines ??= new Map(
    goTypes.split('\n').flatMap((line): [string, string][] => {
      const end = line.indexOf(' ');
      return end < 0 ? [] : [[line.slice(0, end), line.slice(end + 1)]];
    }),
  );
  return lines;
}

const plain: Readonly<Record<string, Schema>> = {
  string: { kind: 'string', go: 'string' },
  bool: { kind: 'bool' },
  int32: { kind: 'integer', bits: 32 },
  int64: { kind: 'integer', bits: 64 },
  any: { kind: 'any' },
  intorstring: { kind: 'int-or-string' },
  uid: { kind: 'string', go: 'types.UID' },
  time: { kind: 'time', digits: 0 },
  microtime: { kind: 'time', digits: 6 },
  quantity: { kind: 'quantity' },
  bytes: { kind: 'bytes' },
};

function schemaOf(type: string, minor: number, known: Map<string, Schema>): Schema {
  const before = plain[type] ?? known.get(type);
  if (before) return before;
  const made = makeSchema(type, minor, known);
  known.set(type, made);
  return made;
}

function makeSchema(type: string, minor: number, known: Map<string, Schema>): Schema {
  if (type.startsWith('[]')) {
    const items = schemaOf(type.slice(2), minor, known);
    return { kind: 'list', items, go: goName(type) };
  }
  if (type === '{}string') return { kind: 'map' };
  if (type.startsWith('{}')) return { kind: 'map-of', values: schemaOf(type.slice(2), minor, known), go: goName(type) };
  const line = typeLines().get(type);
  if (line === undefined) throw new Error(`no type ${type}`);
  if (line.startsWith('= ')) {
    const meant = schemaOf(line.slice(2), minor, known);
    return 'go' in meant ? { ...meant, go: goName(type) } : meant;
  }
  return makeStruct(type, line, minor, known);
}

function makeStruct(type: string, line: string, minor: number, known: Map<string, Schema>): StructSchema {
  const fields = new Map<string, Schema>();
  const embedded = new Map<string, string>();
  const omit = new Set<string>();
  for (const text of line.split(' ')) {
    if (text === '') continue;
    const { name, inside, omitted, since, until, kind } = fieldOf(text);
    // What is below 1.29 counts as 1.29, the oldest that the table knows.
    if ((since !== undefined && minor < since) || (until !== undefined && minor > until)) continue;
    const field = schemaOf(kind, minor, known);
    fields.set(name, field);
    if (inside !== undefined) embedded.set(name, inside);
    if (omitted && canBeEmpty.has(field.kind)) omit.add(name);
  }
  const name = type.slice(type.indexOf('.') + 1);
  return { kind: 'struct', name, go: goName(type), fields, omit, ...(embedded.size > 0 && { embedded }) };
}

/** What Go has as something else than a struct, which is never empty. */
const canBeEmpty: ReadonlySet<Schema['kind']> = new Set([
  'string',
  'bytes',
  'bool',
  'integer',
  'list',
  'map',
  'map-of',
]);

interface Field {
  readonly name: string;
  readonly inside: string | undefined;
  readonly omitted: boolean;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly kind: string;
}

function fieldOf(text: string): Field {
  const [, inside, name = '', mark, since, until, kind = ''] = /^(?:(.*)>)?([^@:?]*)(\??)(?:@(\d*)(?:-(\d+))?)?:(.*)$/.exec(text) ?? []; // prettier-ignore
  const number = (digits: string | undefined) => (digits ? Number(digits) : undefined);
  return { name, inside, omitted: mark === '?', since: number(since), until: number(until), kind };
}

const versions: Readonly<Record<string, string>> = { autoscaling2: 'v2', scheduling: 'v1alpha3' };
const goNames: Readonly<Record<string, string>> = {
  quantity: 'resource.Quantity',
  uid: 'types.UID',
  time: 'v1.Time',
  microtime: 'v1.MicroTime',
  bytes: '[]uint8',
  intorstring: 'intstr.IntOrString',
};

/** How Go prints the type: `[]v1.Container`, `map[string]string`. */
function goName(type: string): string {
  if (type.startsWith('[]')) return `[]${goName(type.slice(2))}`;
  if (type.startsWith('{}')) return `map[string]${goName(type.slice(2))}`;
  const dot = type.indexOf('.');
  return dot < 0 ? (goNames[type] ?? type) : `${versions[type.slice(0, dot)] ?? 'v1'}.${type.slice(dot + 1)}`;
}
