/** Exhaustiveness of switches, checked by the compiler. */

export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
