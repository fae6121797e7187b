/** Label selectors: whether they match, and what keeps them from it. */

import { isJsonObject, type JsonValue } from '#base/json';
import type { Labels, LabelSelector } from '#model/kubernetes';

/** One requirement of a selector, with the way to it from the selector. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
  readonly path: readonly (string | number)[];
}

/** Models apimachinery's LabelSelectorAsSelector: an empty selector selects everything. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  return (selector.matchExpressions ?? []).every((expression) => meets(expression, labels));
}

/** The requirements that labels do not meet, in the order in which they are written. */
export function unmetRequirements(selector: LabelSelector, labels: Labels): readonly Requirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In' as const,
    values: [value],
    path: ['matchLabels', key],
  }));
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }, i) => ({
    key,
    operator,
    values,
    path: ['matchExpressions', i],
  }));
  return [...equal, ...expressions].filter((requirement) => !meets(requirement, labels));
}

/** Models apimachinery's labels.Requirement.Matches: NotIn matches where the key is missing, too. */
function meets(
  { key, operator, values = [] }: Omit<Requirement, 'values' | 'path'> & { readonly values?: readonly string[] },
  labels: Labels,
): boolean {
  // prettier-ignore
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    default:
      // An operator that the API server would not take: nothing matches it.
      return false;
  }
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

/** A selector as it is written in an object that no stage has checked; what is not of its shape is left out. */
export function readSelector(value: JsonValue | undefined): LabelSelector {
  if (!isJsonObject(value)) return {};
  const pairs = isJsonObject(value.matchLabels) ? Object.entries(value.matchLabels) : [];
  const written = Array.isArray(value.matchExpressions) ? value.matchExpressions.filter(isJsonObject) : [];
  const matchExpressions = written.map(({ key, operator, values }) => ({
    key: String(key),
    operator: operator as Expression['operator'],
    values: Array.isArray(values) ? values.filter((item) => typeof item === 'string') : [],
  }));
  const matchLabels: Labels = Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string')); // prettier-ignore
  return { matchLabels, matchExpressions };
}
