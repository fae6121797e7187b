/** The difference of two texts as `diff -u` prints it, so that `git apply` and people can read it. */

interface Change {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

const context = 3;

/** '' where both are the same. Lines keep their ends; a last line without one says so. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const changes = changesOf(linesOf(before), linesOf(after));
  return [`--- a/${path}`, `+++ b/${path}`, ...hunksOf(changes).flatMap(printHunk)].join('\n');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** What both begin and end with is left out of the search. */
function changesOf(before: readonly string[], after: readonly string[]): readonly Change[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore--;
    endAfter--;
  }
  const same = (line: string): Change => ({ kind: ' ', line });
  return [
    ...before.slice(0, start).map(same),
    ...shortest(before.slice(start, endBefore), after.slice(start, endAfter)),
    ...before.slice(endBefore).map(same),
  ];
}

/** Models no program: the shortest edit script of Myers (1986), a round a line that differs. */
function shortest(before: readonly string[], after: readonly string[]): readonly Change[] {
  const reached = new Map<number, number>([[1, 0]]);
  const rounds: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= before.length + after.length; edits++) {
    rounds.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = nextX(reached, diagonal, edits);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reached.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return wayBack(rounds, before, after);
    }
  }
  return [];
}

/** Whether the furthest way to a diagonal comes by an added line: from the diagonal above it. */
function comesDown(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (reached.get(diagonal - 1) ?? 0) < (reached.get(diagonal + 1) ?? 0);
}

function nextX(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  if (comesDown(reached, diagonal, edits)) return reached.get(diagonal + 1) ?? 0;
  return (reached.get(diagonal - 1) ?? 0) + 1;
}

function wayBack(
  rounds: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): readonly Change[] {
  const changes: Change[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = rounds.length - 1; edits >= 0; edits--) {
    const diagonal = x - y;
    const reached = rounds[edits]!;
    const previous = comesDown(reached, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const fromX = reached.get(previous) ?? 0;
    const fromY = fromX - previous;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      changes.push({ kind: ' ', line: before[--x]! });
      y--;
    }
    if (edits === 0) break;
    if (x === fromX) changes.push({ kind: '+', line: after[--y]! });
    else changes.push({ kind: '-', line: before[--x]! });
  }
  return changes.reverse();
}

interface Hunk {
  readonly changes: readonly Change[];
  /** Zero-based. */
  readonly before: number;
  readonly after: number;
}

/** Changes with three lines around them; those that touch become one. */
function hunksOf(changes: readonly Change[]): readonly Hunk[] {
  const changed = changes.flatMap(({ kind }, index) => (kind === ' ' ? [] : index));
  const spans: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = spans.at(-1);
    if (last && index - context <= last.to) last.to = index + context + 1;
    else spans.push({ from: Math.max(0, index - context), to: index + context + 1 });
  }
  return spans.map(({ from, to }) => ({
    changes: changes.slice(from, to),
    before: changes.slice(0, from).filter(({ kind }) => kind !== '+').length,
    after: changes.slice(0, from).filter(({ kind }) => kind !== '-').length,
  }));
}

function printHunk({ changes, before, after }: Hunk): string[] {
  const count = (other: string) => changes.filter(({ kind }) => kind !== other).length;
  const header = `@@ -${printSpan(before, count('+'))} +${printSpan(after, count('-'))} @@`;
  const lines = changes.map(({ kind, line }) =>
    line.endsWith('\n') ? kind + line.slice(0, -1) : `${kind}${line}\n\\ No newline at end of file`,
  );
  return [header, ...lines];
}

/** Of nothing, the line before it is named. */
function printSpan(start: number, length: number): string {
  return `${length === 0 ? start : start + 1},${length}`;
}
