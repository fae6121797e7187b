/** Stacks that go on in a next column, where an edit seldom moves a thing to another one. */

/** How far a column may outgrow its limit before things move on to the next one: they do so seldom while one types. */
const patience = 1.6;

export interface Stacked {
  readonly column: number;
  /** From the top of the column. */
  readonly y: number;
  /** What to remember of its column. */
  readonly mark: number;
}

/**
 * Stacks things of these heights, in a next column where one would grow beyond the limit. `kept` has the mark of each
 * thing that was there before: those with one mark stay together, and what is new stays with what it follows.
 */
export function inColumns(
  heights: readonly number[],
  limit: number,
  gap: number,
  kept: readonly (number | undefined)[],
): readonly Stacked[] {
  const stacked: Stacked[] = [];
  let column = 0;
  let y = 0;
  let mark: number | undefined;
  let isFull = false;
  for (const [index, height] of heights.entries()) {
    const own = kept[index];
    const isParted = own !== undefined && mark !== undefined && own !== mark;
    const most = own === undefined && mark === undefined ? limit : limit * patience;
    const isTooMuch = !isParted && y > 0 && y + height > most;
    if (isParted || isTooMuch) {
      column++;
      y = 0;
    }
    isFull ||= isTooMuch;
    mark = own ?? mark;
    stacked.push({ column, y, mark: mark ?? 0 });
    y += height + gap;
  }
  // A column that was parted needs marks of its own; else they stay, also those of things that may come back.
  return isFull ? stacked.map((item) => ({ ...item, mark: item.column })) : stacked;
}
