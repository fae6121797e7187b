/** `diff PATH --scope A --against B` and `diff PATH OTHER`: what two scopes have and do differently. */

import { compareScopes, gapsOf, type ScopeComparison } from '#analysis/comparison/comparison';
import {
  compareRequest,
  testDifferences,
  type RequestComparison,
  type TestDifference,
} from '#analysis/comparison/requests';
import type { ScopeState } from '#analysis/context';
import { modeOnNode } from '#analysis/data-plane/data-plane';
import type { FieldChange } from '#analysis/drift';
import { traceRequest } from '#analysis/trace/trace';
import type { TraceRequest } from '#analysis/types';
import { isReachabilityPath } from '#manifest/index';
import { printReference, type KubernetesObject } from '#model/object';
import type { DiffFlags } from './diff';
import { fieldLine, listLines } from './difference-text';
import { Failure } from './failure';
import { chooseScope, load, type Loaded } from './load';
import { print, printValue, styleOf, type Style } from './output';
import { traceRequestOf, writtenRequest } from './requests';
import { unifiedDiff } from './unified-diff';

/** One side: a scope and what it was loaded with. */
interface Chosen {
  readonly loaded: Loaded;
  readonly state: ScopeState;
  /** How it is called where the two are told apart. */
  readonly title: string;
}

/** What `-o json` prints. */
interface PrintedComparison {
  readonly first: string;
  readonly second: string;
  /** Namespaces of the first that are called otherwise in the second. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly onlyInFirst: readonly string[];
  readonly onlyInSecond: readonly string[];
  readonly services: readonly PrintedObject[];
  readonly others: readonly PrintedObject[];
  readonly refused: readonly { readonly side: 'first' | 'second'; readonly object: string; readonly message: string }[];
  readonly rules: ScopeComparison['rules'];
  readonly requests: readonly RequestComparison[];
  readonly tests: readonly TestDifference[];
  /** What keeps the comparison from being whole. */
  readonly notes: readonly string[];
}

interface PrintedObject {
  readonly first: string;
  readonly second: string;
  readonly fields: readonly FieldChange[];
}

/** The exit status: 1 where there is a difference. */
export async function diffScopes(path: string, other: string | undefined, flags: DiffFlags): Promise<0 | 1> {
  if ((flags.from === undefined) !== (flags.to === undefined)) throw new Failure('--from and --to go together');
  const requests = [
    ...(flags.request ?? []).map((text) => writtenRequest(text, flags)),
    ...(flags.from === undefined ? [] : [traceRequestOf({ from: flags.from, to: flags.to, port: flags.port, protocol: flags.protocol })]), // prettier-ignore
  ];
  const loaded = await load(path, flags, 'all');
  const against = other === undefined ? loaded : await load(other, { ...flags, scope: undefined }, 'all');
  for (const warning of new Set([...loaded.warnings, ...against.warnings])) process.stderr.write(`service-topology: ${warning}\n`); // prettier-ignore
  const printed: PrintedComparison[] = [];
  const texts: string[] = [];
  const style = styleOf(process.stdout);
  const { pairs, alone } = sidesOf({ path, loaded }, { path: other, loaded: against }, flags);
  for (const [first, second] of pairs) {
    const comparison = compareScopes(
      first.loaded.workspace.context(first.state),
      second.loaded.workspace.context(second.state),
    );
    const found = printable(comparison, first, second, requests);
    printed.push(found);
    texts.push(asText(found, style) + rulesText(first, second, flags.rules));
  }
  if (flags.output === 'text') print([...texts, ...alone].join('\n\n'));
  else printValue(pairs.length === 1 ? printed[0] : printed, flags.output);
  return alone.length > 0 || printed.some((found) => !isNothing(found)) ? 1 : 0;
}

interface Given {
  readonly path: string | undefined;
  readonly loaded: Loaded;
}

/** The scopes to compare; of two folders without a scope that is named, all of the same name. */
function sidesOf(first: Given, second: Given, flags: DiffFlags) {
  const isOne = first.loaded === second.loaded;
  if (isOne && (flags.scope === undefined || flags.against === undefined))
    throw new Failure(`diff compares two: name them with --scope A --against B, give a second file or folder, or compare with a cluster by --live; ${scopeNames(first.loaded)}`); // prettier-ignore
  const title = (given: Given, state: ScopeState) => (isOne ? state.scope.name : titleIn(given, state));
  const choose = (given: Given, scope: string | undefined): Chosen => {
    const state = chooseScope(given.loaded, { scope });
    return { loaded: given.loaded, state, title: title(given, state) };
  };
  const named = flags.against ?? flags.scope;
  const [a, b] = [shownScopes(first.loaded), shownScopes(second.loaded)];
  if (flags.scope !== undefined || flags.against !== undefined || (a.length === 1 && b.length === 1)) {
    return { pairs: [[choose(first, flags.scope), choose(second, named)] as const], alone: [] };
  }
  const there = new Map(b.map((state) => [state.scope.name, state]));
  const pairs = a.flatMap((state): (readonly [Chosen, Chosen])[] => {
    const match = there.get(state.scope.name);
    return match ? [[choose(first, state.scope.name), choose(second, match.scope.name)]] : [];
  });
  const known = new Set(pairs.map(([{ state }]) => state.scope.name));
  const alone = [[a, first] as const, [b, second] as const].flatMap(([states, { path }]) =>
    states.filter(({ scope }) => !known.has(scope.name)).map(({ scope }) => `The scope ${scope.name} is only in ${path ?? '.'}.`),
  ); // prettier-ignore
  return { pairs, alone };
}

