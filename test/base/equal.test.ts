import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEqual } from '#base/equal';

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(undefined, null, true, 0, 1, '', 'a', Number.NaN),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any'), { maxKeys: 3, noNullPrototype: true }),
    fc.uniqueArray(fc.constantFrom(1, 2, 'a')).map((members) => new Set(members)),
  ),
})).any;

/** A member that is undefined is the same as none; elements of arrays are not. */
function withoutUndefined(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(withoutUndefined);
  if (typeof given !== 'object' || given === null || given instanceof Set) return given;
  const members = Object.entries(given).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutUndefined(member)]));
}

describe('isEqual', () => {
  it('says what Node says, but for members that are undefined', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(isEqual(a, b)).toBe(isDeepStrictEqual(withoutUndefined(a), withoutUndefined(b)));
        expect(isEqual(a, structuredClone(a))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('sees the length of an array, and that an array is no object', () => {
    expect(isEqual([1, undefined], [1])).toBe(false);
    expect(isEqual([], {})).toBe(false);
  });
});
