/** Quantities of resources: `500m`, `1.5Gi`, `1e3`. */

/** A quantity as a number of billionths, with the way it was written in. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: 'decimal' | 'binary' | 'exponent';
}

const written = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/;
const billion = 1_000_000_000n;
const decimalPowers: Readonly<Record<string, number>> = {
  n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18,
}; // prettier-ignore
const binaryPowers: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const mostBinary = (2n ** 63n - 1n) * billion;

/** Models apimachinery/pkg/api/resource ParseQuantity (v1.37) for a text that the decoder has taken. */
export function parseQuantity(text: string | number): Quantity {
  const [, sign, whole = '', fraction = '', suffix = ''] = written.exec(String(text).trim())!;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const power = decimalPowers[suffix];
  const binary = binaryPowers[suffix];
  const format = binary !== undefined ? 'binary' : power !== undefined ? 'decimal' : 'exponent';
  let nano: bigint;
  if (binary === undefined) nano = scaled(digits, (power ?? Number(suffix.slice(1))) + 9 - fraction.length);
  else nano = divideUp((digits << binary) * billion, 10n ** BigInt(fraction.length));
  if (binary !== undefined && nano > mostBinary) nano = mostBinary;
  return { nano: sign === '-' ? -nano : nano, format };
}

/** The number times ten to that power, rounded up. */
function scaled(digits: bigint, power: number): bigint {
  // Nothing that is longer is a quantity of anything.
  const bounded = Math.max(-64, Math.min(64, power));
  return bounded >= 0 ? digits * 10n ** BigInt(bounded) : divideUp(digits, 10n ** BigInt(-bounded));
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

const suffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The quantity in the server's own writing. Models Quantity.CanonicalizeBytes. */
export function printQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const size = nano < 0n ? -nano : nano;
  const sign = nano < 0n ? '-' : '';
  if (format === 'binary' && size >= 1024n * billion && size % billion === 0n) {
    let [value, power] = [size / billion, 0];
    for (; value % 1024n === 0n && power < 6; power++) value /= 1024n;
    return `${sign}${value}${binarySuffixes[power]}`;
  }
  let [value, power] = [size, 0];
  for (; value % 1000n === 0n && power < 9; power++) value /= 1000n;
  const exponent = power * 3 - 9;
  if (format === 'exponent') return `${sign}${value}${exponent === 0 ? '' : `e${exponent}`}`;
  return `${sign}${value}${suffixes[power]}`;
}

/** The same quantity as the server prints it. */
export function canonicalQuantity(text: string): string {
  // What nearly all manifests have is in that form.
  return /^[1-9]\d{0,2}(?:m|[KMG]i|[kMG])?$/.test(text) ? text : printQuantity(parseQuantity(text));
}
