/** Words of the what-if panel that several parts of it use. */

import type { WireWhatIfMoment, WireWhatIfOutcome, WireWhatIfPod } from '#protocol/what-if';
import type { IconName } from '../components/icons';

export function hasFailed({ requests }: WireWhatIfMoment): boolean {
  return requests.some(({ failed }) => failed);
}

/** How the requests of a moment end, all together. */
export function endOf(requests: readonly { readonly failed: boolean }[]): 'none' | 'arrive' | 'fail' {
  if (requests.length === 0) return 'none';
  return requests.some(({ failed }) => failed) ? 'fail' : 'arrive';
}

export function spokenMoment(moment: WireWhatIfMoment, count: number): string {
  const requests = moment.requests.map(({ request, verdict }) => `${request.from} to ${request.to}: ${verdict}`);
  return [`Moment ${moment.index} of ${count - 1}: ${moment.title}`, moment.when, ...requests]
    .filter(Boolean)
    .join('. ');
}

/** `→ http://web from deployment shop/front`. */
export function requestLabel({ request }: WireWhatIfOutcome): string {
  const { from, to, port, mode } = request;
  return `${from} → ${to}${port === undefined ? '' : `, port ${port}`}${mode === undefined ? '' : ` (${mode})`}`;
}

export const podIcons: Readonly<Record<WireWhatIfPod['state'], IconName>> = {
  ready: 'good',
  'not ready': 'warning',
  terminating: 'clock',
  pending: 'question',
  ended: 'stop',
  dead: 'error',
};

export const podTones: Readonly<Record<WireWhatIfPod['state'], string>> = {
  ready: 'good',
  'not ready': 'warning',
  terminating: 'info',
  pending: 'warning',
  ended: 'warning',
  dead: 'error',
};

/** `1/3`, `2 %`: the share of the requests that end so. */
export function shareText(share: number): string {
  if (share > 0.999) return '';
  for (let below = 2; below <= 60; below++) {
    const above = Math.round(share * below);
    if (above > 0 && Math.abs(above / below - share) < 1e-6) return `${above}/${below}`;
  }
  return share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;
}
