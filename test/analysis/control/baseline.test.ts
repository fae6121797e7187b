/** Baselines: what makes a finding the same one, and what a changed file of them leads to. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fingerprintOf,
  readBaseline,
  splitByBaseline,
  writeBaseline,
  type Baselined,
} from '#analysis/control/baseline';

const object = (name: string) => ({ kind: 'Service', namespace: 'shop', name });
const finding = (code: string, name: string, message = 'selects no pod'): Baselined => ({
  code,
  message,
  file: 'a.yaml',
  object: object(name),
});

function entriesOf(text: string) {
  const baseline = readBaseline(text);
  if ('error' in baseline) throw new Error(baseline.error);
  return baseline;
}

describe('a fingerprint', () => {
  it('is of code, object and message, wherever the finding stands', () => {
    expect(fingerprintOf(finding('a', 'web'))).toEqual({
      code: 'a',
      object: 'Service shop/web',
      message: 'selects no pod',
    });
    const elsewhere = { ...finding('a', 'web'), file: 'b.yaml' };
    expect(fingerprintOf(elsewhere)).toEqual(fingerprintOf(finding('a', 'web')));
    expect(fingerprintOf({ ...finding('a', 'web'), object: undefined }).object).toBe('a.yaml');
  });

  it('leaves out lines, and nothing else', () => {
    const message = (text: string) => fingerprintOf(finding('a', 'web', text)).message;
    expect(message('as in web.yaml:12:3 and b.json:4')).toBe('as in web.yaml and b.json');
    expect(message('a duplicate of line 12')).toBe(message('a duplicate of line 9'));
    expect(message('no port 8080 at web:80')).toBe('no port 8080 at web:80');
  });
});

describe('a baseline', () => {
  const findings = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y', 'z')).map(([code, name]) => finding(code, name)), { maxLength: 12 }); // prettier-ignore

  it('knows all that it was written from, in any order', () => {
    fc.assert(
      fc.property(findings, fc.infiniteStream(fc.nat()), (found, order) => {
        const text = writeBaseline(found);
        const shuffled = found.map((each) => ({ each, key: order.next().value as number }));
        const other = shuffled.sort((a, b) => a.key - b.key).map(({ each }) => each);
        expect(writeBaseline(other)).toBe(text);
        const { known, gone } = splitByBaseline(other, entriesOf(text));
        expect(known.size).toBe(found.length);
        expect(gone).toEqual([]);
      }),
    );
  });

  it('tells apart what is new and what is gone, by count', () => {
    fc.assert(
      fc.property(findings, findings, (before, after) => {
        const { known, gone } = splitByBaseline(after, entriesOf(writeBaseline(before)));
        const count = (all: readonly Baselined[], one: Baselined) =>
          all.filter(({ code, object: of }) => code === one.code && of?.name === one.object?.name).length;
        for (const one of [...before, ...after]) {
          const both = Math.min(count(before, one), count(after, one));
          expect(count([...known], one)).toBe(both);
          const left = gone.find(({ code, object: of }) => code === one.code && of === `Service shop/${one.object!.name}`);
          expect(left?.count ?? 0).toBe(count(before, one) - both);
        }
      }),
    );
  });

  it('that somebody broke says what is wrong', () => {
    expect(readBaseline('{')).toEqual({ error: 'it is not JSON' });
    expect(readBaseline('[]')).toEqual({ error: 'it has no list of findings' });
    expect(readBaseline('{"version": 1, "findings": [{"code": "a", "object": "b", "message": "c", "count": 0}]}')).toEqual({
      error: 'entry 1 has to have a code, an object, a message and a count',
    });
  });
}); // prettier-ignore
