/** What the API server fills into a Service before it looks at it. */

import type { IpFamily } from '#base/ip';
import { parsePrefix } from '#base/ip';
import type { ClusterSettings } from '#model/settings';
import { isEmpty } from './metadata';
import { isExternallyAccessible, type WrittenPort, type WrittenSpec, type WrittenStatus } from './service-fields';

const affinitySeconds = 10800;
const typesWithTraffic: ReadonlySet<string> = new Set(['ClusterIP', 'NodePort', 'LoadBalancer']);

/** Models pkg/apis/core/v1 SetDefaults_Service (v1.37). */
export function withDefaults(written: WrittenSpec): WrittenSpec {
  const type = written.type || 'ClusterIP';
  const sessionAffinity = written.sessionAffinity || 'None';
  const { sessionAffinityConfig, ...rest } = withoutEmpties(written);
  const typed: WrittenSpec = { ...rest, type };
  return {
    ...typed,
    ...(written.ports && written.ports.length > 0 && { ports: written.ports.map(portWithDefaults) }),
    sessionAffinity,
    ...affinityConfig(sessionAffinity, sessionAffinityConfig),
    ...(isExternallyAccessible(typed) && { externalTrafficPolicy: typed.externalTrafficPolicy ?? 'Cluster' }),
    ...(typesWithTraffic.has(type) && { internalTrafficPolicy: typed.internalTrafficPolicy ?? 'Cluster' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: typed.allocateLoadBalancerNodePorts ?? true }),
  };
}

/** Models pkg/registry/core/service/storage normalizeClusterIPs (v1.37) for a Service that is new. */
export function withClusterIPs(spec: WrittenSpec): WrittenSpec {
  return spec.clusterIP !== undefined && spec.clusterIPs === undefined
    ? { ...spec, clusterIPs: [spec.clusterIP] }
    : spec;
}

function affinityConfig(
  affinity: string,
  config: WrittenSpec['sessionAffinityConfig'],
): Pick<WrittenSpec, 'sessionAffinityConfig'> {
  // Without affinity the server drops the configuration silently.
  if (affinity === 'None') return {};
  if (affinity !== 'ClientIP') return config ? { sessionAffinityConfig: config } : {};
  return {
    sessionAffinityConfig: { clientIP: { timeoutSeconds: config?.clientIP?.timeoutSeconds ?? affinitySeconds } },
  };
}

function portWithDefaults(port: WrittenPort): WrittenPort {
  const { name, appProtocol, nodePort, targetPort } = port;
  return {
    ...(name && { name }),
    protocol: port.protocol || 'TCP',
    ...(appProtocol !== undefined && { appProtocol }),
    port: port.port ?? 0,
    targetPort: targetPort || (port.port ?? 0),
    ...(nodePort && { nodePort }),
  };
}

/** Go leaves out empty values of these fields when it writes JSON, so nobody sees them. */
const omittedWhenEmpty: ReadonlySet<string> = new Set([
  'ports', 'selector', 'clusterIP', 'clusterIPs', 'externalIPs', 'loadBalancerIP', 'loadBalancerSourceRanges',
  'externalName', 'externalTrafficPolicy', 'healthCheckNodePort', 'publishNotReadyAddresses', 'ipFamilies',
]); // prettier-ignore

function withoutEmpties(spec: WrittenSpec): WrittenSpec {
  const kept = Object.entries(spec).filter(([key, value]) => !omittedWhenEmpty.has(key) || !isEmptyValue(value));
  return Object.fromEntries(kept) as WrittenSpec;
}

/** Lists too have nothing to enumerate when they are empty. */
function isEmptyValue(value: unknown): boolean {
  return !value || (typeof value === 'object' && isEmpty(value));
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
