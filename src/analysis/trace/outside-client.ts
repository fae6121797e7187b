/** What a client outside of the cluster learns of a name: it asks public DNS or its own, which no manifest tells. */

import type { ControlPlane, DnsAnswer, Resolution } from '#simulation/types';
import { withoutDot } from './name-hop';

/** The answer of a resolver outside: names of the cluster are unknown there, of any other nothing is known here. */
export function resolveOutside(name: string, controlPlane: ControlPlane): Resolution {
  const answer = answerOutside(withoutDot(name), controlPlane);
  return {
    tries: [{ name, type: 'A', answer }],
    addresses: [],
    answered: undefined,
    service: undefined,
    ...(answer.rcode === 'UNKNOWN' && { unknown: answer.cause }),
  };
}

function answerOutside(name: string, controlPlane: ControlPlane): DnsAnswer {
  const isOfCluster = isNameOfCluster(name.toLowerCase(), controlPlane);
  return {
    rcode: isOfCluster ? 'NXDOMAIN' : 'UNKNOWN',
    answers: [],
    cause: isOfCluster
      ? `names of the cluster are known to its own DNS server, which clients outside do not ask`
      : `no Ingress or Gateway takes requests for ${name}, and what public DNS answers is not known here`,
    service: undefined,
  };
}

/** `web`, `web.shop` of a Service there is, and whatever stands below the cluster's domain. */
function isNameOfCluster(name: string, controlPlane: ControlPlane): boolean {
  const [service = '', namespace, ...rest] = name.split('.');
  if (namespace === undefined || name.endsWith('.svc')) return true;
  if (`.${name}`.endsWith(`.${controlPlane.settings.clusterDomain.toLowerCase()}`)) return true;
  return rest.length === 0 && controlPlane.service(`${namespace}/${service}`) !== undefined;
}
