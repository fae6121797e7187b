/** Hosts and paths: whether a request's matches that of a rule. Ingress and Gateway API share the meaning of a prefix. */

/** Models IngressRule.Host of networking.k8s.io/v1: `*.shop.example` stands for exactly one more label. */
export function isIngressHost(rule: string, host: string): boolean {
  const wanted = rule.toLowerCase();
  if (!wanted.startsWith('*.')) return wanted === host;
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot) === wanted.slice(1);
}

/** Models Hostname of gateway.networking.k8s.io/v1: `*.shop.example` stands for one or more labels. */
export function isGatewayHost(rule: string, host: string): boolean {
  const wanted = rule.toLowerCase();
  if (!wanted.startsWith('*.')) return wanted === host;
  return host.length > wanted.length - 1 && host.endsWith(wanted.slice(1));
}

/** The hosts that two patterns have in common; undefined where they have none. */
export function commonHost(a: string, b: string): string | undefined {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x === y) return x;
  if (!x.startsWith('*.')) return isGatewayHost(y, x) ? x : undefined;
  if (!y.startsWith('*.')) return isGatewayHost(x, y) ? y : undefined;
  if (x.endsWith(y.slice(1))) return x;
  return y.endsWith(x.slice(1)) ? y : undefined;
}

/**
 * Whether a path begins with the elements of a prefix: `/cart` begins `/cart`, `/cart/` and `/cart/7`, not `/carts`.
 * Models PathTypePrefix of networking.k8s.io/v1 and PathMatchPathPrefix of gateway.networking.k8s.io/v1.
 */
export function isPathPrefix(prefix: string, path: string): boolean {
  const bare = withoutSlash(prefix);
  return bare === '' || path === bare || path.startsWith(`${bare}/`);
}

/** The prefix without the slash at its end, which means nothing. */
export function withoutSlash(prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}

/** Whether a text fits a regular expression as a whole; undefined where this is none. Which dialect counts is a controller's choice. */
export function isMatched(expression: string, text: string): boolean | undefined {
  try {
    return new RegExp(`^(?:${expression})$`).test(text);
  } catch {
    return undefined;
  }
}
