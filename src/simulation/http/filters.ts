/** What a route's filters make of a request. Models HTTPRouteFilter of gateway.networking.k8s.io/v1. */

import type { JsonObject, JsonPath } from '#base/json';
import type { ControlPlane } from '../types';
import { routeTarget } from './backends';
import { withoutSlash } from './matching';
import { itemsOf, numberOf, objectOf, textOf } from './read';
import { printUrl } from './request';
import { pathOf, type RouteMatch } from './route-match';
import type { HttpFilter, HttpRequest } from './types';

/** The filters of a rule, or of one of its backends, in their order. `owner` is what has the list, at `at`. */
export function filtersOf(
  owner: JsonObject,
  at: JsonPath,
  match: RouteMatch,
  request: HttpRequest,
  controlPlane: ControlPlane,
): readonly HttpFilter[] {
  return itemsOf(owner.filters).map(({ index, value }) => {
    const path: JsonPath = [...at, 'filters', index];
    const type = textOf(value.type) ?? '';
    switch (type) {
      case 'RequestRedirect':
        return { ...redirect(objectOf(value.requestRedirect), match, request), path };
      case 'URLRewrite':
        return { ...rewrite(objectOf(value.urlRewrite), match, request), path };
      case 'RequestMirror': {
        const ref = objectOf(objectOf(value.requestMirror).backendRef);
        return { kind: 'mirror', to: routeTarget(match.route, ref, path, controlPlane).text, path };
      }
      default:
        return { kind: 'other', type, path };
    }
  });
}

type Filter<Kind extends HttpFilter['kind']> = Omit<Extract<HttpFilter, { kind: Kind }>, 'path'>;

/** The port of the new address is that of the new scheme; without one, the listener's, which is that of the request. */
function redirect(filter: JsonObject, match: RouteMatch, request: HttpRequest): Filter<'redirect'> {
  const own = request.scheme === 'https' ? 'https' : 'http';
  const scheme = textOf(filter.scheme);
  const usual = scheme === 'https' ? 443 : scheme === 'http' ? 80 : request.port;
  const location = printUrl({
    scheme: scheme ?? own,
    host: textOf(filter.hostname) ?? request.host,
    port: numberOf(filter.port) ?? usual,
    path: newPath(objectOf(filter.path), match, request.path),
    query: request.query,
  });
  return { kind: 'redirect', status: numberOf(filter.statusCode) ?? 302, location };
}

function rewrite(filter: JsonObject, match: RouteMatch, request: HttpRequest): Filter<'rewrite'> {
  const host = textOf(filter.hostname) ?? request.host;
  return { kind: 'rewrite', host, url: newPath(objectOf(filter.path), match, request.path) };
}

/** Models HTTPPathModifier: the whole path, or the elements that the prefix of the match stood for. */
function newPath(modifier: JsonObject, match: RouteMatch, path: string): string {
  if (modifier.type === 'ReplaceFullPath') return textOf(modifier.replaceFullPath) ?? '/';
  if (modifier.type !== 'ReplacePrefixMatch') return path;
  const matched = pathOf(match.value);
  if (matched.type !== 'PathPrefix') return path;
  const rest = path.slice(withoutSlash(matched.value).length);
  const replaced = `${withoutSlash(textOf(modifier.replacePrefixMatch) ?? '')}${rest}`;
  return replaced === '' ? '/' : replaced;
}
