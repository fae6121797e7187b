/** Reads a JSON document with the engine's parser, and finds what that one does not tell: repeated keys, places of mistakes. */

import type { JsonValue } from '#base/json';
import type { YamlLimits } from './limits';
import { duplicateMessage, type ReadProblem } from './yaml-reader';

export interface JsonResult {
  readonly value: JsonValue;
  readonly problems: readonly ReadProblem[];
}

/** The value of the JSON text between two offsets, or undefined where it is none. */
export function readJson(text: string, from: number, to: number, limits: YamlLimits): JsonResult | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text.slice(from, to)) as JsonValue;
  } catch {
    return undefined;
  }
  const problems: ReadProblem[] = [];
  const open: (Set<string> | undefined)[] = [];
  for (let at = from; at < to; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > limits.maxDepth) return undefined;
    } else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) noteKey(text.slice(at, end), keys, problems, at);
      at = end - 1;
    }
  }
  return { value, problems };
}

/** The offset behind the closing quote. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text.charAt(at))) at++;
  return text[at] === ':';
}

function noteKey(quoted: string, keys: Set<string>, problems: ReadProblem[], start: number): void {
  const key = JSON.parse(quoted) as string;
  const span = { start, end: start + quoted.length };
  if (keys.has(key)) {
    problems.push({ code: 'yaml-duplicate-key', severity: 'error', message: duplicateMessage(key), span });
  }
  keys.add(key);
}
