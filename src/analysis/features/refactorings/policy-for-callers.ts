/** A NetworkPolicy that lets just those in who are seen to ask for a Service. */

import type { JsonObject } from '#base/json';
import type { Service } from '#model/kubernetes';
import { effectiveSelector } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import { callersOf } from '../call-hierarchy';
import { appendDocument } from './new-document';
import { selectorOf } from './new-service';
import type { Refactor } from './types';

/** Offered at the Service's name and kind, where a workload of the scope names it and its pods are shut to nobody yet. */
export const policyForCallers: Refactor = ({ object, path, state }, workspace) => {
  if (object.kind !== 'Service' || object.group !== '' || object.origin.kind !== 'manifest') return undefined;
  if (path[0] !== 'kind' && path[0] !== 'metadata') return undefined;
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(`${object.namespace}/${object.name}`);
  const selector = service && effectiveSelector(service);
  const ports = service ? podPorts(service, controlPlane.targets(`${object.namespace}/${object.name}`)) : [];
  if (!selector || ports.length === 0) return undefined;
  const callers = callersOf(workspace, { scope: state.scope.name, key: object.key })
    .flatMap(({ item }) => controlPlane.podGroup(item.key) ?? [])
    .filter((group) => Object.keys(selectorOf(group)).length > 0);
  const name = `${object.name}-callers`;
  const isTaken = controlPlane.networkPolicies(object.namespace).some(({ metadata }) => metadata.name === name);
  if (callers.length === 0 || isTaken) return undefined;
  const body = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, ...(object.namespaceGiven ? { namespace: object.namespace } : {}) },
    spec: {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ['Ingress'],
      ingress: [{ from: callers.map((caller) => peerOf(caller, object.namespace)), ports }],
    },
  };
  const edit = appendDocument(object.origin.file, body, workspace);
  const who = callers.length === 1 ? callers[0]!.object.name : `its ${callers.length} callers`;
  return (
    edit && { title: `Make a NetworkPolicy that lets only ${who} reach ${object.name}`, kind: 'extract', edits: [edit] }
  );
};

/** A policy sees the packet after the Service's translation: it names the ports of the pods. */
function podPorts(service: Service, targets: readonly PodGroup[]): readonly JsonObject[] {
  const declared = targets.flatMap(({ spec }) => spec.containers.flatMap((container) => container.ports ?? []));
  const ports = (service.spec.ports ?? []).flatMap(({ targetPort, protocol }) => {
    const isKnown = typeof targetPort === 'number' || declared.some(({ name }) => name === targetPort);
    return isKnown ? [{ port: targetPort, ...(protocol === 'TCP' ? {} : { protocol }) }] : [];
  });
  const texts = new Set<string>();
  return ports.filter((port) => !texts.has(JSON.stringify(port)) && texts.add(JSON.stringify(port)));
}

/** Pods of another namespace need both selectors in one peer. */
function peerOf(caller: PodGroup, namespace: string): JsonObject {
  const podSelector = { matchLabels: { ...selectorOf(caller) } };
  if (caller.namespace === namespace) return { podSelector };
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': caller.namespace } }, podSelector };
}
