/** Which Service a host name means, seen from a namespace: by its spelling alone, without asking a resolver. */

import type { NamespacedName, Service } from '#model/kubernetes';
import type { ControlPlane } from '#simulation/types';
import type { NameInText } from './names-in';

/** A reading of a host name. */
export interface ServiceName {
  readonly service: string;
  /** Undefined where the name ends with `svc` and leaves the namespace out: it means nothing then. */
  readonly namespace: string | undefined;
  /** How much of the name is written: `web`, `web.shop`, `web.shop.svc` (with or without the cluster's domain). */
  readonly spelling: 'short' | 'namespace' | 'svc';
  /** What stands before the Service's name: the host name of a pod. */
  readonly pod: string | undefined;
}

/** All readings of the host, the likeliest first; empty for a name that no Service can have. */
export function readingsOf(host: string, namespace: string, clusterDomain: string): readonly ServiceName[] {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const svc = labels.lastIndexOf('svc');
  if (svc > 0 && isDomain(labels.slice(svc + 1), clusterDomain)) return svcReadings(labels.slice(0, svc));
  const [first = '', second, third] = labels;
  if (labels.length === 1) return [{ service: first, namespace, spelling: 'short', pod: undefined }];
  if (labels.length === 2)
    return [
      { service: first, namespace: second, spelling: 'namespace', pod: undefined },
      { service: second!, namespace, spelling: 'short', pod: first },
    ];
  if (labels.length === 3) return [{ service: second!, namespace: third, spelling: 'namespace', pod: first }];
  return [];
}

/** A search list adds the cluster's domain where it is left out. */
function isDomain(labels: readonly string[], clusterDomain: string): boolean {
  return labels.length === 0 || labels.join('.') === clusterDomain.toLowerCase();
}

function svcReadings(labels: readonly string[]): readonly ServiceName[] {
  const [first = '', second, third] = labels;
  if (labels.length === 1) return [{ service: first, namespace: undefined, spelling: 'svc', pod: undefined }];
  if (labels.length === 2) return [{ service: first, namespace: second, spelling: 'svc', pod: undefined }];
  if (labels.length === 3) return [{ service: second!, namespace: third, spelling: 'svc', pod: first }];
  return [];
}

/** The Service that the host means, where the scope has it. */
export function serviceOfHost(host: string, namespace: string, controlPlane: ControlPlane): Service | undefined {
  return readingThatHolds(host, namespace, controlPlane)?.service;
}

/** The same with the reading by which it means it: in `db.db` the Service may be either word. */
export function readingThatHolds(
  host: string,
  namespace: string,
  controlPlane: ControlPlane,
): { readonly reading: ServiceName; readonly service: Service } | undefined {
  for (const reading of readingsOf(host, namespace, controlPlane.settings.clusterDomain)) {
    const name = namespacedNameOf(reading);
    const service = name === undefined ? undefined : controlPlane.service(name);
    if (service) return { reading, service };
  }
  return undefined;
}

export function namespacedNameOf({ service, namespace }: ServiceName): NamespacedName | undefined {
  return namespace === undefined ? undefined : `${namespace}/${service}`;
}

/** Whether the name in a text is that of a Service of the scope. */
export function isServiceName(name: NameInText, namespace: string, controlPlane: ControlPlane): boolean {
  return serviceOfHost(name.host, namespace, controlPlane) !== undefined;
}
