/** Completion within the actions of a chart's templates: the keys of its values, and the names of its named templates. */

import type { Position } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { Workspace } from '../../workspace';
import { code } from '../../markdown';
import type { Completion, Completions } from '../completion/types';
import type { TemplatesElsewhere } from './others';
import { scanTemplate, templateText } from './actions';
import { chartOf, isTemplatePath, keysBelow, templatesAround, type Chart } from './chart';

/** Undefined outside of actions. */
export function completeTemplate(
  workspace: Workspace,
  path: string,
  position: Position,
  elsewhere: TemplatesElsewhere,
): Completions | undefined {
  const file = workspace.file(path);
  const chart = file && chartOf(workspace, path);
  if (!file || !chart || !isTemplatePath(chart, path)) return undefined;
  const offset = lineIndexOf(file).offset(position);
  const start = file.text.lastIndexOf('{{', offset);
  const inner = start < 0 ? '' : file.text.slice(start + 2, offset);
  if (start < 0 || inner.includes('}}') || /^-?\s*\/\*/.test(inner)) return undefined;
  const after = /^\w*/.exec(file.text.slice(offset))![0].length;
  const replacing = (typed: string, end: number, items: readonly Completion[]): Completions | undefined => {
    const range = lineIndexOf(file).range({ start: offset - typed.length, end: offset + end });
    return items.length === 0 ? undefined : { items, range, incomplete: false };
  };
  const name = /\b(?:include|template)\s+["`]([^"`\n]*)$/.exec(inner)?.[1];
  if (name !== undefined) {
    const rest = /^[^"`\n}]*?(?=["`])/.exec(file.text.slice(offset))?.[0].length ?? 0;
    const isOffered = elsewhere === 'names' || elsewhere === 'everything';
    return isOffered ? undefined : replacing(name, rest, helpers(workspace, chart));
  }
  const chain = /(?:^|[^\w.$])(\$?)((?:\.\w+)*)\.(\w*)$/.exec(inner);
  if (!chain || elsewhere !== 'nothing') return undefined;
  const [, root = '', steps = '', typed = ''] = chain;
  const value = valuePath(root, steps.split('.').slice(1), file.text.slice(0, start));
  return value && replacing(typed, after, values(workspace, chart, value));
}

/** The path below `.Values` of what stands before the last dot. */
function valuePath(root: string, steps: readonly string[], before: string): readonly string[] | undefined {
  const dot = root === '$' ? 'root' : scanTemplate(before).dot;
  if (dot === 'unknown') return undefined;
  if (dot !== 'root') return [...dot, ...steps];
  return steps[0] === 'Values' ? steps.slice(1) : undefined;
}

function values(workspace: Workspace, chart: Chart, path: readonly string[]): Completion[] {
  return [...keysBelow(workspace, chart, path)].flatMap(([label, { file, node, line }]) => {
    // Other names are no field of an action: `index` reads those.
    if (!/^[A-Za-z_]\w*$/.test(label)) return [];
    const text = file.text.slice(node.start, node.end).trim();
    const isShort = node.kind === 'scalar' && text.length <= 40 && !text.includes('\n');
    const detail = isShort ? text : node.kind === 'mapping' ? '{…}' : node.kind === 'sequence' ? '[…]' : '…';
    return { label, insert: label, detail, documentation: `${code(`.Values.${[...path, label].join('.')}`)} in ${file.path}:${line + 1}`, kind: 'value' } satisfies Completion; // prettier-ignore
  });
}

function helpers(workspace: Workspace, chart: Chart): Completion[] {
  const found = new Map<string, Completion>();
  for (const file of templatesAround(workspace, chart))
    for (const { name, role, span } of templateText(file).helpers) {
      if (role !== 'definition' || found.has(name)) continue;
      const place = `${file.path}:${lineIndexOf(file).position(span.start).line + 1}`;
      found.set(name, { label: name, insert: name, detail: place, kind: 'value' });
    }
  return [...found.values()];
}
