/** Gateways and their routes: listeners, attachment, matches, precedence, weights, references and filters. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, clusterWith, endOf, services } from './http-case';

const api = 'gateway.networking.k8s.io/v1';
const http = '{name: http, port: 80, protocol: HTTP}';

function gateway(listeners: string, metadata = '{name: public, namespace: shop}'): string {
  return `
apiVersion: ${api}
kind: GatewayClass
metadata: {name: example}
spec: {controllerName: example.com/gateway}
---
apiVersion: ${api}
kind: Gateway
metadata: ${metadata}
spec: {gatewayClassName: example, listeners: [${listeners}]}
`;
}

/** A route of `public`; `more` stands before its rules. */
function route(name: string, rules: string, more = '', kind = 'HTTPRoute'): string {
  const [namespace, own] = name.includes('/') ? name.split('/') : ['shop', name];
  const parents = more.includes('parentRefs') ? '' : 'parentRefs: [{name: public, namespace: shop}], ';
  return `
apiVersion: ${api}
kind: ${kind}
metadata: {name: ${own}, namespace: ${namespace}}
spec: {${parents}${more === '' ? '' : `${more}, `}rules: [${rules}]}
`;
}

/** One rule to a Service, with its matches. */
function rule(to: string, ...matches: readonly string[]): string {
  return `{${matches.length === 0 ? '' : `matches: [${matches.join(', ')}], `}backendRefs: [{name: ${to}, port: 80}]}`;
}

const prefix = (value: string) => `{path: {type: PathPrefix, value: ${value}}}`;
const shop = services('a', 'b', 'c', 'data/db');
const door = gateway(http);

describe('matches', () => {
  it.each([
    ['everything without one', '', 'http://x.example/any', true],
    ['a prefix, element by element', prefix('/cart'), 'http://x.example/cart/7', true],
    ['not a part of an element', prefix('/cart'), 'http://x.example/carts', false],
    ['a prefix is the type without one', '{path: {value: /cart}}', 'http://x.example/cart/7', true],
    ['exactly', '{path: {type: Exact, value: /cart}}', 'http://x.example/cart', true],
    ['exactly is without a slash more', '{path: {type: Exact, value: /cart}}', 'http://x.example/cart/', false],
    ['an expression for the whole path', '{path: {type: RegularExpression, value: "/c.*t"}}', 'http://x.example/cart', true],
    ['not a part of the path', '{path: {type: RegularExpression, value: "/c.*t"}}', 'http://x.example/carts', false],
    ['a method', '{method: POST}', 'POST http://x.example/', true],
    ['another method', '{method: POST}', 'GET http://x.example/', false],
    ['a header, however it is written', '{headers: [{name: Version, value: v2}]}', 'http://x.example/ VERSION: v2', true],
    ['another value', '{headers: [{name: Version, value: v2}]}', 'http://x.example/ version: V2', false],
    ['of two for one header the first', '{headers: [{name: version, value: v2}, {name: Version, value: v3}]}', 'http://x.example/ version: v2', true],
    ['a query parameter', '{queryParams: [{name: color, value: red}]}', 'http://x.example/?size=1&color=red', true],
    ['the first of that name', '{queryParams: [{name: color, value: red}]}', 'http://x.example/?color=blue&color=red', false],
    ['a decoded one', '{queryParams: [{name: q, value: "a b"}]}', 'http://x.example/?q=a%20b', true],
    ['all that it asks for', '{method: GET, headers: [{name: version, value: v2}]}', 'http://x.example/', false],
  ])('%s', (_, match, request, fits) => {
    const controlPlane = clusterWith(shop, door, route('r', match === '' ? rule('a') : rule('a', match)));
    expect(endOf(controlPlane, request)).toBe(fits ? 'shop/a' : '404');
  }); // prettier-ignore

  it('are alternatives', () => {
    const controlPlane = clusterWith(shop, door, route('r', rule('a', prefix('/cart'), '{method: POST}')));
    expect(endOf(controlPlane, 'POST http://x.example/other')).toBe('shop/a');
    expect(ask(controlPlane, 'POST http://x.example/other').winner).toMatchObject({ rule: 0, match: 1, path: ['spec', 'rules', 0, 'matches', 1] }); // prettier-ignore
  });
});

