/** URLs as requests, and hosts that two patterns have in common. */

import { describe, expect, it } from 'vitest';
import { commonHost } from '#simulation/http/matching';
import { isGrpc, parseHttpRequest, printUrl } from '#simulation/index';

describe('URLs', () => {
  it.each([
    ['http://shop.example', 'http shop.example 80 /', 'http://shop.example/'],
    ['HTTPS://Shop.Example./Cart?a=b#c', 'https shop.example 443 /Cart', 'https://shop.example/Cart?a=b'],
    ['http://shop.example:8080/a//b', 'http shop.example 8080 /a//b', 'http://shop.example:8080/a//b'],
    ['http://user:secret@shop.example/', 'http shop.example 80 /', 'http://shop.example/'],
    ['http://[2001:DB8::1]:81/', 'http 2001:db8::1 81 /', 'http://[2001:db8::1]:81/'],
    ['http://shop.example?x', 'http shop.example 80 /', 'http://shop.example/?x='],
    ['grpc://shop.example/shop.Cart/Add', 'grpc shop.example 80 /shop.Cart/Add', 'grpc://shop.example/shop.Cart/Add'],
  ])('%s', (url, parts, printed) => {
    const request = parseHttpRequest(url)!;
    expect(`${request.scheme} ${request.host} ${request.port} ${request.path}`).toBe(parts);
    expect(printUrl(request)).toBe(printed);
  });

  it.each(['shop.example', 'ftp://shop.example/', 'http://', 'http://shop.example:0/', 'http://shop.example:99999/', 'http://a b/'])('%s is none', (url) => {
    expect(parseHttpRequest(url)).toBeUndefined();
  }); // prettier-ignore

  it('of gRPC are posted as gRPC', () => {
    const request = parseHttpRequest('grpcs://shop.example/shop.Cart/Add')!;
    expect([request.method, isGrpc(request)]).toEqual(['POST', true]);
  });
});

describe('hosts in common', () => {
  it.each([
    ['shop.example', 'shop.example', 'shop.example'],
    ['shop.example', '*.example', 'shop.example'],
    ['*.example', 'a.b.example', 'a.b.example'],
    ['*.shop.example', '*.example', '*.shop.example'],
    ['*.example', '*.shop.example', '*.shop.example'],
    ['example', '*.example', undefined],
    ['shop.example', 'other.example', undefined],
    ['*.shop.example', '*.other.example', undefined],
    ['*.pshop.example', '*.shop.example', undefined],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(commonHost(a, b)).toBe(expected);
    expect(commonHost(b, a)).toBe(expected);
  });
});
