/** Trace Request…: asks for source, destination and port, but for what the cursor or the chosen row already answers. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { traceChoicesRequest, type TraceChoice } from '#protocol/server';
import { position, treeItem, type WireTraceRequest } from '#protocol/values';
import type { Server } from './client';
import { activePosition } from './places';
import { findScopes, scopeChoices, tellNoScopes } from './scopes';
import { askSteps, grouped, type Choice, type Question } from './steps';

/** What is known before the first question. */
const traceTarget = v.object({
  scope: v.optional(v.string()),
  service: v.optional(v.string()),
  uri: v.optional(v.string()),
  position: v.optional(position),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  port: v.optional(v.number()),
});
export type TraceTarget = v.InferOutput<typeof traceTarget>;

type Choices = v.InferOutput<typeof traceChoicesRequest.result>;

export interface AskedTrace {
  readonly scope: string;
  readonly request: WireTraceRequest;
}

/** What a menu, a row of the tree, a lens or the palette hand over, as a target. */
export function targetOf(argument: unknown, selectedRow: unknown): TraceTarget {
  const row = v.safeParse(treeItem, argument);
  if (row.success) return { scope: row.output.scope, service: row.output.service, port: row.output.port };
  const target = argument instanceof vscode.Uri ? undefined : v.safeParse(traceTarget, argument);
  if (target?.success) return target.output;
  const active = activePosition();
  if (active) return { uri: active.uri, position: plain(active.position) };
  return selectedRow === undefined ? {} : targetOf(selectedRow, undefined);
}

function plain({ line, character }: vscode.Position): v.InferOutput<typeof position> {
  return { line, character };
}

/** Asks what is not known yet, or for one of the `recent` requests as a whole; undefined where the user leaves or there is nothing to trace in. */
export async function askTrace(
  server: Server,
  target: TraceTarget,
  recent: readonly AskedTrace[] = [],
): Promise<AskedTrace | undefined> {
  const scopes = target.scope === undefined ? await findScopes(server, target.uri) : undefined;
  if (scopes?.all.length === 0) {
    tellNoScopes();
    return undefined;
  }
  const certainScope = target.scope ?? scopes?.certain;
  const known = new Map<string, Promise<Choices>>();
  const choicesOf = (scope: string): Promise<Choices> => {
    const { uri, position, service } = target;
    const choices = known.get(scope) ?? server.ask(traceChoicesRequest, { scope, uri, position, service });
    known.set(scope, choices);
    return choices;
  };
  let asked: AskedTrace | undefined;
  let total = 3;

  const next = async (answers: readonly string[]): Promise<Question | undefined> => {
    const again = answers[0]?.startsWith(recentMark) ? recent[Number(answers[0].slice(recentMark.length))] : undefined;
    if (again) {
      asked = again;
      return undefined;
    }
    const rest = [...answers];
    const scope = certainScope ?? rest.shift();
    if (scope === undefined) {
      total = 4;
      const names = new Set(scopes?.all.map(({ name }) => name));
      return withRecent(scopeQuestion(scopeChoices(scopes?.all ?? [])), recent, (one) => names.has(one.scope));
    }
    const choices = await choicesOf(scope);
    const knownTo = target.to ?? choices.to;
    const from = target.from ?? choices.from ?? rest.shift();
    const asks = (certainScope ? 0 : 1) + ((target.from ?? choices.from) ? 0 : 1) + (knownTo ? 0 : 1);
    total = asks + (knownTo && portOf(choices, knownTo, target.port).kind !== 'ask' ? 0 : 1);
    if (from === undefined) {
      const question = sourceQuestion(choices, knownTo);
      return knownTo === undefined && answers.length === 0
        ? withRecent(question, recent, (one) => one.scope === scope)
        : question;
    }
    const to = knownTo ?? rest.shift();
    if (to === undefined) return destinationQuestion(choices, from);
    const port = portOf(choices, to, target.port);
    const portText = port.kind === 'ask' ? rest.shift() : undefined;
    if (port.kind === 'ask' && portText === undefined) {
      total = asks + 1;
      return portQuestion(choices, port.choices, from, to);
    }
    const number = port.kind === 'known' ? port.port : port.kind === 'ask' ? Number(portText) : undefined;
    asked = { scope, request: { from, to, ...(number === undefined ? {} : { port: number }) } };
    return undefined;
  };
  return (await askSteps(next, () => total)) && asked;
}

/** What an answer begins with that is no end of a request but the number of a recent one. */
const recentMark = 'recent request ';

