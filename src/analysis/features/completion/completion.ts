/** Completion: what the cluster has that would fit at the cursor; values that a schema knows are left to others if asked. */

import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import type { Position } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import { mentionIndex } from '../mentions/mention-index';
import type { TemplatesElsewhere } from '../templates/others';
import { completeTemplate } from '../templates/template-completion';
import { renderedFrom } from '../rendered-at';
import { blockAt } from './block';
import { completeChoices } from './choices';
import { cursorAt, type Cursor } from './cursor';
import { hostsIn } from './hosts';
import { completeLabels } from './labels';
import { completeNames } from './names';
import { completePorts } from './ports';
import { fieldOf, mostItems, type Beside, type Completion, type Completions, type Question } from './types';

export function completions(
  workspace: Workspace,
  path: string,
  position: Position,
  beside: Beside,
  templates: TemplatesElsewhere = 'nothing',
): Completions | undefined {
  const inAction = completeTemplate(workspace, path, position, templates);
  if (inAction) return inAction;
  // prettier-ignore
  const file = workspace.file(path);
  const state = scopeOf(workspace, path);
  if (!file || !state) return undefined;
  const cursor = cursorAt(file, position);
  if (!cursor) return inBlock(file, position, state, workspace);
  const question = renderedQuestion(cursor, file, position, workspace) ?? questionOf(cursor, state, workspace);
  const hosts = hostsIn(question);
  if (hosts) return hostItems(hosts, position, file);
  const items = [
    ...completeLabels(question),
    ...completePorts(question),
    ...completeNames(question),
    ...completeChoices(question, beside),
  ];
  if (items.length === 0) return undefined;
  const written = cursor.hasColon ? items.map(withoutColon).filter((item) => item !== undefined) : items;
  return { items: written, range: cursor.range, incomplete: items.length >= mostItems };
}

/** In the text of a file that a ConfigMap holds; elsewhere nothing is known of texts. */
function inBlock(
  file: ManifestFile,
  position: Position,
  state: ScopeState,
  workspace: Workspace,
): Completions | undefined {
  const block = blockAt(file, position);
  if (!block || block.path[0] !== 'data') return undefined;
  const { path, before, body } = block;
  const question = questionOf({ path, body, part: 'value', typed: '' }, state, workspace);
  const hosts = question.kind === 'ConfigMap' ? hostsIn(question, { before, variable: undefined, form: 'any' }) : undefined; // prettier-ignore
  return hosts && hostItems(hosts, position, file);
}

/** A host takes the place of the host that is there, not of the URL around it. */
function hostItems(
  { items, typed }: NonNullable<ReturnType<typeof hostsIn>>,
  { line, character }: Position,
  file: ManifestFile,
): Completions {
  const lines = lineIndexOf(file);
  const at = lines.offset({ line, character });
  const after = /^[\w.-]*/.exec(file.text.slice(at, at + 300))![0];
  const range = { start: { line, character: character - typed.length }, end: { line, character: character + after.length } }; // prettier-ignore
  return { items, range, incomplete: items.length >= mostItems || typed.includes('.') };
}

/** Where a colon is there already, only a key's name is exchanged; pairs do not fit. */
function withoutColon(item: Completion): Completion | undefined {
  if (item.kind !== 'label') return item;
  return item.insert.endsWith(': ') ? { ...item, insert: item.insert.slice(0, -2) } : undefined;
}

type Asked = Pick<Cursor, 'body' | 'path' | 'part' | 'typed'>;

/**
 * What stands in a base or a patch is a part of what is rendered: there the rest of the object is looked up. Of several
 * scopes the first one that leaves its name as it is written.
 */
function renderedQuestion(
  cursor: Cursor,
  file: ManifestFile,
  position: Position,
  workspace: Workspace,
): Question | undefined {
  const offset = lineIndexOf(file).offset(position);
  const found = workspace.scopesOfFile(file.path).flatMap((state) => {
    const object = renderedFrom(workspace, state, file.path, offset);
    return object && object.kind === cursor.body.kind ? [{ object, state }] : [];
  });
  const written = valueAt(cursor.body, ['metadata', 'name']);
  const best = found.find(({ object }) => object.name === written) ?? found[0];
  if (!best) return undefined;
  const { namespace, name, body } = best.object;
  const whole = merged(merged(body, cursor.body), { metadata: { namespace, name } });
  return questionOf({ ...cursor, body: whole }, best.state, workspace);
}

/** Mappings are joined, the second one's members count; anything else takes the other's place. */
function merged(first: JsonObject, second: JsonObject): JsonObject {
  const joined: Record<string, JsonValue | undefined> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = joined[key];
    if (value !== undefined) joined[key] = isJsonObject(before) && isJsonObject(value) ? merged(before, value) : value;
  }
  return joined;
}

function questionOf(cursor: Asked, state: ScopeState, workspace: Workspace): Question {
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
