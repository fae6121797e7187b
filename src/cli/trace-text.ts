/** A trace for people: the verdict, the hops of the most telling path in columns, what the client sees, and the fix. */

import type { Hop, Trace, TracePath } from '#analysis/types';
import { wrap } from './check-text';
import type { Style } from './output';

/** How many paths are told hop by hop before the rest is only counted. */
const pathsInFull = 1;

export function traceText(trace: Trace, displayPath: (path: string) => string, style: Style): string {
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
  for (const fix of trace.fixes) lines.push(...wrap(`to mend it: ${fix.title}`, ' ', style.width));
  for (const text of trace.assumptions) lines.push(...wrap(`assumed: ${text}`, ' ', style.width).map(style.dim));
  return lines.join('\n');
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

function pathLines(path: TracePath, several: boolean, displayPath: (path: string) => string, style: Style): string[] {
  const titleWidth = Math.min(44, Math.max(...path.hops.map((hop) => hop.title.length)) + 2);
  const lines = several ? [` ${percent(path.probability)} of the requests:`] : [];
  for (const [i, hop] of path.hops.entries()) lines.push(...hopLines(hop, i + 1, titleWidth, displayPath, style));
  return lines;
}

function hopLines(
  hop: Hop,
  number: number,
  titleWidth: number,
  displayPath: (path: string) => string,
  style: Style,
): string[] {
  const indent = ' '.repeat(13);
  const result = hop.state === 'failed' || hop.state === 'ended' ? style.bold(hop.result) : hop.result;
  const lines = [`${String(number).padStart(2)} ${hop.kind.padEnd(9)} ${hop.title.padEnd(titleWidth)}${result}`];
  if (hop.before !== undefined && hop.after !== undefined && hop.before !== hop.after)
    lines.push(style.dim(`${indent}${hop.before}  becomes  ${hop.after}`));
  for (const line of hop.lines) lines.push(...wrap(line, indent, style.width).map(style.dim));
  for (const cause of hop.causes) {
    const place = cause.place;
    const where = place
      ? `${displayPath(place.file)}:${place.range.start.line + 1}:${place.range.start.character + 1}`
      : '';
    lines.push(...wrap(`because ${cause.text}`, indent, style.width));
    if (where !== '') lines.push(`${indent}${style.blue(where)}`);
  }
  return lines;
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

function colourVerdict(trace: Trace, style: Style): string {
  const good = trace.outcomes.every((outcome) => outcome.kind === 'delivered');
  const bad = trace.outcomes.every((outcome) => outcome.kind !== 'delivered');
  return style.bold((good ? style.green : bad ? style.red : style.yellow)(trace.verdict));
}
