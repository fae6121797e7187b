/** Recorded packets against walks: where each ended, and whether ours may end there and nowhere else. */

import { readFileSync } from 'node:fs';
import type { ProxyMode } from '#model/settings';
import type { Simulation, Walk } from '#simulation/types';
import { sourceOf } from './sources';

export interface RecordedPacket {
  readonly mode: ProxyMode;
  readonly from: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** Outcome → how often. */
  readonly seen: Readonly<Record<string, number>>;
}

export function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** `NS/NAME PORT PROTOCOL` of each declared port: there something answers. */
function listening(simulation: Simulation): ReadonlySet<string> {
  return new Set(
    [...simulation.controlPlane.pods()].flatMap(({ metadata, spec }) =>
      spec.containers.flatMap(({ ports = [] }) =>
        ports.map((port) => `${metadata.namespace}/${metadata.name} ${port.containerPort} ${port.protocol}`),
      ),
    ),
  );
}

function endsOf(walk: Walk, protocol: string, listens: ReadonlySet<string>): Map<string, number> {
  const out = new Map<string, number>();
  for (const { outcome, probability } of walk.paths) {
    const answered = outcome.kind === 'delivered' && listens.has(`${outcome.pod} ${outcome.port} ${protocol}`);
    const name = answered
      ? `${outcome.pod}:${outcome.port} from ${outcome.source}`
      : outcome.kind === 'delivered'
        ? 'refused'
        : outcome.kind;
    out.set(name, (out.get(name) ?? 0) + probability);
  }
  return out;
}

/** Of its own process, a node's pod sees the loopback's address. */
function named(end: string, from: string): string {
  return end.replace(/ from (127\.0\.0\.1|::1)$/, ` from ${from}`);
}

/**
 * A line for each packet that ended otherwise. `lost` are addresses in ranges of pods that no pod has: a node may lose
 * such a packet without a word when it comes back from the router.
 */
export function differences(
  simulation: Simulation,
  packets: readonly RecordedPacket[],
  lost: ReadonlySet<string> = new Set(),
): readonly string[] {
  const listens = listening(simulation);
  return packets.flatMap(({ mode, from, address, port, protocol, seen }) => {
    const walk = simulation.dataPlane.walk(sourceOf(from), { address, port, protocol }, mode);
    const ours = endsOf(walk, protocol, listens);
    const isLost = lost.has(address) && ours.has('host unreachable');
    const real = new Set(
      Object.keys(seen).map((end) => (isLost && end === 'timeout' ? 'host unreachable' : named(end, from))),
    );
    const tries = Object.values(seen).reduce((sum, count) => sum + count, 0);
    // An end that we foresee may be missing by chance.
    const unseen = [...ours].some(([end, share]) => !real.has(end) && (1 - share) ** tries < 1e-4);
    const unforeseen = [...real].some((end) => !ours.has(end));
    const total = walk.paths.reduce((sum, path) => sum + path.probability, 0);
    if (!unseen && !unforeseen && Math.abs(total - 1) < 1e-9) return [];
    const list = (names: Iterable<string>) => [...names].sort().join(', ').replaceAll('default/', '');
    return [`${from} → ${address}:${port}/${protocol}: real ${list(real)}; ours ${list(ours.keys())}`];
  });
}
