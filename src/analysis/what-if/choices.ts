/** What can happen in a scope: its pods, workloads, nodes and so on, each with the steps that fit it. */

import { compareStrings } from '#base/compare';
import { namespacedName, type NamespacedName } from '#model/kubernetes';
import { zoneLabel } from '#simulation/controllers/workload-pods';
import type { ControlPlane } from '#simulation/types';
import type { ScopeState } from '../context';
import { findObjectIn, isFailure } from './find';

export type SubjectKind = 'workload' | 'pod' | 'node' | 'zone' | 'service' | 'policy';

/** Something that steps can be about. */
export interface WhatIfSubject {
  readonly kind: SubjectKind;
  /** As a step begins: `deployment shop/web`, `node node-a`. */
  readonly text: string;
  /** `3 replicas`, `on node-a`. */
  readonly description: string;
}

/** A menu of more is no help: whoever wants another one writes it. */
const mostOfAKind = 200;

export function whatIfSubjects(controlPlane: ControlPlane): readonly WhatIfSubject[] {
  const subjects: WhatIfSubject[] = [];
  for (const namespace of [...controlPlane.namespaces().keys()].sort(compareStrings))
    for (const { object, replicas } of controlPlane.podGroups(namespace))
      if (object.kind !== 'Pod') subjects.push({ kind: 'workload', text: `${object.kind.toLowerCase()} ${object.namespace}/${object.name}`, description: replicas === 1 ? '1 pod' : `${replicas} pods` }); // prettier-ignore
  for (const pod of controlPlane.pods())
    subjects.push({ kind: 'pod', text: `pod ${namespacedName(pod)}`, description: pod.spec.nodeName === undefined ? 'waits for a node' : `on ${pod.spec.nodeName}` }); // prettier-ignore
  const nodes = controlPlane.nodes();
  const zones = new Map<string, number>();
  for (const { metadata } of nodes) {
    const zone = metadata.labels?.[zoneLabel];
    subjects.push({ kind: 'node', text: `node ${metadata.name}`, description: zone === undefined ? '' : `in ${zone}` });
    if (zone !== undefined) zones.set(zone, (zones.get(zone) ?? 0) + 1);
  }
  for (const [zone, count] of [...zones].sort())
    subjects.push({ kind: 'zone', text: `zone ${zone}`, description: count === 1 ? '1 node' : `${count} nodes` });
  for (const service of controlPlane.services())
    subjects.push({ kind: 'service', text: `service ${namespacedName(service)}`, description: service.spec.type });
  for (const policy of controlPlane.objectsOfKind('networking.k8s.io', 'NetworkPolicy'))
    subjects.push({ kind: 'policy', text: `networkpolicy ${policy.namespace}/${policy.name}`, description: '' });
  return limited(subjects);
}

/** The Service that requests come through to what a step is about: `deployment shop/web`, `pod shop/web-1`, `service shop/web`. */
export function serviceOfSubject(subject: string, { simulation }: ScopeState): NamespacedName | undefined {
  const { controlPlane } = simulation;
  const [kind = '', name = ''] = subject.split(' ');
  if (kind === 'service') return name;
  const [namespace, own] = name.split('/');
  if (own === undefined) return undefined;
  const object = kind === 'pod' ? controlPlane.groupOfPod(name)?.object : findObjectIn({ kind, namespace, name: own }, controlPlane); // prettier-ignore
  if (object === undefined || isFailure(object)) return undefined;
  const [service] = controlPlane.servicesTargeting(object.key).map(namespacedName).sort(compareStrings);
  return service;
}

function limited(subjects: readonly WhatIfSubject[]): readonly WhatIfSubject[] {
  const counts = new Map<SubjectKind, number>();
  return subjects.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= mostOfAKind;
  });
}
