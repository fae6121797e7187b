/** Completion: what the cluster has that would fit at the cursor; values that a schema knows are left to others if asked. */

import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import type { Position } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import { mentionIndex } from '../mentions/mention-index';
import type { TemplatesElsewhere } from '../templates/others';
import { completeTemplate } from '../templates/template-completion';
import { patchTargets } from '../patch-targets';
import { renderedFrom } from '../rendered-at';
import { blockAt } from './block';
import { completeChoices } from './choices';
import { cursorAt, type Cursor } from './cursor';
import { hostsIn, type HostText } from './hosts';
import { patchAt, type InlinePatch } from './inline-patch';
import { joined } from './joined';
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
  const file = workspace.file(path);
  const states = scopesFor(workspace, path);
  if (!file || states.length === 0) return undefined;
  const patch = patchAt(file, position);
  const cursor = cursorAt(patch?.text ?? file, position);
  if (!cursor) return inBlock(file, position, states, workspace);
  const questions = states.map((state) => {
    const scope = { state, states, workspace };
    const object = patch
      ? patchedObject(patch, file, scope)
      : renderedFrom(workspace, state, path, lineIndexOf(file).offset(position));
    return object && object.kind === cursor.body.kind
      ? questionAbout(object, cursor, scope)
      : questionOf(cursor, scope);
  });
  const sorted = inOrder(questions, cursor);
  return hostItems(sorted, position, file) ?? wordItems(sorted, cursor, beside);
}

function wordItems(questions: readonly Question[], cursor: Cursor, beside: Beside): Completions | undefined {
  const items = joined(
    questions.map((question) => ({
      scope: question.state.scope.name,
      items: [
        ...completeLabels(question),
        ...completePorts(question),
        ...completeNames(question),
        ...completeChoices(question, beside),
      ],
    })),
  );
  if (items.length === 0) return undefined;
  const written = cursor.hasColon ? items.map(withoutColon).filter((item) => item !== undefined) : items;
  return { items: written, range: cursor.range, incomplete: items.length >= mostItems };
}

/** In the text of a file that a ConfigMap holds; elsewhere nothing is known of texts. */
function inBlock(
  file: ManifestFile,
  position: Position,
  states: readonly ScopeState[],
  workspace: Workspace,
): Completions | undefined {
  const block = blockAt(file, position);
  if (!block || block.path[0] !== 'data') return undefined;
  const { path, before, body } = block;
  const questions = states.map((state) =>
    questionOf({ path, body, part: 'value', typed: '' }, { state, states, workspace }),
  );
  if (questions[0]?.kind !== 'ConfigMap') return undefined;
  return hostItems(questions, position, file, { before, variable: undefined, form: 'any' });
}

/** A host takes the place of the host that is there, not of the URL around it. */
function hostItems(
  questions: readonly Question[],
  { line, character }: Position,
  file: ManifestFile,
  text?: HostText,
): Completions | undefined {
  const found = questions.map((question) => ({ scope: question.state.scope.name, ...hostsIn(question, text) }));
  const typed = found.find((each) => each.typed !== undefined)?.typed;
  if (typed === undefined) return undefined;
  const items = joined(found.map(({ scope, items: own = [] }) => ({ scope, items: own })));
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

/** A scope that the file belongs to, with all of them. */
type InScope = Pick<Question, 'state' | 'states' | 'workspace'>;

/** What the patch names that stands in the kustomization. */
function patchedObject(
  { entry }: InlinePatch,
  { path }: ManifestFile,
  { state, workspace }: InScope,
): KubernetesObject | undefined {
  const targets = patchTargets(workspace, state);
  return targets.find(({ by, path: field }) => by.origin.file === path && entry.every((step, i) => field[i] === step))?.target; // prettier-ignore
}

/** What stands in a base or a patch is a part of what is rendered: the rest of the object is known from there. */
function questionAbout({ namespace, name, body }: KubernetesObject, cursor: Cursor, scope: InScope): Question {
  const whole = merged(merged(body, cursor.body), { metadata: { namespace, name } });
  return questionOf({ ...cursor, body: whole }, scope);
}

/** The scopes that leave the object's name as it is written come first. */
function inOrder(questions: readonly Question[], { body }: Cursor): readonly Question[] {
  const written = valueAt(body, ['metadata', 'name']);
  return [...questions].sort((a, b) => Number(b.name === written) - Number(a.name === written));
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

function questionOf(cursor: Asked, scope: InScope): Question {
  const { state, workspace } = scope;
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
    ...scope,
    index: mentionIndex(workspace, state),
  };
}

/** A file whose only document is broken just now belongs to no scope: then that of its folder, or the only one. */
function scopesFor(workspace: Workspace, path: string): readonly ScopeState[] {
  const own = workspace.scopesOfFile(path);
  if (own.length > 0) return own;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const { scopes } = workspace;
  const near = scopes.find(({ scope }) => scope.files.some((file) => file.startsWith(folder) && !file.slice(folder.length).includes('/'))); // prettier-ignore
  return near ? [near] : scopes.length === 1 ? scopes : [];
}
