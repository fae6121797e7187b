/** Which IP families a Service has, when it is made and when it is changed. */

import type { IpFamily } from '#base/ip';
import type { FieldErrors } from './field-errors';
import type { ApiRelease } from './releases';
import { isHeadlessSpec } from './service-defaults';
import type { Draft, WrittenSpec } from './service-fields';
import { addressFamily } from './service-tokens';
import { checkAddresses } from './service-validation';

export interface FamilyContext {
  /** The families of the cluster's Service ranges, the default one first. */
  readonly configured: readonly IpFamily[];
  readonly release: ApiRelease;
}

/**
 * Decides the families; where something is wrong it adds to `errors`, and nothing else is looked at. `before` is what
 * the server has, for an update. Models pkg/registry/core/service/storage/alloc.go initIPFamilyFields (v1.37).
 */
export function withFamilies(
  written: WrittenSpec,
  before: WrittenSpec | undefined,
  { configured, release }: FamilyContext,
  errors: FieldErrors,
): WrittenSpec {
  if (written.type === 'ExternalName') return written;
  if (before && keepsPreferredFamilies(written, before)) return written;
  const selectorless = isHeadlessSpec(written) && written.selector === undefined;
  const ipFamilyPolicy =
    written.ipFamilyPolicy ?? before?.ipFamilyPolicy ?? (selectorless ? 'RequireDualStack' : 'SingleStack');
  const policed: Draft = { ...written, ipFamilyPolicy };
  checkAddresses(policed, release, errors);
  if (errors.causes.length > 0) return policed;
  const spec: Draft = before ? reduced(policed, before, errors) : policed;
  if (ipFamilyPolicy === 'SingleStack') checkSingle(spec, errors);
  const ipFamilies = [...(spec.ipFamilies ?? [])];
  if (spec.clusterIPs) ipFamilies.push(...familiesOfAddresses(spec, configured, errors));
  if (errors.causes.length > 0) return spec;
  if (!selectorless) checkConfigured(ipFamilyPolicy, ipFamilies, configured, errors);
  if (ipFamilies.length === 0 && configured[0] !== undefined) ipFamilies.push(configured[0]);
  // A headless Service without a selector may have both families even where the cluster has one.
  const dual = ipFamilyPolicy !== 'SingleStack' && (selectorless || configured.length > 1);
  if (dual && ipFamilies.length === 1) ipFamilies.push(ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4');
  spec.ipFamilies = ipFamilies;
  return spec;
}

/** Models isMatchingPreferDualStackClusterIPFields: such a Service stays as it is when the cluster's families change. */
export function keepsPreferredFamilies(after: WrittenSpec, before: WrittenSpec): boolean {
  return (
    after.ipFamilyPolicy === 'PreferDualStack' &&
    after.type === before.type &&
    (before.ipFamilyPolicy === undefined || before.ipFamilyPolicy === 'PreferDualStack') &&
    sameList(after.clusterIPs, before.clusterIPs) &&
    sameList(after.ipFamilies, before.ipFamilies)
  );
}

/** What an update to one family leaves out; an update that leaves out the same without saying so is wrong. */
function reduced(spec: Draft, before: WrittenSpec, errors: FieldErrors): Draft {
  const { clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (ipFamilyPolicy === 'SingleStack') {
    const oneAddress = clusterIPs.length > 1 && sameList(clusterIPs, before.clusterIPs);
    const oneFamily = ipFamilies.length > 1 && sameList(ipFamilies, before.ipFamilies);
    return {
      ...spec,
      ...(oneAddress && { clusterIPs: clusterIPs.slice(0, 1) }),
      ...(oneFamily && { ipFamilies: ipFamilies.slice(0, 1) }),
    };
  }
  const complain = (what: string) =>
    errors.invalid(['spec', 'ipFamilyPolicy'], ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`); // prettier-ignore
  if (isReduced(clusterIPs, before.clusterIPs)) complain('cluster IP');
  if (isReduced(ipFamilies, before.ipFamilies)) complain('IP family');
  return spec;
}

function isReduced(after: readonly string[], before: readonly string[] = []): boolean {
  return after.length > 0 && after.length < before.length;
}

function checkSingle(spec: WrittenSpec, errors: FieldErrors): void {
  const complain = (what: string) =>
    errors.invalid(
      ['spec', 'ipFamilyPolicy'],
      spec.ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  if (!isHeadlessSpec(spec) && spec.clusterIPs?.length === 2) complain('cluster IPs');
  if (spec.ipFamilies?.length === 2) complain('IP families');
}

function familiesOfAddresses(spec: WrittenSpec, configured: readonly string[], errors: FieldErrors): readonly string[] {
  const { clusterIPs = [], ipFamilies = [] } = spec;
  const inferred: string[] = [];
  for (const [i, address] of clusterIPs.entries()) {
    const family = addressFamily(address);
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

/** Nothing and an empty list are the same here. */
export function sameList(a: readonly unknown[] = [], b: readonly unknown[] = []): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
