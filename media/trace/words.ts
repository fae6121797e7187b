/** Outcomes and hops in words, signs and tones. */

import type { WireHop, WireOutcome, WireTrace } from '#protocol/values';
import type { IconName } from '../components/icons';
import { count } from '../components/words';

export type Tone = 'good' | 'warning' | 'error';

export function outcomeIcon(kind: WireOutcome['kind']): IconName {
  if (kind === 'delivered') return 'good';
  if (kind === 'timeout') return 'clock';
  return kind === 'refused' ? 'stop' : 'error';
}

export function outcomeTone(kind: WireOutcome['kind']): Tone {
  return kind === 'delivered' ? 'good' : 'error';
}

/** Of the whole trace: good if each request arrives, an error if none does. */
export function verdictTone(trace: WireTrace): Tone {
  const delivered = trace.outcomes.filter((outcome) => outcome.kind === 'delivered').length;
  if (delivered === 0) return 'error';
  return delivered === trace.outcomes.length ? 'good' : 'warning';
}

export function verdictIcon(trace: WireTrace): IconName {
  const tone = verdictTone(trace);
  if (tone !== 'error') return tone;
  return outcomeIcon(trace.outcomes[0]?.kind ?? 'refused');
}

export const hopWords: Readonly<Record<WireHop['kind'], string>> = {
  http: 'HTTP',
  name: 'name',
  service: 'Service',
  rules: 'rules',
  route: 'route',
  policy: 'policy',
  pod: 'pod',
  reply: 'reply',
};

/** `7 hops, refused at node-b iptables (filter FORWARD)`. */
export function spokenPath(path: WireTrace['paths'][number]): string {
  const end = path.hops.findLast((hop) => hop.state === 'failed' || hop.state === 'ended') ?? path.hops.at(-1);
  return `${count(path.hops.length, 'hop')}, ${path.outcome.kind}${end === undefined ? '' : ` at ${end.title}`}`;
}
