/** What the real CoreDNS 1.15 answered under several Corefiles, whole messages, against the simulation's answers. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { createNameService } from '#simulation/dns/name-service';
import { DnsServer } from '#simulation/dns/server';
import type { DnsAnswer, DnsRecord, RecordType } from '#simulation/types';
import { clusterOfText } from '../cluster';

const root = new URL('../../golden/dns/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

interface Recorded {
  readonly name: string;
  readonly type: RecordType;
  readonly rcode: string;
  readonly answers?: readonly string[];
  readonly authority?: readonly string[];
  readonly additional?: readonly string[];
}

/** A SOA record's serial is the time of the last change; the case of names is that of the question. */
function printed(records: readonly DnsRecord[] = []): readonly string[] {
  const lines = records.map(({ name, ttl, type, value }) => `${name} ${ttl} ${type} ${value}`);
  return comparable(lines.map((line) => line.replace(/ 1 (7200 1800 86400 \d+)$/, ' SERIAL $1')));
}

function comparable(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.toLowerCase()).sort();
}

const cluster = read('cluster.yaml');

/** Pairs of what the real one said and what the simulation says, where they differ. */
function differences(recorded: readonly Recorded[], query: (name: string, type: RecordType) => DnsAnswer) {
  return recorded.flatMap(({ name, type, rcode, answers = [], authority = [], additional = [] }) => {
    const real = { name, type, rcode, answers: comparable(answers), authority: comparable(authority), additional: comparable(additional) };
    const answer = query(name, type);
    const ours = { name, type, rcode: answer.rcode, answers: printed(answer.answers), authority: printed(answer.authority), additional: printed(answer.additional) };
    return JSON.stringify(real) === JSON.stringify(ours) ? [] : [{ real, ours }];
  });
} // prettier-ignore

describe.each(readdirSync(root).filter((file) => file.endsWith('.corefile')))('under %s', (file) => {
  const recorded = JSON.parse(read(file.replace('.corefile', '.dns.json'))) as readonly Recorded[];
  const dns = createNameService(clusterOfText(cluster, { ...defaultSettings, corefile: read(file) }));

  it('reads the Corefile without a doubt', () => {
    expect(dns.server().notes).toEqual([]);
  });

  it(`answers ${recorded.length} questions`, () => {
    expect(differences(recorded, (name, type) => dns.query(name, type))).toEqual([]);
    expect(recorded.length).toBeGreaterThan(100);
  });
});

describe('with autopath', () => {
  it('answers questions of the pod shop/lone', () => {
    const recorded = JSON.parse(read('autopath/autopath.dns.json')) as readonly Recorded[];
    const controlPlane = clusterOfText(cluster, { ...defaultSettings, corefile: read('autopath/autopath.corefile') });
    const server = new DnsServer(controlPlane);
    const client = controlPlane.pod('shop/lone');
    expect(differences(recorded, (name, type) => server.query(name, type, client))).toEqual([]);
    expect(recorded.length).toBeGreaterThan(50);
  });
});
