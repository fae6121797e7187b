/** policy-peers-are-alternatives, policy-namespace-label, policy-peer-selects-nothing: peers that nobody is. */

import type { JsonPath } from '#base/json';
import type { LabelSelector, NetworkPolicy, NetworkPolicyPeer } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Finding } from '../types';
import { fixBy, putMember, renameKey } from './edits';
import type { Rule } from './index';
import { joinItems } from './list-edits';
import { labelEdits, labelsWithOtherValue, nearestLabels, printFound } from './near-labels';
import {
  declaredNamespace, dependOnPods, groupsIn, groupsOfPeer, isEmpty, namespacesOf, policyOf, writtenRules, type WrittenRule,
} from './policy-rules'; // prettier-ignore
import { relatedMember, relatedName, type Report } from './report';
import { unseenMaker } from './unseen-pods';
import { unappliedTo } from './unapplied';
import { list, pair, printLabels } from './words';

const nameLabel = 'kubernetes.io/metadata.name';

export const policyPeers: Rule = {
  codes: ['policy-peers-are-alternatives', 'policy-namespace-label', 'policy-peer-selects-nothing'],
  check(object, context, report) {
    const policy = policyOf(object, context, report);
    if (!policy) return;
    dependOnPods(policy, report);
    for (const rule of writtenRules(policy)) checkRule(object, policy, rule, context, report);
  },
};

function checkRule(
  object: KubernetesObject,
  policy: NetworkPolicy,
  rule: WrittenRule,
  context: AnalysisContext,
  report: Report,
): void {
  const split = splitPeer(policy, rule, context, report);
  if (split) reportSplit(object, policy, rule, split, context, report);
  rule.peers.forEach((peer, index) => {
    if (peer.ipBlock || index === split?.namespaces || index === split?.pods) return;
    const written: WrittenPeer = { object, policy, rule, peer, path: [...rule.peersPath, index] };
    const { namespaceSelector } = peer;
    if (namespaceSelector && namespacesOf(peer, object.namespace, context.simulation.controlPlane).length === 0)
      checkNamespaces(written, namespaceSelector, context, report);
    else checkPods(written, context, report);
  });
}

/** Whether pods and namespaces may come from what is not rendered. */
function isIncomplete({ scope }: AnalysisContext): boolean {
  return scope.incomplete.length > 0;
}

interface WrittenPeer {
  readonly object: KubernetesObject;
  readonly policy: NetworkPolicy;
  readonly rule: WrittenRule;
  readonly peer: NetworkPolicyPeer;
  readonly path: JsonPath;
}

/** What the rule allows, as the end of a sentence. */
function whatIsLost({ rule, object }: Pick<WrittenPeer, 'rule' | 'object'>): string {
  return rule.direction === 'ingress'
    ? `the entry lets nobody in: connections that only it would allow to the pods of ${printReference(object)} time out`
    : `the entry lets nothing out: connections that only it would allow from the pods of ${printReference(object)} time out`;
}

// ---------------------------------------------------------------- two items where one was meant

/** Neighbours of a list, one for namespaces and one for pods, which together mean pods that there are. */
interface Split {
  readonly namespaces: number;
  readonly pods: number;
  /** The pods that both together would mean. */
  readonly meant: readonly PodGroup[];
  /** Where no namespace has the labels: the one that was meant. */
  readonly unlabelled: string | undefined;
}

