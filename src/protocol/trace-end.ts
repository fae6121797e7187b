/** What a thing on the map is called as an end of a traced request. */

import type { KnownTopology } from './known-topology';

/** Undefined for what cannot be such an end: the user is then asked. */
export function traceEnd(id: string, end: 'from' | 'to', topology: KnownTopology): string | undefined {
  const node = topology.node(id);
  const name = /^[^/]+\/(.*)$/.exec(id)?.[1] ?? '';
  const pod = /^.+#([^#]+)$/.exec(id)?.[1];
  if (!node) return undefined;
  if (pod !== undefined) return `pod ${node.parent.replace(/^namespace\//, '')}/${pod}`;
  switch (node.kind) {
    case 'service':
      return end === 'to' ? `service ${name}` : undefined;
    case 'workload':
      return id;
    case 'node':
      return `node ${node.label}`;
    case 'outside':
      return end === 'from' ? 'outside' : undefined;
    case 'external':
      return end === 'to' ? node.label : undefined;
    case 'ingress':
    case 'gateway':
    case 'route':
      return end === 'to' ? urlOf(id, topology) : undefined;
    case 'namespace':
    case 'policy':
      return undefined;
  }
}

/** The first URL that an entry answers: its edges say `shop.example/cart`. */
function urlOf(id: string, topology: KnownTopology): string | undefined {
  const labels = topology.edgesFrom(id).flatMap(({ label }) => label.split(', '));
  const url = labels.find((label) => /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/|$)/i.test(label));
  return url === undefined ? undefined : `http://${url}`;
}
