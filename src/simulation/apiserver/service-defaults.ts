/** What the API server fills into a Service before it looks at it. */

import type { IpFamily } from '#base/ip';
import { parseIp, parsePrefix } from '#base/ip';
import type { ClusterSettings } from '#model/settings';
import type { FieldErrors } from './field-errors';
import { isEmpty } from './metadata';
import { isExternallyAccessible, type WrittenPort, type WrittenSpec, type WrittenStatus } from './service-fields';

const affinitySeconds = 10800;

/** Models pkg/apis/core/v1 SetDefaults_Service and the storage's normalizeClusterIPs (v1.37). */
export function withDefaults(written: WrittenSpec): WrittenSpec {
  const type = written.type || 'ClusterIP';
  const sessionAffinity = written.sessionAffinity || 'None';
  const { sessionAffinityConfig, clusterIP, clusterIPs = [], internalTrafficPolicy, ...rest } = withoutEmpties(written);
  const typed: WrittenSpec = { ...rest, type };
  return {
    ...typed,
    ...(written.ports && written.ports.length > 0 && { ports: written.ports.map(portWithDefaults) }),
    sessionAffinity,
    ...affinityConfig(sessionAffinity, sessionAffinityConfig),
    ...(isExternallyAccessible(typed) && { externalTrafficPolicy: typed.externalTrafficPolicy ?? 'Cluster' }),
    ...(type !== 'ExternalName' && { internalTrafficPolicy: internalTrafficPolicy ?? 'Cluster' }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: typed.allocateLoadBalancerNodePorts ?? true }),
    ...(clusterIP !== undefined && { clusterIP }),
    ...(clusterIPs.length > 0 ? { clusterIPs } : clusterIP !== undefined ? { clusterIPs: [clusterIP] } : {}),
  };
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

export function isHeadlessSpec(spec: WrittenSpec): boolean {
  return spec.clusterIPs?.[0] === 'None';
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

/**
 * Decides the families. The spec must have passed `checkAddresses`; what is wrong with the cluster is added to `errors`.
 * Models pkg/registry/core/service/storage/alloc.go initIPFamilyFields (v1.37).
 */
export function withFamilies(spec: WrittenSpec, settings: ClusterSettings, errors: FieldErrors): WrittenSpec {
  if (spec.type === 'ExternalName') return spec;
  const configured: readonly string[] = serviceFamilies(settings);
  const selectorless = isHeadlessSpec(spec) && spec.selector === undefined;
  const ipFamilyPolicy = spec.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');
  const before = errors.causes.length;
  const addresses = isHeadlessSpec(spec) ? 0 : (spec.clusterIPs?.length ?? 0);
  if (ipFamilyPolicy === 'SingleStack') {
    const complain = (what: string) =>
      errors.invalid(
        ['spec', 'ipFamilyPolicy'],
        ipFamilyPolicy,
        `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
      );
    if (addresses === 2) complain('cluster IPs');
    if (spec.ipFamilies?.length === 2) complain('IP families');
  }
  const ipFamilies = [...(spec.ipFamilies ?? []), ...familiesOfAddresses(spec, configured, errors)];
  if (errors.causes.length > before) return spec;
  if (!selectorless) checkConfigured(ipFamilyPolicy, ipFamilies, configured, errors);
  if (ipFamilies.length === 0 && configured[0] !== undefined) ipFamilies.push(configured[0]);
  // A headless Service without a selector may have both families even where the cluster has one.
  const dual = ipFamilyPolicy !== 'SingleStack' && (selectorless || configured.length > 1);
  if (dual && ipFamilies.length === 1) ipFamilies.push(ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4');
  return { ...spec, ipFamilyPolicy, ipFamilies };
}

function familiesOfAddresses(spec: WrittenSpec, configured: readonly string[], errors: FieldErrors): readonly string[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const inferred: string[] = [];
  for (const [i, address] of clusterIPs.entries()) {
    const family = parseIp(address)?.family;
    if (!family || i < ipFamilies.length) continue;
    if (configured.includes(family)) inferred.push(family);
    else errors.invalid(['spec', 'clusterIPs', i], clusterIPs, `${family} is not configured on this cluster`);
  }
  return inferred;
}

function checkConfigured(
  policy: string,
  families: readonly string[],
  configured: readonly string[],
  errors: FieldErrors,
): void {
  if (policy === 'RequireDualStack' && configured.length < 2)
    errors.invalid(['spec', 'ipFamilyPolicy'], policy, 'this cluster is not configured for dual-stack services');
  for (const [i, family] of families.entries())
    if (!configured.includes(family))
      errors.invalid(['spec', 'ipFamilies', i], family, 'not configured on this cluster');
}
