/** Which of the readings of a host name holds: `db.data` is Service db of namespace data, or pod db of Service data. */

import { namespacedName } from '#model/kubernetes';
import type { ControlPlane } from '#simulation/types';
import { readingThatHolds } from '../../names/service-names';
import type { MentionIn } from './types';

/** By who answers to the name; where nobody does, a name that says `svc` can mean one thing only. */
export function holds({ object, mention }: MentionIn, controlPlane: ControlPlane): boolean {
  const { host, meaning } = mention;
  if (host === undefined) return true;
  const found = readingThatHolds(host, object.namespace, controlPlane);
  if (!found) return /\.svc(?:\.|$)/.test(host);
  const { reading, service } = found;
  if (reading.pod !== mention.pod) return false;
  if (meaning.kind === 'namespace') return service.metadata.namespace === meaning.name;
  return meaning.kind === 'service' && namespacedName(service) === meaning.service;
}
