/** The API server's recorded refusals, against the simulation's. UIDs that the server drew are zeros in them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterOf, objectsOf } from '../cluster';

interface Recorded {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly reason: string; readonly message: string }[];
}

describe.each(['services', 'others', 'jobs'])('recorded refusals: %s', (folder) => {
  const read = (file: string) => readFileSync(new URL(`refused/${folder}/${file}`, import.meta.url), 'utf8');
  const recorded = JSON.parse(read('refused.json')) as readonly Recorded[];
  const cluster = clusterOf(objectsOf(read('case.yaml'), 'case.yaml'));
  const refusals = new Map([...cluster.refusals()].map((refusal) => [refusal.object.name, refusal]));

  it('refuses these objects and no other', () => {
    expect([...refusals.keys()].sort()).toEqual(recorded.map(({ name }) => name).sort());
  });

  it.each(recorded)('$kind $name', ({ name, kind, code, reason, message, causes }) => {
    const refusal = refusals.get(name);
    expect(refusal?.object.kind).toBe(kind);
    expect(refusal).toMatchObject({ code, reason, message });
    expect(refusal?.causes.map(({ field, reason: why, message: text }) => ({ field, reason: why, message: text }))).toEqual(causes); // prettier-ignore
  });
});
