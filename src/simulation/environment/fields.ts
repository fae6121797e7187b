/** What a container learns about its own pod: `valueFrom.fieldRef`. */

import type { Pod } from '#model/kubernetes';
import type { ControlPlane } from '../types';

/** Models podFieldSelectorRuntimeValue (v1.37), for the fields that variables may name. Undefined: not known before the pod runs. */
export function fieldValue(path: string, pod: Pod, controlPlane: ControlPlane): string | undefined {
  const subscript = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (subscript) return (subscript[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations)?.[subscript[2]!] ?? ''; // prettier-ignore
  const { metadata, spec, status } = pod;
  const podIPs = status.podIPs?.map(({ ip }) => ip) ?? (status.podIP === undefined ? [] : [status.podIP]);
  const hostIPs = hostAddresses(pod, controlPlane);
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace;
    case 'spec.nodeName':
      return spec.nodeName;
    case 'spec.serviceAccountName':
      return serviceAccountOf(pod);
    case 'status.podIP':
      return podIPs[0];
    case 'status.podIPs':
      return podIPs.length === 0 ? undefined : podIPs.join(',');
    case 'status.hostIP':
      return hostIPs[0];
    case 'status.hostIPs':
      return hostIPs.length === 0 ? undefined : hostIPs.join(',');
    // metadata.uid is drawn when the pod is made.
    default:
      return undefined;
  }
}

function hostAddresses({ spec, status }: Pod, controlPlane: ControlPlane): readonly string[] {
  if (status.hostIPs) return status.hostIPs.map(({ ip }) => ip);
  if (status.hostIP !== undefined) return [status.hostIP];
  const node = spec.nodeName === undefined ? undefined : controlPlane.node(spec.nodeName);
  return (node?.status.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}

function serviceAccountOf(pod: Pod): string {
  const { serviceAccountName, serviceAccount }: Pod['spec'] & {
    readonly serviceAccountName?: string;
    readonly serviceAccount?: string;
  } = pod.spec; // prettier-ignore
  return serviceAccountName || serviceAccount || 'default';
}
