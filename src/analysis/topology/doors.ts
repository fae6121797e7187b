/** The ways into a Service from outside: node ports, external and load balancer addresses. */

import { namespacedName, type Service } from '#model/kubernetes';
import type { TopologyEdge } from '../types';
import { edge } from './drawing';
import { ids } from './ids';

/** One edge with all the ways in; none where there is no way. */
export function doorEdges(service: Service): readonly TopologyEdge[] {
  const { spec, status } = service;
  const ways = [
    ...(spec.ports ?? []).flatMap((port) => (port.nodePort === undefined ? [] : [`node port ${port.nodePort}`])),
    ...(spec.externalIPs ?? []),
    ...(status.loadBalancer.ingress ?? []).flatMap((entry) => entry.ip ?? entry.hostname ?? []),
  ];
  const balanced = spec.type === 'LoadBalancer' && (status.loadBalancer.ingress ?? []).length === 0;
  if (balanced) ways.push('a load balancer without an address yet');
  return ways.length === 0 ? [] : [edge(ids.outside, ids.service(namespacedName(service)), 'routes', ways.join(', '))];
}
