/** Hover in a chart: what a value is and where it is set, who reads it, what a named template says. */

import { lineIndexOf } from '#manifest/index';
import type { Place } from '../../types';
import type { Workspace } from '../../workspace';
import { code, escape } from '../../markdown';
import { few } from '../few';
import { keysBelow, type ValuePlace } from './chart';
import { helperPlaces, settingsOf, usesOf, type ChartValue, type TemplateAt } from './template-at';

export function hoverOfTemplate(at: TemplateAt, workspace: Workspace): string {
  if (at.kind === 'helper') return helperText(at, workspace);
  return at.in === 'template' ? valueText(at.read, workspace) : readersText(at.read, workspace);
}

/** As `helm template` has it without further values: the chart's own file first, then those that may be given with it. */
function valueText(read: readonly ChartValue[], workspace: Workspace): string {
  const [value] = read;
  const name = code(['.Values', ...(value?.path ?? [])].join('.'));
  const [first, ...others] = settingsOf(workspace, read);
  if (!first) return `**${name}** is set in no values file of this chart${siblingsText(value, workspace)}`;
  const rows = others.map((place) => `- ${printed(place)} in ${where(place.key)}`);
  const more = rows.length === 0 ? '' : ['Also set:', ...few(rows)].join('\n');
  return [`**${name}** in ${where(first.key)}`, fenced(textOf(first), 'yaml'), more].filter(Boolean).join('\n\n');
}

function siblingsText(value: ChartValue | undefined, workspace: Workspace): string {
  const keys = value ? [...keysBelow(workspace, value.chart, value.path.slice(0, -1)).keys()] : [];
  if (keys.length === 0) return '.';
  const shown = keys.slice(0, 8).map(code).join(', ');
  return `; beside it there ${keys.length === 1 ? 'is' : 'are'} ${shown}${keys.length > 8 ? ` and ${keys.length - 8} more` : ''}.`; // prettier-ignore
}

function readersText(read: readonly ChartValue[], workspace: Workspace): string {
  const uses = usesOf(workspace, read);
  const name = code(['.Values', ...(read.at(-1)?.path ?? [])].join('.'));
  if (uses.length === 0) return `No template reads ${name} by its name.`;
  const rows = uses.map((place) => `- ${where(place)}`);
  return [`${name} is read in ${uses.length === 1 ? '1 place' : `${uses.length} places`}:`, ...few(rows)].join('\n');
}

function helperText({ chart, name }: Extract<TemplateAt, { kind: 'helper' }>, workspace: Workspace): string {
  const places = helperPlaces(workspace, chart, name);
  const definitions = places.filter(({ role }) => role === 'definition');
  const used = places.length - definitions.length;
  const count = used === 1 ? 'included in 1 place' : `included in ${used} places`;
  const [first, ...others] = definitions;
  if (!first) return `**Template ${code(name)}** is defined nowhere in this chart (${count})`;
  const start = lineIndexOf(first.source).offset({ line: first.range.start.line, character: 0 });
  const again = others.map((place) => `Defined again in ${where(place)}`).slice(0, 1);
  return [`**Template ${code(name)}** in ${where(first)}, ${count}`, fenced(bodyOf(first.source.text.slice(start)), 'helm'), ...again].join('\n\n'); // prettier-ignore
}

/** From `define` to its `end`, as far as a hover has room. */
function bodyOf(text: string): string {
  let depth = 0;
  for (const found of text.matchAll(/\{\{-?\s*(define|block|if|with|range|end)\b[^]*?\}\}/g)) {
    depth += found[1] === 'end' ? -1 : 1;
    if (depth === 0) return text.slice(0, found.index + found[0].length);
  }
  return text;
}

/** What is set, with the key before it where it is more than a scalar. */
function textOf({ file, key, node }: ValuePlace): string {
  const start = lineIndexOf(file).offset(key.range.start);
  const text = file.text.slice(start, Math.max(node.end, start)).trimEnd();
  const indent = key.range.start.character;
  return text.split(/\r\n|\r|\n/).map((line, i) => (i === 0 ? line : line.slice(Math.min(indent, line.search(/\S|$/))))).join('\n'); // prettier-ignore
}

function printed({ file, node }: ValuePlace): string {
  const text = file.text.slice(node.start, node.end).trim();
  return node.kind === 'scalar' && !text.includes('\n') && text.length <= 60 ? code(text === '' ? 'null' : text) : 'another value'; // prettier-ignore
}

const mostLines = 8;

function fenced(text: string, language: string): string {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const shown = lines.length > mostLines ? [...lines.slice(0, mostLines - 1), `# … ${lines.length - mostLines + 1} more lines`] : lines; // prettier-ignore
  return ['```' + language, ...shown.map((line) => line.replaceAll('```', "'''")), '```'].join('\n');
}

function where({ file, range }: Place): string {
  return escape(`${file}:${range.start.line + 1}`);
}
