/** Lists in hovers: short, with what is left out counted. */

/** Rows of a table or list, the one that counts the rest included: so a hover stays below 15 lines. */
const mostRows = 3;

/** All rows, or the first ones and one that counts the rest. */
export function few(rows: readonly string[], print = (more: string) => `- ${more}`): readonly string[] {
  if (rows.length <= mostRows) return rows;
  return [...rows.slice(0, mostRows - 1), print(`and ${rows.length - mostRows + 1} more`)];
}