describe('which of several comes first', () => {
  const cases: readonly (readonly [title: string, lesser: string, first: string, request: string, why: string])[] = [
    ['the exact path', prefix('/cart/7'), '{path: {type: Exact, value: /cart/7}}', 'http://x.example/cart/7', 'its path is exact'],
    ['the longer prefix', prefix('/cart'), prefix('/cart/7'), 'http://x.example/cart/7', 'its path is longer'],
    ['the longer prefix, before a method', '{method: GET, path: {value: /}}', prefix('/cart'), 'http://x.example/cart', 'its path is longer'],
    ['a method', '{headers: [{name: version, value: v2}]}', '{method: GET}', 'http://x.example/ version: v2', 'it asks for a method'],
    ['a header', '{queryParams: [{name: a, value: b}]}', '{headers: [{name: version, value: v2}]}', 'http://x.example/?a=b version: v2', 'it asks for more headers'],
    ['more query parameters', '{queryParams: [{name: a, value: b}]}', '{queryParams: [{name: a, value: b}, {name: c, value: d}]}', 'http://x.example/?a=b&c=d', 'it asks for more query parameters'],
    ['the same header twice is one', '{headers: [{name: version, value: v2}, {name: VERSION, value: v2}]}', '{headers: [{name: version, value: v2}], queryParams: [{name: a, value: b}]}', 'http://x.example/?a=b version: v2', 'it asks for more query parameters'],
  ]; // prettier-ignore
  it.each(cases)('%s', (_, lesser, first, request, why) => {
    const controlPlane = clusterWith(shop, door, route('r', `${rule('a', lesser)}, ${rule('b', first)}`));
    expect(endOf(controlPlane, request)).toBe('shop/b');
    const fitting = ask(controlPlane, request).passedOver.filter(({ fits }) => fits);
    expect(fitting.map(({ reason }) => reason)).toEqual([why]);
  });

  it('a slash at the end of a prefix does not make it longer', () => {
    const controlPlane = clusterWith(
      shop,
      door,
      route('r', `${rule('a', prefix('/cart'))}, ${rule('b', prefix('/cart/'))}`),
    );
    expect(endOf(controlPlane, 'http://x.example/cart')).toBe('shop/a');
  });

  it('the older route, then the first by name, then the first rule', () => {
    const aged = (name: string, to: string, time?: string) =>
      route(name, `${rule(to)}, ${rule('c')}`).replace('namespace: shop}', `namespace: shop${time === undefined ? '' : `, creationTimestamp: '${time}'`}}`); // prettier-ignore
    const old = clusterWith(shop, door, aged('x', 'a', '2026-02-01T00:00:00Z'), aged('y', 'b', '2026-01-01T00:00:00Z'));
    expect(endOf(old, 'http://x.example/')).toBe('shop/b');
    expect(endOf(clusterWith(shop, door, aged('y', 'b'), aged('x', 'a')), 'http://x.example/')).toBe('shop/a');
  });

  it('the more exact host, before any path', () => {
    const wild = route('wild', rule('a', '{path: {type: Exact, value: /cart}}'), "hostnames: ['*.example']");
    const exact = route('named', rule('b'), 'hostnames: [shop.example]');
    const controlPlane = clusterWith(shop, door, wild, exact);
    expect(endOf(controlPlane, 'http://shop.example/cart')).toBe('shop/b');
    expect(endOf(controlPlane, 'http://eu.shop.example/cart')).toBe('shop/a');
    expect(endOf(controlPlane, 'http://example/cart')).toBe('404');
  });
});

