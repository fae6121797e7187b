/** Where the cluster's DNS server is, as kubelets tell their pods. */

import { parsePrefix, printIp } from '#base/ip';
import type { NamespacedName } from '#model/kubernetes';
import type { ControlPlane } from '../types';

/** The Service of the DNS server, in nearly every cluster. */
export const dnsService: NamespacedName = 'kube-system/kube-dns';

/** What installers take of the service range for it. */
const placeInRange = 10n;
const dnsPort = 53;

/** Kubelets' clusterDNS: as the settings say, else the Service's cluster address, else the tenth of the range. */
export function dnsAddresses(controlPlane: ControlPlane): readonly string[] {
  const { clusterDNS, serviceCIDRs } = controlPlane.settings;
  if (clusterDNS && clusterDNS.length > 0) return clusterDNS;
  const address = controlPlane.service(dnsService)?.spec.clusterIP;
  if (address !== undefined && address !== '' && address !== 'None') return [address];
  const range = parsePrefix(serviceCIDRs[0] ?? '');
  return range ? [printIp({ family: range.family, value: range.base + placeInRange })] : [];
}

/** Whether a name server is the cluster's own: one that kubelets name, or a Service of it. */
export function isClusterDns(address: string, controlPlane: ControlPlane): boolean {
  if (dnsAddresses(controlPlane).includes(address)) return true;
  return controlPlane.servicesByAddress(address).some(({ metadata, spec }) => {
    if (metadata.namespace !== 'kube-system') return false;
    return metadata.name === 'kube-dns' || (spec.ports ?? []).some(({ port }) => port === dnsPort);
  });
}
