/** A trace as Markdown, for an issue, a pull request or a wiki. */

import { code, escape } from '../../markdown';
import type { Hop, Trace, TracePath } from '../../types';
import type { Remedies } from '../remedies';
import { printRemedy, printThen } from '../remedy-words';
import { printShare } from '../words';
import { traceCommand } from './command';

interface Options {
  readonly path: number;
  readonly displayPath: (path: string) => string;
}

export function traceMarkdown(trace: Trace, { remedies, hints }: Remedies, options: Options): string {
  const path = trace.paths[options.path] ?? trace.paths[0];
  const parts = [
    `### ${escape(trace.from)} → ${escape(trace.to)}: ${escape(trace.verdict)}`,
    `The client sees: ${escape(trace.symptom)}`,
    ...(trace.paths.length > 1 ? [outcomes(trace)] : []),
    ...(path ? [hopTable(path, options)] : []),
    ...(path && path.packets.length > 1 ? [packetTable(path)] : []),
    ...remedies.slice(0, 3).map((remedy) => `**Would work with:** ${escape(printRemedy(remedy))} (then: ${escape(printThen(remedy.trace))})`), // prettier-ignore
    ...(remedies.length === 0 ? hints.map((hint) => `**To mend it:** ${escape(hint)}`) : []),
    ['```sh', traceCommand(trace.request), '```'].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function outcomes({ paths }: Trace): string {
  return paths.slice(0, 12).map(({ outcome, probability }) => {
    const text = outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port}` : outcome.reason;
    return `- ${printShare(probability)} ${outcome.kind}: ${escape(text)}`;
  }).join('\n'); // prettier-ignore
}

function hopTable({ hops }: TracePath, { displayPath }: Options): string {
  const rows = hops.map((hop, i) => `| ${i + 1} | ${hop.kind} | ${cell(hop.title)} | ${cell(hop.result)} | ${causes(hop, displayPath)} |`); // prettier-ignore
  return ['| | hop | where | result | because |', '| --: | :-- | :-- | :-- | :-- |', ...rows].join('\n');
}

function causes({ causes: all }: Hop, displayPath: Options['displayPath']): string {
  return all
    .map(({ text, place }) => {
      const where = place ? ` (${code(`${displayPath(place.file)}:${place.range.start.line + 1}`)})` : '';
      return `${cell(text)}${where}`;
    })
    .join('<br>');
}

function packetTable({ packets }: TracePath): string {
  const rows = packets.map(({ where, what, source, destination, mark }) => `| ${cell(where)} | ${cell(what)} | ${code(source)} | ${code(destination)} | ${mark ?? ''} |`); // prettier-ignore
  return ['| packet | | source | destination | mark |', '| :-- | :-- | :-- | :-- | :-- |', ...rows].join('\n');
}

function cell(text: string): string {
  return escape(text).replaceAll('\n', ' ');
}
