/** Ways to fields as people write them, and objects with a field changed. */

import { isJsonObject, type JsonArray, type JsonObject, type JsonPath, type JsonValue } from '#base/json';

/** `spec.ports[0].port`, `metadata.labels[app.kubernetes.io/name]`; undefined for what is no path. */
export function parsePath(text: string): JsonPath | undefined {
  const path: (string | number)[] = [];
  const part = /(?:^|\.)([A-Za-z0-9_$-]+)|\[([^\]]+)\]/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match) return undefined;
    const [, plain, inBrackets] = match;
    if (plain !== undefined) path.push(plain);
    else path.push(/^\d+$/.test(inBrackets!) ? Number(inBrackets) : inBrackets!);
  }
  return path.length > 0 ? path : undefined;
}

/** The value with another one at the path; mappings on the way are made, places in lists are not. */
export function withValueAt(
  value: JsonValue | undefined,
  path: JsonPath,
  replacement: JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (typeof step === 'number') return withItem(value, step, rest, replacement);
  const object: JsonObject = isJsonObject(value) ? value : {};
  const member = withValueAt(object[step], rest, replacement);
  if (member !== undefined) return { ...object, [step]: member };
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
}

function withItem(
  value: JsonValue | undefined,
  index: number,
  rest: JsonPath,
  replacement: JsonValue | undefined,
): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  const items = value as JsonArray;
  if (index > items.length) return items;
  const item = withValueAt(items[index], rest, replacement);
  if (item === undefined) return items.filter((_, i) => i !== index);
  return index === items.length ? [...items, item] : items.map((each, i) => (i === index ? item : each));
}
