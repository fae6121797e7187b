/**
 * Names and identifiers that a real cluster draws at random, derived here from the object's own name, so that the
 * same input gives the same cluster.
 */

import { hash32 } from '#base/hash';

/** Models k8s.io/apimachinery/pkg/util/rand: no vowels and no digits that look like letters. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const suffixes = alphabet.length ** suffixLength;
/** Has no factor in common with `suffixes`, so the suffixes of one seed repeat only after all of them. */
const stride = 5_000_011;
/** Models k8s.io/apiserver/pkg/storage/names: the base is cut so that the name stays a label. */
export const maxGeneratedBase = 63 - suffixLength;

/** `base` with five characters behind it; different `index`es of one `seed` (below 14 millions) give different names. */
export function generatedName(base: string, seed: string, index = 0): string {
  return nameAt(base, hash32(seed), index);
}

/** The first `count` names of `generatedName`, at less cost. */
export function generatedNames(base: string, seed: string, count: number): readonly string[] {
  const start = hash32(seed);
  return Array.from({ length: count }, (_, index) => nameAt(base, start, index));
}

function nameAt(base: string, start: number, index: number): string {
  let rest = (start + index * stride) % suffixes;
  let suffix = '';
  for (let i = 0; i < suffixLength; i++) {
    suffix = alphabet.charAt(rest % alphabet.length) + suffix;
    rest = Math.floor(rest / alphabet.length);
  }
  return (base.length > maxGeneratedBase ? base.slice(0, maxGeneratedBase) : base) + suffix;
}

/** Stands for the hash of a pod template. Models rand.SafeEncodeString over the decimal digits of 32 bits. */
export function revisionHash(seed: string): string {
  return [...String(hash32(seed))].map((digit) => alphabet.charAt(digit.charCodeAt(0) % alphabet.length)).join('');
}

/** A version 4 UUID in shape. */
export function derivedUid(seed: string): string {
  const hex = [1, 2, 3, 4].map((round) => hash32(`${round}/${seed}`).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
