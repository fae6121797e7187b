/** What policies of the network and disruption budgets mention: labels of pods and namespaces, named ports. */

import type { JsonPath } from '#base/json';
import { readSelector } from '#simulation/network/policy/selector';
import type { MentionWriter } from './writer';

const directions = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const;

export function mentionNetworkPolicy(writer: MentionWriter): void {
  const { namespace } = writer.object;
  writer.selector(['spec', 'podSelector'], { namespace });
  for (const [rules, peers] of directions)
    for (const rule of writer.items(['spec', rules])) {
      for (const { path } of writer.items([...rule.path, peers])) mentionPeer(writer, path);
      for (const { path } of writer.items([...rule.path, 'ports'])) mentionPort(writer, [...path, 'port'], rules);
    }
}

function mentionPeer(writer: MentionWriter, peer: JsonPath): void {
  const { namespace } = writer.object;
  if (writer.at([...peer, 'namespaceSelector']) !== undefined) mentionPodsOf(writer, peer);
  else writer.selector([...peer, 'podSelector'], { namespace });
}

/** Of what goes out it is a port of the peers, which may be in any namespace. */
function mentionPort(writer: MentionWriter, path: JsonPath, rules: 'ingress' | 'egress'): void {
  const name = writer.text(path);
  const namespace = rules === 'egress' ? '' : writer.object.namespace;
  if (name !== undefined) writer.add({ kind: 'container-port', namespace, name }, path, 'reference');
}

/** Pods of the namespaces that a selector beside theirs selects. */
function mentionPodsOf(writer: MentionWriter, owner: JsonPath): void {
  const namespaces = readSelector(writer.at([...owner, 'namespaceSelector']));
  writer.namespaceSelector([...owner, 'namespaceSelector']);
  writer.selector([...owner, 'podSelector'], { namespace: '', namespaces });
}

/** A policy of the whole cluster (AdminNetworkPolicy, ClusterNetworkPolicy): each peer is of namespaces or of their pods. */
export function mentionClusterPolicy(writer: MentionWriter): void {
  const peers: JsonPath[] = [['spec', 'subject']];
  for (const [rules, list] of directions)
    for (const rule of writer.items(['spec', rules]))
      for (const { path } of writer.items([...rule.path, list])) peers.push(path);
  for (const peer of peers) {
    writer.namespaceSelector([...peer, 'namespaces']);
    mentionPodsOf(writer, [...peer, 'pods']);
  }
}

export function mentionDisruptionBudget(writer: MentionWriter): void {
  writer.selector(['spec', 'selector'], { namespace: writer.object.namespace });
}
