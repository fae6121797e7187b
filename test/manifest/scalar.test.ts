/** Plain scalars, against what the Go reader in kubectl makes of them. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOfPlain, needsQuotes, printScalar, resolvePlain } from '#manifest/scalar';

describe('resolvePlain', () => {
  it.each<[string, unknown]>([
    ['y', true],
    ['Y', true],
    ['yES', 'yES'],
    ['On', true],
    ['OFF', false],
    ['n', false],
    ['', null],
    ['~', null],
    ['Null', null],
    ['nULL', 'nULL'],
    ['0', 0],
    ['-0', 0],
    ['+12', 12],
    ['007', 7],
    ['08', 8],
    ['0o17', 15],
    ['0O17', 15],
    ['0x1F', 31],
    ['-0x1f', -31],
    ['0b101', 5],
    ['-0b11', -3],
    ['0b12', '0b12'],
    ['1_000', 1000],
    ['_1', '_1'],
    ['1__0', 10],
    ['1.0', 1],
    ['1.', 1],
    ['.5', 0.5],
    ['-.5', -0.5],
    ['.5e3', 500],
    ['.', '.'],
    ['1e3', 1000],
    ['1E-2', 0.01],
    ['1e', '1e'],
    ['1e999', '1e999'],
    ['.inf', Infinity],
    ['-.Inf', -Infinity],
    ['.nan', NaN],
    ['inf', 'inf'],
    ['1:30', '1:30'],
    ['100m', '100m'],
    ['10.0.0.1', '10.0.0.1'],
    ['2020-01-02', '2020-01-02'],
    ['2020-01-02T03:04:05Z', '2020-01-02T03:04:05Z'],
    ['-', '-'],
    ['+', '+'],
    ['0x', '0x'],
    ['true', true],
    ['truee', 'truee'],
  ])('%j is %j', (text, value) => {
    expect(resolvePlain(text)).toBe(value);
  });
});

describe('keyOfPlain', () => {
  it.each<[string, string | undefined]>([
    ['a', 'a'],
    ['yes', 'true'],
    ['8080', '8080'],
    ['0777', '511'],
    ['1.0', '1'],
    ['1.50', '1.5'],
    ['0.1', '0.1'],
    ['1234567.0', '1.234567e+06'],
    ['1e-7', '1e-07'],
    ['~', undefined],
    ['.inf', '.inf'],
    ['2020-01-02', '2020-01-02'],
  ])('%s is %s', (text, key) => {
    expect(keyOfPlain(text)).toBe(key);
  });
});

it('what needs no quotes is its own string', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (!needsQuotes(text, 'block')) expect(resolvePlain(text)).toBe(text);
      expect(needsQuotes(text, 'flow') || !needsQuotes(text, 'block')).toBe(true);
      expect(printScalar(text, 'double', 'block').startsWith('"')).toBe(true);
    }),
  );
});
