/** Names that are nobody's in the cluster and are meant for the world outside: the DNS server asks others for them. */

import type { ControlPlane } from '#simulation/types';
import { withoutDot } from './name-hop';

/** Endings that no namespace has: of a name with one dot they alone tell a host outside from `SERVICE.NAMESPACE`. */
const publicEndings = new Set([
  'com', 'org', 'net', 'edu', 'gov', 'int', 'io', 'dev', 'app', 'cloud', 'info', 'biz', 'eu', 'uk', 'de', 'fr', 'us',
  'ch', 'at', 'nl', 'ca', 'jp', 'cn', 'in', 'au', 'br',
]); // prettier-ignore

/**
 * Whether the DNS server would forward the question to servers of which nothing is known here. Where its Corefile is
 * known, that says what becomes of the name.
 */
export function isOutsideName(name: string, controlPlane: ControlPlane): boolean {
  const { clusterDomain, corefile } = controlPlane.settings;
  if (corefile !== undefined || controlPlane.object('/ConfigMap/kube-system/coredns')) return false;
  const host = withoutDot(name).toLowerCase();
  if (host === clusterDomain || host.endsWith(`.${clusterDomain}`) || host.endsWith('.svc')) return false;
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length < 2 || controlPlane.namespaces().has(labels[1] ?? '')) return false;
  return publicEndings.has(last) || (labels.length > 2 && labels[2] !== 'svc');
}
