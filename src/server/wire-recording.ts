/** A recording as it goes over the wire: what many stops share is sent once. */

import type { Frame, Recording, Stop } from '#analysis/debug/types';
import type { HopCause } from '#analysis/types';
import type { WireFrame, WireRecording, WireStop } from '#protocol/debug';
import type { Paths } from './paths';
import { wireOutcome, wirePlace } from './wire';

export function wireRecording(recording: Recording, scope: string, paths: Paths): WireRecording {
  const callers = new Shared<readonly Frame[]>();
  const packets = new Shared<NonNullable<Stop['packet']>>();
  const stops = recording.stops.map((stop) => wireStop(stop, callers, packets, paths));
  return {
    scope,
    from: recording.from,
    to: recording.to,
    verdict: recording.verdict,
    symptom: recording.symptom,
    assumptions: [...recording.assumptions],
    fixes: [...recording.fixes],
    ways: [...recording.ways],
    path: recording.path,
    callers: callers.values().map((frames) => frames.map((frame) => wireFrame(frame, paths))),
    packets: packets.values().map((packet) => ({
      ...packet,
      conntrack: { ...packet.conntrack, status: [...packet.conntrack.status] },
    })),
    stops,
    outcome: wireOutcome(recording.outcome, recording.ways[recording.path]?.probability ?? 1),
    causes: wireCauses(recording.causes, paths),
  };
}

function wireStop(
  { kind, title, lines, frame, callers, hook, packet, rule, choice, causes }: Stop,
  knownCallers: Shared<readonly Frame[]>,
  packets: Shared<NonNullable<Stop['packet']>>,
  paths: Paths,
): WireStop {
  return {
    kind,
    title,
    lines: [...lines],
    frame: wireFrame(frame, paths),
    callers: knownCallers.index(callers),
    hook,
    packet: packet && packets.index(packet),
    rule: rule && { ...rule, sets: [...rule.sets] },
    choice: [...choice],
    causes: wireCauses(causes, paths),
  };
}

function wireFrame({ name, place }: Frame, paths: Paths): WireFrame {
  if (!place) return { name };
  return 'rules' in place ? { name, rules: place.rules } : { name, yaml: wirePlace(place.yaml, paths) };
}

function wireCauses(causes: readonly HopCause[], paths: Paths) {
  return causes.map(({ text, place }) => ({ text, place: wirePlace(place, paths) }));
}

/** Values by their number, each once. */
class Shared<T> {
  readonly #numbers = new Map<T, number>();

  index(value: T): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  values(): readonly T[] {
    return [...this.#numbers.keys()];
  }
}