describe('listeners', () => {
  const two = gateway(`{name: wild, port: 80, protocol: HTTP, hostname: '*.example'}, {name: named, port: 80, protocol: HTTP, hostname: shop.example}, {name: https, port: 443, protocol: HTTPS}`); // prettier-ignore
  const anywhere = route('r', rule('a'));
  it.each([
    ['http://shop.example/', 'named'],
    ['http://eu.shop.example/', 'wild'],
    ['https://other.test/', 'https'],
    ['http://other.test/', undefined],
    ['http://shop.example:8080/', undefined],
    ['https://shop.example:80/', undefined],
  ])('%s is for listener %s', (request, expected) => {
    const { entry } = ask(clusterWith(shop, two, anywhere), request);
    expect(entry?.kind === 'gateway' ? entry.listener : undefined).toBe(expected);
  });

  it('only one takes a request: what is attached to another one does not count', () => {
    const elsewhere = route('r', rule('a'), 'parentRefs: [{name: public, sectionName: wild}]');
    const answer = ask(clusterWith(shop, two, elsewhere), 'http://shop.example/');
    expect(answer.status).toBe(404);
    expect(answer.passedOver.map(({ reason }) => reason)).toContain('it is attached to listener wild, not to named');
  });

  it('that nothing tells apart take none', () => {
    const same = gateway('{name: x, port: 80, protocol: HTTP}, {name: y, port: 80, protocol: HTTP}');
    const { entry, passedOver } = ask(clusterWith(shop, same, anywhere), 'http://shop.example/');
    expect(entry).toBeUndefined();
    expect(passedOver[0]?.reason).toContain('it conflicts with listener y');
  });

  it('of a set that the Gateway lets in are its own, for routes of the set', () => {
    const letsIn = `${door.replace('listeners:', 'allowedListeners: {namespaces: {from: Same}}, listeners:')}
---
apiVersion: ${api}
kind: ListenerSet
metadata: {name: more, namespace: shop}
spec: {parentRef: {name: public}, listeners: [{name: extra, port: 8080, protocol: HTTP}]}
`;
    const own = route('r', rule('b'), 'parentRefs: [{name: more, kind: ListenerSet}]');
    expect(endOf(clusterWith(shop, letsIn, own), 'http://shop.example:8080/')).toBe('shop/b');
    const closed = letsIn.replace('from: Same', 'from: None');
    expect(endOf(clusterWith(shop, closed, own), 'http://shop.example:8080/')).toBe('nobody');
  });
});

