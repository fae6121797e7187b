/** Results as JUnit XML, which nearly every CI shows as a list of tests: a suite a file, a case a finding or a test. */

import { messageOf } from '#server/diagnostics';
import { at, type FileReport, type Told } from './report';

export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly classname: string;
  readonly state:
    | { readonly kind: 'passed'; /** Shown below it; '' for nothing. */ readonly output: string }
    | { readonly kind: 'failed' | 'error'; readonly type: string; readonly message: string; readonly text: string }
    | { readonly kind: 'skipped'; readonly message: string };
}

/** Errors fail, what is below them passes with its text, what is ignored is skipped. A file without either passes. */
export function suiteOf({ path, told, ignored }: FileReport, displayPath: (path: string) => string): Suite {
  const file = displayPath(path);
  const cases = told.map((each): Case => ({ ...named(each, file), state: stateOf(each, displayPath) }));
  const skipped = ignored.map(({ told: each, reason }): Case => ({
    ...named(each, file),
    state: { kind: 'skipped', message: `ignored: ${reason === '' ? each.message : reason}` },
  }));
  const all = [...cases, ...skipped];
  if (all.length > 0) return { name: file, cases: all };
  return { name: file, cases: [{ name: 'nothing found', classname: file, state: { kind: 'passed', output: '' } }] };
}

function named({ code, range, message }: Told, classname: string): Pick<Case, 'name' | 'classname'> {
  return { name: `${code} at ${at(range)}: ${message}`, classname };
}

function stateOf(told: Told, displayPath: (path: string) => string): Case['state'] {
  const place = `${displayPath(told.file)}:${at(told.range)}`;
  const fixes = told.fixes.map(({ title }) => `fix: ${title}`);
  const text = [`${place} ${told.severity} ${told.code}`, messageOf(told), ...fixes].join('\n');
  if (told.severity !== 'error') return { kind: 'passed', output: text };
  return { kind: 'failed', type: told.code, message: told.message, text };
}

export function junit(name: string, suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name, ...counts(all) })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite ${attributes({ name: suite.name, ...counts(suite.cases), skipped: count(suite.cases, 'skipped') })}>`,
      ...suite.cases.flatMap(printCase),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
}

function counts(cases: readonly Case[]) {
  return { tests: cases.length, failures: count(cases, 'failed'), errors: count(cases, 'error') };
}

function count(cases: readonly Case[], kind: Case['state']['kind']): number {
  return cases.filter(({ state }) => state.kind === kind).length;
}

function printCase({ name, classname, state }: Case): string[] {
  const head = `    <testcase ${attributes({ name, classname })}`;
  const inside = printState(state);
  return inside === '' ? [`${head}/>`] : [`${head}>`, `      ${inside}`, '    </testcase>'];
}

function printState(state: Case['state']): string {
  if (state.kind === 'passed') return state.output === '' ? '' : `<system-out>${escape(state.output)}</system-out>`;
  if (state.kind === 'skipped') return `<skipped ${attributes({ message: state.message })}/>`;
  const element = state.kind === 'failed' ? 'failure' : 'error';
  return `<${element} ${attributes({ type: state.type, message: state.message })}>${escape(state.text)}</${element}>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escape(String(value)).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

/** XML 1.0 has no form at all for most control characters and for halves of surrogate pairs. */
function escape(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
