/** Decoding: whether a body's JSON has the types that the server's Go structs want, and the complaint where not. */

import { isJsonObject, type JsonArray, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { Refusal } from '../types';
import { decodingRefusal } from './field-errors';
import { canonicalQuantity } from './pod-quantity';
import { base64Mistake, quantityComplaint, timeComplaint } from './schema/texts';
import { goType, type Schema, type StructSchema } from './schema/types';

const string: Schema = { kind: 'string', go: 'string' };

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

/** What is null goes, and with it what Go leaves out where it is empty: nobody can tell it from what is not there. */
function decodeStruct(value: JsonObject, schema: StructSchema, walk: Walk): JsonValue {
  let copy: Record<string, JsonValue | undefined> | undefined;
  let gone: Set<string> | undefined;
  const { path } = walk;
  for (const key in value) {
    const item = value[key];
    const field = schema.fields.get(key);
    if (!field && item !== undefined && walk.unknown.length < mostUnknown) walk.unknown.push([...path, key]);
    if (item === null) {
      (gone ??= new Set()).add(key);
      continue;
    }
    if (!field || item === undefined) continue;
    path.push(key);
    const decoded = decodeValue(item, field, schema.name, walk);
    path.pop();
    if (isEmpty(decoded) && schema.omit.has(key)) {
      (gone ??= new Set()).add(key);
      continue;
    }
    if (decoded === item) continue;
    copy ??= { ...value };
    copy[key] = decoded;
  }
  const whole = copy ?? value;
  return gone ? Object.fromEntries(Object.entries(whole).filter(([key]) => !gone.has(key))) : whole;
}

/** Models encoding/json isEmptyValue of Go's standard library; a struct is never empty, which `omit` knows. */
function isEmpty(value: JsonValue): boolean {
  if (typeof value !== 'object') return value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value as JsonObject) return false;
  return true;
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
