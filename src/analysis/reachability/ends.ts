/** Whether a request ends as a test expects. */

import { assertNever } from '#base/assert';
import type { TracePath } from '../types';
import type { Expectation } from './types';

/** `blocked` is what a network policy ends; to the client it is a `timeout` as well. */
export function endsAs({ outcome, hops }: TracePath, expect: Expectation): boolean {
  switch (expect) {
    case 'delivered':
    case 'refused':
    case 'timeout':
    case 'unresolved':
      return outcome.kind === expect;
    case 'not delivered':
      return outcome.kind !== 'delivered';
    case 'blocked':
      return outcome.kind !== 'delivered' && hops.some(({ kind, state }) => kind === 'policy' && state === 'failed');
    default:
      return assertNever(expect);
  }
}
