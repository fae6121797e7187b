/**
 * What the controllers of an Ingress class make of a request, by the words of networking.k8s.io/v1: first the host,
 * then the longest path, then the exact one.
 */

import { isJsonObject, type JsonObject, type JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { ingressBackend } from './backends';
import { ingressesByClass, type IngressGroup } from './ingress-class';
import { isIngressHost, isPathPrefix } from './matching';
import { compareAges, itemsOf, nameOf, objectOf, specOf, textOf, textsOf } from './read';
import { isEncrypted } from './request';
import type { EntryAnswer, HttpPassedOver, HttpRequest, HttpWinner } from './types';

/** One path of a rule; a rule without paths takes every path of its host to the default backend. */
interface PathRule {
  readonly ingress: KubernetesObject;
  readonly rule: number;
  readonly index: number | undefined;
  readonly host: string | undefined;
  readonly type: string;
  readonly value: string;
  readonly backend: JsonObject | undefined;
  readonly path: JsonPath;
  readonly backendPath: JsonPath;
}

/** One answer for each class that has Ingresses. */
export function ingressAnswers(request: HttpRequest, controlPlane: ControlPlane): readonly EntryAnswer[] {
  return ingressesByClass(controlPlane).map((group) => answerOf(group, request, controlPlane));
}

function answerOf(group: IngressGroup, request: HttpRequest, controlPlane: ControlPlane): EntryAnswer {
  const refused: HttpPassedOver[] = [];
  const ingresses = group.ingresses.filter((ingress) => {
    const reason = refusalOf(ingress, controlPlane);
    if (reason !== undefined) refused.push({ object: ingress, path: ['spec'], text: '', fits: false, reason });
    return reason === undefined;
  });
  const rules = ingresses.flatMap(rulesOf);
  const rank = Math.max(0, ...rules.map((rule) => hostRank(rule, request)));
  const fitting = rules.filter((rule) => hostRank(rule, request) === rank && rank > 0 && fitsPath(rule, request));
  fitting.sort(comparePathRules);
  const [first] = fitting;
  const passedOver = [
    ...rules.filter((rule) => rule !== first).map((rule) => passedOverOf(rule, first, rank, request)),
    ...refused,
  ];
  const base = { entry: group.entry, namesHost: rank > 1, passedOver, filters: [] };
  const notes = [...group.notes, ...portNotes(request), ...tlsNotes(ingresses, request), ...hostNotes(rank, first, request)]; // prettier-ignore
  if (!first?.backend) return { ...base, ...defaultAnswer(ingresses, first, request, controlPlane, notes) };
  return {
    ...base,
    winner: winnerOf(first, fitting[1], request),
    backends: [ingressBackend(first.ingress, first.backend, first.backendPath, controlPlane)],
    status: undefined,
    notes: [...notes, ...pathNotes(first, fitting[1])],
  };
}

// ---------------------------------------------------------------- rules

function rulesOf(ingress: KubernetesObject): readonly PathRule[] {
  return itemsOf(specOf(ingress).rules).flatMap(({ index, value }): readonly PathRule[] => {
    const rule = { ingress, rule: index, host: textOf(value.host) };
    const path: JsonPath = ['spec', 'rules', index];
    const paths = itemsOf(objectOf(value.http).paths);
    if (paths.length === 0)
      return [
        { ...rule, index: undefined, type: 'every path', value: '', backend: undefined, path, backendPath: path },
      ];
    return paths.map((item) => ({
      ...rule,
      index: item.index,
      type: textOf(item.value.pathType) ?? '',
      value: textOf(item.value.path) ?? '/',
      backend: objectOf(item.value.backend),
      path: [...path, 'http', 'paths', item.index],
      backendPath: [...path, 'http', 'paths', item.index, 'backend'],
    }));
  });
}

/** Why the API server would not take it. */
function refusalOf(ingress: KubernetesObject, controlPlane: ControlPlane): string | undefined {
  const refusal = controlPlane.refusal(ingress.key);
  return refusal && `the API server refuses it: ${refusal.message}`;
}

/** 3 the very host, 2 a wildcard, 1 every host, 0 another one. */
function hostRank({ host }: PathRule, request: HttpRequest): number {
  if (host === undefined) return 1;
  if (!isIngressHost(host, request.host)) return 0;
  return host.startsWith('*.') ? 2 : 3;
}

/** A controller may read ImplementationSpecific as it likes; as a prefix is what most do. */
function fitsPath({ type, value, index }: PathRule, { path }: HttpRequest): boolean {
  if (index === undefined) return true;
  return type === 'Exact' ? path === value : isPathPrefix(value, path);
}

function comparePathRules(a: PathRule, b: PathRule): number {
  return (
    b.value.length - a.value.length ||
    Number(b.type === 'Exact') - Number(a.type === 'Exact') ||
    compareAges(a.ingress, b.ingress) ||
    a.rule - b.rule ||
    (a.index ?? 0) - (b.index ?? 0)
  );
}

function textOfRule({ rule, host, type, value, index }: PathRule): string {
  const where = host === undefined ? '' : `, host ${host}`;
  return index === undefined ? `rule ${rule + 1}${where}` : `rule ${rule + 1}${where}, path ${value} (${type})`;
}

// ---------------------------------------------------------------- what wins, and what does not

function winnerOf(rule: PathRule, next: PathRule | undefined, request: HttpRequest): HttpWinner {
  return {
    object: rule.ingress,
    rule: rule.rule,
    match: rule.index,
    path: rule.path,
    text: textOfRule(rule),
    why: [hostFits(rule, request), pathFits(rule, request), ...(next ? [beats(rule, next)] : [])], // prettier-ignore
  };
}

function hostFits({ host }: PathRule, request: HttpRequest): string {
  if (host === undefined) return 'the rule takes every host, and no other rule names this one';
  return host.startsWith('*.') ? `host ${request.host} is one label before ${host.slice(1)}` : `host ${host} is named`;
}

function pathFits({ type, value }: PathRule, { path }: HttpRequest): string {
  if (type === 'Exact') return `path ${path} is ${value}`;
  const elements = value === '/' ? 'every path begins with /' : `path ${path} begins with the elements of ${value}`;
  return type === 'Prefix' ? elements : `${elements} (${type}, read as a prefix)`;
}

/** The first difference that counts. */
function beats(winner: PathRule, loser: PathRule): string {
  if (winner.value.length !== loser.value.length)
    return `path ${winner.value} is longer than ${loser.value || '(none)'}`;
  if (winner.type === 'Exact' && loser.type !== 'Exact') return 'Exact comes before any other type of the same length';
  if (winner.ingress !== loser.ingress) return `${nameOf(winner.ingress)} is older, or comes first by name`;
  return 'it comes first in its Ingress';
}

function passedOverOf(
  rule: PathRule,
  winner: PathRule | undefined,
  rank: number,
  request: HttpRequest,
): HttpPassedOver {
  const passed = { object: rule.ingress, path: rule.path, text: textOfRule(rule) };
  const own = hostRank(rule, request);
  if (own === 0) return { ...passed, fits: false, reason: otherHost(rule.host ?? '', request.host) };
  if (!fitsPath(rule, request)) return { ...passed, fits: false, reason: otherPath(rule, request) };
  if (own < rank) {
    const less = rule.host === undefined ? 'it takes every host' : `${rule.host} is a wildcard`;
    const exact = rank === 3 ? `names ${request.host}` : 'has a wildcard for it';
    return { ...passed, fits: true, reason: `${less}, and another rule ${exact}` };
  }
  return { ...passed, fits: true, reason: winner ? beats(winner, rule) : 'the default backend takes it' };
}

function otherHost(wanted: string, host: string): string {
  if (wanted.startsWith('*.') && host.endsWith(wanted.slice(1)))
    return `${wanted} stands for one label, and ${host} has more before ${wanted.slice(1)}`;
  return `host ${host} is not ${wanted}`;
}

function otherPath({ type, value }: PathRule, { path }: HttpRequest): string {
  if (type === 'Exact') return `path ${path} is not ${value}`;
  if (path.startsWith(value)) return `${value} is a beginning of ${path}, but not element by element`;
  return `path ${path} does not begin with ${value}`;
}

// ---------------------------------------------------------------- default backends

/** Of the Ingress whose rule names the host, else of the oldest that has one. */
function defaultAnswer(
  ingresses: readonly KubernetesObject[],
  catchAll: PathRule | undefined,
  request: HttpRequest,
  controlPlane: ControlPlane,
  notes: readonly string[],
): Pick<EntryAnswer, 'winner' | 'backends' | 'status' | 'notes'> {
  const having = ingresses.filter((ingress) => isJsonObject(specOf(ingress).defaultBackend));
  const naming = having.filter((ingress) => ingress === catchAll?.ingress || rulesOf(ingress).some((rule) => hostRank(rule, request) > 1)); // prettier-ignore
  const chosen = naming[0] ?? having[0];
  if (!chosen) {
    const own = "no rule fits, and no Ingress has a default backend: the controller's own answers, mostly with 404";
    return { winner: undefined, backends: [], status: 404, notes: [...notes, own] };
  }
  const path: JsonPath = ['spec', 'defaultBackend'];
  const several = having.length > 1 ? [`${having.length} Ingresses have a default backend: which one counts is the controller's choice`] : []; // prettier-ignore
  return {
    winner: {
      object: chosen,
      rule: undefined,
      match: undefined,
      path,
      text: 'default backend',
      why: ['no rule fits the host and path'],
    },
    backends: [ingressBackend(chosen, objectOf(specOf(chosen).defaultBackend), path, controlPlane)],
    status: undefined,
    notes: [...notes, ...several],
  };
}

// ---------------------------------------------------------------- what the specification leaves open

function portNotes(request: HttpRequest): string[] {
  const usual = isEncrypted(request) ? 443 : 80;
  if (request.port === usual) return [];
  return [`an Ingress has no port of its own: that port ${request.port} leads to its ${isEncrypted(request) ? 'https' : 'http'} is taken for granted`]; // prettier-ignore
}

function tlsNotes(ingresses: readonly KubernetesObject[], request: HttpRequest): string[] {
  const named = ingresses.some(
    (ingress) =>
    itemsOf(specOf(ingress).tls).some(({ value }) => textsOf(value.hosts).some((host) => isIngressHost(host, request.host))), // prettier-ignore
  );
  if (isEncrypted(request) && !named)
    return [`no spec.tls names ${request.host}: the controller shows a certificate of its own`];
  if (!isEncrypted(request) && named)
    return [`spec.tls names ${request.host}: many controllers answer http with a redirect to https then`];
  return [];
}

/** That a path is looked for among the rules of the most exact host alone is how most read "first the host, then the path". */
function hostNotes(rank: number, first: PathRule | undefined, request: HttpRequest): string[] {
  if (rank < 2 || first) return [];
  return [`rules name ${request.host}, and none of them has the path ${request.path}: less exact hosts are not asked`];
}

function pathNotes(winner: PathRule, next: PathRule | undefined): string[] {
  const notes: string[] = [];
  if (winner.type === 'ImplementationSpecific')
    notes.push(
      `what ImplementationSpecific means for ${winner.value} is the controller's choice: read as a prefix here`,
    );
  const equal = next && next.value.length === winner.value.length && next.type === winner.type;
  if (equal && next.ingress !== winner.ingress)
    notes.push(
      `${nameOf(next.ingress)} has a path as good: which one wins is the controller's choice, mostly the older`,
    );
  return notes;
}
