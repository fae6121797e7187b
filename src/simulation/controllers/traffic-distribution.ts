/** Hints that follow from a Service's `trafficDistribution`: each endpoint serves its own zone, or its own node first. */

import type { Endpoint } from '#model/kubernetes';
import { behaves } from '../releases';

export type TrafficDistribution = 'PreferSameZone' | 'PreferSameNode';

/** What the field's value means in a release; undefined where it means nothing. `PreferClose` is the older name. */
export function trafficDistributionOf(value: string | undefined, minor: number): TrafficDistribution | undefined {
  if (value === 'PreferClose') return behaves(minor, 'hasTrafficDistribution') ? 'PreferSameZone' : undefined;
  if (!behaves(minor, 'prefersSameTopology')) return undefined;
  return value === 'PreferSameZone' || value === 'PreferSameNode' ? value : undefined;
}

/**
 * Gives each ready endpoint its hint. A zone hint stands beside the node hint, for nodes that have no endpoint.
 * Models k8s.io/endpointslice/trafficdist ReconcileHints (v1.37).
 */
export function withDistributionHints(endpoint: Endpoint, distribution: TrafficDistribution): Endpoint {
  if (endpoint.conditions.ready !== true) return endpoint;
  const forZones = endpoint.zone ? [{ name: endpoint.zone }] : undefined;
  const forNodes = distribution === 'PreferSameNode' && endpoint.nodeName ? [{ name: endpoint.nodeName }] : undefined;
  if (!forZones && !forNodes) return endpoint;
  return { ...endpoint, hints: { ...(forZones && { forZones }), ...(forNodes && { forNodes }) } };
}
