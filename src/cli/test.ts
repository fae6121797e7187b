/** `test`: what a team says must and must not be reachable, held against what the cluster would do. */

import { basename, dirname } from 'node:path';
import type { FileResult, TestResult, TestState } from '#analysis/reachability/types';
import { readReachability } from '#analysis/reachability/read';
import { runReachability } from '#analysis/reachability/run';
import { endsAs } from '#analysis/reachability/ends';
import { percent } from '#analysis/trace/text';
import type { Hop } from '#analysis/types';
import { assertNever } from '#base/assert';
import { wrap } from '#base/wrap';
import { isReachabilityPath } from '#manifest/index';
import { Failure } from './failure';
import { junit, type Case } from './junit';
import { load, type Loaded, type LoadFlags } from './load';
import { print, printValue, styleOf, type Style } from './output';
import { at } from './report';

export const testFormats = ['text', 'json', 'junit'] as const;

export interface TestFlags extends LoadFlags {
  readonly format: (typeof testFormats)[number];
  readonly quiet?: boolean;
}

/** Runs the tests below PATH, or those of the one file that it names; 1 where one of them fails. */
export async function test(path: string, flags: TestFlags): Promise<0 | 1> {
  if (flags.live) throw new Failure('test works from files: it does not go with --live');
  const one = isReachabilityPath(path) ? basename(path) : undefined;
  const loaded = await load(one === undefined ? path : dirname(path), flags);
  for (const warning of loaded.warnings) process.stderr.write(`service-topology: ${warning}\n`);
  const began = performance.now();
  const results = resultsOf(loaded, flags, one);
  printResults(results, { loaded, flags, milliseconds: Math.round(performance.now() - began) });
  return results.some(({ tests, problems }) => problems.length > 0 || tests.some(isBad)) ? 1 : 0;
}

/** A file's results, and what keeps some of its tests from being read. */
type Tested = FileResult & { readonly problems: readonly { readonly place: string; readonly message: string }[] };

function resultsOf(loaded: Loaded, flags: TestFlags, one: string | undefined): readonly Tested[] {
  const { workspace, displayPath } = loaded;
  const scope = flags.scope === undefined ? undefined : workspace.scope(flags.scope);
  if (flags.scope !== undefined && !scope) throw new Failure(`no scope ${flags.scope}`);
  const files = workspace.paths().flatMap((path) => {
    const file = isReachabilityPath(path) && (one === undefined || path === one) ? workspace.file(path) : undefined;
    return file ? [file] : [];
  });
  if (files.length === 0) throw new Failure('no tests there: they are in files named reachability.yaml or NAME.reachability.yaml');
  return files.map((file) => ({
    ...runReachability(file, workspace, scope ? { scope } : {}),
    problems: [...file.problems, ...readReachability(file).problems].map(({ range, message }) => ({
      place: `${displayPath(file.path)}:${at(range)}`,
      message,
    })),
  }));
} // prettier-ignore

function isBad({ state }: TestResult): boolean {
  return state === 'failed' || state === 'error';
}

interface Printing {
  readonly loaded: Loaded;
  readonly flags: TestFlags;
  readonly milliseconds: number;
}

function printResults(results: readonly Tested[], printing: Printing): void {
  const { displayPath } = printing.loaded;
  switch (printing.flags.format) {
    case 'text':
      return print(textOf(results, printing, styleOf(process.stdout)));
    case 'json':
      return printValue(jsonOf(results, displayPath), 'json');
    case 'junit':
      return print(
        junit(
          'service-topology test',
          results.map((result) => suiteOf(result, displayPath)),
        ),
      );
    default:
      return assertNever(printing.flags.format);
  }
}

const marks: Readonly<Record<TestState, string>> = { passed: '✓', failed: '✗', error: '✗', 'not run': '–' };

function textOf(results: readonly Tested[], { loaded, flags, milliseconds }: Printing, style: Style): string {
  const blocks = results.map((result) =>
    [
      style.bold(loaded.displayPath(result.path)),
      ...result.problems.map(({ place, message }) => `  ${style.red('✗')} ${place} ${message}`),
      ...result.tests.flatMap((tested) => testLines(tested, loaded.displayPath, style)),
    ].join('\n'),
  );
  const all = results.flatMap(({ tests }) => tests);
  const passed = all.filter(({ state }) => state === 'passed').length;
  const failed = all.length - passed + results.reduce((sum, { problems }) => sum + problems.length, 0);
  const requests = all.reduce((sum, tested) => sum + tested.requests, 0);
  const verdict = failed > 0 ? style.red(`${passed} passed, ${failed} failed`) : style.green(`${passed} passed`);
  const summary = `${verdict} (${requests} request${requests === 1 ? '' : 's'}, ${milliseconds} ms)`;
  return [...(flags.quiet ? [] : blocks), summary].join('\n\n');
}

