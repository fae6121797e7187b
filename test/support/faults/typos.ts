/** Slips of the pen as people make them, for names, keys and numbers. */

import type { Random } from './random';

type Slip = (word: string, random: Random) => string;

const swap: Slip = (word, random) => {
  const at = random.below(Math.max(1, word.length - 1));
  return word.slice(0, at) + (word[at + 1] ?? '') + word[at]! + word.slice(at + 2);
};
const drop: Slip = (word, random) => {
  const at = random.below(word.length);
  return word.slice(0, at) + word.slice(at + 1);
};
const double: Slip = (word, random) => {
  const at = random.below(word.length);
  return word.slice(0, at) + word[at]! + word.slice(at);
};
const exchange: Slip = (word, random) => {
  const at = random.below(word.length);
  const code = word.charCodeAt(at);
  const other = code >= 97 && code < 122 ? String.fromCharCode(code + 1) : 'x';
  return word.slice(0, at) + other + word.slice(at + 1);
};
const version: Slip = (word) => `${word}-v2`;
const plural: Slip = (word) => (word.endsWith('s') ? word.slice(0, -1) : `${word}s`);
const joined: Slip = (word) => word.replace('-', '');
const suffix: Slip = (word) =>
  /-?(?:svc|service)$/.test(word) ? word.replace(/-?(?:svc|service)$/, '') : `${word}-svc`;

const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Another name, still a DNS label and none of those that there are. */
export function misspelled(word: string, taken: ReadonlySet<string>, random: Random): string | undefined {
  const slips = [swap, drop, double, exchange, plural, joined];
  return another(word, slips, taken, random, (text) => label.test(text) && /^[a-z]/.test(text));
}

/** Another name as given by intent: a version, a suffix. */
export function renamed(word: string, taken: ReadonlySet<string>, random: Random): string | undefined {
  return another(word, [version, suffix, plural, swap, double], taken, random, (text) => label.test(text) && /^[a-z]/.test(text)); // prettier-ignore
}

/** Another text of letters, digits and `-_./`. */
export function misspelledText(word: string, random: Random): string | undefined {
  const isFit = (text: string) => /^[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?$/.test(text);
  return another(word, [swap, drop, double, exchange], new Set(), random, isFit);
}

function another(
  word: string,
  slips: readonly Slip[],
  taken: ReadonlySet<string>,
  random: Random,
  isFit: (text: string) => boolean,
): string | undefined {
  if (word.length < 2) return undefined;
  for (let attempt = 0; attempt < 20; attempt++) {
    const text = random.pick(slips)(word, random);
    if (text !== word && !taken.has(text) && isFit(text)) return text;
  }
  return undefined;
}

/** Another port number, as one mistypes it. */
export function otherPort(port: number, taken: ReadonlySet<number>, random: Random): number {
  const digits = String(port);
  const near = [port + 1, port - 1, port + 10, port + 1000, port * 10, Number(digits.slice(0, -1)), 8000, 9090];
  const free = near.filter((number) => number > 0 && number < 65536 && number !== port && !taken.has(number));
  return random.pick(free);
}

/** With one letter in the other case. */
export function otherCase(word: string): string | undefined {
  const at = word.search(/[a-z]/i);
  if (at < 0) return undefined;
  const letter = word[at]!;
  const turned = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return word.slice(0, at) + turned + word.slice(at + 1);
}
