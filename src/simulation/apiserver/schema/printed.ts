/** Objects as the server prints them: what is empty is left out, or is there, as Go's tags say. */

import type { JsonArray, JsonObject, JsonValue } from '#base/json';
import type { Schema, StructSchema } from '../decode';

/** The decoded value without what is printed only where it is not empty. Shares what needs no change. */
export function asPrinted(value: JsonObject, schema: StructSchema): JsonObject {
  let copy: Record<string, JsonValue | undefined> | undefined;
  let dropped: Set<string> | undefined;
  for (const key in value) {
    const item = value[key];
    const field = schema.fields.get(key);
    if (!field || item === undefined) continue;
    if (schema.omit?.has(key) && isEmpty(item, field)) {
      (dropped ??= new Set()).add(key);
      continue;
    }
    const printed = partAsPrinted(item, field);
    if (printed === item) continue;
    copy ??= { ...value };
    copy[key] = printed;
  }
  const whole = copy ?? value;
  return dropped ? Object.fromEntries(Object.entries(whole).filter(([key]) => !dropped.has(key))) : whole;
}

function partAsPrinted(value: JsonValue, schema: Schema): JsonValue {
  if (schema.kind === 'struct') return asPrinted(value as JsonObject, schema);
  if (schema.kind !== 'list' || schema.items.kind !== 'struct') return value;
  const items = value as JsonArray;
  let copy: JsonValue[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const printed = asPrinted(items[i] as JsonObject, schema.items);
    if (printed === items[i]) continue;
    copy ??= [...items];
    copy[i] = printed;
  }
  return copy ?? value;
}

function isEmpty(value: JsonValue, { kind }: Schema): boolean {
  switch (kind) {
    case 'string':
    case 'bytes':
      return value === '';
    case 'bool':
      return value === false;
    case 'integer':
      return value === 0;
    case 'list':
      return (value as JsonArray).length === 0;
    case 'map':
    case 'map-of':
      for (const _ in value as JsonObject) return false;
      return true;
    default:
      return false;
  }
}
