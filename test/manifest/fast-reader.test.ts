/** The fast reader agrees with the full one wherever it answers: on values, on places, on real files, on invented ones. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFast } from '#manifest/fast-reader';
import { defaultLimits } from '#manifest/limits';
import { splitDocuments } from '#manifest/split';
import { readYaml } from '#manifest/yaml-reader';

/** Compares the two readers on each document of a text; gives how many the fast one answered. */
function compare(text: string): { fast: number; all: number } {
  let fast = 0;
  const spans = splitDocuments(text);
  for (const { start, end } of spans) {
    const quick = readFast(text, start, end, 'values');
    const placed = readFast(text, start, end, 'places');
    expect(placed?.value).toEqual(quick?.value);
    if (!quick) continue;
    fast++;
    const full = readYaml(text, start, end, defaultLimits);
    const what = { text: text.slice(start, end) };
    expect({ ...what, problems: [], value: quick.value, place: placed?.place }).toEqual({
      ...what,
      problems: full.problems,
      value: full.value,
      place: full.place,
    });
  }
  return { fast, all: spans.length };
}

/** Pieces of YAML that meet in odd ways when they are strung together. */
const pieces = [
  'a', 'b c', 'key', 'yes', 'n', 'null', '~', '1', '-1', '0777', '1.5', '1e3', '.5', '0x1F', '1_000', '<<', '2020-01-02',
  ':', ': ', ':\n', ': |\n', ': >\n', ': |-\n', ': >-\n', ' |\n', ': "', ": '", '"', "'", "''", '\\"', '\\n', '\\',
  '-', '- ', '-\n', '- - ', '? ', '#', ' # c\n', '\n# c\n', '\n', '\n\n', '\r\n', ' ', '  ', '    ', '\n  ', '\n    ',
  '\n- ', '\n  - ', '\n      ', '\t', '{', '}', '[', ']', '{a: b}', '[a, 1]', '{"a": b, c: [d]}', '[]', '{}', ',', ', ',
  '&x ', '*x', '!', '!!str ', '|', '>', '%', '@', '`', 'http://x:80/y', 'a:b', 'a#b', 'é', '{{ x }}', '__proto__',
  '"a": 1', '"a":1', '{\n', ',\n', '\n}', '\n]', "'it''s'", '"x\\ty"', 'constructor: 1\n', 'a: 1\n', '  b: 2\n', '- c: 3\n', 'd:\n', '\ufeff',
]; // prettier-ignore

const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));

/** Mostly what the fast reader takes, sometimes what it must not take. */
function mostly(good: readonly string[], bad: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  );
}

const word = mostly(
  [
    'a', 'name', 'yes', 'n', 'app.kubernetes.io/name', '8080', '"8080"', "'x: y'", '"a\\n\\u00e9"', '1.0', '~', 'null',
    '0o17', 'registry.example/x:1.2', '100m', '-1', '--flag=x', ':8080', 'a b  c', "'don''t'", '""', 'x#y', '?a',
    '{a: 1, b: [c, "d"]}', '[x, y]', '{}', '[]', '{ a: b }', '[ 1, 2, ]', "{'a': \"b\"}", '0777', '1_0', 'a, b', 'a]',
  ],
  ['!!str 1', '&a b', '*a', '| # no', '[a: b]', '{a}', '[http://x]', '"a" b', 'a: b', '"a', '.inf', '[a', '{a: b} c'],
); // prettier-ignore
const key = mostly(
  ['a', 'b', 'name', 'y', '8080', '"q"', "'s t'", 'long-key.example.com/x', 'k v', 'c', 'd', 'e', 'metadata', 'x#y'],
  ['-x', '', '<<', '? a', '&a b', '[a]', 'a ', '__proto__', 'toString', '- a'],
);
const tail = mostly(['', '', '', ' ', '  # comment', ' #'], ['#no', ' x', '\t', ' \t# c']);
const gap = mostly(['', '', '', '', '\n', '# c\n', '    # c\n', '  \n'], [' ', '\t', '\t\n', '---', '  ']);
const blockText = fc.array(fc.constantFrom('text', ' more', '', '# no comment', 'a: b', '- x', 'end ', '\tx', '  '), {
  maxLength: 5,
});
const header = mostly(['|', '|-', '>', '>-'], ['|+', '|2', '| # c', '>+', '|x']);

