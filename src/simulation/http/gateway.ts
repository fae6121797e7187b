/** What a Gateway makes of a request: its listener, the routes attached there, and the one rule that gets it. */

import type { JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { routesOf } from './attachment';
import { routeBackends } from './backends';
import { filtersOf } from './filters';
import { chooseListener, gatewayGroup, listenersOf, type Listener } from './listeners';
import { isGatewayHost } from './matching';
import { compareAges, itemsOf, nameOf, specOf, textOf, textsOf } from './read';
import { isEncrypted } from './request';
import { compareMatches, matchesOf, pathOf, textOfMatch, whyFirst, whyFits, whyNot, type RouteMatch } from './route-match'; // prettier-ignore
import type { EntryAnswer, HttpBackend, HttpFilter, HttpPassedOver, HttpRequest } from './types';

export interface GatewayAnswers {
  readonly answers: readonly EntryAnswer[];
  /** Listeners of Gateways that do not take the request in. */
  readonly passedOver: readonly HttpPassedOver[];
  /** Whether one of those, or a route that is attached to it, names the request's host: on another port, say. */
  readonly namesHost: boolean;
}

/** One answer for each Gateway with a listener that takes the request in. */
export function gatewayAnswers(request: HttpRequest, controlPlane: ControlPlane): GatewayAnswers {
  const answers: EntryAnswer[] = [];
  const passedOver: HttpPassedOver[] = [];
  let elsewhere = false;
  for (const gateway of [...controlPlane.objectsOfKind(gatewayGroup, 'Gateway')].sort(compareAges)) {
    const listeners = listenersOf(gateway, controlPlane);
    const choice = chooseListener(listeners, request);
    const others = [...choice.passedOver, ...rawRoutes(listeners, request, controlPlane)];
    if (choice.listener) answers.push(answerOf(choice.listener, others, request, controlPlane));
    else {
      passedOver.push(...others);
      elsewhere ||= listeners.some((listener) => isNamedBy(listener, request, controlPlane));
    }
  }
  return { answers, passedOver, namesHost: elsewhere };
}

function isNamedBy(listener: Listener, { host }: HttpRequest, controlPlane: ControlPlane): boolean {
  if (listener.hostname !== undefined) return isGatewayHost(listener.hostname, host);
  return routesOf(listener, controlPlane).attached.some(({ hosts }) => hosts?.some((own) => isGatewayHost(own, host)));
}

function answerOf(
  listener: Listener,
  listeners: readonly HttpPassedOver[],
  request: HttpRequest,
  controlPlane: ControlPlane,
): EntryAnswer {
  const { attached, detached } = routesOf(listener, controlPlane);
  const passedOver: HttpPassedOver[] = [...listeners];
  for (const { route, path, reason } of detached)
    passedOver.push({ object: route, path, text: '', fits: false, reason });
  const fitting: RouteMatch[] = [];
  for (const found of attached) {
    const matches = matchesOf(found, request);
    if (!matches) {
      const reason = `host ${request.host} is not ${(found.hosts ?? []).join(' or ')}`;
      passedOver.push({ object: found.route, path: ['spec', 'hostnames'], text: '', fits: false, reason });
      continue;
    }
    for (const match of matches) {
      const reason = whyNot(match, request);
      if (reason === undefined) fitting.push(match);
      else passedOver.push({ object: match.route, path: match.path, text: textOfMatch(match), fits: false, reason });
    }
  }
  fitting.sort(compareMatches);
  const [first, ...others] = fitting;
  for (const match of others)
    passedOver.push({ object: match.route, path: match.path, text: textOfMatch(match), fits: true, reason: whyFirst(first!, match) }); // prettier-ignore
  const base = { entry: entryOf(listener), namesHost: namesHost(listener, first), passedOver };
  const notes = notesOf(listener, fitting, controlPlane);
  if (!first) {
    const note = `no rule of the routes attached to listener ${listener.name} fits: the Gateway answers with 404`;
    return { ...base, winner: undefined, backends: [], filters: [], status: 404, notes: [...notes, note] };
  }
  const filters = filtersOf(first.ruleValue, first.rulePath, first, request, controlPlane);
  const why = [...whyFits(first, request), ...(others[0] ? [whyFirst(first, others[0])] : [])];
  const winner = { object: first.route, rule: first.rule, match: first.index, path: first.path, text: textOfMatch(first), why }; // prettier-ignore
  return { ...base, winner, filters, ...forwarding(first, filters, request, controlPlane), notes };
}

function entryOf({ gateway, owner, name, path }: Listener): EntryAnswer['entry'] {
  return { kind: 'gateway', gateway, owner, listener: name, path };
}

function namesHost({ hostname }: Listener, winner: RouteMatch | undefined): boolean {
  return hostname !== undefined || winner?.host !== undefined;
}

/** A rule that redirects sends nothing on; one without backends answers with an error. */
function forwarding(
  match: RouteMatch,
  filters: readonly HttpFilter[],
  request: HttpRequest,
  controlPlane: ControlPlane,
): { readonly backends: readonly HttpBackend[]; readonly status: number | undefined } {
  const redirect = filters.find((filter) => filter.kind === 'redirect');
  if (redirect) return { backends: [], status: redirect.status };
  const refs = itemsOf(match.ruleValue.backendRefs);
  const backends = routeBackends(match.route, refs, match.rulePath, controlPlane).map((found, i) => {
    const own = filtersOf(refs[i]?.value ?? {}, found.path, match, request, controlPlane);
    const backend = { ...found, filters: own };
    return match.route.kind === 'GRPCRoute' ? asGrpc(backend) : backend;
  });
  const isAnybody = backends.some(({ probability }) => probability > 0);
  return { backends, status: isAnybody ? undefined : match.route.kind === 'GRPCRoute' ? 503 : 500 };
}

/** A GRPCRoute answers UNAVAILABLE in the place of an invalid backend, which is 503 in HTTP's words. */
function asGrpc(backend: HttpBackend): HttpBackend {
  if (backend.problem?.status !== 500) return backend;
  return { ...backend, problem: { ...backend.problem, status: 503 } };
}

// ---------------------------------------------------------------- what the specification leaves open

function notesOf(listener: Listener, fitting: readonly RouteMatch[], controlPlane: ControlPlane): string[] {
  return [...classNotes(listener.gateway, controlPlane), ...expressionNotes(fitting)];
}

function classNotes(gateway: KubernetesObject, controlPlane: ControlPlane): string[] {
  const name = textOf(specOf(gateway).gatewayClassName) ?? '';
  for (const known of controlPlane.objectsOfKind(gatewayGroup, 'GatewayClass')) if (known.name === name) return [];
  return [`GatewayClass ${name} is not among the manifests: a controller is taken to serve ${nameOf(gateway)}`];
}

function expressionNotes(fitting: readonly RouteMatch[]): string[] {
  if (fitting.every(({ value }) => pathOf(value).type !== 'RegularExpression')) return [];
  return ["what a regular expression means, and whether it comes before a prefix, is the controller's choice"];
}

const rawKinds: Readonly<Record<string, string>> = { TCP: 'TCPRoute', TLS: 'TLSRoute', UDP: 'UDPRoute' };

/** Routes that look at no HTTP, on the request's port: they are named, and not followed. */
function rawRoutes(
  listeners: readonly Listener[],
  request: HttpRequest,
  controlPlane: ControlPlane,
): readonly HttpPassedOver[] {
  return listeners.flatMap((listener) => {
    const kind = rawKinds[listener.protocol];
    if (kind === undefined || listener.port !== request.port || kind === 'UDPRoute') return [];
    if (kind === 'TLSRoute' && !isEncrypted(request)) return [];
    return [...controlPlane.objectsOfKind(gatewayGroup, kind)].flatMap((route) => {
      const hosts = textsOf(specOf(route).hostnames);
      const isHost = hosts.length === 0 || hosts.some((host) => isGatewayHost(host, request.host));
      const parent = itemsOf(specOf(route).parentRefs).find(({ value }) => isParent(value, route, listener));
      if (!isHost || !parent) return [];
      const reason = `it passes on what comes to listener ${listener.name} without a look at its HTTP, and is not followed here`; // prettier-ignore
      return [{ object: route, path: ['spec', 'parentRefs', parent.index], text: '', fits: false, reason }];
    });
  });
}

function isParent(ref: JsonObject, route: KubernetesObject, { owner, name }: Listener): boolean {
  return (
    ref.name === owner.name &&
    (textOf(ref.kind) ?? 'Gateway') === owner.kind &&
    (textOf(ref.namespace) ?? route.namespace) === owner.namespace &&
    (textOf(ref.sectionName) ?? name) === name
  );
}
