/** Decoding: whether a body's JSON has the types that the server's Go structs want, and the complaint where not. */

import { isJsonObject, type JsonArray, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { Refusal } from '../types';
import { decodingRefusal } from './field-errors';
import { canonicalQuantity } from './pod-quantity';
import { base64Mistake, quantityComplaint, timeComplaint } from './schema/texts';

export type Schema =
  | { readonly kind: 'bool' | 'int-or-string' | 'any' }
  | { readonly kind: 'string'; readonly go: string }
  | { readonly kind: 'integer'; readonly bits: 32 | 64 }
  | { readonly kind: 'list'; readonly items: Schema; readonly go: string }
  /** Values of the map are strings. */
  | { readonly kind: 'map' }
  | { readonly kind: 'map-of'; readonly values: Schema; readonly go: string }
  /** A time as RFC 3339 writes it, with that many digits after the seconds' point. */
  | { readonly kind: 'time'; readonly digits: 0 | 6 }
  | { readonly kind: 'quantity' | 'bytes' }
  | StructSchema;

export interface StructSchema {
  readonly kind: 'struct';
  /** The Go type without its package. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Schema>;
  /** Whether these are all fields that the server knows: another one is an error, as kubectl and the server check it. */
  readonly closed: boolean;
  /** The Go type with its package, where that is not `v1`. */
  readonly go?: string;
  /** Fields that the server leaves out of what it prints where they are empty. */
  readonly omit?: ReadonlySet<string>;
  /** For fields of a struct that is embedded in this one: its name, which Go has on the way to the field. */
  readonly embedded?: ReadonlyMap<string, string>;
}

export const string: Schema = { kind: 'string', go: 'string' };
export const bool: Schema = { kind: 'bool' };
export const int32: Schema = { kind: 'integer', bits: 32 };
export const int64: Schema = { kind: 'integer', bits: 64 };
export const intOrString: Schema = { kind: 'int-or-string' };
export const any: Schema = { kind: 'any' };
export const stringMap: Schema = { kind: 'map' };

/** A string type of its own: `v1.Protocol`. */
export function word(name: string): Schema {
  return { kind: 'string', go: `v1.${name}` };
}

export function list(items: Schema): Schema {
  return { kind: 'list', items, go: `[]${goType(items)}` };
}

/** A struct of which only some fields are looked at. */
export function open(name: string, fields: Readonly<Record<string, Schema>>): StructSchema {
  return { kind: 'struct', name, fields: new Map(Object.entries(fields)), closed: false };
}

/** A struct with all its fields. */
export function closed(name: string, fields: Readonly<Record<string, Schema>>): StructSchema {
  return { kind: 'struct', name, fields: new Map(Object.entries(fields)), closed: true };
}

function goType(schema: Schema): string {
  switch (schema.kind) {
    case 'integer':
      return `int${schema.bits}`;
    case 'map':
      return 'map[string]string';
    case 'list':
    case 'map-of':
    case 'string':
      return schema.go;
    case 'struct':
      return schema.go ?? `v1.${schema.name}`;
    case 'time':
      return 'string';
    case 'bytes':
      return '[]uint8';
    case 'int-or-string':
      return 'int32';
    default:
      return schema.kind;
  }
}

interface Problem {
  readonly complaint: string;
  readonly place: JsonPath;
}

interface Walk {
  /** The first type error: the decoder reports only this one. */
  typeError: Problem | undefined;
  /** What a type that reads its JSON itself has to complain of: the decoder stops there and forgets the type error. */
  fatal: Problem | undefined;
  readonly unknown: JsonPath[];
  readonly path: (string | number)[];
  readonly root: StructSchema;
}

/** The decoder does not count more unknown fields. */
const mostUnknown = 100;

/**
 * The body as the server reads it: fields that are null are gone. Shares what needs no change with the body.
 * Models the strict JSON decoding of apimachinery's serializer (v1.37).
 */
export function decode(
  object: KubernetesObject,
  schema: StructSchema,
):
  | { readonly value: JsonObject; readonly refusal: undefined }
  | { readonly value: undefined; readonly refusal: Refusal } {
  const walk: Walk = { typeError: undefined, fatal: undefined, unknown: [], path: [], root: schema };
  const value = decodeValue(object.body, schema, '', walk) as JsonObject;
  const { unknown } = walk;
  const typeError = walk.fatal ?? walk.typeError;
  if (typeError) return { value: undefined, refusal: decodingRefusal(object, typeError.complaint, typeError.place) };
  // What a cluster gives, its server knows.
  if (unknown.length === 0 || object.origin.kind === 'cluster') return { value, refusal: undefined };
  const fields = unknown.map((path) => `unknown field ${JSON.stringify(printFieldPath(path))}`);
  const complaint = `strict decoding error: ${fields.join(', ')}`;
  return { value: undefined, refusal: decodingRefusal(object, complaint, unknown[0]!) };
}

function decodeValue(value: JsonValue, schema: Schema, struct: string, walk: Walk): JsonValue {
  switch (schema.kind) {
    case 'any':
      return value;
    case 'string':
      if (typeof value !== 'string') mismatch(value, schema, struct, walk);
      return value;
    case 'bool':
      if (typeof value !== 'boolean') mismatch(value, schema, struct, walk);
      return value;
    case 'integer':
      if (typeof value !== 'number' || !fits(value, schema.bits)) mismatch(value, schema, struct, walk);
      return value;
    case 'int-or-string':
      if (typeof value === 'number' ? !fits(value, 32) : typeof value !== 'string')
        stop(walk, mismatchText(value, schema, struct, walk));
      return value;
    case 'list':
      if (!Array.isArray(value)) return mismatch(value, schema, struct, walk);
      return decodeList(value, schema.items, struct, walk);
    case 'map':
      if (!isJsonObject(value)) return mismatch(value, schema, struct, walk);
      return decodeMap(value, struct, walk);
    case 'map-of':
      if (!isJsonObject(value)) return mismatch(value, schema, struct, walk);
      return decodeMapOf(value, schema.values, struct, walk);
    case 'time':
      if (typeof value !== 'string') return stop(walk, mismatchText(value, schema, struct, walk));
      return stopAt(value, timeComplaint(value, schema.digits), walk);
    case 'quantity':
      return decodeQuantity(typeof value === 'string' ? value : JSON.stringify(value), walk);
    case 'bytes':
      if (typeof value !== 'string') return mismatch(value, schema, struct, walk);
      return decodeBytes(value, walk);
    case 'struct':
      if (!isJsonObject(value)) return mismatch(value, schema, struct, walk);
      return decodeStruct(value, schema, walk);
  }
}

function decodeList(value: JsonArray, items: Schema, struct: string, walk: Walk): JsonValue {
  let copy: JsonValue[] | undefined;
  const { path } = walk;
  for (let i = 0; i < value.length; i++) {
    const item = value[i]!;
    path.push(i);
    // A null item is Go's zero value.
    const decoded = item === null ? zeroOf(items) : decodeValue(item, items, struct, walk);
    path.pop();
    if (decoded === item) continue;
    copy ??= [...value];
    copy[i] = decoded;
  }
  return copy ?? value;
}

function zeroOf(schema: Schema): JsonValue {
  if (schema.kind === 'struct' || schema.kind === 'map' || schema.kind === 'map-of') return {};
  if (schema.kind === 'quantity') return '0';
  if (schema.kind === 'list') return [];
  if (schema.kind === 'integer' || schema.kind === 'int-or-string') return 0;
  return schema.kind === 'bool' ? false : '';
}

function decodeMapOf(value: JsonObject, values: Schema, struct: string, walk: Walk): JsonValue {
  let copy: Record<string, JsonValue | undefined> | undefined;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    walk.path.push(key);
    const decoded = item === null ? zeroOf(values) : decodeValue(item, values, struct, walk);
    walk.path.pop();
    if (decoded === item) continue;
    copy ??= { ...value };
    copy[key] = decoded;
  }
  return copy ?? value;
}