const plainLine = mostly(
  ['more', '- x', 'a b ', '# c', '{x}', '"q"', '[', 'x # c', '&a', '1', '%'],
  ['a: b', '\tx', 'x:'],
);

/** Text that is nearly always a block style document, with a chance of going wrong at each step. */
const { node } = fc.letrec<{ node: (indent: number) => string }>((tie) => {
  const below = fc.tuple(tie('node'), fc.constantFrom(2, 2, 2, 2, 2, 2, 0, 1, 4));
  const scalar = fc.tuple(word, tail).map(
    ([text, after]) =>
      () =>
        ` ${text}${after}\n`,
  );
  const more = fc.array(fc.tuple(fc.constantFrom('', '\n', '\n \n'), fc.constantFrom(2, 2, 3, 1, 0), plainLine), {
    maxLength: 3,
  });
  const plain = more.map(
    (lines) => (indent: number) =>
      ` some text\n${lines.map(([before, deeper, line]) => `${before}${' '.repeat(indent + deeper)}${line}\n`).join('')}`,
  );
  const block = fc.tuple(header, blockText, fc.constantFrom(2, 2, 2, 2, 4, 1, 0)).map(([mark, lines, deeper]) => {
    return (indent: number) =>
      ` ${mark}\n${lines.map((line) => (line === '' ? '\n' : `${' '.repeat(indent + deeper)}${line}\n`)).join('')}`;
  });
  const nested = fc.tuple(below, tail).map(([[inner, deeper], after]) => {
    return (indent: number) => `${after}\n${' '.repeat(indent + deeper)}${inner(indent + deeper)}`;
  });
  const value = fc.oneof({ maxDepth: 4 }, scalar, scalar, block, plain, nested);
  const inline = fc.oneof(
    { maxDepth: 4 },
    value,
    tie('node').map((inner) => (indent: number) => ` ${inner(indent + 2)}`),
  );
  const lines = (first: (indent: number) => string, rest: readonly [string, (indent: number) => string][]) => {
    return (indent: number) =>
      first(indent) + rest.map(([before, line]) => `${before}${' '.repeat(indent)}${line(indent)}`).join('');
  };
  const member = fc.tuple(key, value).map(
    ([name, inner]) =>
      (indent: number) =>
        `${name}:${inner(indent)}`,
  );
  const item = inline.map((inner) => (indent: number) => `-${inner(indent)}`);
  const mapping = fc.tuple(member, fc.array(fc.tuple(gap, member), { maxLength: 3 }));
  const sequence = fc.tuple(item, fc.array(fc.tuple(gap, item), { maxLength: 3 }));
  return { node: fc.oneof(mapping, sequence).map(([first, rest]) => lines(first, rest)) };
});

const document = node.map((make) => make(0));
const endings = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.replaceAll('\n', '\r\n'),
  (text: string) => text.trimEnd(),
);

describe('the fast reader', () => {
  it('agrees with the full reader on strings of pieces', () => {
    fc.assert(
      fc.property(soup, (text) => {
        compare(text);
      }),
      { numRuns: 8000 },
    );
  });

  it('agrees with the full reader on documents in block style', () => {
    let fast = 0;
    let all = 0;
    fc.assert(
      fc.property(document, endings, (text, end) => {
        const counts = compare(end(text));
        fast += counts.fast;
        all += counts.all;
      }),
      { numRuns: 4000 },
    );
    // A comparison of what is never answered would show nothing.
    expect(fast / all).toBeGreaterThan(0.15);
  });

  it('reads any JSON, as it is usually printed', () => {
    const json = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom('', ' ', '  ', '\t'));
    fc.assert(
      fc.property(json, endings, ([value, indent], end) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/"(__proto__|constructor|valueOf|toString)"/.test(text));
        expect({ text, ...compare(end(text)) }).toEqual({ text, fast: 1, all: 1 });
      }),
      { numRuns: 500 },
    );
  });

  const corpora = process.env['SERVICE_TOPOLOGY_CORPORA'];
  it.skipIf(corpora === undefined)(
    `agrees with the full reader on real files (skipped unless SERVICE_TOPOLOGY_CORPORA names a folder of them)`,
    { timeout: 120_000 },
    () => {
      let fast = 0;
      let all = 0;
      for (const path of yamlFiles(corpora!)) {
        const counts = compare(readFileSync(path, 'utf8'));
        fast += counts.fast;
        all += counts.all;
      }
      expect(fast / all).toBeGreaterThan(0.5);
    },
  );
});

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
