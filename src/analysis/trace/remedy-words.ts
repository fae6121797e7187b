/** A remedy in a line: what is changed, and what then becomes of the request. */

import type { Trace } from '../types';
import { hedge } from './delivery';
import { listed } from './lookup';
import type { Remedy } from './remedies';
import { printShare } from './words';

/** `Change the selector to app: wbe`; of several changes the sentence of each. */
export function printRemedy({ steps }: Remedy): string {
  return steps.length === 1 ? steps.join('') : steps.map((step, i) => `${i + 1}. ${step}`).join('; ');
}

const mostPods = 4;

/** `DELIVERED to shop/web-1, shop/web-2, 1/2 each`; of an answer of the controller what it says. */
export function printThen({ verdict, hedged, outcomes, undeclared }: Trace): string {
  const delivered = outcomes.flatMap((outcome) => (outcome.kind === 'delivered' ? outcome : []));
  const answered = outcomes.find((outcome) => outcome.kind === 'answered');
  if (delivered.length === 0) return answered ? `${verdict}: ${answered.reason}` : verdict;
  const pods = [...new Set(delivered.map(({ pod }) => pod))];
  const shares = delivered.map(({ probability }) => probability);
  const isEven = Math.max(...shares) - Math.min(...shares) < 1e-6;
  const each = pods.length > 1 && isEven && delivered.length === pods.length ? `, ${printShare(shares[0]!)} each` : '';
  const unsure = undeclared === undefined ? '' : `; no container declares port ${undeclared}: whether something listens there is not known`; // prettier-ignore
  const word = hedged ? verdict.slice(0, -hedge.length) : verdict;
  return `${word} to ${listed(pods, mostPods)}${each}${unsure}${hedged ? hedge : ''}`;
}
