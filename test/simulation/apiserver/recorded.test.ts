/** Hundreds of objects, each with one thing that is odd, and what an API server of release 1.37 said to them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { isClusterScoped, objectKey, type KubernetesObject } from '#model/object';
import { clusterOf } from '../cluster';

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

/** Metadata may be anything here, so nothing of it is taken for granted. */
function objectOf(body: JsonObject): KubernetesObject {
  const [group, version] = String(body.apiVersion).includes('/') ? String(body.apiVersion).split('/') : ['', 'v1'];
  const kind = String(body.kind);
  const metadata = (body.metadata ?? {}) as JsonObject;
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const namespace = isClusterScoped(kind) ? '' : 'default';
  const key = objectKey(group!, kind, namespace, name);
  const origin = { kind: 'manifest', file: 'a.yaml', document: 0, path: [] } as const;
  return { key, group: group!, version: version!, kind, namespace, namespaceGiven: true, name, body, origin };
}

describe('recorded objects', () => {
  const refused = [...read('refused.jsonl'), ...read('refused-combined.jsonl')] as readonly Recorded[];
  const kinds = [...new Set(refused.map(({ object }) => String(object.kind)))];

  it.each(kinds)('%s: refused in the same words', (kind) => {
    const cases = refused.filter(({ object }) => object.kind === kind);
    const ours = cases.map(({ object }): Recorded => {
      const [refusal] = clusterOf([objectOf(object)]).refusals();
      const causes = (refusal?.causes ?? []).map(({ field, reason }) => [field, reason] as const);
      return { object, code: refusal?.code ?? 201, message: refusal?.message ?? '', causes };
    });
    expect(ours).toEqual(cases);
  });

  it('taken are taken here', () => {
    const taken = read('taken.jsonl') as readonly JsonObject[];
    expect(taken.length).toBeGreaterThan(100);
    expect(taken.flatMap((body) => [...clusterOf([objectOf(body)]).refusals()].map(({ message }) => message))).toEqual([]); // prettier-ignore
  });
});
