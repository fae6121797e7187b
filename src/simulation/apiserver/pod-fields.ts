/** Reading the fields of decoded JSON: the decoder has made sure of their types, so a field has its type or is missing. */

import type { JsonObject } from '#base/json';

const none: readonly never[] = [];

/** The text, '' where there is none, as Go has it. */
export function text(of: JsonObject | undefined, field: string): string {
  return (of?.[field] as string | undefined) ?? '';
}

/** The text, undefined where there is none: what is a pointer in Go. */
export function textOrNone(of: JsonObject | undefined, field: string): string | undefined {
  return of?.[field] as string | undefined;
}

/** The number, undefined where there is none: what is a pointer in Go. */
export function number(of: JsonObject | undefined, field: string): number | undefined {
  return of?.[field] as number | undefined;
}

/** The number, 0 where there is none, as Go has it. */
export function count(of: JsonObject | undefined, field: string): number {
  return (of?.[field] as number | undefined) ?? 0;
}

/** Whether the field is there and true. */
export function isTrue(of: JsonObject | undefined, field: string): boolean {
  return of?.[field] === true;
}

/** The object, undefined where there is none. */
export function struct(of: JsonObject | undefined, field: string): JsonObject | undefined {
  return of?.[field] as JsonObject | undefined;
}

/** The list of objects, empty where there is none. */
export function structs(of: JsonObject | undefined, field: string): readonly JsonObject[] {
  return (of?.[field] as readonly JsonObject[] | undefined) ?? none;
}

/** The list of texts, empty where there is none. */
export function texts(of: JsonObject | undefined, field: string): readonly string[] {
  return (of?.[field] as readonly string[] | undefined) ?? none;
}

/** The map from text to text, undefined where there is none. */
export function textMap(of: JsonObject | undefined, field: string): Readonly<Record<string, string>> | undefined {
  return of?.[field] as Readonly<Record<string, string>> | undefined;
}
