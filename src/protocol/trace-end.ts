/** What a thing on the map is called as an end of a traced request, and as what a what-if is about. */

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

/** As a step begins; nothing for what no step can be about. */
export function subjectOf(id: string, topology: KnownTopology): { readonly subject?: string; readonly service?: string } {
  const node = topology.node(id);
  const isPod = id.includes('#');
  const named = id.replace('/', ' ');
  if (node?.kind === 'service') return { subject: named, service: named.slice('service '.length) };
  if (!isPod && (node?.kind === 'workload' || node?.kind === 'policy')) return { subject: named };
  const subject = traceEnd(id, 'from', topology);
  return subject === undefined || node?.kind === 'outside' ? {} : { subject };
} // prettier-ignore

/** The first URL that an entry answers: its edges say `shop.example/cart`. */
function urlOf(id: string, topology: KnownTopology): string | undefined {
  const labels = topology.edgesFrom(id).flatMap(({ label }) => label.split(', '));
  const url = labels.find((label) => /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/|$)/i.test(label));
  return url === undefined ? undefined : `http://${url}`;
}
