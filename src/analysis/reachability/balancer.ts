/** Through which nodes a request from outside comes in: a load balancer leaves out those whose health check fails. */

import type { ControlPlane } from '#simulation/types';
import type { Trace } from '../types';

/**
 * Whether a load balancer stands before the node and sends it nothing: the called address is one of its own, the
 * Service wants local endpoints, and the node has none that is ready. To the node port itself anybody may send.
 * Models pkg/proxy/healthcheck/service_health.go hcHandler.ServeHTTP (v1.37), which counts the local ready endpoints.
 */
export function isPassedBy(node: string, { called, services }: Trace, controlPlane: ControlPlane): boolean {
  return services.some((name) => {
    const service = controlPlane.service(name);
    if (service?.spec.type !== 'LoadBalancer' || service.spec.externalTrafficPolicy !== 'Local') return false;
    const own = (service.status.loadBalancer.ingress ?? []).map(({ ip }) => ip);
    if (!called?.addresses.some((address) => own.includes(address))) return false;
    const endpoints = controlPlane.endpointSlices(name).flatMap((slice) => slice.endpoints ?? []);
    return !endpoints.some(({ nodeName, conditions }) => nodeName === node && conditions?.ready !== false);
  });
}
