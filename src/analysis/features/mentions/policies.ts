/** What NetworkPolicies and disruption budgets mention: labels of pods, named ports, namespaces by name. */

import type { JsonPath } from '#base/json';
import { readSelector } from '#simulation/network/policy/selector';
import type { MentionWriter } from './writer';

export function mentionNetworkPolicy(writer: MentionWriter): void {
  const { namespace } = writer.object;
  writer.selector(['spec', 'podSelector'], { namespace });
  for (const [rules, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    // prettier-ignore
    for (const rule of writer.items(['spec', rules])) {
      for (const { path } of writer.items([...rule.path, peers])) mentionPeer(writer, path);
      for (const { path } of writer.items([...rule.path, 'ports'])) writer.containerPort([...path, 'port'], 'reference');
    }
}

function mentionPeer(writer: MentionWriter, peer: JsonPath): void {
  const namespaces = writer.at([...peer, 'namespaceSelector']);
  writer.namespaceSelector([...peer, 'namespaceSelector']);
  const { namespace } = writer.object;
  if (namespaces === undefined) writer.selector([...peer, 'podSelector'], { namespace });
  else writer.selector([...peer, 'podSelector'], { namespace: '', namespaces: readSelector(namespaces) });
}

export function mentionDisruptionBudget(writer: MentionWriter): void {
  writer.selector(['spec', 'selector'], { namespace: writer.object.namespace });
}
