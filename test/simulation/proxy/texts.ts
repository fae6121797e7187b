/** Texts of rulesets, made comparable where their order is random. */

/** Chains in which kube-proxy walks its Services in random order. */
const shared = /^-A KUBE-(SERVICES|NODEPORTS|EXTERNAL-SERVICES|PROXY-FIREWALL) /;

/** Lines of each chain in their order; in chains that Services share, that order is random. */
export function canonical(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  let table = '';
  const byChain = new Map<string, string[]>();
  for (const line of lines) {
    if (line.startsWith('*')) table = line;
    const chain = `${table} ${/^-A (\S+)/.exec(line)?.[1] ?? ''}`;
    byChain.set(chain, [...(byChain.get(chain) ?? []), line]);
  }
  return [...byChain]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rules]) => (shared.test(rules[0]!) || !rules[0]!.startsWith('-A') ? rules.sort() : rules));
}

/** nft gives chains and maps in an order of its own: all lines and elements. */
export function sorted(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => line.split(/(?<=,) /))
    .map((line) => line.trim().replace(/^elements = \{ /, '').replace(/( \}|,)$/, ''))
    .filter((line) => line !== '')
    .sort();
} // prettier-ignore