describe('attachment', () => {
  const listener = (allowed: string) => gateway(`{name: http, port: 80, protocol: HTTP, allowedRoutes: ${allowed}}`);
  const other = `
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {team: data}}
---${route('data/r', '{backendRefs: [{name: db, port: 80}]}')}`;
  it.each([
    ['its own namespace, unless it says otherwise', door, other, '404'],
    ['all namespaces', listener('{namespaces: {from: All}}'), other, 'data/db'],
    ['namespaces with a label', listener('{namespaces: {from: Selector, selector: {matchLabels: {team: data}}}}'), other, 'data/db'],
    ['not those without', listener('{namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}}'), other, '404'],
    ['another kind', listener('{kinds: [{kind: GRPCRoute}]}'), route('r', rule('a')), '404'],
    ['the kind', listener('{kinds: [{kind: HTTPRoute}]}'), route('r', rule('a')), 'shop/a'],
    ['the port', door, route('r', rule('a'), 'parentRefs: [{name: public, port: 80}]'), 'shop/a'],
    ['another port', door, route('r', rule('a'), 'parentRefs: [{name: public, port: 8080}]'), '404'],
    ['one of several parents', door, route('r', rule('a'), 'parentRefs: [{name: public, sectionName: x}, {name: public, sectionName: http}]'), 'shop/a'],
    ['a Gateway elsewhere', door, route('r', rule('a'), 'parentRefs: [{name: public, namespace: data}]'), '404'],
    ['v1beta1 is read the same', door, route('r', rule('a')).replace(api, 'gateway.networking.k8s.io/v1beta1'), 'shop/a'],
  ])('%s', (_, gateways, routes, expected) => {
    expect(endOf(clusterWith(shop, gateways, routes), 'http://shop.example/')).toBe(expected);
  }); // prettier-ignore

  it('is for the hosts that both have', () => {
    const named = gateway("{name: http, port: 80, protocol: HTTP, hostname: '*.shop.example'}");
    const hosts = route('r', rule('a'), "hostnames: [eu.shop.example, other.test, '*.deep.shop.example']");
    const controlPlane = clusterWith(shop, named, hosts);
    expect(endOf(controlPlane, 'http://eu.shop.example/')).toBe('shop/a');
    expect(endOf(controlPlane, 'http://a.deep.shop.example/')).toBe('shop/a');
    expect(endOf(controlPlane, 'http://us.shop.example/')).toBe('404');
    expect(endOf(controlPlane, 'http://other.test/')).toBe('nobody');
    const none = clusterWith(shop, named, route('r', rule('a'), 'hostnames: [other.test]'));
    expect(ask(none, 'http://eu.shop.example/').passedOver[0]?.reason).toContain('NoMatchingListenerHostname');
  });

  it('of routes without HTTP is named alone', () => {
    const listeners = gateway('{name: tls, port: 443, protocol: TLS}, {name: tcp, port: 9000, protocol: TCP}');
    const tls = route('t', '{backendRefs: [{name: a, port: 80}]}', 'hostnames: [shop.example]', 'TLSRoute');
    const tcp = route('c', '{backendRefs: [{name: a, port: 80}]}', 'parentRefs: [{name: public, sectionName: tcp}]', 'TCPRoute'); // prettier-ignore
    const named = (url: string) =>
      ask(clusterWith(shop, listeners, tls, tcp), url).passedOver.flatMap(({ object, reason }) =>
        reason.startsWith('it passes on') ? object.kind : [],
      );
    expect(named('https://shop.example/')).toEqual(['TLSRoute']);
    expect(named('https://other.example/')).toEqual([]);
    expect(named('http://shop.example:9000/')).toEqual(['TCPRoute']);
  });

  it('of a route for a mesh is none', () => {
    const mesh = route('r', rule('a'), 'parentRefs: [{name: a, kind: Service, group: ""}]');
    const { winner, passedOver } = ask(clusterWith(shop, door, mesh), 'http://shop.example/');
    expect(winner).toBeUndefined();
    expect(passedOver[0]?.reason).toContain('service mesh');
  });
});

describe('backends', () => {
  const to = (...refs: readonly string[]) => route('r', `{backendRefs: [${refs.join(', ')}]}`);
  it.each([
    ['shares by weight', to('{name: a, port: 80, weight: 70}', '{name: b, port: 80, weight: 30}'), 'shop/a 0.7, shop/b 0.3'],
    ['a weight of 1 without one, none for 0', to('{name: a, port: 80}', '{name: b, port: 80, weight: 0}'), 'shop/a 1, shop/b 0'],
    ['an error for the share of an invalid one', to('{name: a, port: 80}', '{name: z, port: 80}'), 'shop/a 0.5, BackendNotFound 500 0.5'],
    ['no backend', route('r', '{}'), '500'],
    ['weights of 0 alone', to('{name: a, port: 80, weight: 0}'), '500'],
    ['a port that the Service has not', to('{name: a, port: 8080}'), 'PortNotFound 500'],
    ['a kind that is not there', to('{group: x.example, kind: Bucket, name: b}'), 'InvalidKind 500'],
    ['another namespace, without a grant', to('{name: db, namespace: data, port: 80}'), 'RefNotPermitted 500'],
  ])('%s', (_, routes, expected) => {
    expect(endOf(clusterWith(shop, door, routes), 'http://shop.example/')).toBe(expected);
  }); // prettier-ignore

  it.each([
    ['that names both', 'data', '{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}', '{group: "", kind: Service, name: db}', true],
    ['for every Service', 'data', '{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}', '{group: "", kind: Service}', true],
    ['for another Service', 'data', '{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}', '{group: "", kind: Service, name: x}', false],
    ['for another kind of route', 'data', '{group: gateway.networking.k8s.io, kind: GRPCRoute, namespace: shop}', '{group: "", kind: Service}', false],
    ['for routes of another namespace', 'data', '{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: x}', '{group: "", kind: Service}', false],
    ['that stands with the route', 'shop', '{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}', '{group: "", kind: Service}', false],
  ])('a grant %s', (_, namespace, from, target, allowed) => {
    const grant = `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: ${namespace}}
spec: {from: [${from}], to: [${target}]}
`;
    const controlPlane = clusterWith(shop, door, grant, to('{name: db, namespace: data, port: 80}'));
    expect(endOf(controlPlane, 'http://shop.example/')).toBe(allowed ? 'data/db' : 'RefNotPermitted 500');
  }); // prettier-ignore
});

