/** What a Service asks the allocators for: addresses and ports that it names, and those that it leaves to them. */

import type { IpFamily } from '#base/ip';
import type { JsonPath } from '#base/json';
import { isHeadless, type NamespacedName, type Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { Refusal } from '../types';
import { FieldErrors, internalRefusal, refusalOf } from './field-errors';
import { canonical, type AddressRanges, type PortRange } from './ranges';
import { needsHealthCheck } from './service-fields';

/** Something that only one Service can have, and that this one names. */
export type Claim =
  | { readonly kind: 'address'; readonly resource: string; readonly family: IpFamily; readonly address: string }
  | { readonly kind: 'node-port'; readonly resource: string; readonly port: number; readonly path: JsonPath }
  | { readonly kind: 'health-port'; readonly resource: string; readonly port: number };

/** A value that is named, or the seat of the one who gets it. */
export type Wanted<T> = { readonly given: T } | { readonly seat: string };

export interface Demand {
  /** In the order in which the server sees to them. */
  readonly claims: readonly Claim[];
  readonly addresses: readonly { readonly family: IpFamily; readonly wanted: Wanted<string> }[];
  /** For each of the ports; undefined where it gets none. */
  readonly nodePorts: readonly (Wanted<number> | undefined)[];
  readonly healthPort: Wanted<number> | undefined;
  /** The first claim that no cluster of these settings can grant. */
  readonly impossible: { readonly claim: Claim; readonly complaint: string } | undefined;
}

export interface Ranges {
  readonly addresses: ReadonlyMap<IpFamily, AddressRanges>;
  readonly ports: PortRange;
}

export const alreadyAllocated = {
  address: 'provided IP is already allocated',
  port: 'provided port is already allocated',
};

/** No name of an object has it. */
const separator = '#';

/** The Service that a seat belongs to. */
export function ownerOfSeat(seat: string): NamespacedName {
  const end = seat.indexOf(separator);
  return end < 0 ? seat : seat.slice(0, end);
}

/** Models pkg/registry/core/service/storage/alloc.go: initClusterIPs, initNodePorts, initHealthCheckNodePort (v1.37). */
export function demandOf(name: NamespacedName, service: Service, ranges: Ranges): Demand {
  const claims: Claim[] = [];
  const addresses = addressesOf(name, service, claims);
  const nodePorts = nodePortsOf(name, service, claims);
  const healthPort = healthPortOf(name, service, claims);
  return { claims, addresses, nodePorts, healthPort, impossible: firstImpossible(claims, ranges) };
}

function addressesOf(name: NamespacedName, service: Service, claims: Claim[]): Demand['addresses'] {
  const { type, ipFamilies = [], clusterIPs = [] } = service.spec;
  if (type === 'ExternalName' || isHeadless(service)) return [];
  return ipFamilies.map((family, i) => {
    const address = clusterIPs[i];
    if (address === undefined) return { family, wanted: { seat: name } };
    claims.push({ kind: 'address', resource: `address ${canonical(address)}`, family, address });
    return { family, wanted: { given: address } };
  });
}

function nodePortsOf(name: NamespacedName, service: Service, claims: Claim[]): Demand['nodePorts'] {
  const { type, ports = [], allocateLoadBalancerNodePorts } = service.spec;
  if (type !== 'NodePort' && type !== 'LoadBalancer') return ports.map(() => undefined);
  const allocates = type === 'NodePort' || allocateLoadBalancerNodePorts !== false;
  const claim = (port: number, index: number): Wanted<number> => {
    const path: JsonPath = ['spec', 'ports', index, 'nodePort'];
    claims.push({ kind: 'node-port', resource: `port ${port}`, port, path });
    return { given: port };
  };
  // Ports with one number and several protocols share their node port.
  const byNumber = new Map<number, Wanted<number>>();
  return ports.map(({ port, nodePort }, index) => {
    if (nodePort === undefined && !allocates) return undefined;
    const shared = byNumber.get(port);
    if (shared) {
      const same = nodePort === undefined || ('given' in shared && shared.given === nodePort);
      return same ? shared : claim(nodePort, index);
    }
    const requested = ports.find((other) => other.port === port && other.nodePort !== undefined)?.nodePort;
    const wanted = requested === undefined ? { seat: `${name}${separator}${port}` } : claim(requested, index);
    byNumber.set(port, wanted);
    return wanted;
  });
}

function healthPortOf(name: NamespacedName, service: Service, claims: Claim[]): Wanted<number> | undefined {
  if (!needsHealthCheck(service.spec)) return undefined;
  const port = service.spec.healthCheckNodePort;
  if (port === undefined) return { seat: `${name}${separator}health` };
  claims.push({ kind: 'health-port', resource: `port ${port}`, port });
  return { given: port };
}

function firstImpossible(claims: readonly Claim[], ranges: Ranges): Demand['impossible'] {
  const seen = new Set<string>();
  for (const claim of claims) {
    const complaint =
      claim.kind === 'address'
        ? ranges.addresses.get(claim.family)?.complaint(claim.address)
        : ranges.ports.complaint(claim.port);
    if (complaint !== undefined) return { claim, complaint };
    // Twice in one Service is as taken as in two.
    if (seen.has(claim.resource)) return { claim, complaint: takenComplaint(claim) };
    seen.add(claim.resource);
  }
  return undefined;
}

export function takenComplaint(claim: Claim): string {
  return claim.kind === 'address' ? alreadyAllocated.address : alreadyAllocated.port;
}

/** The server's answer to a claim that it cannot grant. */
export function claimRefusal(object: KubernetesObject, service: Service, claim: Claim, complaint: string): Refusal {
  const errors = new FieldErrors();
  switch (claim.kind) {
    case 'health-port': {
      const message = `failed to allocate requested HealthCheck NodePort ${claim.port}: ${complaint}`;
      return internalRefusal(object, message, ['spec', 'healthCheckNodePort']);
    }
    case 'node-port':
      errors.invalid(claim.path, claim.port, complaint);
      break;
    case 'address': {
      const { clusterIP, clusterIPs = [] } = service.spec;
      const path = claim.address === clusterIP ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs'];
      const detail = `failed to allocate IP ${claim.address}: ${complaint}`;
      errors.invalid({ field: 'spec.clusterIPs', path }, clusterIPs, detail);
    }
  }
  return refusalOf(object, errors)!;
}