function testLines(tested: TestResult, displayPath: (path: string) => string, style: Style): string[] {
  const { test: told, state, finding, failures } = tested;
  const colour = state === 'passed' ? style.green : state === 'not run' ? style.dim : style.red;
  const head = `  ${colour(marks[state])} ${told.name}`;
  if (!finding) return [head];
  const place = `${displayPath(finding.place.file)}:${at(finding.place.range)}`;
  const [first] = failures;
  return [
    `${head}  ${style.blue(place)}`,
    ...wrap(withoutName(finding.message, told.name), ' '.repeat(6), style.width),
    ...(first ? [`${' '.repeat(6)}${first.trace.from} → ${first.trace.to}`] : []),
    ...hopsOf(tested).flatMap((hop, i) => hopLines(hop, i + 1, displayPath, style)),
    ...finding.fixes.flatMap(({ title }) => wrap(`fix: ${title}`, ' '.repeat(6), style.width)),
  ];
}

function withoutName(message: string, name: string): string {
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}

/** Of the first request that failed the most probable way on which it does. */
function hopsOf({ test: { expect }, failures }: TestResult): readonly Hop[] {
  return failures[0]?.trace.paths.find((path) => !endsAs(path, expect))?.hops ?? [];
}

function hopLines({ kind, title, result, causes }: Hop, number: number, displayPath: (path: string) => string, style: Style): string[] {
  const indent = ' '.repeat(18);
  const because = causes.flatMap(({ text, place }) => {
    const where = place ? `  ${displayPath(place.file)}:${at(place.range)}` : '';
    return wrap(`because ${text}${where}`, indent, style.width);
  });
  const line = wrap(result === '' ? title : `${title}: ${result}`, indent, style.width).join('\n').trimStart();
  return [`${String(number).padStart(8)} ${kind.padEnd(8)} ${line}`, ...because.map(style.dim)];
} // prettier-ignore

function jsonOf(results: readonly Tested[], displayPath: (path: string) => string) {
  return {
    tests: results.flatMap(({ path, tests }) => tests.map((tested) => jsonOfTest(tested, displayPath(path), displayPath))),
    problems: results.flatMap(({ problems }) => problems),
  };
} // prettier-ignore

function jsonOfTest({ test: told, state, scope, requests, share, finding, failures }: TestResult, file: string, displayPath: (path: string) => string) {
  const { name, from, to, port, protocol, mode, expect } = told;
  return {
    name, file, range: told.places.expect, scope, state, from, to, port, protocol, mode, expect, requests,
    wanted: told.share, share,
    message: finding?.message,
    related: finding?.related.map((place) => ({ ...place, file: displayPath(place.file) })) ?? [],
    failures: failures.map(({ request, trace }) => ({
      request,
      from: trace.from,
      to: trace.to,
      verdict: trace.verdict,
      symptom: trace.symptom,
      outcomes: trace.outcomes,
    })),
  };
} // prettier-ignore

function suiteOf({ path, tests, problems }: Tested, displayPath: (path: string) => string) {
  const file = displayPath(path);
  const broken = problems.map(({ place, message }): Case => ({
    name: `${place} can be read`,
    classname: file,
    state: { kind: 'error', type: 'reachability-invalid', message, text: `${place} ${message}` },
  }));
  return { name: file, cases: [...broken, ...tests.map((tested) => caseOf(tested, file, displayPath))] };
}

function caseOf(tested: TestResult, classname: string, displayPath: (path: string) => string): Case {
  const { test: told, state, finding, requests, share } = tested;
  const named = { name: told.name, classname };
  if (state === 'passed') return { ...named, state: { kind: 'passed', output: `${percent(share)} of ${requests} requests: ${told.expect}` } };
  const text = testLines(tested, displayPath, plain).join('\n');
  const kind = state === 'error' ? 'error' : 'failed';
  return { ...named, state: { kind, type: finding?.code ?? '', message: finding?.message ?? '', text } };
} // prettier-ignore

const same = (text: string) => text;
const plain: Style = { bold: same, dim: same, red: same, yellow: same, green: same, blue: same, width: 120 };
