/** Completion: what the cluster has that would fit at the cursor; values that a schema knows are left to others if asked. */

import { valueAt } from '#base/json';
import type { Position } from '#base/text';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import { mentionIndex } from '../mentions/mention-index';
import { completeChoices } from './choices';
import { cursorAt, type Cursor } from './cursor';
import { completeLabels } from './labels';
import { completeNames } from './names';
import { completePorts } from './ports';
import { fieldOf, mostItems, type Completion, type Completions, type Question } from './types';

/** Who else completes: with another server that knows the schemas, their words would come twice. */
export type Beside = 'alone' | 'beside schemas';

export function completions(
  workspace: Workspace,
  path: string,
  position: Position,
  beside: Beside,
): Completions | undefined {
  // prettier-ignore
  const file = workspace.file(path);
  const state = scopeOf(workspace, path);
  const cursor = file && cursorAt(file, position);
  if (!state || !cursor) return undefined;
  const question = questionOf(cursor, state, workspace);
  const items = [
    ...completeLabels(question),
    ...completePorts(question),
    ...completeNames(question),
    ...(beside === 'alone' ? completeChoices(question) : []),
  ];
  if (items.length === 0) return undefined;
  const written = cursor.hasColon ? items.map(withoutColon).filter((item) => item !== undefined) : items;
  return { items: written, range: cursor.range, incomplete: items.length >= mostItems };
}

/** Where a colon is there already, only a key's name is exchanged; pairs do not fit. */
function withoutColon(item: Completion): Completion | undefined {
  if (item.kind !== 'label') return item;
  return item.insert.endsWith(': ') ? { ...item, insert: item.insert.slice(0, -2) } : undefined;
}

function questionOf(cursor: Cursor, state: ScopeState, workspace: Workspace): Question {
  const { body, path, part, typed } = cursor;
  const text = (...field: string[]) => {
    const value = valueAt(body, field);
    return typeof value === 'string' ? value : undefined;
  };
  const apiVersion = text('apiVersion') ?? '';
  return {
    kind: text('kind') ?? '',
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    namespace: state.scope.namespace ?? text('metadata', 'namespace') ?? 'default',
    name: text('metadata', 'name') ?? '',
    path,
    field: fieldOf(path),
    part,
    typed,
    body,
    state,
    index: mentionIndex(workspace, state),
  };
}

/** A file whose only document is broken just now belongs to no scope: then that of its folder, or the only one. */
function scopeOf(workspace: Workspace, path: string): ScopeState | undefined {
  const [own] = workspace.scopesOfFile(path);
  if (own) return own;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const { scopes } = workspace;
  const near = scopes.find(({ scope }) => scope.files.some((file) => file.startsWith(folder) && !file.slice(folder.length).includes('/'))); // prettier-ignore
  return near ?? (scopes.length === 1 ? scopes[0] : undefined);
}
