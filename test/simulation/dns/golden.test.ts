/** What the cluster's DNS server answered, against the simulation's answers from the same recorded clusters. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createNameService } from '#simulation/dns/name-service';
import type { RecordType } from '#simulation/types';
import { clusterOfText } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);

interface Recorded {
  readonly name: string;
  readonly type: RecordType;
  readonly rcode: string;
  readonly answers: readonly string[];
}

describe.each(readdirSync(root).sort())('DNS of %s', (name) => {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, root), 'utf8');
  const recorded = JSON.parse(read('dns.json')) as readonly Recorded[];

  it(`answers ${recorded.length} questions`, () => {
    const dns = createNameService(clusterOfText(read('cluster.yaml')));
    const answers = recorded.map(({ name: asked, type }) => {
      const { rcode, answers: records } = dns.query(asked, type);
      return { name: asked, type, rcode, answers: records.map((each) => `${each.name} ${each.type} ${each.value}`).sort() }; // prettier-ignore
    });
    expect(answers).toEqual(recorded.map((each) => ({ ...each, answers: [...each.answers].sort() })));
    expect(recorded.length).toBeGreaterThan(0);
  });
});
