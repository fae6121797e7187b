/** What a plain scalar means: YAML 1.1 as kubectl reads it, and how a string has to be written to stay one. */

import type { JsonValue } from '#base/json';

const words = new Map<string, boolean | null>();
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) words.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) words.set(word, false);
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, null);

const longestWord = 5;
const notFinite = new Map([
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);

const goInteger = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;
const goFloat = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const goFloatFromDot = /^\.\d+(?:[eE][-+]?\d+)?$/;

/**
 * The value of a plain scalar; `NaN` and the infinities are numbers here, though JSON has no word for them.
 * Timestamps stay strings, as they do on their way to the API server.
 * Models sigs.k8s.io/yaml goyaml.v2/resolve.go resolve (the version that kubectl v1.37 uses).
 */
export function resolvePlain(text: string): JsonValue {
  const code = text.length === 0 ? 0 : text.charCodeAt(0);
  if ((code >= 48 && code <= 57) || code === 43 || code === 45) return resolveNumber(text);
  if (code === 46) return resolveFromDot(text);
  if (text.length > longestWord) return text;
  const word = words.get(text);
  return word === undefined ? text : word;
}

function resolveNumber(text: string): string | number {
  const small = smallDecimal(text);
  if (small >= 0) return small;
  const special = notFinite.get(text);
  if (special !== undefined) return special;
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = goInteger.exec(plain);
  if (integer) return integerOf(integer);
  if (!goFloat.test(plain)) return text;
  const value = Number(plain);
  return Number.isFinite(value) ? value + 0 : text;
}

/** Most numbers of manifests are ports and counts: plain digits. -1 for anything else. */
function smallDecimal(text: string): number {
  const length = text.length;
  if (length > 9 || (length > 1 && text.charCodeAt(0) === 48)) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function integerOf([, sign, hexadecimal, binary, octal, decimal]: readonly (string | undefined)[]): number {
  const digits =
    hexadecimal !== undefined
      ? `0x${hexadecimal}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : decimal!;
  const value = Number(digits);
  // Adding 0 turns -0, which Go's integers do not have, into 0.
  return (sign === '-' ? -value : value) + 0;
}

function resolveFromDot(text: string): string | number {
  const special = notFinite.get(text);
  if (special !== undefined) return special;
  if (!goFloatFromDot.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/**
 * The string that a mapping's plain key becomes in JSON; undefined for a null key, which cannot be converted.
 * Models sigs.k8s.io/yaml yaml.go convertToJSONableObject.
 */
export function keyOfPlain(text: string): string | undefined {
  const value = resolvePlain(text);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' ? printKeyNumber(value, text) : undefined;
}

function printKeyNumber(value: number, text: string): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const plain = text.replaceAll('_', '');
  if (goInteger.test(plain)) return Number.isSafeInteger(value) ? String(value) : String(BigInt(value));
  return printFloat32(value);
}

/** Models strconv.FormatFloat(value, 'g', -1, 32): the shortest digits that give the same float32. */
function printFloat32(value: number): string {
  let precision = 1;
  while (precision < 9 && Math.fround(Number(value.toPrecision(precision))) !== Math.fround(value)) precision++;
  const [mantissa, exponent] = value.toExponential(precision - 1).split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(value.toPrecision(precision)));
  const width = String(Math.abs(power)).padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${width}`;
}

/** Whether a plain scalar of this text could be read as something else than this string, or does not fit on one line. */
export function needsQuotes(text: string, flow: 'block' | 'flow'): boolean {
  if (text === '' || typeof resolvePlain(text) !== 'string') return true;
  // Other readers take these for numbers, dates or merge keys, though kubectl does not.
  if (/^(?:[-+.]?\d[\d_:.eE+-]*|<<|=)$/.test(text)) return true;
  if (/^[\s&*!|>'"%@`#,[\]{}]|^[-?:](?:\s|$)|^(?:---|\.\.\.)/.test(text)) return true;
  if (/[\p{Cc}\u2028\u2029\ufeff]|\s$|:(?:\s|$)|\s#/u.test(text)) return true;
  return flow === 'flow' && /[,[\]{}:]|^[-?]/.test(text);
}

/** The scalar as text of a manifest: plain where that is safe, else quoted in the given style. */
export function printScalar(value: string | number | boolean, style: ScalarStyle, flow: 'block' | 'flow'): string {
  if (typeof value !== 'string') return String(value);
  const printable = !/[\p{Cc}\u2028\u2029\ufeff]/u.test(value);
  if (style === 'single' && printable) return `'${value.replaceAll("'", "''")}'`;
  if (style === 'plain' && !needsQuotes(value, flow)) return value;
  // JSON's escapes are a subset of YAML's with the same meaning.
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export type ScalarStyle = 'plain' | 'single' | 'double';
