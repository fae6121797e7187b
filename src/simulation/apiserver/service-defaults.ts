/** What the API server fills into a Service before it looks at it. */

import type { IpFamily } from '#base/ip';
import { parsePrefix } from '#base/ip';
import type { ClusterSettings } from '#model/settings';
import {
  isExternallyAccessible,
  type Draft,
  type WrittenPort,
  type WrittenSpec,
  type WrittenStatus,
} from './service-fields';

const affinitySeconds = 10800;
const typesWithTraffic: ReadonlySet<string> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer']);

/** Models pkg/apis/core/v1 SetDefaults_Service (v1.37). */
export function withDefaults(written: WrittenSpec): WrittenSpec {
  const { type = 'ClusterIP', sessionAffinity = 'None', sessionAffinityConfig, ...rest } = written;
  const spec: Draft = rest;
  spec.type = type;
  if (written.ports) spec.ports = written.ports.map(portWithDefaults);
  spec.sessionAffinity = sessionAffinity;
  const config = affinityConfig(sessionAffinity, sessionAffinityConfig);
  if (config) spec.sessionAffinityConfig = config;
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (typesWithTraffic.has(type)) spec.internalTrafficPolicy ??= 'Cluster';
  if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  return spec;
}

/** Models pkg/registry/core/service/storage normalizeClusterIPs (v1.37) for a Service that is new. */
export function withClusterIPs(spec: WrittenSpec): WrittenSpec {
  return spec.clusterIP !== undefined && spec.clusterIPs === undefined
    ? { ...spec, clusterIPs: [spec.clusterIP] }
    : spec;
}

/** Without affinity the server drops the configuration silently. */
function affinityConfig(
  affinity: string,
  config: WrittenSpec['sessionAffinityConfig'],
): WrittenSpec['sessionAffinityConfig'] {
  if (affinity === 'None') return undefined;
  if (affinity !== 'ClientIP') return config;
  return { clientIP: { timeoutSeconds: config?.clientIP?.timeoutSeconds ?? affinitySeconds } };
}

/** In the order of Go's struct. */
function portWithDefaults({ name, protocol = 'TCP', appProtocol, port = 0, targetPort, nodePort }: WrittenPort) {
  const draft: { -readonly [Field in keyof WrittenPort]: WrittenPort[Field] } = {};
  if (name !== undefined) draft.name = name;
  draft.protocol = protocol;
  if (appProtocol !== undefined) draft.appProtocol = appProtocol;
  draft.port = port;
  draft.targetPort = targetPort || port;
  if (nodePort !== undefined) draft.nodePort = nodePort;
  return draft;
}

/** A load balancer's status is kept; other Services have none. */
export function statusWithDefaults(spec: WrittenSpec, { loadBalancer = {}, ...rest }: WrittenStatus) {
  if (spec.type !== 'LoadBalancer') return { ...rest, loadBalancer: {} };
  const { ingress } = loadBalancer;
  if (!ingress || ingress.length === 0) return { ...rest, loadBalancer: {} };
  return {
    ...rest,
    loadBalancer: {
      ...loadBalancer,
      ingress: ingress.map((entry) => (entry.ip && !entry.ipMode ? { ...entry, ipMode: 'VIP' as const } : entry)),
    },
  };
}

/** As the server shows it to who reads. Models defaultOnReadService of pkg/registry/core/service/storage (v1.37). */
export function asRead(spec: WrittenSpec): WrittenSpec {
  if (spec.type !== 'ExternalName') return spec;
  const { internalTrafficPolicy: _, ...rest } = spec;
  return withClusterIPs(rest);
}

/** Whether the Service asks for no address. */
export function isHeadlessSpec(spec: WrittenSpec): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

/** Families by the list of ranges: they are asked for with every Service. */
const familiesByRanges = new WeakMap<readonly string[], readonly IpFamily[]>();

/** The families of the cluster's Service ranges, the default one first. */
export function serviceFamilies({ serviceCIDRs }: ClusterSettings): readonly IpFamily[] {
  let families = familiesByRanges.get(serviceCIDRs);
  if (!families) {
    families = [...new Set(serviceCIDRs.flatMap((text) => parsePrefix(text)?.family ?? []))];
    familiesByRanges.set(serviceCIDRs, families);
  }
  return families;
}
