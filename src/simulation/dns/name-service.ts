/** Names of a cluster: what its DNS server answers, and what the resolver of a pod makes of a name. */

import type { ControlPlane, NameService } from '../types';
import { podHostsFile } from './hosts-file';
import { nodeResolvConf, podResolvConf } from './resolv-conf';
import { resolve } from './resolver';
import { DnsServer } from './server';
import { dnsAddresses, dnsService } from './server-address';

/** Follows the control plane: answers are of the moment when they are asked for. */
export function createNameService(controlPlane: ControlPlane): NameService {
  const server = new DnsServer(controlPlane);
  return {
    query: (name, type) => server.query(name, type),
    resolve: (pod, name) =>
      resolve(controlPlane, pod, name, (asked, type, client) => server.query(asked, type, client)),
    resolvConf: (name) => {
      if (name === undefined) return nodeResolvConf(controlPlane);
      const pod = controlPlane.pod(name);
      return pod && podResolvConf(pod, controlPlane);
    },
    hostsFile: (name) => {
      const pod = controlPlane.pod(name);
      return pod && podHostsFile(pod, controlPlane);
    },
    server: () => ({
      addresses: dnsAddresses(controlPlane),
      service: controlPlane.service(dnsService) ? dnsService : undefined,
      notes: server.notes(),
    }),
  };
}
