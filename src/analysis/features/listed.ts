/** Names, and what is told of them, in a line. */

import { groupBy } from './group-by';

/** `a, b`, and of many the first ones with the number of the rest. */
export function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** `overlays/dev, overlays/test: 2 endpoints`: scopes of which the same is told come together. */
export function printByScope(
  told: readonly { readonly scope: string; readonly text: string }[],
  most: number,
): string[] {
  const scopes = groupBy(told, ({ text }) => text);
  const lines = [...scopes].map(([text, same]) => `${listed(same.map(({ scope }) => scope))}: ${text}`);
  return lines.length > most ? [...lines.slice(0, most), `${lines.length - most} more`] : lines;
}
