/** Which proxy the environment asks for, as Go's programs (kubectl among them) read HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */

import { parseIp, parsePrefix, prefixContains } from '#base/ip';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy's URL for a server, undefined for none. Models golang.org/x/net/http/httpproxy config.proxyForURL. */
export function proxyFor(server: string, environment: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const proxy =
    protocol === 'https:'
      ? valueOf(environment, 'HTTPS_PROXY')
      : environment.REQUEST_METHOD === undefined
        ? valueOf(environment, 'HTTP_PROXY')
        : undefined;
  if (proxy === undefined || !usesProxy(host, port || (protocol === 'https:' ? '443' : '80'), environment))
    return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function valueOf(environment: Environment, name: string): string | undefined {
  const value = environment[name] || environment[name.toLowerCase()];
  return value === undefined || value === '' ? undefined : value;
}

function usesProxy(host: string, port: string, environment: Environment): boolean {
  const address = parseIp(host);
  if (host === 'localhost' || (address && (host === '::1' || host.startsWith('127.')))) return false;
  for (const part of (valueOf(environment, 'NO_PROXY') ?? '').split(',')) {
    const rule = part.trim().toLowerCase();
    if (rule === '*') return false;
    if (rule !== '' && exempts(rule, host, port)) return false;
  }
  return true;
}

function exempts(rule: string, host: string, port: string): boolean {
  const prefix = rule.includes('/') ? parsePrefix(rule) : undefined;
  const address = parseIp(host);
  if (prefix) return address !== undefined && prefixContains(prefix, address);
  const bare = rule.replace(/^\[|\]$/g, '');
  if (address && parseIp(bare)) return host === bare;
  const match = /^(.*?)(?::(\d+))?$/.exec(rule);
  const name = (match?.[1] ?? rule).replace(/^\*/, '').replace(/^\[|\]$/g, '');
  if (match?.[2] !== undefined && match[2] !== port) return false;
  if (address) return host === name;
  // `.example.com` exempts the names below it, `example.com` itself and those.
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}