function splitPeer(
  { metadata }: NetworkPolicy,
  { peers, peersPath }: WrittenRule,
  context: AnalysisContext,
  report: Report,
): Split | undefined {
  const { controlPlane } = context.simulation;
  const own = metadata.namespace;
  if (groupsIn(own, {}, controlPlane).length === 0) return undefined;
  for (const [index, peer] of peers.entries()) {
    const selector = peer.podSelector;
    if (!selector || peer.namespaceSelector || isEmpty(selector)) continue;
    const namespaces = [index - 1, index + 1].find((other) => isOfNamespaces(peers[other]));
    if (namespaces === undefined || groupsIn(own, selector, controlPlane).length > 0) continue;
    report.searchedElsewhere();
    if (isIncomplete(context) || unseenMaker({ namespace: own }, context)) {
      report.leaveOpen(report.place([...peersPath, index]));
      continue;
    }
    const elsewhere = groupsElsewhere(own, selector, context);
    const selected = namespacesOf(peers[namespaces]!, own, controlPlane);
    if (selected.length > 0) {
      const meant = elsewhere.filter((group) => selected.includes(group.namespace));
      if (meant.length > 0) return { namespaces, pods: index, meant, unlabelled: undefined };
      continue;
    }
    const homes = [...new Set(elsewhere.map((group) => group.namespace))];
    if (homes.length === 1) return { namespaces, pods: index, meant: elsewhere, unlabelled: homes[0] };
  }
  return undefined;
}

function isOfNamespaces(peer: NetworkPolicyPeer | undefined): boolean {
  return peer?.namespaceSelector !== undefined && peer.podSelector === undefined && !isEmpty(peer.namespaceSelector);
}

function groupsElsewhere(own: string, selector: LabelSelector, { simulation }: AnalysisContext): readonly PodGroup[] {
  const { controlPlane } = simulation;
  return [...controlPlane.namespaces().keys()].flatMap((name) =>
    name === own ? [] : groupsIn(name, selector, controlPlane),
  );
}

function reportSplit(
  object: KubernetesObject,
  policy: NetworkPolicy,
  rule: WrittenRule,
  { namespaces, pods, meant, unlabelled }: Split,
  context: AnalysisContext,
  report: Report,
): void {
  const [first, second] = [rule.peers[namespaces]!, rule.peers[pods]!];
  const own = policy.metadata.namespace;
  const who = list(meant.map((group) => printReference(group.object)));
  const selector = first.namespaceSelector!;
  const union = `the list means all pods of namespaces with ${printSelector(selector)}, or pods of ${own} with ${printSelector(second.podSelector)}`; // prettier-ignore
  const verb = rule.direction === 'ingress' ? 'may call' : 'may be called';
  const pairs = Object.entries(selector.matchLabels ?? {});
  const only = pairs.length === 1 && (selector.matchExpressions ?? []).length === 0 ? pairs[0] : undefined;
  const canMend = unlabelled === undefined || only !== undefined;
  const namespaceObject = unlabelled === undefined ? undefined : declaredNamespace(unlabelled, context.simulation.controlPlane); // prettier-ignore
  report.add({
    code: 'policy-peers-are-alternatives',
    severity: 'warning',
    message: `${printReference(object)} lists namespaces and pods apart: either is enough`,
    place: report.member([...rule.peersPath, pods]),
    details: [
      { label: 'cause', text: union },
      {
        label: 'nearest',
        text: `${who} ${meant.length === 1 ? 'has' : 'have'} ${printSelector(second.podSelector)}, in another namespace`,
      },
      ...(unlabelled === undefined
        ? []
        : [{ label: 'note' as const, text: `namespace ${unlabelled} has no label ${printSelector(selector)}` }]),
      {
        label: 'effect',
        text: unlabelled === undefined ? `every pod of those namespaces ${verb}, whatever its labels` : `connections ${rule.direction === 'ingress' ? 'from' : 'to'} ${who} time out: neither item means ${meant.length === 1 ? 'it' : 'them'}`, // prettier-ignore
      },
    ],
    related: [namespaceObject && relatedName(namespaceObject, `Namespace ${unlabelled ?? ''}`, context)],
    fixes: [
      canMend
        ? fixBy(`Make one item of both${unlabelled === undefined ? '' : `, for namespace ${unlabelled}`}`, true, [
            joinItems(
              object,
              [...rule.peersPath, Math.min(namespaces, pods)],
              [...rule.peersPath, Math.max(namespaces, pods)],
              (text) => (unlabelled === undefined || !only ? text : withNamespace(text, only[0], unlabelled)),
              context,
            ),
          ])
        : undefined,
    ],
  });
}