/** With the requests that were traced last above the other choices. */
function withRecent(question: Question, recent: readonly AskedTrace[], fits: (asked: AskedTrace) => boolean): Question {
  const rows = recent.flatMap((asked, index): (Choice & { group: string })[] => {
    const { from, to, port, mode } = asked.request;
    const short = (text: string) => text.replace(/^(?:service|deployment) /, '');
    const label = `${short(from)} → ${short(to)}`;
    const description = [port === undefined ? '' : String(port), mode ?? ''].filter(Boolean).join(', ');
    return fits(asked)
      ? [{ value: `${recentMark}${index}`, label, description, group: vscode.l10n.t('traced last') }]
      : [];
  });
  return { ...question, choices: [...grouped(rows), ...question.choices] };
}

type PortAnswer =
  | { readonly kind: 'in destination' }
  | { readonly kind: 'known'; readonly port: number }
  | { readonly kind: 'ask'; readonly choices: readonly Choice[] };

function portOf(choices: Choices, to: string, preset: number | undefined): PortAnswer {
  if (preset !== undefined) return { kind: 'known', port: preset };
  if (choices.port !== undefined && to === choices.to) return { kind: 'known', port: choices.port };
  if (saysPort(to)) return { kind: 'in destination' };
  const ports = choices.destinations.find(({ value }) => value === to)?.ports ?? [];
  const [only] = ports;
  if (only && ports.length === 1) return { kind: 'known', port: only.port };
  return { kind: 'ask', choices: ports.map(({ port, label }) => ({ value: String(port), label })) };
}

/** A URL says its port by its scheme; `name:80`, `[fd00::1]:53/UDP` say it themselves. */
function saysPort(to: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(to) || /^(?:[^:]*|\[[^\]]*\]):[a-z0-9-]+(?:\/[a-z]+)?$/i.test(to);
}

function scopeQuestion(choices: readonly Choice[]): Question {
  return {
    title: vscode.l10n.t('Trace Request'),
    placeholder: vscode.l10n.t('Which manifests make up the cluster?'),
    choices,
  };
}

function sourceQuestion(choices: Choices, to: string | undefined): Question {
  return {
    title: to ? vscode.l10n.t('Trace Request to {0}', nameOf(choices, to)) : vscode.l10n.t('Trace Request'),
    placeholder: vscode.l10n.t('Who sends the request? Choose, or type a pod, node or address'),
    choices: grouped(choices.sources.map(withGroup)),
    freeText: (text) => ({ value: text, label: text, description: vscode.l10n.t('as typed') }),
  };
}

function destinationQuestion(choices: Choices, from: string): Question {
  return {
    title: vscode.l10n.t('Trace Request from {0}', nameOf(choices, from)),
    placeholder: vscode.l10n.t('Where to? Choose, or type a name, an address or a URL'),
    choices: grouped(choices.destinations.map(withGroup)),
    freeText: (text) => ({ value: text, label: text, description: vscode.l10n.t('as typed') }),
  };
}

function portQuestion(choices: Choices, ports: readonly Choice[], from: string, to: string): Question {
  return {
    title: vscode.l10n.t('Trace Request from {0} to {1}', nameOf(choices, from), nameOf(choices, to)),
    placeholder:
      ports.length > 0 ? vscode.l10n.t('Which port? Choose, or type a number') : vscode.l10n.t('Type the port'),
    choices: ports,
    freeText: (text) =>
      /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65536
        ? { value: text, label: text, description: vscode.l10n.t('as typed') }
        : undefined,
  };
}

/** How the lists call what a value stands for. */
function nameOf({ sources, destinations }: Choices, value: string): string {
  return (
    [...sources, ...destinations].find((choice) => choice.value === value)?.label ?? value.replace(/^service /, '')
  );
}

/** The kind, which is the first word of a value such as `pod shop/front-1`, names the group. */
function withGroup({ value, label, description }: TraceChoice): Choice & { group: string } {
  const kind = /^[a-z]+/i.exec(value)?.[0].toLowerCase() ?? '';
  const groups: Record<string, string> = {
    pod: vscode.l10n.t('pods'),
    node: vscode.l10n.t('nodes'),
    outside: vscode.l10n.t('outside the cluster'),
    service: vscode.l10n.t('Services'),
  };
  const isReference = /^[a-z]+[ /]\S/i.test(value) || kind === 'outside';
  const group = isReference ? (groups[kind] ?? vscode.l10n.t('workloads')) : vscode.l10n.t('names and addresses');
  return { value, label, description, group };
}
