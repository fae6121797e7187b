/** A Service's body as it is decoded: what its fields may hold before they are checked. */

import type { JsonObject } from '#base/json';
import type { LoadBalancerIngress, ServiceSpec } from '#model/kubernetes';

/** A port whose values have the right JSON types and nothing more. */
export interface WrittenPort {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port?: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

type Words = 'type' | 'ports' | 'ipFamilies' | 'ipFamilyPolicy' | 'sessionAffinity' | 'externalTrafficPolicy' | 'internalTrafficPolicy'; // prettier-ignore

/** The spec of a decoded body: enumerations are any text yet. */
export interface WrittenSpec extends Omit<ServiceSpec, Words> {
  readonly type?: string;
  readonly ports?: readonly WrittenPort[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly sessionAffinity?: string;
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
}

/** A spec that its maker still changes. */
export type Draft = { -readonly [Field in keyof WrittenSpec]: WrittenSpec[Field] };

export interface WrittenStatus {
  readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] };
}

/** The spec of a decoded body, empty where there is none. */
export function specOf(body: JsonObject): WrittenSpec {
  return (body.spec ?? {}) as unknown as WrittenSpec;
}

/** The status of a decoded body, empty where there is none. */
export function statusOf(body: JsonObject): WrittenStatus {
  return (body.status ?? {}) as unknown as WrittenStatus;
}

/** Models pkg/api/service ExternallyAccessible (v1.37). */
export function isExternallyAccessible(spec: WrittenSpec): boolean {
  const { type, externalIPs = [] } = spec;
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);
}

/** Models pkg/api/service NeedsHealthCheck. */
export function needsHealthCheck(spec: { readonly type?: string; readonly externalTrafficPolicy?: string }): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}
