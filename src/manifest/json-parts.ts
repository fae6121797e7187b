/** Parts of values that somebody wrote, taken only where they have the type that they should have. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

export function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return listOf(value).filter(isJsonObject);
}

/** The strings among the values that are not empty. */
export function stringsOf(values: readonly (JsonValue | undefined)[]): string[] {
  return values.filter((value) => typeof value === 'string' && value !== '') as string[];
}