/** The label of a namespaceSelector exchanged for the one that every namespace has. */
function withNamespace(text: string, key: string, namespace: string): string {
  const start = text.indexOf('namespaceSelector');
  const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const label = new RegExp(`(["']?)${escaped}\\1\\s*:\\s*[^\\s,}]+`);
  return text.slice(0, start) + text.slice(start).replace(label, `${nameLabel}: ${namespace}`);
}

// ---------------------------------------------------------------- namespaces

/** No namespace that the scope knows has the labels: a manifest that lacks them, or a slip, says why. */
function checkNamespaces(
  written: WrittenPeer,
  selector: LabelSelector,
  context: AnalysisContext,
  report: Report,
): void {
  const { object, path } = written;
  const { controlPlane } = context.simulation;
  const labels = selector.matchLabels ?? {};
  const names = controlPlane.namespaces();
  const matchLabels = [...path, 'namespaceSelector', 'matchLabels'];
  const effect = { label: 'effect', text: whatIsLost(written) } as const;
  if (isIncomplete(context)) return report.leaveOpen(report.place(path));
  for (const [key, value] of Object.entries(labels)) {
    if (key === nameLabel || !names.has(value) || Object.keys(labels).length > 1) continue;
    const declared = declaredNamespace(value, controlPlane);
    if (declared && unappliedTo(declared, [['metadata', 'labels']], context.scope).length > 0)
      return report.leaveOpen(report.place(path));
    report.add({
      code: 'policy-namespace-label',
      severity: declared ? 'warning' : 'hint',
      message: `namespaceSelector ${pair(key, value)}: namespace ${value} has no such label`,
      place: report.member([...matchLabels, key]),
      details: [
        { label: 'cause', text: `every namespace has its name in the label ${nameLabel}, and other labels only where somebody sets them` }, // prettier-ignore
        effect,
      ],
      related: [declared && relatedName(declared, `Namespace ${value} is declared here`, context)],
      fixes: [
        fixBy(`Change the label to ${nameLabel}`, true, [renameKey(object, [...matchLabels, key], nameLabel, context)]),
        declared &&
          fixBy(`Give namespace ${value} the label ${pair(key, value)}`, false, [
            putMember(declared, ['metadata', 'labels'], key, value, context),
          ]),
      ],
    });
    return;
  }
  const candidates = [...names].map(([name, own]) => ({ name, labels: own }));
  const near = nearestLabels(labels, candidates);
  if (!near) return report.leaveOpen(report.place(path));
  const declared = declaredNamespace(near.name, controlPlane);
  report.add({
    code: 'policy-namespace-label',
    severity: 'warning',
    message: `namespaceSelector ${printLabels(labels)} selects no namespace`,
    place: report.member(near.differences.length === 1 ? [...matchLabels, near.differences[0]!.key] : matchLabels),
    details: [{ label: 'nearest', text: `namespace ${near.name} has ${printFound(near.differences)}` }, effect],
    related: [declared && relatedName(declared, `Namespace ${near.name} is declared here`, context)],
    fixes: [fixBy(`Change the selector to ${printFound(near.differences)}`, true, labelEdits(object, matchLabels, near.differences, context))], // prettier-ignore
  });
}

// ---------------------------------------------------------------- pods

