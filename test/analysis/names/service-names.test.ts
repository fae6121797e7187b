/** Which Service a host name may mean, by its spelling. */

import { describe, expect, it } from 'vitest';
import { readingsOf } from '#analysis/names/service-names';

function readings(host: string): string[] {
  return readingsOf(host, 'here', 'cluster.local').map(({ service, namespace, pod, spelling }) =>
    [spelling, `${namespace ?? '?'}/${service}`, ...(pod === undefined ? [] : [`pod ${pod}`])].join(' '),
  );
}

describe('a host is read as', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['web', ['short here/web']],
    ['web.shop', ['namespace shop/web', 'short here/shop pod web']],
    ['web-0.web.shop', ['namespace shop/web pod web-0']],
    ['web.shop.svc', ['svc shop/web']],
    ['Web.Shop.svc.cluster.local.', ['svc shop/web']],
    ['web-0.web.shop.svc.cluster.local', ['svc shop/web pod web-0']],
    ['web.svc', ['svc ?/web']],
    ['web.svc.cluster.local', ['svc ?/web']],
    ['web.shop.svc.other.example', []],
    ['www.shop.example.com', []],
  ];
  it.each(cases)('%s', (host, expected) => expect(readings(host)).toEqual(expected));
});
