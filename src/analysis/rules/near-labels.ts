/** Labels that differ from those of a selector by slips of the pen alone, and the edits that mend it. */

import type { JsonPath } from '#base/json';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { TextEdit } from '../types';
import { changeValue, renameKey } from './edits';
import { compareLabels, nearest, oneOtherValue, type PairDifference } from './nearest';
import { pair } from './words';

export interface NearLabels {
  readonly name: string;
  readonly differences: readonly PairDifference[];
}

/** The one whose labels are but slips of the pen away. */
export function nearestLabels(
  wanted: Labels,
  candidates: readonly { readonly name: string; readonly labels: Labels }[],
): NearLabels | undefined {
  const pods = candidates.map(({ name, labels }) => ({
    pods: { key: name, name, labels, variableLabels: [] },
    distance: 'namespace' as const,
  }));
  const found = nearest({ name: '', selector: wanted }, pods);
  if (!found || found.comparison.differences.length === 0) return undefined;
  const { differences } = found.comparison;
  return differences.every((difference) => difference.slight && difference.found)
    ? { name: found.pods.name, differences: compareLabels(wanted, found.pods.labels).differences }
    : undefined;
}

/** The only one that has all the labels but one, which has another value there; undefined where none or several are so. */
export function labelsWithOtherValue(
  wanted: Labels,
  candidates: readonly { readonly name: string; readonly labels: Labels }[],
): NearLabels | undefined {
  const found = candidates.flatMap(({ name, labels }) => {
    const difference = oneOtherValue(wanted, labels);
    return difference ? { name, differences: [difference] } : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

export function printFound(differences: readonly PairDifference[]): string {
  return differences.flatMap(({ found }) => (found ? pair(found.key, found.value) : [])).join(', ');
}

export function labelEdits(
  object: KubernetesObject,
  matchLabels: JsonPath,
  differences: readonly PairDifference[],
  context: AnalysisContext,
): readonly (TextEdit | undefined)[] {
  return differences.flatMap(({ key, value, found }) => [
    ...(found && found.key !== key ? [renameKey(object, [...matchLabels, key], found.key, context)] : []),
    ...(found && found.value !== value ? [changeValue(object, [...matchLabels, key], found.value, context)] : []),
  ]);
}
