/**
 * A URL whose host an Ingress or a Gateway serves: which of its rules gets the request, and from there on the way from
 * the controller to the Service.
 */

import { parseIp } from '#base/ip';
import { isHeadless, namespacedName } from '#model/kubernetes';
import { printReference } from '#model/object';
import { parseHttpRequest, printEntry, printUrl, routeHttp } from '#simulation/index';
import type { HttpAnswer, HttpBackend, HttpRequest } from '#simulation/http/types';
import type { ControlPlane } from '#simulation/types';
import { namePlaceOf, placeOf } from '../places';
import { endpointsOfPort } from '../topology/endpoints';
import type { Hop, HopCause, Trace, TraceError, TraceFix, TraceOutcome, TracePath, TraceRequest } from '../types';
import { serious, troublesOf, type Tracing } from './causes';
import { hedgedVerdict } from './delivery';
import { distinctFixes } from './fixes';
import { controllerOf, wayIn, type Leg, type TraceOn } from './http-controller';
import { listed } from './lookup';
import type { Source } from './source';
import { millionths, printShare, sumOutcomes, symptomOf, verdictOf } from './words';

/** What takes the request in, where it is one for an Ingress or a Gateway; undefined for any other. */
export function httpDoor(request: TraceRequest, source: Source, { context }: Tracing): HttpAnswer | undefined {
  const parsed = parseHttpRequest(request.to);
  if (!parsed || parseIp(parsed.host) || (request.protocol ?? 'TCP') !== 'TCP') return undefined;
  const { controlPlane, dns } = context.simulation;
  if (isClusterName(parsed.host, controlPlane)) return undefined;
  const answer = routeHttp(controlPlane, withPort(parsed, request));
  if (!answer.namesHost && !answer.winner) return undefined;
  // Rules for every host would catch each mistyped name: they count for clients outside, and for whole names alone.
  if (!answer.namesHost && (source.packet.kind !== 'outside' || !parsed.host.includes('.'))) return undefined;
  const resolves = source.pod && dns.resolve(namespacedName(source.pod), parsed.host).addresses.length > 0;
  return resolves ? undefined : answer;
}

function isClusterName(host: string, { settings }: ControlPlane): boolean {
  return host.endsWith('.svc') || `.${host}`.endsWith(`.${settings.clusterDomain.toLowerCase()}`);
}

