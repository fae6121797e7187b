/** The ranges of ClusterIPs that kube-proxy learns from ServiceCIDR objects. */

import { isJsonObject } from '#base/json';
import { parsePrefix, printPrefix, type IpFamily } from '#base/ip';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';

/** What the API server makes of its own flag. */
const defaultName = 'kubernetes';

/**
 * Those of the settings, which the API server keeps in an object of its own unless there is one, and those of the
 * objects; each once, as text. Models pkg/proxy/config/config.go ServiceCIDRConfig and
 * pkg/controlplane/controller/defaultservicecidr (v1.37).
 */
export function serviceCIDRs(controlPlane: ControlPlane, family: IpFamily): readonly string[] {
  const { serviceCIDRs: flag } = controlPlane.settings;
  const objects = [...controlPlane.objectsOfKind('networking.k8s.io', 'ServiceCIDR')].filter(
    ({ key }) => !controlPlane.refusal(key),
  );
  const own = objects.find(({ name }) => name === defaultName);
  const texts = [...(own && !isExtended(cidrsOf(own), flag) ? [] : flag), ...objects.flatMap(cidrsOf)];
  const prefixes = texts.map(parsePrefix);
  return [...new Set(prefixes.flatMap((prefix) => (prefix?.family === family ? printPrefix(prefix) : [])))];
}

/** The API server adds a second range to an object that has just the first one. */
function isExtended(cidrs: readonly string[], flag: readonly string[]): boolean {
  return cidrs.length === 1 && flag.length === 2 && cidrs[0] === flag[0];
}

function cidrsOf({ body: { spec } }: KubernetesObject): readonly string[] {
  const cidrs = isJsonObject(spec) ? spec.cidrs : undefined;
  return Array.isArray(cidrs) ? cidrs.filter((cidr) => typeof cidr === 'string') : [];
}
