/** The kernel's hash functions that IPVS' schedulers use, bit by bit. */

import { parseIp } from '#base/ip';

/** GOLDEN_RATIO_32 of include/linux/hash.h. */
const goldenRatio = 0x61c88647;

/** The upper bits of a 32-bit product: models hash_32 in include/linux/hash.h (Linux 6). */
export function hash32(value: number, bits: number): number {
  return Math.imul(value, goldenRatio) >>> (32 - bits);
}

/**
 * An address as 32 bits in host order: an IPv6 address is folded, its four words exclusive-or'ed. What is no address
 * gives 0. Models the folding in ip_vs_sh_hashkey and its like.
 */
export function foldAddress(address: string): number {
  const ip = parseIp(address);
  if (!ip) return 0;
  let folded = 0;
  for (let rest = ip.value; rest > 0n; rest >>= 32n) folded ^= Number(rest & 0xffffffffn);
  return folded >>> 0;
}

const mask = (1n << 64n) - 1n;

function rotated(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & mask;
}

/**
 * A keyed hash of one 32-bit number, where both halves of the key are alike. Models hsiphash_1u32 in lib/siphash.c as
 * 64-bit kernels have it: SipHash with one round for the data and three to end it, cut to 32 bits.
 */
export function hsiphash(value: number, key: bigint): number {
  let v0 = 0x736f6d6570736575n ^ key;
  let v1 = 0x646f72616e646f6dn ^ key;
  let v2 = 0x6c7967656e657261n ^ key;
  let v3 = 0x7465646279746573n ^ key;
  const round = () => {
    v0 = (v0 + v1) & mask;
    v1 = rotated(v1, 13n) ^ v0;
    v0 = rotated(v0, 32n);
    v2 = (v2 + v3) & mask;
    v3 = rotated(v3, 16n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rotated(v3, 21n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rotated(v1, 17n) ^ v2;
    v2 = rotated(v2, 32n);
  };
  const word = (4n << 56n) | BigInt(value >>> 0);
  v3 ^= word;
  round();
  v0 ^= word;
  v2 ^= 0xffn;
  round();
  round();
  round();
  return Number((v0 ^ v1 ^ v2 ^ v3) & 0xffffffffn);
}
