/** ServiceCIDR: a range of Service addresses beside those that the API server was started with. */

import { parsePrefix } from '#base/ip';
import { valueAt, type JsonPath } from '#base/json';
import type { ObjectMeta } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { behaves, minorOf } from '../releases';
import type { RefusalCause } from '../types';
import { canonicalPrefix } from './addresses';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, clusterMetadataOf } from './metadata';
import { dnsSubdomain } from './names';
import { structSchema } from './schema/schema';
import { behindMetadata, immutable, type UpdateCheck } from './updates';

export interface ServiceCIDR {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly cidrs: readonly string[] };
  /** Whether the release takes addresses from it; an older one does not know the kind. */
  readonly effective: boolean;
}

const most = 2;

/** Models pkg/apis/networking/validation ValidateServiceCIDR (v1.37). */
export function admitServiceCIDR(object: KubernetesObject, settings: ClusterSettings): Admission<ServiceCIDR> {
  const { value: body, refusal } = decode(object, structSchema('networking.ServiceCIDR', settings));
  if (refusal) return { value: undefined, refusal };
  const { cidrs = [] } = (body.spec ?? {}) as unknown as Partial<ServiceCIDR['spec']>;
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  checkRanges(cidrs, errors);
  return admission(object, errors, () => ({
    metadata: clusterMetadataOf(object, body),
    spec: { cidrs },
    effective: isServed(object, settings),
  }));
}

function isServed({ version }: KubernetesObject, { kubernetesVersion }: ClusterSettings): boolean {
  const minor = minorOf(kubernetesVersion);
  if (version === 'v1') return behaves(minor, 'manyServiceRanges');
  return version === 'v1beta1' && behaves(minor, 'betaServiceRanges');
}

/** Models validateServiceCIDRSpec. */
function checkRanges(cidrs: readonly string[], errors: FieldErrors): void {
  const path: JsonPath = ['spec', 'cidrs'];
  if (cidrs.length === 0) {
    errors.required(path, 'at least one CIDR required');
    return;
  }
  if (cidrs.length > most) {
    // The server prints the whole of the spec.
    errors.invalid(path, { CIDRs: cidrs }, 'may only hold up to 2 values');
    return;
  }
  for (const [i, cidr] of cidrs.entries()) errors.invalidAll([...path, i], cidr, canonicalPrefix(cidr));
  const [first, second] = cidrs.map((cidr) => parsePrefix(cidr)?.family);
  if (first === undefined || first !== second) return;
  const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  errors.invalid(path, cidrs, detail);
}

/**
 * A second family may be added, and nothing else changed; only then the ranges are looked at again. Models
 * ValidateServiceCIDRUpdate.
 */
export const checkServiceCIDRUpdate: UpdateCheck = (before, after, own) => {
  const path: JsonPath = ['spec', 'cidrs'];
  const [old = [], now = []] = [before, after].map(({ body }) => (valueAt(body, path) ?? []) as readonly string[]);
  const isMetadata = ({ field }: RefusalCause) => field.startsWith('metadata');
  const isAdded = old.length === 1 && now.length === most;
  const errors = new FieldErrors();
  if (old.length !== now.length && !isAdded) errors.invalid(path, now, immutable);
  else for (const [i, cidr] of old.entries()) if (cidr !== now[i]) errors.invalid([...path, i], now[i], immutable);
  return behindMetadata(errors.causes, isAdded ? own : own.filter(isMetadata));
};
