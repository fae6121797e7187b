/** The pods of the program behind an Ingress class or a Gateway, known by the labels that such programs' pods carry. */

import type { ControlPlane, PodGroup } from '../types';
import { specOf, textOf } from './read';
import type { HttpEntry } from './types';

export interface ControllerPods {
  readonly group: PodGroup;
  /** By which they are known: key and value. */
  readonly label: readonly [string, string];
}

/** Those that are there, the most telling label first. */
export function* controllerPods(entry: HttpEntry, controlPlane: ControlPlane): Iterable<ControllerPods> {
  for (const [key, value, namespace] of controllerLabels(entry)) {
    const [group] = controlPlane.groupsMatching({ [key]: value }, namespace);
    if (group) yield { group, label: [key, value] };
  }
}

/** Labels that the pods of an entry carry: key, value, and the namespace where it is known. */
function controllerLabels(entry: HttpEntry): readonly (readonly [string, string, string | undefined])[] {
  if (entry.kind === 'gateway')
    return [['gateway.networking.k8s.io/gateway-name', entry.gateway.name, entry.gateway.namespace]];
  const controller = (entry.ingressClass && textOf(specOf(entry.ingressClass).controller)) ?? '';
  // `k8s.io/ingress-nginx`, `traefik.io/ingress-controller`: the program's name is in one of the two parts.
  const [domain = '', program = ''] = controller.split('/');
  const names = [program, domain.split('.')[0] ?? '', entry.className ?? ''].filter((name) => name !== '');
  return names.map((name) => ['app.kubernetes.io/name', name, undefined]);
}
