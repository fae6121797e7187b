/** From a URL to a request. */

import { parseIp, printIp } from '#base/ip';
import type { HttpRequest, NameValue } from './types';

const ports: Readonly<Record<string, number>> = { http: 80, ws: 80, grpc: 80, https: 443, wss: 443, grpcs: 443 };

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: readonly NameValue[];
}

/** Undefined for what is no URL of HTTP: `http://shop.example/cart?id=7`, `grpc://shop.example/shop.Cart/Add`. */
export function parseHttpRequest(url: string, options: RequestOptions = {}): HttpRequest | undefined {
  const parts = /^([a-z]+):\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^/?#:]+)(?::(\d{1,5}))?(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i.exec(url.trim()); // prettier-ignore
  const scheme = parts?.[1]?.toLowerCase() ?? '';
  const usual = ports[scheme];
  const host = parts ? hostOf(parts[2]!) : undefined;
  const port = parts?.[3] === undefined ? usual : Number(parts[3]);
  if (!parts || usual === undefined || host === undefined || port === undefined || port < 1 || port > 65535)
    return undefined;
  const isGrpc = scheme.startsWith('grpc');
  const headers = [...(options.headers ?? [])];
  if (isGrpc && !headers.some(({ name }) => name.toLowerCase() === 'content-type'))
    headers.push({ name: 'content-type', value: 'application/grpc' });
  return {
    scheme,
    host: headerHost(headers) ?? host,
    port,
    path: parts[4] ?? '/',
    query: queryOf(parts[5] ?? ''),
    method: (options.method ?? (isGrpc ? 'POST' : 'GET')).toUpperCase(),
    headers,
  };
}

/** A Host header that somebody sets on purpose is what the rules are asked for. */
function headerHost(headers: readonly NameValue[]): string | undefined {
  const header = headers.find(({ name }) => name.toLowerCase() === 'host');
  return header && hostOf(header.value.trim().replace(/:\d+$/, ''));
}

function hostOf(text: string): string | undefined {
  const ip = parseIp(text.replace(/^\[(.*)\]$/, '$1'));
  if (ip) return printIp(ip);
  const host = text.toLowerCase().replace(/\.$/, '');
  return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(host) ? host : undefined;
}

function queryOf(text: string): readonly NameValue[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return { name: decoded(name), value: decoded(value) };
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Whether the request's data are encrypted on their way to the entry. */
export function isEncrypted({ scheme }: Pick<HttpRequest, 'scheme'>): boolean {
  return scheme === 'https' || scheme === 'wss' || scheme === 'grpcs';
}

export function isGrpc({ headers }: HttpRequest): boolean {
  return headers.some(
    ({ name, value }) => name.toLowerCase() === 'content-type' && value.toLowerCase().startsWith('application/grpc'),
  );
}

/** `https://shop.example/cart`, without a port that the scheme implies. */
export function printUrl(request: Pick<HttpRequest, 'scheme' | 'host' | 'port' | 'path' | 'query'>): string {
  const host = request.host.includes(':') ? `[${request.host}]` : request.host;
  const port = ports[request.scheme] === request.port ? '' : `:${request.port}`;
  const query = request.query.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${request.scheme}://${host}${port}${request.path}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}
