/** What several scopes offer that share a file, as one list: each word once, with who knows it. */

import { groupBy } from '../group-by';
import { listed, printByScope } from '../listed';
import { mostItems, type Completion } from './types';

/** What one scope offers. */
export interface Offer {
  readonly scope: string;
  readonly items: readonly Completion[];
}

/** So many scopes that differ are told beside a word. */
const mostTold = 2;

/** Where scopes say different things of a word, or some of them do not know it, its detail says which. */
export function joined(offers: readonly Offer[]): readonly Completion[] {
  const [first, ...others] = offers;
  if (!first || others.length === 0) return first?.items ?? [];
  // Of a list that ends early nobody can tell what it lacks.
  const areWhole = offers.every(({ items }) => items.length < mostItems);
  const all = offers.flatMap(({ scope, items }) => items.map((item) => ({ scope, item })));
  const words = groupBy(all, ({ item }) => `${item.kind} ${item.label} ${item.insert}`);
  return [...words.values()].slice(0, mostItems).map((same) => {
    const { item } = same[0]!;
    const isAlike = same.every((each) => each.item.detail === item.detail);
    if (isAlike && (same.length === offers.length || !areWhole)) return item;
    const told = same.map(({ scope, item: { detail } }) => ({ scope, text: detail }));
    return { ...item, detail: item.detail === '' && isAlike ? `in ${listed(same.map(({ scope }) => scope))}` : printByScope(told, mostTold).join('; ') }; // prettier-ignore
  });
}
