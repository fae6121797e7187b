/** Numbers in words, the same in both panels. */

/** `1 problem`, `3 problems`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** A probability as people say it: `always`, `1/3`, `12.4 %`. */
export function share(probability: number): string {
  if (probability >= 1 - 1e-9) return 'always';
  if (probability <= 0) return 'never';
  for (let denominator = 2; denominator <= 100; denominator++) {
    const numerator = Math.round(probability * denominator);
    if (denominator > 12 && numerator !== 1) continue;
    if (numerator > 0 && Math.abs(probability - numerator / denominator) < 1e-6) return `${numerator}/${denominator}`;
  }
  const percent = probability * 100;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