function shownScopes({ workspace }: Loaded): readonly ScopeState[] {
  return workspace.scopes.filter(({ simulation }) => !simulation.controlPlane.objects()[Symbol.iterator]().next().done);
}

function scopeNames(loaded: Loaded): string {
  return `scopes:\n${shownScopes(loaded).map(({ scope }) => `  ${scope.name}`).join('\n')}`; // prettier-ignore
}

function titleIn({ path }: Given, { scope }: ScopeState): string {
  const folder = (path ?? '').replace(/\/+$/, '');
  return scope.name === '.' || scope.name === path ? folder : `${folder}/${scope.name}`;
}

function printable(
  comparison: ScopeComparison,
  first: Chosen,
  second: Chosen,
  requests: readonly TraceRequest[],
): PrintedComparison {
  const { matching, services, others, refused, rules } = comparison;
  const side = ({ loaded, state }: Chosen) => ({ workspace: loaded.workspace, state });
  const object = ([a, b]: readonly [KubernetesObject, KubernetesObject], fields: readonly FieldChange[]) => ({
    first: printReference(a),
    second: printReference(b),
    fields,
  });
  const tests = [...first.loaded.workspace.files()].filter(({ path }) => isReachabilityPath(path));
  return {
    first: first.title,
    second: second.title,
    namespaces: Object.fromEntries(matching.namespaces),
    onlyInFirst: matching.onlyInFirst.map(printReference),
    onlyInSecond: matching.onlyInSecond.map(printReference),
    services: services.map((service) => object([service.first, service.second], service.fields)),
    others: others.map(({ pair, fields }) => object(pair, fields)),
    refused: refused.map((each) => ({ ...each, object: printReference(each.object) })),
    rules,
    requests: requests.map((request) =>
      compareRequest(
        request,
        matching.namespaces,
        (asked) => traceRequest(asked, first.loaded.workspace, first.state),
        (asked) => traceRequest(asked, second.loaded.workspace, second.state),
      ),
    ),
    tests: testDifferences(tests, side(first), side(second)),
    notes: [...new Set([first, second].flatMap(({ state, title }) => gapsOf(state.scope, title)))],
  };
}

function isNothing(found: PrintedComparison): boolean {
  const lists = [found.onlyInFirst, found.onlyInSecond, found.services, found.others, found.refused, found.tests];
  const isQuiet = found.rules === undefined && found.requests.every(({ differs }) => !differs);
  return isQuiet && lists.every(({ length }) => length === 0);
}

function asText(found: PrintedComparison, style: Style): string {
  const { first, second, namespaces, services, others, refused, rules, requests, tests, notes } = found;
  const told = notes.map((note) => ` ${style.dim(`not whole: ${note}`)}`);
  const mapped = Object.entries(namespaces).map(([from, to]) => ` namespace ${from} → ${to}`);
  if (isNothing(found)) {
    const same = mapped.length > 0 ? 'do not differ but in their namespaces.' : 'do not differ.';
    return [`${first} and ${second} ${same}`, ...mapped, ...requestLines(requests, style), ...told].join('\n');
  }
  const named = (object: PrintedObject) =>
    object.first === object.second ? style.bold(object.first) : `${style.bold(object.first)} ↔ ${style.bold(object.second)}`; // prettier-ignore
  const words = { first, second };
  return [
    style.bold(`${first} → ${second}`),
    ...mapped,
    ...told,
    ...refused.flatMap(({ side, object, message }) => ['', ` ${style.red('refused')} in ${words[side]} alone: ${object}`, `   ${message}`]), // prettier-ignore
    ...[...services, ...others].flatMap((object) => ['', ` ${named(object)} differs`, ...object.fields.map(fieldLine)]),
    ...listLines(`only in ${first}`, found.onlyInFirst),
    ...listLines(`only in ${second}`, found.onlyInSecond),
    ...(rules ? ['', ` rules of ${rules.node} (${rules.mode}, ${rules.family}): ${lines(rules.onlyInFirst)} only in ${first}, ${lines(rules.onlyInSecond)} only in ${second} (--rules ${rules.node} shows them)`] : []), // prettier-ignore
    ...requestLines(requests, style),
    ...(tests.length > 0 ? ['', ' reachability tests that end otherwise:'] : []),
    ...tests.map(({ file, name, first: was, second: is }) => `   ${name} (${file}): ${was} → ${is}`),
  ].join('\n');
}

function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

function requestLines(requests: readonly RequestComparison[], style: Style): readonly string[] {
  if (requests.length === 0) return [];
  return [
    '',
    ' requests:',
    ...requests.map(({ request, first, second, differs }) => {
      const end = differs ? style.yellow(`${first.verdict} → ${second.verdict}`) : first.verdict;
      return `   ${request.from} → ${request.to}: ${end}`;
    }),
  ];
}

/** How the rules of a node differ, as `diff -u` prints it. */
function rulesText(first: Chosen, second: Chosen, node: string | undefined): string {
  if (node === undefined) return '';
  const { controlPlane } = first.state.simulation;
  const mode = modeOnNode(node, controlPlane);
  const [before, after] = [first, second].map(({ state }) => {
    const { dataPlane } = state.simulation;
    const rules = dataPlane.rules(node, mode, 'IPv4');
    if (!rules) throw new Failure(`no node ${node} in ${state.scope.name}; nodes: ${state.simulation.controlPlane.nodes().map(({ metadata }) => metadata.name).join(', ')}`); // prettier-ignore
    return dataPlane.print(rules);
  });
  const text = unifiedDiff(`${node}.${mode}`, before!, after!);
  return text === '' ? '' : `\n\n${text}`;
}
