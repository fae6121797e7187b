/** What users write for the ends of a request, taken apart. */

import { describe, expect, it } from 'vitest';
import { parseDestination, parseSource, schemePort } from '#analysis/trace/request';

const object = (objectKind: string, namespace: string | undefined, name: string) => ({
  kind: 'object',
  objectKind,
  namespace,
  name,
});

describe('sources', () => {
  it.each([
    ['pod shop/web-0', object('pod', 'shop', 'web-0')],
    ['pod/shop/web-0', object('pod', 'shop', 'web-0')],
    ['  pod   web-0 ', object('pod', undefined, 'web-0')],
    ['po/web-0', object('pod', undefined, 'web-0')],
    ['node node-a', object('node', undefined, 'node-a')],
    ['deploy/shop/front', object('deployment', 'shop', 'front')],
    ['StatefulSet data/db', object('statefulset', 'data', 'db')],
    ['cj/nightly', object('cronjob', undefined, 'nightly')],
    ['rollout/shop/web', object('rollout', 'shop', 'web')],
    ['shop/web-0', object('', 'shop', 'web-0')],
    ['web-0', object('', undefined, 'web-0')],
    ['outsider', object('', undefined, 'outsider')],
    ['outside', { kind: 'outside', node: undefined }],
    ['outside via node-b', { kind: 'outside', node: 'node-b' }],
    ['10.244.1.7', { kind: 'address', address: '10.244.1.7' }],
    ['fd00:244:0001::7', { kind: 'address', address: 'fd00:244:1::7' }],
  ])('%s', (text, expected) => expect(parseSource(text)).toEqual(expected));

  it.each([[''], [' '], ['a/b/c/d'], ['pod //x']])('refuses %j', (text) =>
    expect(parseSource(text)).toHaveProperty('error'),
  );
});

describe('destinations', () => {
  const none = { port: undefined, scheme: undefined, protocol: undefined };

  it.each([
    ['web', { kind: 'name', name: 'web', ...none }],
    ['web.shop.svc.cluster.local.', { kind: 'name', name: 'web.shop.svc.cluster.local.', ...none }],
    ['web:80', { kind: 'name', name: 'web', ...none, port: 80 }],
    ['web:http', { kind: 'name', name: 'web', ...none, port: 'http' }],
    ['kube-dns:53/udp', { kind: 'name', name: 'kube-dns', ...none, port: 53, protocol: 'UDP' }],
    ['http://web/', { kind: 'name', name: 'web', ...none, scheme: 'http' }],
    ['http://web:8080/a?b#c', { kind: 'name', name: 'web', ...none, scheme: 'http', port: 8080 }],
    ['postgres://user:p%40ss@db:5432/app', { kind: 'name', name: 'db', ...none, scheme: 'postgres', port: 5432 }],
    ['mongodb://a:27017,b:27018/x', { kind: 'name', name: 'a', ...none, scheme: 'mongodb', port: 27017 }],
    ['https://[fd00::1]/', { kind: 'address', address: 'fd00::1', ...none, scheme: 'https' }],
    ['10.96.0.1', { kind: 'address', address: '10.96.0.1', ...none }],
    ['10.96.0.1:443', { kind: 'address', address: '10.96.0.1', ...none, port: 443 }],
    ['[fd00::1]:443', { kind: 'address', address: 'fd00::1', ...none, port: 443 }],
    ['fd00::1', { kind: 'address', address: 'fd00::1', ...none }],
    ['service shop/web:http', { ...object('service', 'shop', 'web'), ...none, port: 'http' }],
    ['svc/web', { ...object('service', undefined, 'web'), ...none }],
    ['node node-a:30080', { ...object('node', undefined, 'node-a'), ...none, port: 30080 }],
    ['shop/web', { ...object('', 'shop', 'web'), ...none }],
  ])('%s', (text, expected) => expect(parseDestination(text)).toEqual(expected));

  it.each([[''], ['outside'], ['web:99999'], ['http://'], ['a b c d'], ['web!']])('refuses %j', (text) =>
    expect(parseDestination(text)).toHaveProperty('error'),
  );

  it('knows the usual ports of schemes', () => {
    expect(['http', 'https', 'postgres', 'mongodb+srv', 'grpc', 'gopher'].map(schemePort)).toEqual([
      80,
      443,
      5432,
      27017,
      80,
      undefined,
    ]);
  });
});
