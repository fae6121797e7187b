/** A Service's body as it is decoded: every field that the server knows. */

import type { JsonObject } from '#base/json';
import type { LoadBalancerIngress, ServiceSpec } from '#model/kubernetes';
import { bool, closed, int32, intOrString, list, open, string, stringMap, word } from './decode';
import { topLevel } from './metadata';

export const serviceSchema = topLevel('Service', {
  spec: closed('ServiceSpec', {
    ports: list(
      closed('ServicePort', {
        name: string,
        protocol: word('Protocol'),
        appProtocol: string,
        port: int32,
        targetPort: intOrString,
        nodePort: int32,
      }),
    ),
    selector: stringMap,
    clusterIP: string,
    clusterIPs: list(string),
    type: word('ServiceType'),
    externalIPs: list(string),
    sessionAffinity: word('ServiceAffinity'),
    loadBalancerIP: string,
    loadBalancerSourceRanges: list(string),
    externalName: string,
    externalTrafficPolicy: word('ServiceExternalTrafficPolicy'),
    healthCheckNodePort: int32,
    publishNotReadyAddresses: bool,
    sessionAffinityConfig: closed('SessionAffinityConfig', {
      clientIP: closed('ClientIPConfig', { timeoutSeconds: int32 }),
    }),
    ipFamilies: list(word('IPFamily')),
    ipFamilyPolicy: word('IPFamilyPolicy'),
    allocateLoadBalancerNodePorts: bool,
    loadBalancerClass: string,
    internalTrafficPolicy: word('ServiceInternalTrafficPolicy'),
    trafficDistribution: string,
  }),
  status: closed('ServiceStatus', {
    loadBalancer: closed('LoadBalancerStatus', {
      ingress: list(
        closed('LoadBalancerIngress', {
          ip: string,
          hostname: string,
          ipMode: word('LoadBalancerIPMode'),
          ports: list(open('PortStatus', {})),
        }),
      ),
    }),
    conditions: list(open('Condition', {})),
  }),
});

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

export interface WrittenStatus {
  readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] };
}

export function specOf(body: JsonObject): WrittenSpec {
  return (body.spec ?? {}) as unknown as WrittenSpec;
}

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
