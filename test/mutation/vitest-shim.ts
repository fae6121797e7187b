/** As much of vitest as the unit tests of the rules' parts need: it collects them, for the mutants to run through. */

import { deepStrictEqual, strictEqual } from 'node:assert/strict';

export const collected: { readonly name: string; readonly run: () => void }[] = [];
const names: string[] = [];

export function describe(name: string, define: () => void): void {
  names.push(name);
  define();
  names.pop();
}

export function it(name: string, run: () => void): void {
  collected.push({ name: [...names, name].join(' '), run });
}

export function expect(actual: unknown) {
  return {
    toBe: (expected: unknown) => strictEqual(actual, expected),
    toEqual: (expected: unknown) => deepStrictEqual(actual, expected),
  };
}
