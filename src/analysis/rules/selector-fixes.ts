/** Fixes for a selector that matches nothing: another selector, another label on the pods, another namespace. */

import { isJsonObject, valueAt } from '#base/json';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { objectKey, printReference } from '#model/object';
import type { AnalysisContext } from '../context';
import type { Fix, TextEdit } from '../types';
import { changeValue, dropMember, fixBy, fixInWords, putMember, renameKey } from './edits';
import type { LabelledWorkload, MeantPods } from './meant-pods';
import type { NearMiss } from './nearest';
import { compareLabels } from './nearest';
import { pair, printLabels } from './words';

/** For pods of the Service's own namespace. */
export function fixesForLabels(
  object: KubernetesObject,
  selector: Labels,
  { pods, credible }: NearMiss<MeantPods>,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  const inSelector = changeSelector(object, selector, pods, credible, context);
  return [inSelector, changeTemplate(selector, pods, credible && inSelector === undefined, context)];
}

/** Why the pods cannot be given the labels instead, where their workload's own selector asks for what they have. */
export function whyNotOnPods(selector: Labels, pods: MeantPods): string | undefined {
  const { differences } = compareLabels(selector, pods.labels, pods.variableLabels);
  const own = pods.object.group === 'apps' ? ownSelector(pods.object) : undefined;
  const fixed = differences.flatMap(({ key }) => (own && Object.hasOwn(own, key) ? pair(key, String(own[key])) : []));
  if (fixed.length === 0) return undefined;
  return `the pods keep ${fixed.join(', ')}: the selector of ${printReference(pods.object)} asks for it, and is immutable`;
}

/** For a workload that carries the labels itself: its pods lack them. */
export function fixesForTemplate(
  object: KubernetesObject,
  selector: Labels,
  { group }: LabelledWorkload,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  const pods: MeantPods = { ...group, name: group.object.name, scope: undefined };
  const inTemplate = changeTemplate(selector, pods, true, context);
  return [inTemplate, changeSelector(object, selector, pods, inTemplate === undefined, context)];
}

/** For pods of another namespace that match as they are. */
export function fixesForNamespace(
  object: KubernetesObject,
  pods: MeantPods,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  const { controlPlane } = context.simulation;
  const { namespace } = pods.object;
  const there = `${object.name}.${namespace}`;
  const externalName = `an ExternalName for ${there}.svc.${controlPlane.settings.clusterDomain}`;
  const taken = controlPlane.object(objectKey(object.group, object.kind, namespace, object.name));
  if (taken) return [fixInWords(`Call ${there}, which is there already, or make this Service ${externalName}`)];
  return [
    fixBy(`Move the Service to namespace ${namespace}; clients then call ${there}`, true, [
      changeValue(object, ['metadata', 'namespace'], namespace, context),
    ]),
    fixInWords(`Put a Service into ${namespace} and make this one ${externalName}`),
  ];
}

/** Makes the selector one that the pods' labels satisfy, keeping what agrees. */
function changeSelector(
  object: KubernetesObject,
  selector: Labels,
  pods: MeantPods,
  preferred: boolean,
  context: AnalysisContext,
): Fix | undefined {
  const { differences, agreeing } = compareLabels(selector, pods.labels, pods.variableLabels);
  const wanted: Record<string, string> = {};
  const edits: (TextEdit | undefined)[] = [];
  let spare = agreeing === 0 && differences.every(({ found }) => !found) ? identityLabel(pods, selector) : undefined;
  let dropped = 0;
  for (const key of Object.keys(selector)) {
    const difference = differences.find((candidate) => candidate.key === key);
    const found = difference ? (difference.found ?? spare) : { key, value: selector[key]! };
    spare = difference ? undefined : spare;
    if (!found) {
      dropped++;
      edits.push(dropMember(object, ['spec', 'selector'], key, context));
      continue;
    }
    if (Object.hasOwn(wanted, found.key)) return undefined;
    wanted[found.key] = found.value;
    const path = ['spec', 'selector', key];
    if (found.key !== key) edits.push(renameKey(object, path, found.key, context));
    if (found.value !== selector[key]) edits.push(changeValue(object, path, found.value, context));
  }
  // Two members that go out of one flow mapping would be edits of the same comma.
  if (dropped > 1 || Object.keys(wanted).length === 0) return undefined;
  const matching = context.simulation.controlPlane.groupsMatching(wanted, object.namespace);
  if (!matching.some(({ key }) => key === pods.key)) return undefined;
  const isSure = preferred && (dropped === 0 || matching.length === 1);
  return fixBy(`Change the selector to ${printLabels(wanted)}`, isSure, edits);
}

/** Puts the selector's labels on the pods. What a workload's own selector fixes cannot be changed. */
function changeTemplate(
  selector: Labels,
  pods: MeantPods,
  preferred: boolean,
  context: AnalysisContext,
): Fix | undefined {
  const { differences } = compareLabels(selector, pods.labels, pods.variableLabels);
  const own = ownSelector(pods.object);
  const [difference] = differences;
  if (!own || !difference || differences.length > 1 || Object.hasOwn(own, difference.key)) return undefined;
  const path = [...pods.templatePath, 'metadata', 'labels'];
  if (!isJsonObject(valueAt(pods.object.body, path))) return undefined;
  const { key, value } = difference;
  const maker = printReference(pods.object);
  const where = pods.templatePath.length === 0 ? maker : `the pod template of ${maker}`;
  const title =
    pods.labels[key] === undefined ? `Add ${pair(key, value)} to ${where}` : `Change ${key} to ${value} in ${where}`;
  return fixBy(title, preferred, [putMember(pods.object, path, key, value, context)]);
}

/** The first label by which the workload knows its pods and that the selector does not name; of a bare pod any label. */
function identityLabel(pods: MeantPods, selector: Labels): { key: string; value: string } | undefined {
  const free = Object.entries(pods.labels).filter(([key]) => !Object.hasOwn(selector, key));
  const own = ownSelector(pods.object) ?? {};
  const [key, value] = free.find(([key, value]) => own[key] === value) ?? free[0] ?? [];
  return key === undefined || value === undefined ? undefined : { key, value };
}

/** A workload's `matchLabels`; a ReplicationController's selector; nothing for a Pod; undefined where the template is fixed. */
function ownSelector(object: KubernetesObject): Readonly<Record<string, unknown>> | undefined {
  if (object.kind === 'Pod' || object.kind === 'CronJob') return {};
  if (object.kind === 'Job') return undefined;
  const selector = valueAt(object.body, ['spec', 'selector']);
  if (valueAt(selector, ['matchExpressions']) !== undefined) return undefined;
  const labels = object.kind === 'ReplicationController' ? selector : valueAt(selector, ['matchLabels']);
  return isJsonObject(labels) ? labels : {};
}