describe('filters', () => {
  const filtered = (filter: string, match = prefix('/cart'), backends = '') =>
    clusterWith(shop, gateway(`${http}, {name: alt, port: 8080, protocol: HTTP}`), route('r', `{matches: [${match}], filters: [${filter}]${backends}}`)); // prettier-ignore
  const redirect = (fields: string) => `{type: RequestRedirect, requestRedirect: {${fields}}}`;
  it.each([
    ['to https', redirect('scheme: https, statusCode: 301'), 'http://x.example/cart?a=b', '301 https://x.example/cart?a=b'],
    ['to another host', redirect('hostname: y.example'), 'http://x.example/cart', '302 http://y.example/cart'],
    ['to the port of the listener', redirect('hostname: y.example'), 'http://x.example:8080/cart', '302 http://y.example:8080/cart'],
    ['to the port of the scheme', redirect('scheme: http'), 'http://x.example:8080/cart', '302 http://x.example/cart'],
    ['to a port', redirect('scheme: https, port: 8443'), 'http://x.example/cart', '302 https://x.example:8443/cart'],
    ['to another path', redirect('path: {type: ReplaceFullPath, replaceFullPath: /basket}'), 'http://x.example/cart/7', '302 http://x.example/basket'],
    ['to another prefix', redirect('path: {type: ReplacePrefixMatch, replacePrefixMatch: /basket}'), 'http://x.example/cart/7', '302 http://x.example/basket/7'],
  ])('redirect %s', (_, filter, request, expected) => {
    expect(endOf(filtered(filter), request)).toBe(expected);
  }); // prettier-ignore

  it.each([
    ['/cart/7', '/cart', '/new', '/new/7'],
    ['/cart/7', '/cart', '/new/', '/new/7'],
    ['/cart/7', '/cart/', '/new', '/new/7'],
    ['/cart', '/cart', '/new', '/new'],
    ['/cart/', '/cart', '/new', '/new/'],
    ['/cart/7', '/cart', '', '/7'],
    ['/cart/', '/cart', '', '/'],
    ['/cart', '/cart', '', '/'],
    ['/cart', '/cart', '/', '/'],
    ['/cart/', '/cart', '/', '/'],
  ])('rewrite %s under %s to %s: %s', (path, matched, replacement, expected) => {
    const filter = `{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: '${replacement}'}}}`;
    const answer = ask(
      filtered(filter, prefix(matched), ', backendRefs: [{name: a, port: 80}]'),
      `http://x.example${path}`,
    );
    expect(answer.filters).toMatchObject([{ kind: 'rewrite', url: expected, host: 'x.example' }]);
    expect(answer.backends).toMatchObject([{ service: 'shop/a' }]);
  });

  it('of one backend are for its share', () => {
    const refs = `{backendRefs: [{name: a, port: 80, weight: 3, filters: [${redirect('hostname: y.example')}]}, {name: b, port: 80}]}`;
    const answer = ask(clusterWith(shop, door, route('r', refs)), 'http://x.example/');
    expect(answer.backends.map(({ probability, filters }) => [probability, filters.length])).toEqual([[0.75, 1], [0.25, 0]]); // prettier-ignore
  });
});

