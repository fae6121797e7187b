/**
 * A second document for a Service that is there: what the allocators gave stays, what must not change is refused, and
 * fields that a new type has no use for go.
 */

import type { Service, ServiceSpec } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';
import { FieldErrors, plainRefusal, refusalOf } from './field-errors';
import { checkMetadataUpdate } from './metadata';
import { familyContext, planOf, type Plan, type WrittenService } from './service';
import { allocatesNodePorts, askForAddresses, askForHealthPort, type Ask, type Asking } from './service-claims';
import { isHeadlessSpec, statusWithDefaults } from './service-defaults';
import { keepsPreferredFamilies, sameList, withFamilies } from './service-families';
import { isExternallyAccessible, needsHealthCheck, type WrittenPort, type WrittenSpec } from './service-fields';
import { addressToken, isPortToken, portToken } from './service-tokens';
import { checkLoadBalancerClass, checkService } from './service-validation';

/**
 * `before` is what is in effect, with tokens. The document stands for a whole new Service: what it does not say is no
 * more, but for what the server owns. Models pkg/registry/core/service/storage beginUpdate, PrepareForUpdate of
 * pkg/registry/core/service/strategy.go, and ValidateServiceUpdate of pkg/apis/core/validation (v1.37).
 */
export function planUpdate(before: Service, written: WrittenService, settings: ClusterSettings): Plan {
  const { object, body, metadata } = written;
  const context = familyContext(object, settings);
  const errors = new FieldErrors();
  const patched = withNormalAddresses(withAllocated(written.spec, before.spec), before.spec);
  const familiar = withFamilies(patched, before.spec, context, errors);
  const refusal = refusalOf(object, errors);
  if (refusal) return { kind: 'refused', refusal };
  const addresses = askForOtherAddresses(familiar, before.spec);
  const ports = askForOtherNodePorts(addresses.spec, before.spec);
  if (ports.duplicate !== undefined) {
    const message = `duplicate nodePort: {${ports.duplicate}}`;
    return { kind: 'refused', refusal: plainRefusal(object, message, ['spec', 'ports']) };
  }
  const isNewlyChecked = !needsHealthCheck(before.spec) && needsHealthCheck(ports.spec);
  const health = isNewlyChecked ? askForHealthPort(ports.spec) : { spec: ports.spec, asks: [] };
  const spec = withoutTypeDependent(health.spec, before.spec);
  const asks = [...addresses.asks, ...ports.asks, ...health.asks];
  return planOf(written, { spec, asks, status: statusOf(spec, written, before) }, (complete, found) => {
    checkMetadataUpdate(body, found);
    checkAddressChange(complete, before.spec, found);
    checkFamilyChange(complete, before.spec, found);
    checkOtherChanges(complete, before.spec, found);
    checkService(complete, metadata.annotations, context.release, found);
  });
}

/** A load balancer's status is the cluster's: an update does not touch it, and who writes one says what was observed. */
function statusOf(spec: WrittenSpec, { status }: WrittenService, before: Service): Service['status'] {
  return statusWithDefaults(spec, status.loadBalancer ? status : before.status);
}

// ---------------------------------------------------------------- what is kept

/** Models patchAllocatedValues. */
function withAllocated(after: WrittenSpec, before: ServiceSpec): WrittenSpec {
  let spec = after;
  if (needsClusterIP(before) && needsClusterIP(after)) {
    const { clusterIP = before.clusterIP, clusterIPs = before.clusterIPs } = after;
    spec = { ...spec, ...(clusterIP !== undefined && { clusterIP }), ...(clusterIPs && { clusterIPs }) };
  }
  if (allocatesNodePorts(before) && allocatesNodePorts(after) && spec.ports)
    spec = { ...spec, ports: withNodePorts(spec.ports, before.ports ?? []) };
  if (needsHealthCheck(before) && needsHealthCheck(after)) {
    const { healthCheckNodePort = before.healthCheckNodePort } = after;
    if (healthCheckNodePort !== undefined) spec = { ...spec, healthCheckNodePort };
  }
  return spec;
}

/** By the ports' names, where another port has not taken the number. */
function withNodePorts(after: readonly WrittenPort[], before: readonly WrittenPort[]): readonly WrittenPort[] {
  const written = new Set(after.map(({ nodePort }) => nodePort));
  const byName = new Map(before.map(({ name = '', nodePort }) => [name, nodePort]));
  return after.map((port) => {
    const old = byName.get(port.name ?? '');
    const isFree = old !== undefined && !written.has(old);
    return port.nodePort === undefined && isFree ? { ...port, nodePort: old } : port;
  });
}

