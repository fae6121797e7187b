/** Texts that Go reads by itself inside JSON: what the server says where they are no quantity, no time, no base64. */

const splitQuantity = /^[+-]?\d*(?:\.\d*)?([eEinumkKMGTP]*[-+]?\d*)$/;
const suffix = /^(?:[numkMGTPE]|[KMGTPE]i|[eE][-+]?\d+)?$/;

/** Models apimachinery/pkg/api/resource ParseQuantity (v1.37): its error, or undefined. */
export function quantityComplaint(text: string): string | undefined {
  const trimmed = text.trim();
  const [, tail] = splitQuantity.exec(trimmed) ?? [];
  if (trimmed === '' || tail === undefined)
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  return suffix.test(tail) ? undefined : "unable to parse quantity's suffix";
}

/** A part of a time's layout, and what a text has to have there. */
type Part = readonly [layout: string, form: RegExp];

const date: readonly Part[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{1,2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
];
const zone: Part = ['Z07:00', /^(?:Z|[+-]\d{2}:\d{2})/];
const ranges: Readonly<Record<string, readonly [name: string, least: number, most: number]>> = {
  '01': ['month', 1, 12],
  '02': ['day', 1, 31],
  '15': ['hour', 0, 23],
  '04': ['minute', 0, 59],
  '05': ['second', 0, 59],
};

/** Models time.Parse of Go's standard library with the layout of metav1.Time or MicroTime: its error, or undefined. */
export function timeComplaint(text: string, digits: 0 | 6): string | undefined {
  const seconds: Part = digits === 0 ? ['05', /^\d{2}(?:[.,]\d+)?/] : ['05', /^\d{2}/];
  const fraction: readonly Part[] = digits === 0 ? [] : [['.000000', /^[.,]\d{6}/]];
  const parts = [...date, seconds, ...fraction, zone];
  const layout = parts.map(([part]) => part).join('');
  let rest = text;
  for (const [part, form] of parts) {
    const [found] = form.exec(rest) ?? [];
    if (found === undefined)
      return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`;
    const [name, least, most] = ranges[part] ?? ['', 0, Infinity];
    const value = parseInt(found, 10);
    if (name !== '' && (value < least || value > most))
      return `parsing time ${JSON.stringify(text)}: ${name} out of range`;
    rest = rest.slice(found.length);
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
  return dayComplaint(text);
}

function dayComplaint(text: string): string | undefined {
  const [year, month, day] = text.split(/[-T]/, 3).map(Number) as [number, number, number];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day > days ? `parsing time ${JSON.stringify(text)}: day out of range` : undefined;
}

/** Where Go's encoding/base64 gives up, as an index; -1 where it does not. Models StdEncoding.Decode. */
export function base64Mistake(text: string): number {
  let inQuantum = 0;
  let i = 0;
  for (; i < text.length; i++) {
    const each = text[i]!;
    if (each === '\n' || each === '\r') continue;
    if (each === '=') return paddingMistake(text, i, inQuantum);
    if (!/[A-Za-z0-9+/]/.test(each)) return i;
    inQuantum = (inQuantum + 1) % 4;
  }
  return inQuantum === 0 ? -1 : i - inQuantum;
}

function paddingMistake(text: string, first: number, inQuantum: number): number {
  if (inQuantum < 2) return first;
  const next = (from: number) => {
    let i = from;
    while (text[i] === '\n' || text[i] === '\r') i++;
    return i;
  };
  let i = next(first + 1);
  if (inQuantum === 2) {
    if (i === text.length) return i;
    if (text[i] !== '=') return i - 1;
    i = next(i + 1);
  }
  return i < text.length ? i : -1;
}
