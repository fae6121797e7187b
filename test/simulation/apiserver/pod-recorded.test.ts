/** Hundreds of pods, workloads, policies and their likes, each odd in one way, and what a real API server (1.37) said. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { refusalOfBody } from './kinds';

interface Recorded {
  readonly object: JsonObject;
  readonly code: number;
  readonly message: string;
  /** Field and reason. */
  readonly causes: readonly (readonly [string, string])[];
}

function read(file: string): readonly unknown[] {
  const text = readFileSync(new URL(`recorded/${file}`, import.meta.url), 'utf8');
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
}

describe('recorded objects', () => {
  const refused = read('kinds-refused.jsonl') as readonly Recorded[];
  const kinds = [...new Set(refused.map(({ object }) => String(object.kind)))];

  it.each(kinds)('%s: refused in the same words', (kind) => {
    const cases = refused.filter(({ object }) => object.kind === kind);
    const ours = cases.map(({ object }): Recorded => {
      const refusal = refusalOfBody(object);
      const causes = (refusal?.causes ?? []).map(({ field, reason }) => [field, reason] as const);
      return { object, code: refusal?.code ?? 201, message: refusal?.message ?? '', causes };
    });
    expect(ours).toEqual(cases);
  });

  it('taken are taken here', () => {
    const taken = read('kinds-taken.jsonl') as readonly JsonObject[];
    expect(taken.length).toBeGreaterThan(400);
    expect(taken.flatMap((body) => refusalOfBody(body)?.message ?? [])).toEqual([]);
  });

  it('point into the written object', () => {
    for (const { object } of refused)
      for (const { path } of refusalOfBody(object)?.causes ?? []) {
        let value: unknown = object;
        for (const step of path) value = (value as Record<string, unknown>)[step];
        expect(value, JSON.stringify(path)).toBeDefined();
      }
  });
});
