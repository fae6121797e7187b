/** A trace for people: the verdict, the hops of the most telling path in columns, what the client sees, and the fix. */

import { wrap } from '#base/wrap';
import type { Hop, HopRule, Trace, TracePath } from '../types';
import type { Remedies } from './remedies';
import { printRemedy, printThen } from './remedy-words';

/** How a text is set off, and how many columns it has. */
export interface TextStyle {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly width: number;
}

const same = (text: string) => text;

/** For where there is no terminal. */
export const plainStyle: TextStyle = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  green: same,
  blue: same,
  width: 100,
};

/** Titles longer than this do not push the results of the other hops to the right. */
const widestTitle = 46;

/** How many paths are told hop by hop before the rest is only counted. */
const pathsInFull = 1;

export function traceText(
  trace: Trace,
  remedies: Remedies,
  displayPath: (path: string) => string,
  style: TextStyle,
): string {
  const verdict = colourVerdict(trace, style);
  const request = `${trace.from} → ${trace.to}`;
  const head = request.length + trace.verdict.length + 3 <= style.width;
  const lines = head
    ? [`${style.bold(request)}${' '.repeat(style.width - request.length - trace.verdict.length)}${verdict}`]
    : [style.bold(request), `  ${verdict}`];
  const shown = pathsToShow(trace);
  for (const path of shown) lines.push('', ...pathLines(path, shown.length > 1, displayPath, style));
  if (trace.paths.length > shown.length || trace.outcomes.length > 1) lines.push('', ...distribution(trace));
  lines.push('', ` what the client sees: ${trace.symptom}`);
  lines.push(...remedyLines(trace, remedies, style));
  for (const text of trace.assumptions) lines.push(...labelled('assumed', text, style).map(style.dim));
  return lines.join('\n');
}

/** More changes than these are told by `-o json`. */
const mostRemedies = 3;

/** What was tried and helps; where nothing does, what may. */
function remedyLines(trace: Trace, { remedies, hints }: Remedies, style: TextStyle): string[] {
  const arrives = trace.outcomes.every(({ kind }) => kind === 'delivered');
  const words = arrives ? trace.fixes.map(({ title }) => title) : hints;
  if (remedies.length === 0) return words.flatMap((title) => labelled('to mend it', title, style));
  return remedies.slice(0, mostRemedies).flatMap((remedy, i) => {
    const text = `${printRemedy(remedy)}  (then: ${printThen(remedy.trace)})`;
    return labelled(i === 0 ? 'would work with' : '             or', text, style);
  });
}

/** ` label: text`, with further lines under the text's start. */
function labelled(label: string, text: string, style: TextStyle): string[] {
  const head = ` ${label}: `;
  const [first = '', ...rest] = wrap(text, ' '.repeat(head.length), style.width);
  return [head + first.trimStart(), ...rest];
}

/** One path for each kind of end: paths that differ only in the endpoint are told by the distribution. */
function pathsToShow(trace: Trace): readonly TracePath[] {
  const byKind = new Map<string, TracePath[]>();
  for (const path of trace.paths) {
    const same = byKind.get(path.outcome.kind) ?? [];
    if (same.length < pathsInFull) byKind.set(path.outcome.kind, [...same, path]);
  }
  return [...byKind.values()].flat();
}

function pathLines(
  path: TracePath,
  several: boolean,
  displayPath: (path: string) => string,
  style: TextStyle,
): string[] {
  const fits = path.hops.map(({ title }) => title.length).filter((length) => length <= widestTitle);
  const titleWidth = Math.max(0, ...fits);
  const lines = several ? [` ${percent(path.probability)} of the requests:`] : [];
  for (const [i, hop] of path.hops.entries()) lines.push(...hopLines(hop, i + 1, titleWidth, displayPath, style));
  return lines;
}

/** A hop: its kind and title on the left, what it came to on the right, and below it why. */
function hopLines(
  hop: Hop,
  number: number,
  titleWidth: number,
  displayPath: (path: string) => string,
  style: TextStyle,
): string[] {
  const indent = ' '.repeat(12);
  const result = hop.state === 'failed' || hop.state === 'ended' ? style.bold(hop.result) : hop.result;
  const head = `${String(number).padStart(2)} ${hop.kind.padEnd(8)} ${hop.title}`;
  const room = indent.length + titleWidth + 2;
  const onOneLine = Math.max(room, head.length + 2) + hop.result.length <= style.width;
  const lines = onOneLine ? [`${head.padEnd(room - 2)}  ${result}`] : [head, `${indent}→ ${result}`];
  if (hop.before !== undefined && hop.after !== undefined && hop.before !== hop.after)
    lines.push(`${indent}${hop.before}`, `${indent}becomes ${hop.after}`);
  if (hop.rules?.some(({ passed }) => passed.length > 0)) lines.push(...explained(hop.rules, indent, style));
  else for (const line of hop.lines) lines.push(...wrap(line, indent, style.width).map(style.dim));
  for (const { text, place } of hop.causes) {
    const where = place
      ? `${displayPath(place.file)}:${place.range.start.line + 1}:${place.range.start.character + 1}`
      : '';
    const because = `because ${text}`;
    const space = style.width - indent.length - because.length - where.length;
    if (where !== '' && space >= 2)
      lines.push(`${indent}${because}${' '.repeat(Math.min(space, 4))}${style.blue(where)}`);
    else lines.push(...wrap(because, indent, style.width), ...(where === '' ? [] : [`${indent}${style.blue(where)}`]));
  }
  return lines;
}

/** Each rule that was passed over with the reason, then the one that matched. */
function explained(rules: readonly HopRule[], indent: string, style: TextStyle): string[] {
  return rules.flatMap(({ text, chain, passedOver, passed }) => {
    const hidden = passedOver - passed.length;
    const more = hidden > 0 ? [`${hidden} more rules of ${chain} did not match`] : [];
    const told = passed.flatMap((rule) => [
      ...wrap(`✗ ${rule.text}`, indent, style.width).map(style.dim),
      ...wrap(`    ${rule.reason}`, indent, style.width),
    ]);
    return [...more.map((line) => style.dim(indent + line)), ...told, ...wrap(`✓ ${text}`, indent, style.width)];
  });
}

function distribution(trace: Trace): string[] {
  const most = 10;
  const rows = trace.outcomes.slice(0, most).map((outcome) => {
    const what =
      outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port}, which sees ${outcome.source}` : outcome.kind;
    return `   ${percent(outcome.probability).padStart(6)}  ${what}`;
  });
  const rest = trace.outcomes.length - most;
  return [' where it ends:', ...rows, ...(rest > 0 ? [`           and ${rest} more (-o json)`] : [])];
}

/** `50 %`, `33.3 %`. */
export function percent(probability: number): string {
  const value = Math.round(probability * 1000) / 10;
  return `${value} %`;
}

function colourVerdict(trace: Trace, style: TextStyle): string {
  const good = trace.outcomes.every((outcome) => outcome.kind === 'delivered');
  const bad = trace.outcomes.every((outcome) => outcome.kind !== 'delivered');
  return style.bold((good && !trace.hedged ? style.green : bad ? style.red : style.yellow)(trace.verdict));
}
