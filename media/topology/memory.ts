/** What a layout knows of the one before it, so that an edit moves little. */

import { measures } from './geometry';
import type { Memory } from './state';

/** What a layout knows of the one before, and what it leaves to the next one. */
export interface Recall {
  readonly rank: (node: { readonly id: string }) => number | undefined;
  /** The mark of the column in which the first of these stood. */
  readonly mark: (nodes: readonly { readonly id: string }[]) => number | undefined;
  /** The width that columns were given at first: they do not shrink under one's eyes. */
  readonly firstWidth: (columns: string, needed: number) => number;
  /** The width that one column had, at first `least`, or more if it needs more. */
  readonly width: (column: string, needed: number, least: number) => number;
  /** Where a thing stood, from the top. */
  readonly top: (id: string) => number | undefined;
  readonly marks: Map<string, number>;
  readonly widths: Record<string, number>;
  readonly tops: Record<string, number>;
}

/** A column that grows gets room for some letters more: it does not grow with each of them. */
const slack = 40;

export function recall(memory: Memory): Recall {
  const ranks = new Map(memory.order.map((id, rank) => [id, rank]));
  const rank = ({ id }: { readonly id: string }): number | undefined => ranks.get(id);
  const widths: Record<string, number> = { ...memory.widths };
  return {
    rank,
    mark: (nodes) => {
      let least: number | undefined;
      for (const { id } of nodes) {
        const own = ranks.get(id);
        if (own !== undefined && (least === undefined || own < least)) least = own;
      }
      return least === undefined ? undefined : memory.marks[least];
    },
    firstWidth: (columns, needed) => (widths[columns] = memory.widths[columns] || needed),
    width: (column, needed, least) => {
      const before = memory.widths[column] ?? least;
      if (needed <= before) return before;
      return (widths[column] = before === 0 ? needed : Math.min(measures.boxWidth.largest, needed + slack));
    },
    top: (id) => memory.tops[id],
    marks: new Map(),
    widths,
    tops: {},
  };
}

/** What the next layout shall know: what is hidden for now, or deleted, keeps its place behind what it followed. */
export function memoryAfter(before: Memory, order: readonly string[], now: Recall): Memory {
  const present = new Set(order);
  if (before.order.every((id) => present.has(id)))
    return { order: [...order], marks: order.map((id) => now.marks.get(id) ?? 0), widths: now.widths, tops: now.tops };
  const followers = new Map<string, number[]>();
  const first: number[] = [];
  let last: string | undefined;
  for (const [index, id] of before.order.entries()) {
    if (present.has(id)) last = id;
    else if (last === undefined) first.push(index);
    else followers.set(last, [...(followers.get(last) ?? []), index]);
  }
  const next: { order: string[]; marks: number[] } = { order: [], marks: [] };
  const add = (id: string, mark: number | undefined): void => {
    next.order.push(id);
    next.marks.push(mark ?? 0);
  };
  const addAbsent = (index: number): void => add(before.order[index] ?? '', before.marks[index]);
  first.forEach(addAbsent);
  for (const id of order) {
    add(id, now.marks.get(id));
    followers.get(id)?.forEach(addAbsent);
  }
  return { ...next, widths: now.widths, tops: now.tops };
}
