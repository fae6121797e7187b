/** Templates in deployment tools' documents, as far as they only name something; and the patterns of paths. */

import type { JsonPath, JsonValue } from '#base/json';

/** What a template may name. */
export type Parameters = Readonly<Record<string, JsonValue | undefined>>;

/** `{{name}}`; a name that is not known stays as it is. */
export function fillPlain(text: string, parameters: Parameters): string {
  return text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return typeof value === 'object' || value === undefined ? whole : String(value);
  });
}

/**
 * Go templates that only name something (`{{ .a.b }}`, `{{ index .a.b 1 }}`), with `lookUp` for what is named;
 * undefined where there is more in them, or where what is named is not known.
 */
export function fillGo(text: string, lookUp: (path: JsonPath) => JsonValue | undefined): string | undefined {
  let isKnown = true;
  const filled = text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/gs, (_, action: string) => {
    const path = pathOf(action);
    const value = path && lookUp(path);
    if (value === undefined || (typeof value === 'object' && value !== null)) isKnown = false;
    return String(value);
  });
  return isKnown ? filled : undefined;
}

/** The path that an action names: `.a.b`, `index .a 1 "b"`. */
function pathOf(action: string): JsonPath | undefined {
  if (/^(?:\.[A-Za-z_]\w*)+$/.test(action)) return action.slice(1).split('.');
  const index = /^index\s+((?:\.[A-Za-z_]\w*)+)((?:\s+(?:\d+|"[^"]*"))+)$/.exec(action);
  if (!index) return undefined;
  const steps = index[2]!.trim().match(/\d+|"[^"]*"/g) ?? [];
  return [...index[1]!.slice(1).split('.'), ...steps.map((step) => (step.startsWith('"') ? step.slice(1, -1) : Number(step)))]; // prettier-ignore
}

/** Models Go path.Match, with `**` for any number of folders. */
export function isGlobMatch(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/^\.?\//, '')
    .replace(/\/$/, '')
    .replace(/\*\*\/|\*\*|\*|\?|\[\^?[^\]]+\]|\{[^}]*\}|[.+^${}()|[\]\\]/g, (part) => {
      if (part === '**/') return '(?:[^/]+/)*';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      if (part.startsWith('[') && part.length > 2) return part;
      if (part.startsWith('{') && part.length > 1) return `(?:${part.slice(1, -1).split(',').map((each) => each.replace(/[.+^${}()|[\]\\*?]/g, '\\$&')).join('|')})`; // prettier-ignore
      return `\\${part}`;
    });
  try {
    return new RegExp(`^${source}$`).test(path);
  } catch {
    return false;
  }
}