/** Models normalizeClusterIPs for a Service that is there. */
function withNormalAddresses(after: WrittenSpec, before: ServiceSpec): WrittenSpec {
  const { clusterIP, clusterIPs } = after;
  if (clusterIP === before.clusterIP)
    return before.clusterIPs && !clusterIPs ? { ...after, clusterIPs: before.clusterIPs } : after;
  if (!sameList(clusterIPs, before.clusterIPs)) return after;
  if (clusterIP !== undefined) return { ...after, clusterIPs: [clusterIP] };
  const { clusterIPs: _, ...rest } = after;
  return rest;
}

function needsClusterIP({ type }: WrittenSpec): boolean {
  return type !== 'ExternalName';
}

// ---------------------------------------------------------------- what is asked for

/** Models updateClusterIPs. */
function askForOtherAddresses(spec: WrittenSpec, before: ServiceSpec): Asking {
  const nothing: Asking = { spec, asks: [] };
  if (keepsPreferredFamilies(spec, before)) return nothing;
  if (before.type === 'ExternalName') return spec.type === 'ExternalName' ? nothing : askForAddresses(spec);
  if (before.clusterIPs?.[0] === 'None' || spec.type === 'ExternalName') return nothing;
  const family = spec.ipFamilies?.[1];
  if (before.ipFamilies?.length !== 1 || spec.ipFamilies?.length !== 2 || (family !== 'IPv4' && family !== 'IPv6'))
    return nothing;
  const [first, second] = spec.clusterIPs ?? [];
  const clusterIPs = [first ?? '', second ?? addressToken(family)];
  const ask: Ask = second === undefined ? { kind: 'address', family } : { kind: 'address', family, address: second };
  return { spec: { ...spec, clusterIPs }, asks: [ask] };
}

/** Models updateNodePorts: unlike for a new Service, ports of one number share nothing. */
function askForOtherNodePorts(spec: WrittenSpec, before: ServiceSpec): Asking & { readonly duplicate?: string } {
  const { type, ports } = spec;
  if ((type !== 'NodePort' && type !== 'LoadBalancer') || !ports) return { spec, asks: [] };
  const held = new Set((before.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []));
  const tokens = new Set([...held, ...ports.flatMap(({ nodePort }) => nodePort ?? [])].filter(isPortToken));
  const asks: Ask[] = [];
  const used = new Set<string>();
  const allocated: WrittenPort[] = [];
  for (const [index, port] of ports.entries()) {
    let { nodePort } = port;
    if (nodePort === undefined && !allocatesNodePorts(spec)) {
      allocated.push(port);
      continue;
    }
    const path = ['spec', 'ports', index, 'nodePort'];
    if (nodePort === undefined) {
      asks.push({ kind: 'node-port', path });
      nodePort = portToken(port.port ?? 0, tokens);
      tokens.add(nodePort);
    } else if (!held.has(nodePort)) {
      asks.push({ kind: 'node-port', path, port: nodePort });
      held.add(nodePort);
    }
    const key = `${port.protocol} ${nodePort}`;
    if (used.has(key)) return { spec, asks: [], duplicate: key };
    used.add(key);
    allocated.push({ ...port, nodePort });
  }
  return { spec: { ...spec, ports: allocated }, asks };
}

// ---------------------------------------------------------------- what goes

/**
 * Models dropTypeDependentFields: what no longer applies goes, unless the document also changes it; then it is wrong.
 */
function withoutTypeDependent(after: WrittenSpec, before: ServiceSpec): WrittenSpec {
  const gone: (keyof WrittenSpec)[] = [];
  if (needsClusterIP(before) && !needsClusterIP(after)) {
    if (after.clusterIP === before.clusterIP && sameList(after.clusterIPs, before.clusterIPs))
      gone.push('clusterIP', 'clusterIPs');
    if (sameList(after.ipFamilies, before.ipFamilies)) gone.push('ipFamilies');
    if (after.ipFamilyPolicy === before.ipFamilyPolicy) gone.push('ipFamilyPolicy');
  }
  const dropIfSame = (field: keyof WrittenSpec) => {
    if (after[field] === before[field]) gone.push(field);
  };
  if (needsHealthCheck(before) && !needsHealthCheck(after)) dropIfSame('healthCheckNodePort');
  if (before.type === 'LoadBalancer' && after.type !== 'LoadBalancer') {
    dropIfSame('allocateLoadBalancerNodePorts');
    dropIfSame('loadBalancerClass');
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(after)) dropIfSame('externalTrafficPolicy');
  const kept = Object.entries(after).filter(([field]) => !gone.includes(field as keyof WrittenSpec));
  const spec = Object.fromEntries(kept) as WrittenSpec;
  return hasNodePorts(before) && !hasNodePorts(after) ? withoutNodePorts(spec, before) : spec;
}