/** The port of the request counts where the URL names none. */
function withPort(parsed: HttpRequest, { to, port }: TraceRequest): HttpRequest {
  const isSaid = /^[a-z]+:\/\/[^/?#]*:\d+(?:[/?#]|$)/i.test(to.trim());
  return port === undefined || isSaid ? parsed : { ...parsed, port };
}

/** One share of the requests: answered at the door, or sent on. */
interface Share {
  readonly probability: number;
  readonly trace: Trace | undefined;
  readonly paths: readonly TracePath[];
}

/** Follows a request through its door; `traceOn` is the trace from the controller to the Service. */
export function traceThroughDoor(
  request: TraceRequest,
  source: Source,
  answer: HttpAnswer,
  tracing: Tracing,
  traceOn: TraceOn,
): Trace {
  const { controlPlane } = tracing.context.simulation;
  const controller = controllerOf(answer, controlPlane);
  const way = answer.entry && wayIn(request, source, answer, controller, tracing, traceOn);
  const legs = way?.legs ?? [{ probability: 1, hops: [], from: '' }];
  const hop = httpHop(answer, tracing);
  // Several ways lead to one pod of the controller: from there on they are one.
  const sharesFrom = new Map<string, readonly Share[]>();
  for (const { from } of legs) {
    const send = (target: Target) => traceOn({ ...request, from, to: target.to, port: target.port, protocol: 'TCP' }, tracing); // prettier-ignore
    if (!sharesFrom.has(from)) sharesFrom.set(from, sharesOf(answer, hop, tracing, send));
  }
  const lost = way?.lost ?? [];
  const through = legs.flatMap((leg) =>
    (sharesFrom.get(leg.from) ?? []).flatMap((share) => share.paths.map((path) => joined(leg, path))),
  );
  const paths = [...through, ...lost].sort((a, b) => millionths(b.probability) - millionths(a.probability));
  const outcomes = outcomesOf(paths);
  const sent = [...sharesFrom.values()].flat().flatMap(({ trace }) => trace ?? []);
  const traces = [...(way?.trace ? [way.trace] : []), ...sent];
  const hedged = traces.some((each) => each.hedged);
  return {
    request,
    from: source.label,
    to: answer.entry ? `${printUrl(answer.request)} (${printEntry(answer.entry)})` : printUrl(answer.request),
    verdict: hedged ? hedgedVerdict(outcomes) : verdictOf(outcomes),
    hedged,
    doubts: [...new Set(traces.flatMap(({ doubts = [] }) => doubts))],
    outcomes,
    paths,
    tries: [],
    called: undefined,
    services: [...new Set(traces.flatMap(({ services }) => services))],
    rulesLookedAt: rulesOnTheWay(legs, sharesFrom) + (way?.trace?.rulesLookedAt ?? 0),
    undeclared: traces.find(({ undeclared }) => undeclared !== undefined)?.undeclared,
    symptom: symptomAtDoor(answer, outcomesOf(through), outcomesOf(lost)),
    fixes: distinctFixes([...findingsAtDoor(answer, outcomes, tracing), ...traces.flatMap(({ fixes }) => fixes)]),
    assumptions: [
      ...new Set([
        ...source.notes,
        ...(way ? [way.note] : []),
        ...doorNotes(answer, sent.length > 0 && !way?.trace ? controller.note : undefined, sent.length > 0),
        ...traces.flatMap(({ assumptions }) => assumptions),
      ]),
    ],
  };
}

/** What was found out about the rule that gets the request, where the controller itself answers. */
function findingsAtDoor({ winner }: HttpAnswer, outcomes: Trace['outcomes'], tracing: Tracing): readonly TraceFix[] {
  if (!winner || !outcomes.some(({ kind }) => kind === 'answered')) return [];
  return troublesOf(winner.object, serious, tracing).flatMap(({ fixes }) => fixes);
}

function joined(leg: Leg, path: TracePath): TracePath {
  return { ...path, probability: path.probability * leg.probability, hops: [...leg.hops, ...path.hops] };
}

function outcomesOf(paths: readonly TracePath[]): Trace['outcomes'] {
  return sumOutcomes(paths.map(({ outcome, probability }) => ({ ...outcome, probability })));
}

function rulesOnTheWay(legs: readonly Leg[], sharesFrom: ReadonlyMap<string, readonly Share[]>): number {
  let sum = 0;
  for (const leg of legs)
    for (const { trace, probability } of sharesFrom.get(leg.from) ?? [])
      sum += (trace?.rulesLookedAt ?? 0) * probability * leg.probability;
  return sum;
}

/** What the controller calls for a backend: the Service, or one of its endpoints. */
interface Target {
  readonly to: string;
  readonly port: number | undefined;
  /** Of the backend's share. */
  readonly probability: number;
}

function sharesOf(
  answer: HttpAnswer,
  hop: Hop,
  tracing: Tracing,
  send: (target: Target) => Trace | TraceError,
): readonly Share[] {
  if (!answer.entry) return [notTakenIn(answer, hop)];
  const sent = answer.backends.filter(({ probability }) => probability > 0);
  if (answer.status !== undefined || sent.length === 0)
    return [answeredShare(1, answer.status, reasonAtDoor(answer), hop)];
  return sent.flatMap((backend) => {
    const { probability, problem, filters } = backend;
    const own = sent.length === 1 ? hop : hopOfBackend(hop, backend, answer, tracing);
    const redirect = filters.find((filter) => filter.kind === 'redirect');
    if (redirect) return [answeredShare(probability, redirect.status, `redirected to ${redirect.location}`, own)];
    // Why there is no ready endpoint is what the trace from there on tells best.
    if (problem && problem.reason !== 'NoReadyEndpoints')
      return [answeredShare(probability, problem.status, problem.message, own)];
    return targetsOf(backend, tracing.context.simulation.controlPlane).map((target): Share => {
      const share = probability * target.probability;
      const trace = send(target);
      if ('error' in trace) return answeredShare(share, 503, trace.error, own);
      const paths = trace.paths.map((path) => ({
        ...path,
        probability: path.probability * share,
        hops: [own, ...path.hops],
        packets: path.packets.map((row, i) => (i === 0 ? { ...row, where: 'as the controller sends it' } : row)),
      }));
      return { probability: share, trace, paths };
    });
  });
}

/** A headless Service has no address, and its endpoints no port but their own. */
function targetsOf({ service: name = '', port }: HttpBackend, controlPlane: ControlPlane): readonly Target[] {
  const service = controlPlane.service(name);
  const servicePort = service?.spec.ports?.find((known) => known.port === port);
  const ready =
    service && servicePort && isHeadless(service)
      ? endpointsOfPort(service, servicePort, controlPlane).filter((endpoint) => endpoint.ready)
      : [];
  if (ready.length === 0) return [{ to: `service ${name}`, port, probability: 1 }];
  return ready.map((endpoint) => ({ to: endpoint.address, port: endpoint.port, probability: 1 / ready.length }));
}

function answeredShare(probability: number, status: number | undefined, reason: string, hop: Hop): Share {
  const outcome: TraceOutcome = { kind: 'answered', status, reason: `${status === undefined ? '' : `HTTP ${status}: `}${reason}` }; // prettier-ignore
  const last: Hop = { ...hop, state: status !== undefined && status < 400 ? 'ended' : 'failed' };
  return { probability, trace: undefined, paths: [{ probability, outcome, hops: [last], packets: [] }] };
}

/** A Gateway knows the host, and has no listener for the port and protocol. */
function notTakenIn({ request }: HttpAnswer, hop: Hop): Share {
  const reason = `no listener takes requests for ${request.host} in on port ${request.port} by ${request.scheme}`;
  const outcome: TraceOutcome = { kind: 'refused', reason };
  return {
    probability: 1,
    trace: undefined,
    paths: [{ probability: 1, outcome, hops: [{ ...hop, state: 'failed' }], packets: [] }],
  };
}

/** Of several backends: the hop with the one that this path goes to, and its place. */
function hopOfBackend(hop: Hop, backend: HttpBackend, { winner }: HttpAnswer, { context }: Tracing): Hop {
  const share = printShare(backend.probability);
  const text = `it has the backend ${backend.text}`;
  const place = winner && placeOf(winner.object, backend.path, context);
  return { ...hop, result: `to ${backend.text} (${share} of the requests)`, causes: [...hop.causes, { text, place }] };
}

function reasonAtDoor({ winner, filters }: HttpAnswer): string {
  const redirect = filters.find((filter) => filter.kind === 'redirect');
  if (redirect) return `redirected to ${redirect.location}`;
  return winner ? 'the rule has no backend that a request could go to' : 'no rule fits the request';
}

// ---------------------------------------------------------------- the hop

/** More rules than this that were passed over are only counted. */
const mostPassedOver = 5;

/** Names the rule that gets the request, what made it win, and those that were passed over. */
function httpHop(answer: HttpAnswer, tracing: Tracing): Hop {
  const { winner, entry, backends } = answer;
  return {
    kind: 'http',
    title: `${answer.request.method} ${printUrl(answer.request)}`,
    result: resultOf(answer),
    lines: [
      ...(entry ? [`taken in by ${printEntry(entry)}, by the specification: controllers differ`] : []),
      ...(winner?.why ?? []),
      ...(backends.length > 1 ? backends.map(({ probability, text }) => `${printShare(probability)} ${text}`) : []),
      ...passedLines(answer),
    ],
    before: undefined,
    after: undefined,
    causes: causesOf(answer, tracing),
    state: 'passed',
    topics: [
      (entry?.kind ?? winner?.object.kind) === 'ingress' || winner?.object.kind === 'Ingress' ? 'ingress' : 'gateway',
    ],
  };
}

function resultOf({ entry, winner, backends, status, filters }: HttpAnswer): string {
  const redirect = filters.find((filter) => filter.kind === 'redirect');
  if (redirect) return `${redirect.status}: redirect to ${redirect.location}`;
  if (!entry) return 'no listener takes it in';
  if (!winner) return `no rule gets it${status === undefined ? '' : `: ${status}`}`;
  const [only, ...others] = backends;
  if (!only) return `no backend: ${status ?? 'an error'}`;
  return others.length === 0 ? `to ${only.text}` : `to ${backends.length} backends`;
}

function passedLines({ passedOver }: HttpAnswer): string[] {
  // Those that would fit, too, tell more.
  const sorted = [...passedOver].sort((a, b) => Number(b.fits) - Number(a.fits));
  const shown = sorted.slice(0, mostPassedOver).map(({ object, text, reason }) => {
    const what = text === '' ? printReference(object) : `${printReference(object)}, ${text}`;
    return `passed over: ${what}: ${reason}`;
  });
  const rest = passedOver.length - shown.length;
  return rest > 0 ? [...shown, `and ${rest} more`] : shown;
}

function causesOf({ winner, entry }: HttpAnswer, { context }: Tracing): HopCause[] {
  const causes: HopCause[] = [];
  if (winner)
    causes.push({
      text: `${printReference(winner.object)}, ${winner.text}`,
      place: placeOf(winner.object, winner.path, context),
    });
  if (entry?.kind === 'gateway')
    causes.push({
      text: `${printReference(entry.owner)} has the listener ${entry.listener}`,
      place: placeOf(entry.owner, entry.path, context),
    });
  if (entry?.kind === 'ingress' && entry.ingressClass)
    causes.push({
      text: `${printReference(entry.ingressClass)} is the class`,
      place: namePlaceOf(entry.ingressClass, context),
    });
  return causes;
}

// ---------------------------------------------------------------- in words

function doorNotes({ notes, others }: HttpAnswer, controller: string | undefined, isSentOn: boolean): string[] {
  const direct = "the controller calls the Service's address here (of a headless one, an endpoint); most send straight to a ready endpoint, past kube-proxy, its traffic policies and its session affinity"; // prettier-ignore
  const other = `${listed(others.map(printEntry), 3)} would take the request as well: the host's address decides`;
  return [
    ...(controller === undefined ? [] : [controller]),
    ...(isSentOn ? [direct] : []),
    ...(others.length === 0 ? [] : [other]),
    ...notes,
  ];
}

/** Between client and pod stands a proxy: what goes wrong behind it the client sees as an answer of the proxy. */
function symptomAtDoor(answer: HttpAnswer, through: Trace['outcomes'], lost: Trace['outcomes']): string {
  if (!answer.entry) return symptomOf(through, 'TCP');
  const words = new Map<string, number>();
  const add = (word: string, share: number) => words.set(word, (words.get(word) ?? 0) + share);
  for (const outcome of through) add(symptomOfOutcome(outcome), outcome.probability);
  for (const outcome of lost) add(symptomOf([outcome], 'TCP'), outcome.probability);
  if (words.size === 1) return [...words.keys()][0] ?? '';
  return [...words].map(([word, share]) => `${printShare(share)}: ${word}`).join('; ');
}

function symptomOfOutcome(outcome: Trace['outcomes'][number]): string {
  if (outcome.kind === 'delivered') return symptomOf([outcome], 'TCP');
  if (outcome.kind !== 'answered')
    return `an answer of the controller, mostly 502, 503 or 504, for what it sees: ${symptomOf([outcome], 'TCP')}`;
  return outcome.status === undefined ? 'an answer of the controller' : `HTTP ${outcome.status} from the controller`;
}
