/** Ingresses: hosts, paths, default backends and classes, by the words of networking.k8s.io/v1. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, clusterWith, endOf, services } from './http-case';

interface Path {
  readonly path: string;
  readonly type?: string;
  readonly to: string;
}

function pathText({ path, type = 'Prefix', to }: Path): string {
  return `{path: '${path}', pathType: ${type}, backend: {service: {name: ${to}, port: {number: 80}}}}`;
}

function hostRule(host: string, ...paths: readonly Path[]): string {
  const named = host === '' ? '' : `host: '${host}', `;
  return `{${named}http: {paths: [${paths.map(pathText).join(', ')}]}}`;
}

function ingress(name: string, rules: readonly string[], more = '', metadata = ''): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: shop${metadata}}
spec: {${more === '' ? '' : `${more}, `}rules: [${rules.join(', ')}]}
`;
}

const shop = services('a', 'b', 'c');

describe('paths', () => {
  const cases: readonly (readonly [type: string, path: string, asked: string, fits: boolean])[] = [
    ['Prefix', '/', '/anything/at/all', true],
    ['Exact', '/cart', '/cart', true],
    ['Exact', '/cart', '/cart/', false],
    ['Exact', '/cart/', '/cart', false],
    ['Exact', '/cart', '/Cart', false],
    ['Prefix', '/cart', '/cart', true],
    ['Prefix', '/cart', '/cart/', true],
    ['Prefix', '/cart/', '/cart', true],
    ['Prefix', '/cart/', '/cart/', true],
    ['Prefix', '/cart/7', '/cart/77', false],
    ['Prefix', '/cart/7', '/cart/7', true],
    ['Prefix', '/cart/7/', '/cart/7', true],
    ['Prefix', '/cart/7', '/cart/7/item', true],
    ['Prefix', '/cart/7', '/cart/7item', false],
    ['Prefix', '/cart', '/other', false],
    ['ImplementationSpecific', '/cart', '/cart/7', true],
  ];
  it.each(cases)('%s %s and %s: %s', (type, path, asked, fits) => {
    const controlPlane = clusterWith(shop, ingress('i', [hostRule('', { path, type, to: 'a' })]));
    expect(endOf(controlPlane, `http://shop.example${asked}`)).toBe(fits ? 'shop/a' : '404');
  });

  it.each([
    ['the longest one', [{ path: '/', to: 'a' }, { path: '/cart', to: 'b' }], '/cart/7', 'shop/b'],
    ['a slash more is longer', [{ path: '/cart', to: 'a' }, { path: '/cart/', to: 'b' }], '/cart', 'shop/b'],
    ['of equal ones the exact one', [{ path: '/cart', to: 'a' }, { path: '/cart', type: 'Exact', to: 'b' }], '/cart', 'shop/b'],
    ['what is longer even than an exact one', [{ path: '/cart', type: 'Exact', to: 'a' }, { path: '/cart/', to: 'b' }], '/cart', 'shop/b'],
    ['the first of those that say the same', [{ path: '/cart', to: 'a' }, { path: '/cart', to: 'b' }], '/cart', 'shop/a'],
  ])('%s wins', (_, paths, asked, expected) => {
    const controlPlane = clusterWith(shop, ingress('i', [hostRule('', ...paths)]));
    expect(endOf(controlPlane, `http://shop.example${asked}`)).toBe(expected);
  }); // prettier-ignore

  it('are compared between Ingresses, too', () => {
    const one = ingress('one', [hostRule('shop.example', { path: '/', to: 'a' })]);
    const two = ingress('two', [hostRule('shop.example', { path: '/cart', to: 'b' })]);
    expect(endOf(clusterWith(shop, one, two), 'http://shop.example/cart')).toBe('shop/b');
    expect(endOf(clusterWith(shop, one, two), 'http://shop.example/other')).toBe('shop/a');
  });

  it('that say the same in two Ingresses are for the older one', () => {
    const made = (name: string, to: string, time: string) =>
      ingress(name, [hostRule('shop.example', { path: '/', to })], '', `, creationTimestamp: '${time}'`);
    const controlPlane = clusterWith(shop, made('x', 'a', '2026-02-01T00:00:00Z'), made('y', 'b', '2026-01-01T00:00:00Z')); // prettier-ignore
    const answer = ask(controlPlane, 'http://shop.example/');
    expect(answer.winner?.object.name).toBe('y');
    expect(answer.notes.some((note) => note.includes('has a path as good'))).toBe(true);
  });
});

describe('hosts', () => {
  const rules = [
    hostRule('shop.example', { path: '/', to: 'a' }),
    hostRule('*.shop.example', { path: '/', to: 'b' }),
    hostRule('', { path: '/', to: 'c' }),
  ];
  it.each([
    ['http://shop.example/', 'shop/a'],
    ['http://SHOP.example./', 'shop/a'],
    ['http://shop.example:80/', 'shop/a'],
    ['http://eu.shop.example/', 'shop/b'],
    ['http://a.eu.shop.example/', 'shop/c'],
    ['http://other.example/', 'shop/c'],
    ['http://10.0.0.1/', 'shop/c'],
    ['http://10.0.0.1/ Host: shop.example', 'shop/a'],
  ])('%s goes to %s', (request, expected) => {
    expect(endOf(clusterWith(shop, ingress('i', rules)), request)).toBe(expected);
  });

  it('come before paths: no other host is asked for a path that the named one has not', () => {
    const controlPlane = clusterWith(
      shop,
      ingress('i', [hostRule('shop.example', { path: '/cart', to: 'a' }), hostRule('', { path: '/', to: 'c' })]),
    );
    const answer = ask(controlPlane, 'http://shop.example/other');
    expect([answer.status, answer.winner]).toEqual([404, undefined]);
    expect(answer.passedOver.map(({ fits, reason }) => [fits, reason])).toEqual([
      [false, 'path /other does not begin with /cart'],
      [true, 'it takes every host, and another rule names shop.example'],
    ]);
  });

  it('that nearly fit are told', () => {
    const controlPlane = clusterWith(shop, ingress('i', [hostRule('*.shop.example', { path: '/', to: 'b' })]));
    const [passed] = ask(controlPlane, 'http://a.b.shop.example/').passedOver;
    expect(passed?.reason).toBe(
      '*.shop.example stands for one label, and a.b.shop.example has more before .shop.example',
    );
  });
});

describe('default backends', () => {
  const backend = 'defaultBackend: {service: {name: c, port: {name: http}}}';
  it('take what no rule fits', () => {
    const controlPlane = clusterWith(
      shop,
      ingress('i', [hostRule('shop.example', { path: '/cart', to: 'a' })], backend),
    );
    expect(endOf(controlPlane, 'http://shop.example/other')).toBe('shop/c');
    expect(endOf(controlPlane, 'http://other.example/cart')).toBe('shop/c');
    expect(ask(controlPlane, 'http://other.example/').winner).toMatchObject({
      rule: undefined,
      path: ['spec', 'defaultBackend'],
    });
  });

  it('take a host without paths', () => {
    const controlPlane = clusterWith(shop, ingress('i', ['{host: shop.example}'], backend));
    expect(endOf(controlPlane, 'http://shop.example/x')).toBe('shop/c');
  });
});

describe('backends', () => {
  const to = (backend: string) =>
    clusterWith(shop, ingress('i', [`{http: {paths: [{path: /, pathType: Prefix, backend: ${backend}}]}}`]));
  it.each([
    ['a port by number', '{service: {name: a, port: {number: 80}}}', 'shop/a'],
    ['a port by name', '{service: {name: a, port: {name: http}}}', 'shop/a'],
    ['the target port is none of the Service', '{service: {name: a, port: {number: 8080}}}', 'PortNotFound 503'],
    ['a Service that is not there', '{service: {name: z, port: {number: 80}}}', 'BackendNotFound 503'],
    ['a resource', '{resource: {apiGroup: x.example, kind: Bucket, name: b}}', 'NotKnown'],
  ])('%s', (_, backend, expected) => {
    expect(endOf(to(backend), 'http://shop.example/')).toBe(expected);
  });

  it('without a ready pod', () => {
    const lonely = `
apiVersion: v1
kind: Service
metadata: {name: lonely, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
`;
    const controlPlane = clusterWith(lonely, ingress('i', [hostRule('', { path: '/', to: 'lonely' })]));
    expect(endOf(controlPlane, 'http://shop.example/')).toBe('NoReadyEndpoints 503');
  });
});

describe('classes', () => {
  const className = (name: string, annotations = '') => `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: ${name}${annotations}}
spec: {controller: example.com/${name}}
`;
  const marked = ", annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}";
  const rules = [hostRule('shop.example', { path: '/', to: 'a' })];
  const classOf = (...texts: readonly string[]) => {
    const { entry, notes } = ask(clusterWith(shop, ...texts), 'http://shop.example/');
    return [entry?.kind === 'ingress' ? entry.className : entry?.kind, notes.length > 0];
  };
  it.each([
    ['by the field', [className('x'), ingress('i', rules, 'ingressClassName: x')], ['x', false]],
    ['by the field, of a class that is not there', [ingress('i', rules, 'ingressClassName: x')], ['x', true]],
    ['by the old annotation', [className('x'), ingress('i', rules, '', ', annotations: {kubernetes.io/ingress.class: x}')], ['x', false]],
    ['the default', [className('x', marked), className('y'), ingress('i', rules)], ['x', false]],
    ['the default that came last', [className('x', `${marked}, creationTimestamp: '2026-01-01T00:00:00Z'`), className('y', `${marked}, creationTimestamp: '2026-02-01T00:00:00Z'`), ingress('i', rules)], ['y', false]],
    ['of two the first by name', [className('y', marked), className('x', marked), ingress('i', rules)], ['x', false]],
    ['none', [className('x'), ingress('i', rules)], [undefined, true]],
  ])('%s', (_, texts, expected) => {
    expect(classOf(...texts)).toEqual(expected);
  }); // prettier-ignore

  it('keep their rules apart', () => {
    const one = ingress('one', [hostRule('shop.example', { path: '/', to: 'a' })], 'ingressClassName: x');
    const two = ingress('two', [hostRule('shop.example', { path: '/cart', to: 'b' })], 'ingressClassName: y');
    const answer = ask(clusterWith(shop, one, two), 'http://shop.example/cart');
    expect(answer.winner?.object.name).toBe('one');
    expect(answer.others).toMatchObject([{ kind: 'ingress', className: 'y' }]);
  });
});

describe('an Ingress that the API server refuses', () => {
  it.each([
    ['without a path type', '{http: {paths: [{path: /, backend: {service: {name: a, port: {number: 80}}}}]}}', 'pathType'],
    ['with a path without a slash', "{http: {paths: [{path: cart, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}", 'must be an absolute path'],
    ['without a backend', '{http: {paths: [{path: /, pathType: Prefix}]}}', 'backend'],
  ])('%s gets nothing', (_, rule, reason) => {
    const { winner, passedOver } = ask(clusterWith(shop, ingress('i', [rule])), 'http://shop.example/');
    expect(winner).toBeUndefined();
    expect(passedOver[0]?.reason).toContain(reason);
  }); // prettier-ignore
});

describe('whatever the rules are', () => {
  const path = fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab');
  const anyPath = fc.record({
    path,
    type: fc.constantFrom('Exact', 'Prefix'),
    to: fc.constantFrom('a', 'b', 'c'),
  });
  const anyRule = fc.record({
    host: fc.constantFrom('', 'shop.example', '*.example', 'x.shop.example'),
    paths: fc.array(anyPath, { minLength: 1, maxLength: 3 }),
  });
  const url = fc.record({ host: fc.constantFrom('shop.example', 'x.shop.example', 'other'), path });

  it('the order of the Ingresses says nothing, and only what fits wins', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 5 }), url, (rules, asked) => {
        const texts = rules.map(({ host, paths }, i) => ingress(`i${i}`, [hostRule(host, ...paths)]));
        const request = `http://${asked.host}${asked.path}`;
        const answer = ask(clusterWith(shop, ...texts), request);
        const again = ask(clusterWith(...texts.toReversed(), shop), request);
        expect([again.winner?.object.name, again.winner?.path]).toEqual([
          answer.winner?.object.name,
          answer.winner?.path,
        ]);
        const all = rules.reduce((sum, { paths }) => sum + paths.length, 0);
        expect(answer.passedOver.length + Number(answer.winner !== undefined)).toBe(all);
      }),
      { numRuns: 60 },
    );
  });
});
