/** Edits keep a manifest's style, and what they write reads back as what was meant. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import { lineIndexOf, readManifest, removeMember, replaceScalar, setMember, type ManifestEdit } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import { defaultLimits } from '#manifest/limits';
import { readYaml } from '#manifest/yaml-reader';

function apply(file: ManifestFile, edit: ManifestEdit | undefined): string {
  if (!edit) return 'no edit';
  const lines = lineIndexOf(file);
  return (
    file.text.slice(0, lines.offset(edit.range.start)) + edit.newText + file.text.slice(lines.offset(edit.range.end))
  );
}

const replaced = (text: string, path: JsonPath, value: string | number | boolean) => {
  const file = readManifest('a.yaml', text);
  return apply(file, replaceScalar(file, 0, path, value));
};
const set = (text: string, path: JsonPath, key: string, value: JsonValue) => {
  const file = readManifest('a.yaml', text);
  return apply(file, setMember(file, 0, path, key, value));
};
const removed = (text: string, path: JsonPath, key: string) => {
  const file = readManifest('a.yaml', text);
  return apply(file, removeMember(file, 0, path, key));
};
const valueOf = (text: string) => readYaml(text, 0, text.length, defaultLimits).value;

describe('replaceScalar', () => {
  it.each<[string, string | number | boolean, string]>([
    ['a: wbe # c\n', 'web', 'a: web # c\n'],
    [`a: 'wbe'\n`, "it's", `a: 'it''s'\n`],
    ['a: "wbe"\n', 'say "x"', 'a: "say \\"x\\""\n'],
    ['a: 1\n', '1', 'a: "1"\n'],
    ['a: x\n', 'yes', 'a: "yes"\n'],
    ['a: x\n', '1:30', 'a: "1:30"\n'],
    ['a: x\n', 'a: b', 'a: "a: b"\n'],
    ['a: "80"\n', 80, 'a: 80\n'],
    ['a: 80\n', true, 'a: true\n'],
    ['a:\n', 'x', 'a: x\n'],
    ['{"a": "b"}', 'c', '{"a": "c"}'],
    ['{"a": 80}', 'http', '{"a": "http"}'],
    ['x:\n- {a: b, c: d}\n', 'e', 'no edit'],
    ['a: |\n  text\nb: c\n', 'short', 'a: short\nb: c\n'],
  ])('%j with %j', (text, value, expected) => {
    expect(replaced(text, ['a'], value)).toBe(expected);
  });

  it('quotes in a flow collection what would end it', () => {
    expect(replaced('x: [{a: b}]\n', ['x', 0, 'a'], 'c, d')).toBe('x: [{a: "c, d"}]\n');
  });

  it('writes any string so that it reads back, in any style', () => {
    const texts = fc.constantFrom(
      'a: x\n',
      "a: 'x'\n",
      'a: "x"\n',
      'b: {a: x, c: d}\n',
      '- a: x\n  b: c\n',
      '{"a": "x"}',
    );
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('y', '0x1', '~', '<<', '- a', '1e3', '=', '---'),
    );
    fc.assert(
      fc.property(texts, value, (text, newValue) => {
        const path = text.startsWith('b') ? ['b', 'a'] : text.startsWith('-') ? [0, 'a'] : ['a'];
        const file = readManifest('a.txt', text);
        const after = apply(file, replaceScalar(file, 0, path, newValue));
        expect({ after, value: valueAt(valueOf(after), path) }).toEqual({ after, value: newValue });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('setMember', () => {
  it.each<[string, string, JsonPath, string, JsonValue, string]>([
    ['behind the last member', 'a:\n  b: c # d\n\ne: f\n', ['a'], 'x', 'v', 'a:\n  b: c # d\n  x: v\n\ne: f\n'],
    ['in place of a scalar', 'a:\n  b: c\n', ['a'], 'b', 1, 'a:\n  b: 1\n'],
    ['in place of a mapping', 'a:\n  b:\n    c: d\n  e: f\n', ['a'], 'b', 'x', 'a:\n  b: x\n  e: f\n'],
    ['a mapping in place of a scalar', 'a:\n  b: x\n', ['a'], 'b', { c: 'd' }, 'a:\n  b:\n    c: d\n'],
    ['in an item of a sequence', 'a:\n- b: c\n- d: e\n', ['a', 0], 'x', 80, 'a:\n- b: c\n  x: 80\n- d: e\n'],
    ['in a flow mapping', 'a: {b: c} # d\n', ['a'], 'x', 'v', 'a: {b: c, x: v} # d\n'],
    ['in an empty flow mapping', 'a: {}\n', ['a'], 'x', 'v', 'a: {x: v}\n'],
    ['in an empty value', 'a:\n  b:\n  c: d\n', ['a', 'b'], 'x', 'v', 'a:\n  b:\n    x: v\n  c: d\n'],
    [
      'in a mapping that is missing',
      'a:\n  b: c\n',
      ['a', 'm', 'm2'],
      'x',
      'v',
      'a:\n  b: c\n  m:\n    m2:\n      x: v\n',
    ],
    ['with CRLF', 'a:\r\n  b: c\r\n', ['a'], 'x', 'v', 'a:\r\n  b: c\r\n  x: v\r\n'],
    ['without a last line end', 'a:\n  b: c', ['a'], 'x', 'v', 'a:\n  b: c\n  x: v'],
    ['with a key that needs quotes', 'a:\n  b: c\n', ['a'], '80', 'v', 'a:\n  b: c\n  "80": v\n'],
    ['in JSON on one line', '{"a": {"b": 1}}', ['a'], 'x', 'v', '{"a": {"b": 1, "x": "v"}}'],
    ['in JSON on several lines', '{\n  "a": 1\n}', [], 'x', { y: 2 }, '{\n  "a": 1,\n  "x": {"y": 2}\n}'],
    ['not in a list', 'a: [b]\n', ['a'], 'x', 'v', 'no edit'],
    ['a list', 'a: b\n', [], 'x', ['v', { z: 1 }], 'a: b\nx:\n  - v\n  - {z: 1}\n'],
  ])('%s', (_, text, path, key, value, expected) => {
    const after = set(text, path, key, value);
    expect(after).toBe(expected);
    if (after !== 'no edit') expect(valueAt(valueOf(after), [...path, key])).toEqual(value);
  });
});

describe('removeMember', () => {
  it.each<[string, string, JsonPath, string, string]>([
    ['with its line', 'a: b\nc: d # e\nf: g\n', [], 'c', 'a: b\nf: g\n'],
    ['the first one', 'a: b\nc: d\n', [], 'a', 'c: d\n'],
    ['the first one behind a dash', '- a: b\n  c: d\n', [0], 'a', '- c: d\n'],
    ['the last one', 'a:\n  b: c\n  d:\n    e: f\ng: h\n', ['a'], 'd', 'a:\n  b: c\ng: h\n'],
    ['the only one', 'a:\n  b: c\nd: e\n', ['a'], 'b', 'a:\n  {}\nd: e\n'],
    ['of a flow mapping', 'a: {b: c, d: e}\n', ['a'], 'b', 'a: {d: e}\n'],
    ['the last one of a flow mapping', 'a: {b: c, d: e}\n', ['a'], 'd', 'a: {b: c}\n'],
    ['none that is not there', 'a: b\n', [], 'x', 'no edit'],
  ])('%s', (_, text, path, key, expected) => {
    expect(removed(text, path, key)).toBe(expected);
  });
});
