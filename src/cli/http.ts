/** `http`: which Ingress rule or Gateway API route gets a request, why, and which Services it sends it to. */

import { placeOf } from '#analysis/places';
import type { ScopeState } from '#analysis/context';
import type { JsonPath } from '#base/json';
import { printReference, type KubernetesObject } from '#model/object';
import { parseHttpRequest, printEntry, printUrl, routeHttp } from '#simulation/index';
import type { HttpAnswer, HttpBackend, HttpEntry, HttpFilter, NameValue } from '#simulation/http/types';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue, styleOf, table, type Format, type Style } from './output';
import { percent } from '#analysis/trace/text';

export interface HttpFlags {
  readonly method?: string;
  readonly header?: readonly string[];
  readonly output: Format;
}

export function http(loaded: Loaded, state: ScopeState, url: string, flags: HttpFlags): void {
  const request = parseHttpRequest(url, {
    headers: (flags.header ?? []).map(headerOf),
    ...(flags.method !== undefined && { method: flags.method }),
  });
  if (!request) throw new Failure(`cannot read the URL "${url}": write http://HOST[:PORT]/PATH, or https, grpc, grpcs`);
  const answer = routeHttp(state.simulation.controlPlane, request);
  const place: PlaceOf = (object, path) => {
    const found = placeOf(object, path, loaded.workspace);
    if (!found) return '';
    return `${loaded.displayPath(found.file)}:${found.range.start.line + 1}:${found.range.start.character + 1}`;
  };
  if (flags.output !== 'text') printValue(wire(answer, place), flags.output);
  else print(textOf(answer, place, styleOf(process.stdout)));
}

type PlaceOf = (object: KubernetesObject, path: JsonPath) => string;

/** `K: V`; a header without a value is one with an empty value. */
function headerOf(text: string): NameValue {
  const colon = text.indexOf(':');
  if (colon <= 0) throw new Failure(`cannot read the header "${text}": write 'NAME: VALUE'`);
  return { name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() };
}

// ---------------------------------------------------------------- for programs

function wire(answer: HttpAnswer, place: PlaceOf) {
  const candidate = (object: KubernetesObject, path: JsonPath, text: string) => ({
    object: printReference(object),
    text,
    path,
    place: place(object, path),
  });
  const { winner } = answer;
  return {
    request: answer.request,
    entry: answer.entry && printEntry(answer.entry),
    winner: winner && {
      ...candidate(winner.object, winner.path, winner.text),
      rule: winner.rule,
      match: winner.match,
      why: winner.why,
    },
    backends: answer.backends,
    filters: answer.filters,
    status: answer.status,
    passedOver: answer.passedOver.map(({ object, path, text, fits, reason }) => ({
      ...candidate(object, path, text),
      fits,
      reason,
    })),
    notes: answer.notes,
    others: answer.others.map(printEntry),
  };
}

// ---------------------------------------------------------------- for people

/** More rules than this that were passed over are only counted. */
const mostPassedOver = 8;

function textOf(answer: HttpAnswer, place: PlaceOf, style: Style): string {
  const url = `${answer.request.method} ${printUrl(answer.request)}`;
  return [
    style.bold(url),
    ...entryLines(answer.entry, answer.request.host),
    ...winnerLines(answer, place, style),
    ...answer.filters.map((filter) => `  ${printFilter(filter)}`),
    ...statusLines(answer),
    ...backendLines(answer.backends),
    ...passedLines(answer, place, style),
    ...answer.others.map((entry) => style.dim(` ${printEntry(entry)} would take it as well: the address of the host decides`)), // prettier-ignore
    ...answer.notes.map((note) => style.dim(` note: ${note}`)),
    style.dim(' by the specification: controllers differ'),
  ].join('\n');
}

function entryLines(entry: HttpEntry | undefined, host: string): string[] {
  return entry ? [` taken in by ${printEntry(entry)}`] : [` no Ingress and no Gateway takes requests for ${host} in`];
}

function winnerLines({ winner, entry }: HttpAnswer, place: PlaceOf, style: Style): string[] {
  if (!winner) return entry ? [' no rule gets it'] : [];
  const where = place(winner.object, winner.path);
  return [
    ` ${style.green(`${printReference(winner.object)}, ${winner.text}`)}${where === '' ? '' : `    ${style.blue(where)}`}`,
    ...winner.why.map((reason) => `  because ${reason}`),
  ];
}

export function printFilter(filter: HttpFilter): string {
  switch (filter.kind) {
    case 'redirect':
      return `answered with ${filter.status}: redirect to ${filter.location}`;
    case 'rewrite':
      return `rewritten to host ${filter.host}, path ${filter.url}`;
    case 'mirror':
      return `mirrored to ${filter.to}, whose answers nobody sees`;
    case 'other':
      return `filter ${filter.type}`;
  }
}

function statusLines({ status, filters }: HttpAnswer): string[] {
  if (status === undefined || filters.some(({ kind }) => kind === 'redirect')) return [];
  return [` answered with ${status}`];
}

function backendLines(backends: readonly HttpBackend[]): string[] {
  if (backends.length === 0) return [];
  const rows = backends.map(({ probability, text, problem, filters }) => [
    `  ${percent(probability)}`,
    text,
    [
      ...(problem ? [`${problem.status === undefined ? '' : `${problem.status}: `}${problem.message}`] : []),
      ...filters.map(printFilter),
    ].join('; '),
  ]);
  return table([' share', 'backend', ''], rows).split('\n');
}

function passedLines({ passedOver }: HttpAnswer, place: PlaceOf, style: Style): string[] {
  if (passedOver.length === 0) return [];
  // Those that fit as well are the more telling ones.
  const sorted = [...passedOver].sort((a, b) => Number(b.fits) - Number(a.fits));
  const shown = sorted.slice(0, mostPassedOver).map(({ object, path, text, reason }) => {
    const where = place(object, path);
    return style.dim(`  ${printReference(object)}${text === '' ? '' : `, ${text}`}: ${reason}${where === '' ? '' : `    ${where}`}`); // prettier-ignore
  });
  const rest = passedOver.length - shown.length;
  return [' passed over:', ...shown, ...(rest > 0 ? [style.dim(`  and ${rest} more (-o json)`)] : [])];
}