function hasNodePorts({ type }: WrittenSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** All of them, where the document names none that the Service has not had. */
function withoutNodePorts(spec: WrittenSpec, before: ServiceSpec): WrittenSpec {
  const old = new Set((before.ports ?? []).map(({ nodePort }) => nodePort));
  const ports = spec.ports ?? [];
  if (ports.some(({ nodePort }) => nodePort !== undefined && !old.has(nodePort))) return spec;
  return spec.ports ? { ...spec, ports: ports.map(({ nodePort: _, ...port }) => port) } : spec;
}

// ---------------------------------------------------------------- what must not change

const unchanging = 'may not change once set';

/** Models validateUpgradeDowngradeClusterIPs. */
function checkAddressChange(after: WrittenSpec, before: ServiceSpec, errors: FieldErrors): void {
  if (after.type === 'ExternalName' || before.type === 'ExternalName') return;
  if (isHeadlessSpec(after) && isHeadlessSpec(before)) return;
  const [old, now] = [before.clusterIPs ?? [], after.clusterIPs ?? []];
  const complain = (i: number) => {
    const path = i === 0 ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs', i];
    errors.invalid({ field: `spec.clusterIPs[${i}]`, path }, now, unchanging);
  };
  if (old.length === now.length) {
    for (const [i, address] of old.entries()) if (address !== now[i]) complain(i);
    return;
  }
  if (now.length === 0) errors.invalid(['spec', 'clusterIPs', 0], now, 'primary clusterIP can not be unset');
  else if (old.length > 0 && now[0] !== old[0]) complain(0);
  if (old.length > now.length && now.length === 1) checkReleasing('clusterIP', after, errors);
}

/** Models validateUpgradeDowngradeIPFamilies; which list it prints is upstream's. */
function checkFamilyChange(after: WrittenSpec, before: ServiceSpec, errors: FieldErrors): void {
  if (after.type === 'ExternalName' || before.type === 'ExternalName') return;
  if (isHeadlessSpec(after) || isHeadlessSpec(before)) return;
  const { ipFamilies: now = [], clusterIPs = [] } = after;
  const old = before.ipFamilies ?? [];
  const path = ['spec', 'ipFamilies', 0];
  if (old.length === now.length) {
    for (const [i, family] of old.entries()) if (family !== now[i]) errors.invalid(path, now, unchanging);
    return;
  }
  if (old.length > now.length && clusterIPs.length === 0)
    errors.invalid(path, now, 'primary ipFamily can not be unset');
  if (old.length > 0 && now.length > 0 && now[0] !== old[0]) errors.invalid(path, clusterIPs, unchanging);
  if (old.length > now.length && now.length === 1) checkReleasing('ipFamily', after, errors);
}

function checkReleasing(what: string, { ipFamilyPolicy }: WrittenSpec, errors: FieldErrors): void {
  if (ipFamilyPolicy === 'SingleStack') return;
  const detail = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  errors.invalid(['spec', 'ipFamilyPolicy'], ipFamilyPolicy, detail);
}

/** Models validateLoadBalancerClassField and validateServiceExternalTrafficFieldsUpdate. */
function checkOtherChanges(after: WrittenSpec, before: ServiceSpec, errors: FieldErrors): void {
  const { loadBalancerClass, healthCheckNodePort } = after;
  if (before.type === 'LoadBalancer' && after.type === 'LoadBalancer' && before.loadBalancerClass !== loadBalancerClass)
    errors.invalid(['spec', 'loadBalancerClass'], loadBalancerClass, unchanging);
  checkLoadBalancerClass(after, errors);
  const checked = needsHealthCheck(before) && needsHealthCheck(after);
  if (checked && healthCheckNodePort !== before.healthCheckNodePort)
    errors.forbidden(['spec', 'healthCheckNodePort'], 'field is immutable');
}
