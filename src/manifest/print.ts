/** Writes objects as YAML of their own. */

import { stringify } from 'yaml';
import type { JsonObject } from '#base/json';

/**
 * A document in block style, ending in a line break. kubectl reads YAML 1.1, where `on` and `1:30` are no strings: what it
 * would take for something else is quoted.
 */
export function printDocument(body: JsonObject): string {
  return stringify(body, { version: '1.1', lineWidth: 0 });
}
