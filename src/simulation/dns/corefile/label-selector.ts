/** Label selectors as text: `app=nginx,tier in (front, back),!canary`. */

import type { LabelSelector, Labels } from '#model/kubernetes';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** Models apimachinery meta/v1 ParseToLabelSelector; undefined for what it would refuse. */
export function parseLabelSelector(text: string): LabelSelector | undefined {
  const requirements: Requirement[] = [];
  for (const part of splitAtCommas(text)) {
    const requirement = parseRequirement(part.trim());
    if (!requirement) return undefined;
    requirements.push(requirement);
  }
  return { matchExpressions: requirements };
}

/** Whether an object with these labels is meant. */
export function matchesLabels(selector: LabelSelector, labels: Labels = {}): boolean {
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

/** Commas between parentheses separate values, not requirements. */
function splitAtCommas(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/);
}

function parseRequirement(text: string): Requirement | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return { key: set[1]!, operator: set[2] === 'in' ? 'In' : 'NotIn', values };
  }
  // Alone of all operators, `!=` is refused there.
  const equal = /^([^\s=!<>]+)\s*==?\s*([^\s=!]*)$/.exec(text);
  if (equal) return { key: equal[1]!, operator: 'In', values: [equal[2]!] };
  const exists = /^(!?)\s*([^\s=!<>(),]+)$/.exec(text);
  if (exists) return { key: exists[2]!, operator: exists[1] === '!' ? 'DoesNotExist' : 'Exists' };
  return undefined;
}