/** Whatever way it is written in, the server knows one way to print it. */
function decodeQuantity(written: string, walk: Walk): JsonValue {
  const complaint = quantityComplaint(written);
  return complaint === undefined ? canonicalQuantity(written) : stop(walk, complaint);
}

/** Models encoding/base64 of Go's standard library, as far as it says what is wrong. */
function decodeBytes(value: string, walk: Walk): JsonValue {
  const place = base64Mistake(value);
  if (place >= 0) fail(walk, `illegal base64 data at input byte ${place}`);
  return value;
}

function decodeMap(value: JsonObject, struct: string, walk: Walk): JsonValue {
  let copy: Record<string, JsonValue | undefined> | undefined;
  for (const key in value) {
    const item = value[key];
    if (typeof item === 'string') continue;
    if (item === null || item === undefined) {
      copy ??= { ...value };
      copy[key] = '';
      continue;
    }
    const field = fieldOf(walk);
    walk.path.push(key);
    mismatch(item, string, struct, walk, field);
    walk.path.pop();
  }
  return copy ?? value;
}

function decodeStruct(value: JsonObject, schema: StructSchema, walk: Walk): JsonValue {
  let copy: Record<string, JsonValue | undefined> | undefined;
  const { path } = walk;
  for (const key in value) {
    const item = value[key];
    const field = schema.fields.get(key);
    if (!field && schema.closed && item !== undefined && walk.unknown.length < mostUnknown)
      walk.unknown.push([...path, key]);
    if (item === null) {
      copy ??= withoutNulls(value);
      continue;
    }
    if (!field || item === undefined) continue;
    path.push(key);
    const decoded = decodeValue(item, field, schema.name, walk);
    path.pop();
    if (decoded === item) continue;
    copy ??= withoutNulls(value);
    copy[key] = decoded;
  }
  return copy ?? value;
}

