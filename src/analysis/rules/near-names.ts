/** Names that were most probably meant: for references by name, where no label helps to tell who is near. */

import { compareStrings } from '#base/compare';
import { compareLabels } from './nearest';

/** Shorter names are words of their own as soon as one letter is another: `api` and `app`. */
const shortName = 5;

/**
 * The nearest of the names that is but a slip of the pen away; undefined where none is, or two are equally near.
 * `isBacked` tells of a name whether anything beside its letters speaks for it, such as the port that is called.
 */
export function nearestName(
  wanted: string,
  names: Iterable<string>,
  isBacked: (name: string) => boolean = () => false,
): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  let ties = false;
  for (const name of [...new Set(names)].sort(compareStrings)) {
    const cost = slipCost(wanted, name, isBacked(name) ? 'backed' : 'alone');
    if (cost === undefined || cost > least) continue;
    ties = cost === least;
    [best, least] = [name, cost];
  }
  return ties ? undefined : best;
}

/** How many edits away the name is, where that can hardly be meant; undefined where it is another name. */
export function slipCost(wanted: string, name: string, evidence: 'backed' | 'alone' = 'alone'): number | undefined {
  const [difference] = compareLabels({ name: wanted }, { name }).differences;
  if (!difference) return 0;
  if (!difference.slight) return undefined;
  if (Math.min(wanted.length, name.length) >= shortName || hasSameLetters(wanted, name)) return difference.cost;
  return evidence === 'backed' && isSlipOfShort(wanted, name) ? difference.cost : undefined;
}

/** Of names of two or three letters only a letter too many is a slip: `api` and `app` are two words. */
function isSlipOfShort(wanted: string, name: string): boolean {
  return wanted.length !== name.length || wanted.length > 3;
}

/** Whether letters only stand in another order. */
function hasSameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('');
}
