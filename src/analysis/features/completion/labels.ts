/** Keys and values of selectors, from the labels that pods carry; each with how many pods it would leave. */

import { compareStrings } from '#base/compare';
import { valueAt, type JsonPath } from '#base/json';
import type { Labels } from '#model/kubernetes';
import { selects, readSelector } from '#simulation/network/policy/selector';
import { templatePathOf } from '../mentions/workloads';
import { stringsOf } from './lines';
import { fieldOf, mostItems, type Completion, type Question } from './types';

/** Fields that hold labels of pods to look for. */
const selectors = [
  /^spec\.selector$/, // of a Service or ReplicationController
  /^spec\.selector\.matchLabels$/,
  /^spec\.podSelector\.matchLabels$/,
  /^spec\.(?:ingress|egress)\.\[\]\.(?:from|to)\.\[\]\.podSelector\.matchLabels$/,
  /\.labelSelector\.matchLabels$/,
];
const flatSelectors = new Set(['/Service', '/ReplicationController']);

/** The keys and values of a selector's expressions stand beside its pairs. */
const expression = /^(.*)\.matchExpressions\.\[\]\.(?:key|values\.\[\])$/;

export function completeLabels(question: Question): readonly Completion[] {
  const inExpression = expression.exec(question.field);
  if (inExpression) return completeExpression(inExpression[1]!, question);
  const mapping = question.part === 'key' ? question.path : question.path.slice(0, -1);
  const field = fieldOf(mapping);
  const own = question.path.at(-1);
  const isFlat = flatSelectors.has(`${question.group}/${question.kind}`);
  if (
    /\.(?:namespaceSelector|allowedRoutes\.namespaces\.selector|subject\.namespaces|(?:from|to)\.\[\]\.namespaces)\.matchLabels$/.test(
      field,
    )
  )
    return completeNamespaceLabels(question);
  if (!selectors.some((selector) => selector.test(field)) || isFlat !== (field === 'spec.selector')) return [];
  const rest = without(stringsOf(valueAt(question.body, mapping)), question.part === 'key' ? question.typed : own);
  if (question.part === 'value') return typeof own === 'string' ? valuesOf(own, rest, mapping, question) : [];
  return [...keysOf(rest, mapping, question), ...pairsOf(rest, mapping, question)];
}

/** A key as a value; the items of a list of values look like keys that have no colon yet. */
function completeExpression(owner: string, question: Question): readonly Completion[] {
  const { path, body, field } = question;
  const at = path.lastIndexOf('matchExpressions');
  const mapping = [...path.slice(0, at), 'matchLabels'];
  const isNamespaces = /(?:^|\.)(?:namespaceSelector|namespaces)$/.test(owner);
  if (!isNamespaces && !selectors.some((selector) => selector.test(`${owner}.matchLabels`))) return [];
  const all = isNamespaces ? namespaceCatalog(question) : catalog(mapping, question);
  const unit = isNamespaces ? 'namespace' : 'label';
  if (field.endsWith('.key')) return keyNames(all, unit, question);
  const key = valueAt(body, [...path.slice(0, at + 2), 'key']);
  const written = valueAt(body, path.slice(0, at + 2).concat('values'));
  const taken = new Set(Array.isArray(written) ? written.filter((_, i) => i !== path.at(-1)) : []);
  const values = [...(all.get(String(key)) ?? [])].filter((value) => !taken.has(value) && isMatch(value, question));
  return values.sort(compareStrings).slice(0, mostItems).map((value) => ({
    label: value,
    insert: quoted(value),
    detail: isNamespaces ? '' : countText({ [String(key)]: value }, mapping, question),
    kind: unit,
  })); // prettier-ignore
}

function keyNames(
  all: ReadonlyMap<string, ReadonlySet<string>>,
  kind: Completion['kind'],
  question: Question,
): readonly Completion[] {
  const keys = [...all].filter(([key]) => isMatch(key, question)).sort(([a], [b]) => compareStrings(a, b));
  return keys.slice(0, mostItems).map(([key, values]) => ({ label: key, insert: key, detail: values.size === 1 ? '1 value' : `${values.size} values`, kind })); // prettier-ignore
}

function namespaceCatalog({ state }: Question): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  for (const labels of state.simulation.controlPlane.namespaces().values())
    for (const [key, value] of Object.entries(labels)) all.set(key, (all.get(key) ?? new Set()).add(value));
  return all;
}

function without(labels: Labels, key: string | number | undefined): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([each]) => each !== key));
}

/** The namespaces whose pods a selector looks at. */
function namespacesOf(mapping: JsonPath, question: Question): readonly string[] {
  const known = question.state.simulation.controlPlane.namespaces();
  if (!/\.(?:from|to)\.\[\]\.podSelector\.matchLabels$/.test(fieldOf(mapping))) return [question.namespace];
  const peer = valueAt(question.body, [...mapping.slice(0, -2), 'namespaceSelector']);
  if (peer === undefined) return [question.namespace];
  const selector = readSelector(peer);
  return [...known].flatMap(([name, labels]) => (selects(selector, labels) ? name : []));
}

