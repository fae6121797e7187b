/** Outcomes in words: the verdict with its shares, and what the client sees. */

import { assertNever } from '#base/assert';
import type { Protocol } from '#model/kubernetes';
import type { TraceOutcome } from '../types';

export type WeightedOutcome = TraceOutcome & { readonly probability: number };

const verdicts: Readonly<Record<TraceOutcome['kind'], string>> = {
  delivered: 'DELIVERED',
  refused: 'REFUSED',
  timeout: 'TIMES OUT',
  'not permitted': 'NOT PERMITTED',
  'network unreachable': 'NETWORK UNREACHABLE',
  'host unreachable': 'HOST UNREACHABLE',
  undelivered: 'NOT DELIVERED',
  unresolved: 'NAME NOT RESOLVED',
  answered: 'ANSWERED BY THE CONTROLLER',
};

/** `DELIVERED`, `REFUSED, always`, `DELIVERED 2/3, REFUSED 1/3`. */
export function verdictOf(outcomes: readonly WeightedOutcome[]): string {
  const shares = sharesByKind(outcomes);
  const [first] = shares;
  if (!first) return '';
  if (shares.length > 1) return shares.map(({ kind, share }) => `${verdicts[kind]} ${printShare(share)}`).join(', ');
  return first.kind === 'delivered' ? verdicts.delivered : `${verdicts[first.kind]}, always`;
}

function sharesByKind(outcomes: readonly WeightedOutcome[]): { kind: TraceOutcome['kind']; share: number }[] {
  const shares = new Map<TraceOutcome['kind'], number>();
  for (const { kind, probability } of outcomes) shares.set(kind, (shares.get(kind) ?? 0) + probability);
  return [...shares].map(([kind, share]) => ({ kind, share })).sort((a, b) => b.share - a.share);
}

/** `2/3`, or `12.5 %` where no small fraction comes close; kube-proxy prints its probabilities with ten digits. */
export function printShare(share: number): string {
  for (let below = 1; below <= 200; below++) {
    const above = Math.round(share * below);
    if (above > 0 && Math.abs(above / below - share) < 1e-8) return below === 1 ? `${above}` : `${above}/${below}`;
  }
  return share < 0.001 ? '< 0.1 %' : `${Number((share * 100).toFixed(1))} %`;
}

/**
 * What the calling program notices: `connection refused, at once`. `undeclared` is a port at which requests arrive
 * although no container says that it is served.
 */
export function symptomOf(outcomes: readonly WeightedOutcome[], protocol: Protocol, undeclared?: number): string {
  const shares = sharesByKind(outcomes);
  const [first] = shares;
  if (!first) return '';
  if (shares.length === 1) return symptomOfKind(first.kind, protocol, undeclared);
  return shares
    .map(({ kind, share }) => `${printShare(share)}: ${symptomOfKind(kind, protocol, undeclared)}`)
    .join('; ');
}

function symptomOfKind(kind: TraceOutcome['kind'], protocol: Protocol, undeclared: number | undefined): string {
  const udp = protocol === 'UDP';
  switch (kind) {
    case 'delivered':
      if (undeclared !== undefined)
        return `the request reaches a pod, but no container declares port ${undeclared}: if nothing listens there, the pod itself refuses`;
      return udp
        ? 'the datagram arrives at a pod'
        : 'the connection reaches a pod; it is made if something listens there';
    case 'refused':
      return udp
        ? 'connection refused when it reads or sends again (ICMP port unreachable)'
        : 'connection refused, at once';
    case 'timeout':
      return udp ? 'no answer, ever' : 'connection times out';
    case 'not permitted':
      return 'operation not permitted, at once';
    case 'network unreachable':
      return 'network unreachable, at once';
    case 'host unreachable':
      return 'no route to host';
    case 'undelivered':
      return udp ? 'no answer' : 'no connection: refused, or no answer';
    case 'unresolved':
      return 'could not resolve host: no connection is tried';
    case 'answered':
      return 'an answer of the Ingress controller or Gateway, not of a pod';
    default:
      return assertNever(kind);
  }
}

/** Sums up equal outcomes, most probable first; equal ones keep their order. */
export function sumOutcomes(outcomes: readonly WeightedOutcome[]): WeightedOutcome[] {
  const sums = new Map<string, WeightedOutcome>();
  for (const outcome of outcomes) {
    const key =
      outcome.kind === 'delivered'
        ? [outcome.kind, outcome.pod, outcome.port, outcome.source].join('\n')
        : [outcome.kind, outcome.reason].join('\n');
    const sum = sums.get(key);
    sums.set(key, sum ? { ...sum, probability: sum.probability + outcome.probability } : outcome);
  }
  return [...sums.values()].sort((a, b) => millionths(b.probability) - millionths(a.probability));
}

/** Chances that are meant to be equal differ in the last digits; whoever sorts by them does so on this scale. */
export function millionths(probability: number): number {
  return Math.round(probability * 1e6);
}