function checkPods(written: WrittenPeer, context: AnalysisContext, report: Report): void {
  const { object, peer, path } = written;
  const { podSelector } = peer;
  if (!podSelector || isEmpty(podSelector) || (podSelector.matchExpressions ?? []).length > 0) return;
  const { controlPlane } = context.simulation;
  if (groupsOfPeer(peer, object.namespace, controlPlane).length > 0) return;
  const namespaces = namespacesOf(peer, object.namespace, controlPlane);
  const there = namespaces.flatMap((name) => groupsIn(name, {}, controlPlane));
  if (there.length === 0) return report.leaveOpen(report.place(path));
  report.searchedElsewhere();
  if (isIncomplete(context) || namespaces.some((name) => unseenMaker({ namespace: name }, context)))
    return report.leaveOpen(report.place(path));
  const labels = podSelector.matchLabels ?? {};
  const matchLabels = [...path, 'podSelector', 'matchLabels'];
  if (there.some((group) => arePodLabelsPatched(group, labels, context))) return report.leaveOpen(report.place(path));
  const candidates = there.map((group) => ({ name: printReference(group.object), labels: group.labels }));
  const slip = nearestLabels(labels, candidates);
  const near = slip ?? labelsWithOtherValue(labels, candidates);
  const effect = { label: 'effect', text: whatIsLost(written) } as const;
  if (near) {
    const maker = there.find((group) => printReference(group.object) === near.name)!;
    report.add({
      code: 'policy-peer-selects-nothing',
      // Who is let in may come later.
      severity: slip ? 'warning' : 'hint',
      message: `podSelector ${printLabels(labels)} selects no pod of ${list(namespaces)}`,
      place: report.member(near.differences.length === 1 ? [...matchLabels, near.differences[0]!.key] : matchLabels),
      details: [{ label: 'nearest', text: `${near.name} has ${printFound(near.differences)}` }, effect],
      related: [relatedMember(maker.object, [...maker.templatePath, 'metadata', 'labels'], `Labels of ${near.name}`, context)], // prettier-ignore
      fixes: [fixBy(`Change the selector to ${printFound(near.differences)}`, slip !== undefined, labelEdits(object, matchLabels, near.differences, context))], // prettier-ignore
    });
    return;
  }
  const elsewhere = peer.namespaceSelector ? [] : groupsElsewhere(object.namespace, podSelector, context);
  const homes = [...new Set(elsewhere.map((group) => group.namespace))];
  if (homes.length !== 1 || !object.namespaceGiven || !elsewhere.every((group) => group.object.namespaceGiven))
    return report.leaveOpen(report.place(path));
  report.add({
    code: 'policy-peer-selects-nothing',
    severity: 'warning',
    message: `podSelector ${printLabels(labels)} selects no pod of ${object.namespace}`,
    place: report.member(matchLabels),
    details: nearElsewhere(elsewhere, effect),
    related: [relatedName(elsewhere[0]!.object, `${printReference(elsewhere[0]!.object)} is here`, context)],
    fixes: [
      fixBy(`Mean the pods of namespace ${homes[0]!}`, true, [
        putMember(object, [...path, 'namespaceSelector', 'matchLabels'], nameLabel, homes[0]!, context),
      ]),
    ],
  });
}

function nearElsewhere(elsewhere: readonly PodGroup[], effect: Finding['details'][number]): Finding['details'] {
  const makers = list(elsewhere.map((group) => printReference(group.object)));
  return [
    { label: 'cause', text: 'a podSelector without namespaceSelector means pods of the policy’s own namespace' },
    { label: 'nearest', text: `${makers} ${elsewhere.length === 1 ? 'has' : 'have'} the labels` },
    effect,
  ];
}

function arePodLabelsPatched(
  { object, templatePath }: PodGroup,
  labels: Readonly<Record<string, string>>,
  { scope }: AnalysisContext,
): boolean {
  const fields = Object.keys(labels).map((key) => [...templatePath.map(String), 'metadata', 'labels', key]);
  return unappliedTo(object, fields, scope).length > 0;
}

function printSelector(selector: LabelSelector | undefined): string {
  const expressions = (selector?.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `${key} ${operator}${values.length > 0 ? ` ${values.join(', ')}` : ''}`,
  );
  return [...(selector?.matchLabels ? [printLabels(selector.matchLabels)] : []), ...expressions].join(', ');
}
