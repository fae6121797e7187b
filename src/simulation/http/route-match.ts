/**
 * The rules of HTTPRoutes and GRPCRoutes: whether one of their matches fits a request, and which comes first.
 * Models the precedence that HTTPRouteRule.Matches and GRPCRouteRule.Matches of gateway.networking.k8s.io/v1 ask for.
 */

import type { JsonObject, JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { AttachedRoute } from './attachment';
import { isGatewayHost, isMatched, isPathPrefix, withoutSlash } from './matching';
import { compareAges, itemsOf, nameOf, objectOf, specOf, textOf, type Item } from './read';
import { isGrpc } from './request';
import type { HttpRequest, NameValue } from './types';

/** One match of one rule: each is on its own. */
export interface RouteMatch {
  readonly route: KubernetesObject;
  readonly rule: number;
  /** Undefined where the rule lists no matches, and so fits every request. */
  readonly index: number | undefined;
  readonly value: JsonObject;
  readonly ruleValue: JsonObject;
  readonly rulePath: JsonPath;
  readonly path: JsonPath;
  /** The most exact of the route's hosts that the request's is one of; undefined where it takes every host. */
  readonly host: string | undefined;
}

/** Every match of a route whose hosts fit; undefined where none of them does. */
export function matchesOf({ route, hosts }: AttachedRoute, request: HttpRequest): readonly RouteMatch[] | undefined {
  const fitting = hosts?.filter((host) => isGatewayHost(host, request.host));
  if (fitting?.length === 0) return undefined;
  const host = fitting?.sort((a, b) => compareHosts(a, b))[0];
  return rulesOf(route).flatMap(({ index: rule, value: ruleValue }): readonly RouteMatch[] => {
    const rulePath: JsonPath = ['spec', 'rules', rule];
    const shared = { route, rule, ruleValue, rulePath, host };
    const matches = itemsOf(ruleValue.matches);
    if (matches.length === 0) return [{ ...shared, index: undefined, value: {}, path: rulePath }];
    return matches.map(({ index, value }) => ({ ...shared, index, value, path: [...rulePath, 'matches', index] }));
  });
}

/** The schema puts one rule that fits everything where an HTTPRoute has none. */
function rulesOf(route: KubernetesObject): readonly Item[] {
  const rules = itemsOf(specOf(route).rules);
  return rules.length === 0 && route.kind === 'HTTPRoute' ? [{ index: 0, value: {} }] : rules;
}

/** `rule 2, match 1: path /cart (PathPrefix), method POST, header version: v2`. */
export function textOfMatch(match: RouteMatch): string {
  const name = textOf(match.ruleValue.name);
  const rule = `rule ${match.rule + 1}${name === undefined ? '' : ` (${name})`}`;
  const which = match.index === undefined ? '' : `, match ${match.index + 1}`;
  return `${rule}${which}: ${conditionsOf(match).map(({ text }) => text).join(', ') || 'every request'}`; // prettier-ignore
}

// ---------------------------------------------------------------- conditions

/** One thing that a match asks of a request. */
interface Condition {
  readonly text: string;
  /** Undefined where it cannot be told: a regular expression that is none. */
  fits(request: HttpRequest): boolean | undefined;
  /** What the request has in its place. */
  actual(request: HttpRequest): string;
}

/** The first condition that the request does not meet, in words behind those of the match; undefined where it meets all. */
export function whyNot(match: RouteMatch, request: HttpRequest): string | undefined {
  if (match.route.kind === 'GRPCRoute' && !isGrpc(request))
    return 'the request is not gRPC: its content-type is not application/grpc';
  const conditions = conditionsOf(match);
  const failed = conditions.find((condition) => condition.fits(request) !== true);
  if (!failed) return undefined;
  const reason = failed.fits(request) === undefined ? 'is no regular expression' : `does not fit ${failed.actual(request)}`; // prettier-ignore
  return conditions.length === 1 ? reason : `${failed.text} ${reason}`;
}

/** What a match that fits asked for, in words. */
export function whyFits(match: RouteMatch, request: HttpRequest): string[] {
  const host = match.host === undefined ? 'every host is taken' : `host ${request.host} ${match.host === request.host ? 'is named' : `is one of ${match.host}`}`; // prettier-ignore
  return [host, ...conditionsOf(match).map(({ text }) => `${text} fits`)];
}

function conditionsOf({ route, value }: RouteMatch): readonly Condition[] {
  const headers = distinct(itemsOf(value.headers), (name) => name.toLowerCase()).map(headerCondition);
  if (route.kind === 'GRPCRoute') return [...grpcConditions(objectOf(value.method)), ...headers];
  const path = pathOf(value);
  const params = distinct(itemsOf(value.queryParams), (name) => name).map(queryCondition);
  const method = textOf(value.method);
  return [
    { text: `path ${path.value} (${path.type})`, fits: (request) => fitsPath(path, request.path), actual: (request) => request.path }, // prettier-ignore
    ...(method === undefined ? [] : [methodCondition(method)]),
    ...headers,
    ...params,
  ];
}

interface PathMatch {
  readonly type: string;
  readonly value: string;
}

/** Without a path, every one: the prefix `/`. */
export function pathOf(match: JsonObject): PathMatch {
  const path = objectOf(match.path);
  return { type: textOf(path.type) ?? 'PathPrefix', value: textOf(path.value) ?? '/' };
}

function fitsPath({ type, value }: PathMatch, path: string): boolean | undefined {
  if (type === 'Exact') return path === value;
  if (type === 'PathPrefix') return isPathPrefix(value, path);
  return type === 'RegularExpression' ? isMatched(value, path) : false;
}

function methodCondition(method: string): Condition {
  return { text: `method ${method}`, fits: (request) => request.method === method, actual: ({ method: own }) => own };
}

/** Of entries with the same name only the first one counts. */
function distinct(entries: readonly Item[], keyOf: (name: string) => string): readonly JsonObject[] {
  const seen = new Set<string>();
  return entries.flatMap(({ value }) => {
    const key = keyOf(textOf(value.name) ?? '');
    if (seen.has(key)) return [];
    seen.add(key);
    return [value];
  });
}

function headerCondition(match: JsonObject): Condition {
  const name = textOf(match.name) ?? '';
  const find = ({ headers }: HttpRequest) =>
    headers.filter((header) => header.name.toLowerCase() === name.toLowerCase());
  // A header that stands there several times is one with all its values.
  const valueOf = (request: HttpRequest) => (find(request).length === 0 ? undefined : find(request).map(({ value }) => value).join(',')); // prettier-ignore
  return valueCondition('header', name, match, valueOf);
}

function queryCondition(match: JsonObject): Condition {
  const name = textOf(match.name) ?? '';
  return valueCondition('query parameter', name, match, ({ query }) => firstValue(query, name));
}

function firstValue(entries: readonly NameValue[], name: string): string | undefined {
  return entries.find((entry) => entry.name === name)?.value;
}

function valueCondition(
  what: string,
  name: string,
  match: JsonObject,
  valueOf: (request: HttpRequest) => string | undefined,
): Condition {
  const wanted = textOf(match.value) ?? '';
  const isExpression = match.type === 'RegularExpression';
  return {
    text: `${what} ${name}: ${wanted}${isExpression ? ' (RegularExpression)' : ''}`,
    fits: (request) => {
      const value = valueOf(request);
      if (isExpression) return value === undefined ? false : isMatched(wanted, value);
      return value === wanted;
    },
    actual: (request) => valueOf(request) ?? 'a request without it',
  };
}

// ---------------------------------------------------------------- gRPC

/** A gRPC request's path is `/SERVICE/METHOD`. */
function grpcConditions(match: JsonObject): readonly Condition[] {
  const isExpression = match.type === 'RegularExpression';
  const part = (what: 'service' | 'method', at: 0 | 1): Condition[] => {
    const wanted = textOf(match[what]);
    if (wanted === undefined) return [];
    const valueOf = (request: HttpRequest) => partsOf(request.path)[at] ?? '';
    return [
      {
        text: `gRPC ${what} ${wanted}${isExpression ? ' (RegularExpression)' : ''}`,
        fits: (request) => (isExpression ? isMatched(wanted, valueOf(request)) : valueOf(request) === wanted),
        actual: valueOf,
      },
    ];
  };
  return [...part('service', 0), ...part('method', 1)];
}

function partsOf(path: string): readonly string[] {
  return path.replace(/^\//, '').split('/');
}

// ---------------------------------------------------------------- precedence

/** A criterion: the match with the larger number comes first. */
interface Criterion {
  readonly text: string;
  of(match: RouteMatch): number;
}

const hostCriteria: readonly Criterion[] = [
  { text: 'its host is named in full, and longer', of: ({ host }) => (host === undefined || host.startsWith('*.') ? 0 : host.length) }, // prettier-ignore
  { text: 'its host is longer', of: ({ host }) => host?.length ?? 0 },
];

/** Where a regular expression stands between the others is a controller's choice: most put it there. */
const httpCriteria: readonly Criterion[] = [
  ...hostCriteria,
  { text: 'its path is exact', of: ({ value }) => Number(pathOf(value).type === 'Exact') },
  { text: 'its path is a regular expression', of: ({ value }) => Number(pathOf(value).type === 'RegularExpression') },
  { text: 'its path is longer', of: ({ value }) => prefixLength(pathOf(value)) },
  { text: 'it asks for a method', of: ({ value }) => Number(textOf(value.method) !== undefined) },
  { text: 'it asks for more headers', of: headersOf },
  { text: 'it asks for more query parameters', of: ({ value }) => distinct(itemsOf(value.queryParams), (name) => name).length }, // prettier-ignore
];

const grpcCriteria: readonly Criterion[] = [
  ...hostCriteria,
  { text: 'its service is longer', of: ({ value }) => textOf(objectOf(value.method).service)?.length ?? 0 },
  { text: 'its method is longer', of: ({ value }) => textOf(objectOf(value.method).method)?.length ?? 0 },
  { text: 'it asks for more headers', of: headersOf },
];

function headersOf({ value }: RouteMatch): number {
  return distinct(itemsOf(value.headers), (name) => name.toLowerCase()).length;
}

/** The slash at the end of a prefix means nothing, so it does not count. */
function prefixLength({ type, value }: PathMatch): number {
  return type === 'PathPrefix' ? withoutSlash(value).length : value.length;
}

function criteriaFor(a: RouteMatch, b: RouteMatch): readonly Criterion[] {
  return a.route.kind === 'GRPCRoute' && b.route.kind === 'GRPCRoute' ? grpcCriteria : httpCriteria;
}

/** Who comes first of two matches that both fit: below 0 for the first one. */
export function compareMatches(a: RouteMatch, b: RouteMatch): number {
  for (const criterion of criteriaFor(a, b)) {
    const difference = criterion.of(b) - criterion.of(a);
    if (difference !== 0) return difference;
  }
  return compareAges(a.route, b.route) || a.rule - b.rule || (a.index ?? 0) - (b.index ?? 0);
}

/** Why the first comes before the second. */
export function whyFirst(first: RouteMatch, second: RouteMatch): string {
  const criterion = criteriaFor(first, second).find((each) => each.of(first) > each.of(second));
  if (criterion) return criterion.text;
  if (first.route !== second.route) return `${nameOf(first.route)} is older, or comes first by name`;
  return 'it comes first in its route';
}

function compareHosts(a: string, b: string): number {
  return Number(a.startsWith('*.')) - Number(b.startsWith('*.')) || b.length - a.length;
}
