/** Addresses that belong to somebody, hostPorts and endpoints outside of the cluster, against real packets in a real kernel. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { objectsOf } from '../cluster';
import { differences, readJson, type RecordedPacket } from './recorded';

const root = new URL('../../golden/addresses/', import.meta.url);
const simulation = createSimulation(defaultSettings);
simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL('cluster.yaml', root), 'utf8')) });
const recorded = readJson(new URL('packets.json', root)) as readonly RecordedPacket[];
const vacant = new Set(['10.96.0.36', '10.244.1.99', '10.244.2.99']);

describe.each(['iptables', 'nftables'] as const)('%s', (mode) => {
  const packets = recorded.filter((packet) => packet.mode === mode);
  it.each([...new Set(packets.map(({ from }) => from))])('%s', (source) => {
    expect(differences(simulation, packets.filter(({ from }) => from === source), vacant)).toEqual([]); // prettier-ignore
  });
});
