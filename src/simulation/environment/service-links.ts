/** The variables that tell a container where the Services of its namespace are. */

import type { NamespacedName, PodSpec, Service } from '#model/kubernetes';
import { compareStrings } from '#base/compare';
import { namespacedName } from '#model/kubernetes';
import type { ControlPlane } from '../types';
import type { ServiceLink } from './types';

/** It is told to every pod. */
const apiServer: NamespacedName = 'default/kubernetes';

/** Models pkg/kubelet/kubelet_pods.go getServiceEnvVarMap (v1.37), in the order of the names. */
export function serviceLinks(
  controlPlane: ControlPlane,
  pod: { readonly namespace: string; readonly spec: PodSpec },
): readonly ServiceLink[] {
  const { enableServiceLinks = true }: PodSpec & { readonly enableServiceLinks?: boolean } = pod.spec;
  const links = new Map<string, ServiceLink>();
  for (const service of servicesFor(controlPlane, pod.namespace, enableServiceLinks))
    for (const link of linksOf(service)) links.set(link.name, link);
  return [...links.values()].sort((a, b) => compareStrings(a.name, b.name));
}

function servicesFor(controlPlane: ControlPlane, namespace: string, own: boolean): readonly Service[] {
  const byName = new Map<string, Service>();
  const kubernetes = controlPlane.service(apiServer);
  if (kubernetes) byName.set(kubernetes.metadata.name, kubernetes);
  if (own) {
    const services = [...controlPlane.services()].filter(({ metadata }) => metadata.namespace === namespace);
    // A Service `kubernetes` of the pod's own namespace counts before the API server's, or after it: by chance.
    for (const service of services) byName.set(service.metadata.name, service);
  }
  // Where two names become one variable (`a-b`, `A_B` cannot be), the real order is random; here it is that of names.
  return [...byName.values()].filter(hasClusterIP).sort((a, b) => compareStrings(a.metadata.name, b.metadata.name));
}

/** Models v1helper.IsServiceIPSet: neither headless nor an ExternalName. */
function hasClusterIP({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && !!spec.clusterIP && spec.clusterIP !== 'None';
}

/** Models pkg/kubelet/envvars FromServices and makeLinkVariables (v1.37). */
function linksOf(service: Service): readonly ServiceLink[] {
  const { clusterIP = '', ports = [] } = service.spec;
  const key = namespacedName(service);
  const prefix = variableName(service.metadata.name);
  const [first] = ports;
  const links: ServiceLink[] = [];
  const add = (name: string, value: string | number) => links.push({ name, value: String(value), service: key });
  if (!first) return [];
  add(`${prefix}_SERVICE_HOST`, clusterIP);
  add(`${prefix}_SERVICE_PORT`, first.port);
  for (const port of ports) if (port.name) add(`${prefix}_SERVICE_PORT_${variableName(port.name)}`, port.port);
  for (const [index, { port, protocol }] of ports.entries()) {
    const url = `${protocol.toLowerCase()}://${clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP}:${port}`;
    if (index === 0) add(`${prefix}_PORT`, url);
    const portPrefix = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    add(portPrefix, url);
    add(`${portPrefix}_PROTO`, protocol.toLowerCase());
    add(`${portPrefix}_PORT`, port);
    add(`${portPrefix}_ADDR`, clusterIP);
  }
  return links;
}

/** Models makeEnvVariableName. A name that starts with a digit, or that holds a dot, stays one that no shell can use. */
function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}