/** Labels that a workload's selector may ask for stand in its own template; it need not be read yet. */
function ownLabels({ group, kind, body, field }: Question): Labels {
  const template = field.startsWith('spec.selector') ? templatePathOf(group, kind) : undefined;
  return template ? stringsOf(valueAt(body, [...template, 'metadata', 'labels'])) : {};
}

function catalog(mapping: JsonPath, question: Question): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  const add = (key: string, value: string) => all.set(key, (all.get(key) ?? new Set()).add(value));
  const own = ownLabels(question);
  for (const [key, value] of Object.entries(own)) add(key, value);
  // The selector of a workload has to match its own template, so nothing else is of use there.
  if (Object.keys(own).length > 0) return all;
  for (const namespace of namespacesOf(mapping, question))
    for (const [key, values] of question.index.labels(namespace)) for (const value of values.keys()) add(key, value);
  return all;
}

function keysOf(rest: Labels, mapping: JsonPath, question: Question): readonly Completion[] {
  const keys = [...catalog(mapping, question)].filter(([key]) => rest[key] === undefined && isMatch(key, question));
  return keys.sort(([a], [b]) => compareStrings(a, b)).slice(0, mostItems).map(([key, values]) => ({
    label: key,
    insert: `${key}: `,
    detail: values.size === 1 ? '1 value' : `${values.size} values`,
    kind: 'label',
  })); // prettier-ignore
}

/** Whole pairs, where they are few enough to choose from. */
function pairsOf(rest: Labels, mapping: JsonPath, question: Question): readonly Completion[] {
  const pairs: (readonly [string, string])[] = [];
  for (const [key, values] of catalog(mapping, question)) {
    if (rest[key] !== undefined || !isMatch(key, question)) continue;
    for (const value of values) {
      if (pairs.length >= mostItems) return [];
      pairs.push([key, value]);
    }
  }
  pairs.sort(([a, x], [b, y]) => compareStrings(a, b) || compareStrings(x, y));
  return withPodsFirst(
    pairs.map(([key, value]) => ({
      label: `${key}: ${value}`,
      insert: `${key}: ${quoted(value)}`,
      detail: countText({ ...rest, [key]: value }, mapping, question),
      kind: 'label',
    })),
  );
}

function valuesOf(key: string, rest: Labels, mapping: JsonPath, question: Question): readonly Completion[] {
  const values = [...(catalog(mapping, question).get(key) ?? [])].filter((value) => isMatch(value, question));
  const shown = values.sort(compareStrings).slice(0, mostItems);
  return withPodsFirst(
    shown.map((value) => ({
      label: value,
      insert: quoted(value),
      detail: countText({ ...rest, [key]: value }, mapping, question),
      kind: 'label',
    })),
  );
}

/** What would leave no pod is hardly meant. */
function withPodsFirst(items: readonly Completion[]): readonly Completion[] {
  const isEmpty = ({ detail }: Completion) => detail === noPods;
  return [...items.filter((item) => !isEmpty(item)), ...items.filter(isEmpty)];
}

const noPods = '0 pods';

function isMatch(text: string, { typed }: Question): boolean {
  return text.toLowerCase().includes(typed.toLowerCase());
}

/** `2 pods of web`: what the selector would match with this pair. */
function countText(selector: Labels, mapping: JsonPath, question: Question): string {
  const { controlPlane } = question.state.simulation;
  const groups = namespacesOf(mapping, question).flatMap((name) => controlPlane.groupsMatching(selector, name));
  const pods = groups.reduce((sum, group) => sum + group.replicas, 0);
  const names = groups.slice(0, 3).map(({ object }) => object.name);
  const more = groups.length > 3 ? `${names.join(', ')} and ${groups.length - 3} more` : names.join(', ');
  return `${pods} ${pods === 1 ? 'pod' : 'pods'}${names.length === 0 ? '' : ` of ${more}`}`;
}

/** Values that YAML would take for something else than a string. */
export function quoted(value: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function completeNamespaceLabels(question: Question): readonly Completion[] {
  const known = [...question.state.simulation.controlPlane.namespaces().values()];
  const own = question.path.at(-1);
  const offered = new Map<string, number>();
  for (const labels of known)
    for (const [key, value] of Object.entries(labels)) {
      const text = question.part === 'key' ? `${key}: ${quoted(value)}` : key === own ? quoted(value) : undefined;
      if (text !== undefined && isMatch(text, question)) offered.set(text, (offered.get(text) ?? 0) + 1);
    }
  const inOrder = [...offered].sort(([a], [b]) => compareStrings(a, b)).slice(0, mostItems);
  return inOrder.map(([text, count]) => ({
    label: text,
    insert: text,
    detail: `${count} ${count === 1 ? 'namespace' : 'namespaces'}`,
    kind: 'namespace',
  })); // prettier-ignore
}
