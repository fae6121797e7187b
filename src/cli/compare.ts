/** `compare`: one request in all modes, from all nodes and under several releases, as one table. */

import type { ScopeState } from '#analysis/context';
import { compareRequest, type Comparison, type ComparisonCell } from '#analysis/trace/compare';
import { wrap } from '#base/wrap';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue, styleOf, table, type Format, type Style } from './output';
import { modeOf, traceRequestOf } from './requests';

export interface CompareFlags {
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly protocol?: string;
  readonly modes?: readonly string[];
  readonly sources?: readonly string[];
  readonly versions?: readonly string[];
  readonly output: Format;
}

export function compare(loaded: Loaded, state: ScopeState, flags: CompareFlags): void {
  if (flags.from === undefined || flags.to === undefined)
    throw new Failure('say where the request starts and goes: --from … --to …');
  const { from, to, port, protocol } = flags;
  const comparison = compareRequest(
    {
      request: traceRequestOf({ from, to, port, protocol }),
      modes: flags.modes?.flatMap((mode) => modeOf(mode) ?? []),
      sources: flags.sources,
      versions: flags.versions,
    },
    loaded.workspace,
    state,
  );
  if ('error' in comparison) throw new Failure(comparison.error);
  if (flags.output === 'text') print(asText(comparison, styleOf(process.stdout)));
  else printValue(comparison, flags.output);
}

function asText(comparison: Comparison, style: Style): string {
  const { request, modes, versions, differences } = comparison;
  const lines = [style.bold(`${request.from} → ${request.to}`), ''];
  for (const version of versions) {
    if (versions.length > 1) lines.push(` Kubernetes ${version}`);
    const rows = comparison.sources.map((source) => [
      ` ${source}`,
      ...modes.map((mode) => cellText(cellAt(comparison, source, mode, version))),
    ]);
    lines.push(table([' FROM', ...modes.map((mode) => `${mode.toUpperCase()}${asOfText(comparison, mode, version)}`)], rows), ''); // prettier-ignore
  }
  for (const sentence of differences) lines.push(...wrap(sentence, ' ', style.width));
  if (comparison.costs.length > 0) lines.push('', ...costLines(comparison));
  return lines.join('\n');
}

function cellAt({ cells }: Comparison, source: string, mode: string, version: string): ComparisonCell | undefined {
  return cells.find((cell) => cell.source === source && cell.mode === mode && cell.version === version);
}

function cellText(cell: ComparisonCell | undefined): string {
  return cell?.verdict ?? '';
}

function asOfText(comparison: Comparison, mode: string, version: string): string {
  const asOf = comparison.cells.find((cell) => cell.mode === mode && cell.version === version)?.asOf;
  return asOf === undefined ? '' : ` (AS OF ${asOf})`;
}

function costLines({ costs }: Comparison): string[] {
  const services = costs[0]?.services ?? 0;
  const all = services === 1 ? 'with the one Service there is' : `with all ${services} Services`;
  const rows = costs.map(({ mode, alone, together }) => [` ${mode}`, printed(alone), printed(together)]);
  return [' rules that look at the first packet', table([' MODE', 'WITH THIS SERVICE ALONE', all.toUpperCase()], rows)];
}

/** Averages over paths are seldom whole. */
function printed(count: number): string {
  return String(Number(count.toFixed(1)));
}
