/** What kube-proxy keeps of a Service's port, for one address family. */

import { familyOf, parseIp, parsePrefix, printIp, printPrefix, type IpFamily } from '#base/ip';
import type { EndpointSlice, NamespacedName, Protocol, Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { RuleCause } from '../types';

export interface ServicePortInfo {
  readonly service: NamespacedName;
  readonly portName: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly clusterIP: string;
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  readonly loadBalancerVIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  /** Seconds that a client stays with its endpoint; 0 without session affinity. */
  readonly stickySeconds: number;
  readonly healthCheckNodePort: number;
  readonly externalPolicyLocal: boolean;
  readonly internalPolicyLocal: boolean;
  readonly cause: RuleCause;
}

/** A Service with this label is another proxy's work, and so are its slices. */
const proxyNameLabel = 'service.kubernetes.io/service-proxy-name';
/** Slices with this label are of no use to a proxy; on a Service it means nothing. */
const headlessLabel = 'service.kubernetes.io/headless';

/** Models the informers' label selectors in cmd/kube-proxy/app/server.go (v1.37). */
export function isWatchedSlice({ metadata: { labels = {} } }: EndpointSlice): boolean {
  return !Object.hasOwn(labels, proxyNameLabel) && !Object.hasOwn(labels, headlessLabel);
}

/**
 * The ports of a Service that a proxier of this family handles; empty for what it skips.
 * Models pkg/proxy/serviceport.go newBaseServiceInfo and pkg/proxy/util/utils.go ShouldSkipService (v1.37).
 */
export function servicePorts(service: Service, family: IpFamily): readonly ServicePortInfo[] {
  const { spec } = service;
  if (spec.type === 'ExternalName' || !spec.clusterIP || spec.clusterIP === 'None') return [];
  if (Object.hasOwn(service.metadata.labels ?? {}, proxyNameLabel)) return [];
  const clusterIP = clusterIPOf(service, family);
  if (clusterIP === undefined) return [];
  const ofFamily = (addresses: readonly string[] = []) =>
    addresses.map(canonical).filter((address) => familyOf(address) === family);
  const name = namespacedName(service);
  // Only what says nothing of its mode, or VIP, is an address that nodes take for themselves.
  const ingress = (service.status.loadBalancer.ingress ?? []).filter(
    (entry) => entry.ip && (entry.ipMode ?? 'VIP') === 'VIP',
  );
  const needsHealthCheck = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  return (spec.ports ?? []).map((port) => {
    const portName = port.name ?? '';
    return {
      service: name,
      portName,
      protocol: port.protocol,
      port: port.port,
      clusterIP,
      nodePort: port.nodePort ?? 0,
      externalIPs: ofFamily(spec.externalIPs),
      loadBalancerVIPs: ofFamily(ingress.map((entry) => entry.ip!)),
      sourceRanges: sourceRangesOf(spec.loadBalancerSourceRanges ?? [], family),
      stickySeconds:
        spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800) : 0,
      healthCheckNodePort: needsHealthCheck ? (spec.healthCheckNodePort ?? 0) : 0,
      externalPolicyLocal: spec.externalTrafficPolicy === 'Local',
      internalPolicyLocal: spec.internalTrafficPolicy === 'Local',
      cause: { service: name, portName, protocol: port.protocol },
    };
  });
}

/** Models pkg/proxy/util/utils.go GetClusterIPByFamily (v1.37): a family's address stands where the family does. */
function clusterIPOf({ spec }: Service, family: IpFamily): string | undefined {
  const families = spec.ipFamilies ?? [];
  const address = families.length === 0 ? spec.clusterIP : spec.clusterIPs?.[families.indexOf(family)];
  return address !== undefined && familyOf(address) === family ? canonical(address) : undefined;
}

/**
 * The ranges of the family; none where one of them is everything, which is as good as no range at all.
 * Models the ranges' part of newBaseServiceInfo and pkg/proxy/util/utils.go MapCIDRsByIPFamily (v1.37).
 */
function sourceRangesOf(ranges: readonly string[], family: IpFamily): readonly string[] {
  const prefixes = ranges.flatMap((range) => parsePrefix(range.trim()) ?? []);
  const own = prefixes.filter((prefix) => prefix.family === family);
  return own.some(({ length }) => length === 0) ? [] : own.map(printPrefix);
}

/** As net.IP prints it: rules are written with the canonical text. */
export function canonical(address: string): string {
  const ip = parseIp(address);
  return ip ? printIp(ip) : address;
}

/** Whether anything outside the cluster could reach the port. */
export function isExternallyAccessible(port: ServicePortInfo): boolean {
  return port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.externalIPs.length > 0;
}

/** Models BaseServicePortInfo.UsesClusterEndpoints. */
export function usesClusterEndpoints(port: ServicePortInfo): boolean {
  return !port.internalPolicyLocal || isExternallyAccessible(port);
}

/** Models BaseServicePortInfo.UsesLocalEndpoints. */
export function usesLocalEndpoints(port: ServicePortInfo): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && isExternallyAccessible(port));
}

/** `NAMESPACE/NAME:PORT`, or `NAMESPACE/NAME` for the unnamed port: ServicePortName.String. */
export function servicePortName(port: ServicePortInfo): string {
  return port.portName === '' ? port.service : `${port.service}:${port.portName}`;
}
