/** What mentions are found by: one text for each thing that they may mean. */

import type { Meaning, Mention } from './types';

/**
 * The key under which a mention is kept. Ports of a Service are kept under their Service, and named ports of containers
 * under their name: which of them are one is known only to the control plane.
 */
export function keyOf(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'service':
      return `service ${meaning.service}`;
    case 'service-port':
      return `port ${meaning.service}`;
    case 'label':
      return `label ${meaning.namespace} ${meaning.key}=${meaning.value}`;
    case 'label-key':
      return `label-key ${meaning.namespace} ${meaning.key}`;
    case 'container-port':
      return `container-port ${meaning.namespace} ${meaning.name}`;
    case 'namespace':
      return `namespace ${meaning.name}`;
    case 'namespace-label':
      return `namespace-label ${meaning.key}=${meaning.value}`;
    case 'namespace-label-key':
      return `namespace-label-key ${meaning.key}`;
    case 'gateway':
      return `gateway ${meaning.gateway}`;
    case 'listener':
      return `listener ${meaning.gateway} ${meaning.name}`;
  }
}

/** Whether the mention has to be found by what it means; of named ports those of policies alone, the others by their pods. */
export function isIndexed({ meaning }: Mention, kind: string): boolean {
  return meaning.kind !== 'container-port' || kind === 'NetworkPolicy';
}
