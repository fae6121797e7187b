/** Outcomes and hops in words, signs and tones. */

import type { WireTone } from '#protocol/trace';
import type { WireHop, WireOutcome, WireTrace } from '#protocol/values';
import type { IconName } from '../components/icons';
import { count } from '../components/words';

export type Tone = 'good' | 'warning' | 'error' | 'info';

export function outcomeIcon(kind: WireOutcome['kind']): IconName {
  if (kind === 'delivered') return 'good';
  if (kind === 'timeout') return 'clock';
  if (kind === 'unknown') return 'question';
  return kind === 'refused' ? 'stop' : 'error';
}

export function outcomeTone(kind: WireOutcome['kind']): Tone {
  if (kind === 'unknown') return 'info';
  return kind === 'delivered' ? 'good' : 'error';
}

/** Of the whole trace: good if each request arrives, an error if none does, neither where that cannot be known for sure. */
export function verdictTone(trace: WireTrace): Tone {
  const delivered = trace.outcomes.filter((outcome) => outcome.kind === 'delivered').length;
  if (trace.outcomes.every((outcome) => outcome.kind === 'unknown')) return 'info';
  if (delivered === 0) return 'error';
  if (trace.hedged && delivered === trace.outcomes.length) return 'info';
  return delivered === trace.outcomes.length ? 'good' : 'warning';
}

export function verdictIcon(trace: WireTrace): IconName {
  const tone = verdictTone(trace);
  if (tone === 'good' || tone === 'warning') return tone;
  return trace.hedged && tone === 'info' ? 'question' : outcomeIcon(trace.outcomes[0]?.kind ?? 'refused');
}

/** Of an outcome that the extension has judged. */
export function toneIcon(tone: WireTone): { readonly icon: IconName; readonly tone: Tone } {
  if (tone === 'good') return { icon: 'good', tone: 'good' };
  if (tone === 'partly') return { icon: 'warning', tone: 'warning' };
  return tone === 'unknown' ? { icon: 'question', tone: 'info' } : { icon: 'stop', tone: 'error' };
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
