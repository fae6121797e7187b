/** Reads, runs and prints case files for what the editor says about the place under the cursor. */

import { definition } from '#analysis/features/definition';
import { hover } from '#analysis/features/hover';
import { traceSuggestion } from '#analysis/features/trace-choices';
import type { Place } from '#analysis/types';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { LineIndex, type Position, type Range } from '#base/text';
import { defaultSettings } from '#model/settings';

/** Stands before the character that the cursor is on. */
const cursor = '‸';

export interface Case {
  readonly introduction: string;
  /** With the cursors. */
  readonly files: ReadonlyMap<string, string>;
}

export function parseCase(text: string): Case {
  const [introduction = '', ...parts] = text.split(/^--- /m)[0]!.split(/^=== /m);
  const files = new Map<string, string>();
  for (const part of parts) {
    const end = part.indexOf('\n');
    files.set(part.slice(0, end).trim(), part.slice(end + 1));
  }
  return { introduction: introduction.trim(), files };
}

export interface Cursor {
  readonly file: string;
  readonly position: Position;
  readonly line: string;
}

function cursorsOf(file: string, marked: string): Cursor[] {
  const parts = marked.split(cursor);
  const text = parts.join('');
  const lines = new LineIndex(text);
  let offset = 0;
  return parts.slice(0, -1).map((part) => {
    const position = lines.position((offset += part.length));
    const line = text.split('\n')[position.line] ?? '';
    return { file, position, line: `${line.slice(0, position.character)}${cursor}${line.slice(position.character)}` };
  });
}

/** What an editor feature says at a cursor, line by line. */
export type Say = (workspace: Workspace, cursor: Cursor, print: (place: Place) => string) => readonly string[];

/** All files as one scope. */
export function workspaceOf(files: Case['files']): Workspace {
  return fill(createWorkspace({ settings: defaultSettings, roots: [], single: 'test' }), files);
}

/** Gives the workspace, with the files in it. */
export function fill(workspace: Workspace, files: Case['files']): Workspace {
  for (const [path, text] of files) workspace.setFile(path, text.replaceAll(cursor, ''));
  workspace.update();
  return workspace;
}

/** The case as a text, with what is said at each cursor. */
export function renderCase({ introduction, files }: Case, say: Say, workspace = workspaceOf(files)): string {
  const print = ({ file, range }: Place) => `${file}:${printRange(range)}: ${textAt(files, file, range)}`;
  const parts = [introduction, ''];
  for (const [path, text] of files) parts.push(`=== ${path}`, text.trimEnd(), '');
  for (const at of [...files].flatMap(([path, text]) => cursorsOf(path, text)))
    parts.push(`--- ${at.file}:${at.position.line + 1}: ${at.line.trim()}`, ...say(workspace, at, print), '');
  return `${parts.join('\n').trimEnd()}\n`;
}

/** Hover, definition and what a trace would begin with. */
export const sayHover: Say = (workspace, { file, position }, print) => {
  const said = hover(workspace, file, position);
  const suggestion = traceSuggestion(workspace, file, position);
  return [
    ...(said ? [`hover ${printRange(said.range)}`, ...said.contents.split('\n').map((each) => `  ${each}`.trimEnd())] : ['no hover']), // prettier-ignore
    ...definition(workspace, file, position).map((place) => `definition ${print(place)}`),
    ...(suggestion ? [`trace ${JSON.stringify(suggestion)}`] : []),
  ];
};

export function printRange({ start, end }: Range): string {
  return `${start.line + 1}:${start.character + 1}-${end.line + 1}:${end.character + 1}`;
}

/** The first line of what a range holds. */
function textAt(files: ReadonlyMap<string, string>, path: string, range: Range): string {
  const text = (files.get(path) ?? '').replaceAll(cursor, '');
  const lines = new LineIndex(text);
  const [first = '', ...more] = text.slice(lines.offset(range.start), lines.offset(range.end)).split('\n');
  return more.length > 0 ? `${first} …` : first;
}
