/** The Markdown of a selector: what it matches, and what it nearly does. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { namespacedName, type Labels, type LabelSelector, type Service } from '#model/kubernetes';
import { printReference } from '#model/object';
import { effectiveSelector, selectsGroup } from '#simulation/index';
import { readSelector, selects } from '#simulation/network/policy/selector';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { searchMeantPods } from '../rules/meant-pods';
import { describeService } from '../topology/service-text';
import type { Workspace } from '../workspace';
import { code, escape } from '../markdown';
import { few } from './few';
import type { ObjectAt } from './object-at';

/** The selector of an accepted Service. */
export function hoverOfServiceSelector(service: Service, at: ObjectAt, workspace: Workspace): string | undefined {
  const selector = effectiveSelector(service);
  if (!selector) return undefined;
  const name = namespacedName(service);
  const { controlPlane } = at.state.simulation;
  const targets = controlPlane.targets(name);
  const near = targets.length > 0 ? lackingOne(selector, targets, at.object.namespace, controlPlane) : meant(at, selector, workspace); // prettier-ignore
  const head = `**Selector** of Service ${escape(name)} · ${escape(describeService(service))}`;
  return [head, matchesText(printPairs(selector), targets), nearText(near)].filter(Boolean).join('\n\n');
}

/** Selectors of policies, budgets and workloads, and those of pods' spreading. */
export function hoverOfLabelSelector(at: ObjectAt, workspace: Workspace): string | undefined {
  const path = selectorPath(at);
  if (!path) return undefined;
  const selector = readSelector(valueAt(at.object.body, path));
  const { matchLabels = {} } = selector;
  const { controlPlane } = at.state.simulation;
  const candidates = controlPlane.groupsMatching(matchLabels, at.object.namespace);
  const matched = candidates.filter((group) => meetsExpressions(selector, group));
  const near = (selector.matchExpressions ?? []).length === 0 ? nearOf(matchLabels, matched, at, workspace) : [];
  const head = `**Selector** of ${escape(printReference(at.object))}`;
  return [head, matchesText(printSelector(selector), matched), nearText(near)].filter(Boolean).join('\n\n');
}

/** A workload's own selector has to match its template, whatever else there is. */
function nearOf(selector: Labels, matched: readonly PodGroup[], at: ObjectAt, workspace: Workspace): readonly Near[] {
  const { object, state } = at;
  if (matched.length > 0) return lackingOne(selector, matched, object.namespace, state.simulation.controlPlane);
  return Object.keys(selector).length === 0 ? [] : meant(at, selector, workspace);
}

function meetsExpressions({ matchExpressions = [] }: LabelSelector, { labels }: PodGroup): boolean {
  return selects({ matchExpressions }, labels);
}

/** The way to the selector of pods of the own namespace that the position is in. */
function selectorPath({ object, path }: ObjectAt): JsonPath | undefined {
  const at = path.findIndex((step) => step === 'selector' || step === 'podSelector' || step === 'labelSelector');
  if (at < 0 || (path[at] === 'selector' && !isOwnSelector(object.group, object.kind))) return undefined;
  const found = path.slice(0, at + 1);
  if (valueAt(object.body, [...found.slice(0, -1), 'namespaceSelector']) !== undefined) return undefined;
  return isJsonObject(valueAt(object.body, found)) ? found : undefined;
}

function isOwnSelector(group: string, kind: string): boolean {
  return (
    group === 'apps' ||
    group === 'batch' ||
    (group === '' && kind === 'ReplicationController') ||
    (group === 'policy' && kind === 'PodDisruptionBudget')
  );
}

function printPairs(selector: Labels): string {
  const pairs = Object.entries(selector).map(([key, value]) => `${key}: ${value}`);
  return pairs.length === 0 ? 'everything' : pairs.join(', ');
}

/** Pairs and expressions as kubectl prints them; `everything` for a selector without any. */
export function printSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(', ')})`;
  });
  if (expressions.length === 0) return printPairs(matchLabels);
  return [...(Object.keys(matchLabels).length === 0 ? [] : [printPairs(matchLabels)]), ...expressions].join(', ');
}

export function matchesText(selector: string, groups: readonly PodGroup[]): string {
  const pods = groups.reduce((sum, group) => sum + group.replicas, 0);
  if (groups.length === 0) return `${code(selector)} matches no pod`;
  const rows = groups.map((group) => `- ${escape(printReference(group.object))}${group.object.kind === 'Pod' ? '' : `, ${group.replicas}`}`); // prettier-ignore
  return [`${code(selector)} matches ${pods} ${pods === 1 ? 'pod' : 'pods'}:`, ...few(rows)].join('\n');
}

/** Pods with what they have instead of what is looked for. */
export interface Near {
  readonly group: Pick<PodGroup, 'object'>;
  readonly text: string;
}

/** Pods of the namespace that have all but one of the pairs. */
export function lackingOne(
  selector: Labels,
  matched: readonly PodGroup[],
  namespace: string,
  controlPlane: ControlPlane,
): Near[] {
  const keys = Object.keys(selector);
  if (keys.length < 2) return [];
  return keys.flatMap((key) => {
    const rest = Object.fromEntries(Object.entries(selector).filter(([each]) => each !== key));
    const groups = controlPlane.groupsMatching(rest, namespace);
    return groups.flatMap((group) => {
      if (matched.includes(group) || selectsGroup(selector, group)) return [];
      const own = group.labels[key];
      return [{ group, text: own === undefined ? `has no ${key}` : `has ${key}: ${own}` }];
    });
  });
}

/** Those that were most probably meant by a selector that matches nothing. */
function meant({ object, state }: ObjectAt, selector: Labels, workspace: Workspace): Near[] {
  const { near } = searchMeantPods(object, selector, workspace.context(state));
  if (!near) return [];
  const found = near.comparison.differences.map((difference) => (difference.found ? `has ${difference.found.key}: ${difference.found.value}` : `has no ${difference.key}`)); // prettier-ignore
  const where = near.distance === 'namespace' ? '' : ` (another ${near.distance === 'other-scope' ? 'scope' : 'namespace'})`; // prettier-ignore
  return [{ group: near.pods, text: `${found.join(', ')}${where}` }];
}

export function nearText(near: readonly Near[]): string {
  if (near.length === 0) return '';
  const rows = near.map(({ group, text }) => `- ${escape(printReference(group.object))} ${escape(text)}`);
  return ['Nearly:', ...few(rows)].join('\n');
}
