/** How connections spread by chance: iptables' `statistic --mode random` and nftables' `numgen random`. */

/** What chance gives one of several servers. */
export interface ExpectedShare {
  /** Connections on the average. */
  readonly mean: number;
  /** The standard deviation: two thirds of all tries lie within one of them from the mean. */
  readonly deviation: number;
}

export const noShare: ExpectedShare = { mean: 0, deviation: 0 };

/**
 * Each of `servers` is as likely as the others, connection by connection: a binomial distribution. `perClient` are the
 * connections of each client: with session affinity its first choice stands for all of them.
 */
export function expectedShare(
  servers: number,
  perClient: readonly number[],
  affinity: 'none' | 'client',
): ExpectedShare {
  if (servers === 0) return noShare;
  const chance = 1 / servers;
  const count = perClient.reduce((sum, one) => sum + one, 0);
  // Independent choices: of single connections, or of as many at once as a client has.
  const squares = affinity === 'none' ? count : perClient.reduce((sum, one) => sum + one ** 2, 0);
  return { mean: count * chance, deviation: Math.sqrt(squares * chance * (1 - chance)) };
}

/** Of two nodes, which choose apart. */
export function addShares(one: ExpectedShare, other: ExpectedShare): ExpectedShare {
  return { mean: one.mean + other.mean, deviation: Math.hypot(one.deviation, other.deviation) };
}
