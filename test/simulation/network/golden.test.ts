/** The walk against real packets in a real kernel: twenty connections each, and where they ended. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { createSimulation } from '#simulation/index';
import { defaultSettings } from '#model/settings';
import type { PacketSource, Walk } from '#simulation/types';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);

interface Seen {
  readonly mode: string;
  readonly from: string;
  readonly service: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** Outcome → how often. */
  readonly seen: Readonly<Record<string, number>>;
}

function sourceOf(text: string): PacketSource {
  const [kind, ...rest] = text.split(' ');
  if (kind === 'pod') return { kind: 'pod', pod: rest[0]! };
  if (kind === 'node') return { kind: 'node', node: rest[0]! };
  return { kind: 'outside', node: rest[1]! };
}

/** `NS/NAME PORT PROTOCOL` of what answers: declared ports, and those that a note of the recording names. */
function listening(bodies: readonly JsonObject[]): Set<string> {
  const out = new Set<string>();
  for (const body of bodies) {
    if (body.kind !== 'Pod') continue;
    const { metadata, spec } = body as unknown as {
      metadata: { namespace?: string; name: string; annotations?: Record<string, string> };
      spec: Record<
        'containers' | 'initContainers',
        { restartPolicy?: string; ports?: { containerPort: number; protocol?: string }[] }[] | undefined
      >;
    };
    const name = `${metadata.namespace ?? 'default'}/${metadata.name}`;
    if ('lab/deaf' in (metadata.annotations ?? {})) continue;
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    for (const { ports = [] } of [...(spec.containers ?? []), ...sidecars])
      for (const { containerPort, protocol = 'TCP' } of ports) out.add(`${name} ${containerPort} ${protocol}`);
    for (const word of (metadata.annotations?.['lab/listen'] ?? '').split(/[\s,]+/).filter(Boolean)) {
      const [port, protocol = 'TCP'] = word.split('/');
      out.add(`${name} ${port} ${protocol}`);
    }
  }
  return out;
}

function distribution(walk: Walk, protocol: string, listens: ReadonlySet<string>): Map<string, number> {
  const out = new Map<string, number>();
  for (const { outcome, probability } of walk.paths) {
    const delivered = outcome.kind === 'delivered' && listens.has(`${outcome.pod} ${outcome.port} ${protocol}`);
    const name = delivered
      ? `${outcome.pod}:${outcome.port} from ${outcome.source}`
      : outcome.kind === 'delivered'
        ? 'refused'
        : outcome.kind;
    out.set(name, (out.get(name) ?? 0) + probability);
  }
  return out;
}

describe.each(['iptables', 'nftables'] as const)('packets in %s mode', (mode) => {
  it.each(readdirSync(root).sort())('%s', (name) => {
    const objects = objectsOf(readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8'));
    const simulation = createSimulation(defaultSettings);
    simulation.apply({ removed: [], added: objects });
    const listens = listening(objects.map(({ body }) => body));
    const sticky = new Set([...simulation.controlPlane.services()].filter(({ spec }) => spec.sessionAffinity === 'ClientIP').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)); // prettier-ignore
    const recorded = JSON.parse(readFileSync(new URL(`${name}/packets.json`, root), 'utf8')) as readonly Seen[];
    const differences: string[] = [];
    for (const packet of recorded.filter((seen) => seen.mode === mode)) {
      const { address, port, protocol, seen } = packet;
      const walk = simulation.dataPlane.walk(sourceOf(packet.from), { address, port, protocol }, mode);
      const ours = distribution(walk, protocol, listens);
      const tries = Object.values(seen).reduce((sum, count) => sum + count, 0);
      const total = walk.paths.reduce((sum, path) => sum + path.probability, 0);
      // An end that we foresee may be missing by chance, or because a client stays with one endpoint.
      const unseen = [...ours].filter(
        ([end, share]) => !(end in seen) && !sticky.has(packet.service) && (1 - share) ** tries < 1e-4,
      );
      const unforeseen = Object.keys(seen).filter((end) => !ours.has(end));
      if (unseen.length > 0 || unforeseen.length > 0 || Math.abs(total - 1) > 1e-9)
        differences.push(
          `${packet.from} → ${address}:${port}/${protocol}: real ${Object.keys(seen).join(', ')}; ours ${[...ours.keys()].join(', ')}`,
        );
    }
    expect(differences).toEqual([]);
  });
});