function withoutNulls(value: JsonObject): Record<string, JsonValue | undefined> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}

function fits(value: number, bits: 32 | 64): boolean {
  return Number.isInteger(value) && Math.abs(value) <= (bits === 32 ? 2 ** 31 - (value > 0 ? 1 : 0) : 2 ** 63);
}

function mismatch(value: JsonValue, schema: Schema, struct: string, walk: Walk, field?: string): JsonValue {
  fail(walk, mismatchText(value, schema, struct, walk, field));
  return zeroOf(schema);
}

function mismatchText(value: JsonValue, schema: Schema, struct: string, walk: Walk, field = fieldOf(walk)): string {
  const given = describe(value, schema.kind === 'integer' || schema.kind === 'int-or-string');
  const into = struct === '' ? 'Go value' : `Go struct field ${struct}.${field}`;
  return `json: cannot unmarshal ${given} into ${into} of type ${goType(schema)}`;
}

function fail(walk: Walk, complaint: string): void {
  walk.typeError ??= { complaint, place: [...walk.path] };
}

function stop(walk: Walk, complaint: string): JsonValue {
  walk.fatal ??= { complaint, place: [...walk.path] };
  return '';
}

function stopAt(value: JsonValue, complaint: string | undefined, walk: Walk): JsonValue {
  return complaint === undefined ? value : stop(walk, complaint);
}

/** Go names the fields on the way and the structs embedded there, not the indexes and no keys of maps. */
function fieldOf({ path, root }: Walk): string {
  const names: string[] = [];
  let schema: Schema | undefined = root;
  for (const step of path) {
    if (schema?.kind === 'list') schema = schema.items;
    else if (schema?.kind === 'map-of') schema = schema.values;
    else if (schema?.kind === 'struct') {
      const embedded = schema.embedded?.get(String(step));
      if (embedded !== undefined) names.push(embedded);
      names.push(String(step));
      schema = schema.fields.get(String(step));
    } else schema = undefined;
  }
  return names.join('.');
}

/** Unlike in field errors, keys with dots stand as they are. */
function printFieldPath(path: JsonPath): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

function describe(value: JsonValue, wantsInteger: boolean): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return wantsInteger ? `number ${value}` : 'number';
  return 'string';
}