describe('gRPC', () => {
  const call = 'grpc://x.example/shop.Cart/Add';
  const method = (fields: string) => `{method: {${fields}}}`;
  it.each([
    ['every call', '', call, 'shop/a'],
    ['a service', method('service: shop.Cart'), call, 'shop/a'],
    ['another service', method('service: shop.Car'), call, '404'],
    ['service and method', method('service: shop.Cart, method: Add'), call, 'shop/a'],
    ['another method', method('service: shop.Cart, method: Get'), call, '404'],
    ['an expression', method('type: RegularExpression, service: "shop[.].*"'), call, 'shop/a'],
    ['what is no gRPC', '', 'http://x.example/shop.Cart/Add', '404'],
  ])('%s', (_, match, request, expected) => {
    const routes = route('r', match === '' ? rule('a') : rule('a', match), '', 'GRPCRoute');
    expect(endOf(clusterWith(shop, door, routes), request)).toBe(expected);
  });

  it('prefers the longer service, then the longer method', () => {
    const rules = [rule('a', method('method: Add')), rule('b', method('service: shop.Cart')), rule('c', method('service: shop.Cart, method: Add'))]; // prettier-ignore
    expect(endOf(clusterWith(shop, door, route('r', rules.join(', '), '', 'GRPCRoute')), call)).toBe('shop/c');
  });

  it('and HTTP do not share a host: the first by age and name is accepted', () => {
    const grpc = route('a', rule('a'), '', 'GRPCRoute');
    const { winner, passedOver } = ask(clusterWith(shop, door, grpc, route('b', rule('b'))), call);
    expect(winner?.object.name).toBe('a');
    expect(passedOver[0]?.reason).toContain('GRPCRoute shop/a is older or comes first by name');
    const apart = route('b', rule('b'), 'hostnames: [y.example]');
    const own = route('a', rule('a'), 'hostnames: [x.example]', 'GRPCRoute');
    expect(endOf(clusterWith(shop, door, own, apart), 'http://y.example/')).toBe('shop/b');
  });

  it('answers UNAVAILABLE, which is 503, for what is invalid', () => {
    const routes = route('r', rule('z'), '', 'GRPCRoute');
    expect(endOf(clusterWith(shop, door, routes), call)).toBe('BackendNotFound 503');
  });
});

describe('whatever the routes are', () => {
  const match = fc.constantFrom(prefix('/'), prefix('/cart'), '{path: {type: Exact, value: /cart}}', '{method: GET}', '{headers: [{name: version, value: v2}]}'); // prettier-ignore
  const anyRoute = fc.record({
    hosts: fc.constantFrom('', 'hostnames: [shop.example]', "hostnames: ['*.example']"),
    rules: fc.array(fc.array(match, { maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  });
  const request = fc.constantFrom('http://shop.example/cart version: v2', 'http://shop.example/', 'POST http://eu.example/cart/7'); // prettier-ignore

  it('their order says nothing, and the shares add up', () => {
    fc.assert(
      fc.property(fc.array(anyRoute, { minLength: 1, maxLength: 5 }), request, (routes, asked) => {
        const texts = routes.map(({ hosts, rules }, i) => route(`r${i}`, rules.map((matches) => rule('a', ...matches)).join(', '), hosts)); // prettier-ignore
        const answer = ask(clusterWith(shop, door, ...texts), asked);
        const again = ask(clusterWith(...texts.toReversed(), door, shop), asked);
        expect([again.winner?.object.name, again.winner?.path]).toEqual([
          answer.winner?.object.name,
          answer.winner?.path,
        ]);
        if (answer.winner)
          expect(answer.backends.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1);
        else expect(answer.status).toBe(404);
      }),
      { numRuns: 60 },
    );
  });
});
