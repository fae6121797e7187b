/** What a Service asks the allocators for, what it holds, and the server's words where it cannot have it. */

import type { IpFamily } from '#base/ip';
import type { JsonPath } from '#base/json';
import type { NamespacedName, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { behaves, minorOf } from '../releases';
import type { Refusal } from '../types';
import { FieldErrors, internalRefusal, refusalOf } from './field-errors';
import { canonical } from './ranges';
import { isHeadlessSpec } from './service-defaults';
import { needsHealthCheck, type WrittenPort, type WrittenSpec } from './service-fields';
import { addressFamily, addressToken, healthToken, isAddressToken, isPortToken, portSeat, portToken } from './service-tokens'; // prettier-ignore

/** One thing that is asked for: this very address or port, or (without one) any that is free. */
export type Ask =
  | { readonly kind: 'address'; readonly family: IpFamily; readonly address?: string }
  | { readonly kind: 'node-port'; readonly path: JsonPath; readonly port?: number }
  | { readonly kind: 'health-port'; readonly port?: number };

/** Ports come from one pool, addresses from one of their family. */
export type PoolName = IpFamily | 'ports';

export const allPools: readonly PoolName[] = ['IPv4', 'IPv6', 'ports'];

/** Where the server looks for what is asked for. */
export function poolOf(ask: Ask): PoolName {
  return ask.kind === 'address' ? ask.family : 'ports';
}

/** Names the address or port that is asked for; two Services that name the same cannot both have it. */
export function resourceOf(ask: Ask): string | undefined {
  if (ask.kind === 'address') return ask.address === undefined ? undefined : addressResource(ask.address);
  return ask.port === undefined ? undefined : portResource(ask.port);
}

function addressResource(address: string): string {
  return `address ${canonical(address)}`;
}

function portResource(port: number): string {
  return `port ${port}`;
}

/** A spec with tokens where something is to be chosen, and what has to be asked for, in the order of the server. */
export interface Asking {
  readonly spec: WrittenSpec;
  readonly asks: readonly Ask[];
}

/** Models pkg/registry/core/service/storage/alloc.go allocateCreate (v1.37), after the families are decided. */
export function askForNew(written: WrittenSpec): Asking {
  const addresses = askForAddresses(written);
  const ports = askForNodePorts(addresses.spec);
  const health = askForHealthPort(ports.spec);
  const asks = ports.asks.length + health.asks.length > 0 ? [...addresses.asks, ...ports.asks, ...health.asks] : addresses.asks; // prettier-ignore
  return { spec: health.spec, asks };
}

/** Models allocClusterIPs. */
export function askForAddresses(spec: WrittenSpec): Asking {
  if (spec.type === 'ExternalName' || spec.clusterIPs?.[0] === 'None') return { spec, asks: [] };
  const asks: Ask[] = [];
  const clusterIPs = ((spec.ipFamilies ?? []) as readonly IpFamily[]).map((family, i) => {
    const address = spec.clusterIPs?.[i];
    asks.push(address === undefined ? { kind: 'address', family } : { kind: 'address', family, address });
    return address ?? addressToken(family);
  });
  return { spec: clusterIPs.length > 0 ? { ...spec, clusterIP: clusterIPs[0]!, clusterIPs } : spec, asks };
}

/** Models initNodePorts: ports with one number and several protocols share their node port. */
function askForNodePorts(spec: WrittenSpec): Asking {
  const { type, ports = [] } = spec;
  if (type !== 'NodePort' && type !== 'LoadBalancer') return { spec, asks: [] };
  const asks: Ask[] = [];
  const byNumber = new Map<number, number>();
  const tokens = new Set<number>();
  const claim = (port: number, index: number): number => {
    asks.push({ kind: 'node-port', path: ['spec', 'ports', index, 'nodePort'], port });
    return port;
  };
  const choose = (port: number, index: number): number => {
    asks.push({ kind: 'node-port', path: ['spec', 'ports', index, 'nodePort'] });
    const token = portToken(port, tokens);
    tokens.add(token);
    return token;
  };
  const allocated = ports.map((port, index): WrittenPort => {
    const { port: number = 0, nodePort } = port;
    if (nodePort === undefined && !allocatesNodePorts(spec)) return port;
    const shared = byNumber.get(number);
    if (shared !== undefined) {
      if (nodePort === undefined) return { ...port, nodePort: shared };
      if (nodePort !== shared) claim(nodePort, index);
      return port;
    }
    const requested = ports.find((other) => other.port === number && other.nodePort !== undefined)?.nodePort;
    const granted = requested === undefined ? choose(number, index) : claim(requested, index);
    byNumber.set(number, granted);
    return { ...port, nodePort: granted };
  });
  return { spec: ports.length > 0 ? { ...spec, ports: allocated } : spec, asks };
}

/** Models shouldAllocateNodePorts. */
export function allocatesNodePorts({ type, allocateLoadBalancerNodePorts }: WrittenSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/** Models allocHealthCheckNodePort. */
export function askForHealthPort(spec: WrittenSpec): Asking {
  if (!needsHealthCheck(spec)) return { spec, asks: [] };
  const port = spec.healthCheckNodePort;
  if (port !== undefined) return { spec, asks: [{ kind: 'health-port', port }] };
  return { spec: { ...spec, healthCheckNodePort: healthToken }, asks: [{ kind: 'health-port' }] };
}

/** Something that only one Service can have: by its name, or as a seat of which the pool chooses the place. */
export type Holding =
  | { readonly pool: PoolName; readonly resource: string; readonly value: string | number }
  | { readonly pool: PoolName; readonly seat: string };

/** What a Service that is in effect has of the allocators. */
export function holdingsOf(name: NamespacedName, spec: WrittenSpec): readonly Holding[] {
  const found: Holding[] = [];
  if (spec.type !== 'ExternalName' && !isHeadlessSpec(spec)) {
    for (const address of spec.clusterIPs ?? []) {
      const pool = addressFamily(address);
      if (!pool) continue;
      found.push(isAddressToken(address) ? { pool, seat: name } : { pool, resource: addressResource(address), value: address }); // prettier-ignore
    }
  }
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return found;
  const ports = new Set<number>();
  for (const { nodePort } of spec.ports ?? []) if (nodePort !== undefined) ports.add(nodePort);
  if (needsHealthCheck(spec) && spec.healthCheckNodePort !== undefined) ports.add(spec.healthCheckNodePort);
  for (const port of ports)
    found.push(isPortToken(port) ? { pool: 'ports', seat: portSeat(name, port) } : { pool: 'ports', resource: portResource(port), value: port }); // prettier-ignore
  return found;
}

const alreadyAllocated = {
  address: 'provided IP is already allocated',
  port: 'provided port is already allocated',
};

/** What the allocator says where another Service has it. Models ErrAllocated of pkg/registry/core/service. */
export function takenComplaint(ask: Ask): string {
  return ask.kind === 'address' ? alreadyAllocated.address : alreadyAllocated.port;
}

/** The server's answer to a request for this very address or port that it cannot grant. */
export function claimRefusal(object: KubernetesObject, spec: WrittenSpec, ask: Ask, complaint: string): Refusal {
  const errors = new FieldErrors();
  switch (ask.kind) {
    case 'health-port': {
      const message = `failed to allocate requested HealthCheck NodePort ${ask.port}: ${complaint}`;
      return internalRefusal(object, message, ['spec', 'healthCheckNodePort']);
    }
    case 'node-port':
      errors.invalid(ask.path, ask.port, complaint);
      break;
    case 'address': {
      const { clusterIP, clusterIPs = [] } = spec;
      const path = ask.address === clusterIP ? ['spec', 'clusterIP'] : ['spec', 'clusterIPs'];
      // What is not chosen yet is an empty text to the server.
      const value = clusterIPs.map((address) => (isAddressToken(address) ? '' : address));
      errors.invalid({ field: 'spec.clusterIPs', path }, value, `failed to allocate IP ${ask.address}: ${complaint}`);
    }
  }
  return refusalOf(object, errors)!;
}

/** The server's answer where nothing is left. */
export function fullRefusal(object: KubernetesObject, kubernetesVersion: string, ask: Ask): Refusal {
  switch (ask.kind) {
    case 'address': {
      const named = behaves(minorOf(kubernetesVersion), 'namesServiceOfFullRange');
      const what = named ? `a serviceIP for Service ${JSON.stringify(object.name)}` : 'a serviceIP';
      return internalRefusal(object, `failed to allocate ${what}: range is full`, ['spec', 'clusterIP']);
    }
    case 'node-port':
      return internalRefusal(object, 'failed to allocate a nodePort: range is full', ['spec', 'ports']);
    case 'health-port':
      return internalRefusal(object, 'failed to allocate a HealthCheck NodePort 0: range is full', ['spec', 'externalTrafficPolicy']); // prettier-ignore
  }
}

/** The Service with what its tokens stand for. */
export function resolved(
  service: Service,
  address: (family: IpFamily) => string,
  port: (token: number) => number,
): Service {
  const { clusterIPs, ports, healthCheckNodePort } = service.spec;
  const pick = (text: string) => (isAddressToken(text) ? address(addressFamily(text)!) : text);
  const number = (value: number) => (isPortToken(value) ? port(value) : value);
  const chosen = clusterIPs?.map(pick);
  const spec: { -readonly [Field in keyof Service['spec']]: Service['spec'][Field] } = { ...service.spec };
  if (chosen && chosen.length > 0) [spec.clusterIP, spec.clusterIPs] = [chosen[0]!, chosen];
  if (ports?.some(({ nodePort }) => nodePort !== undefined))
    spec.ports = ports.map((each) =>
      each.nodePort === undefined ? each : { ...each, nodePort: number(each.nodePort) },
    );
  if (healthCheckNodePort !== undefined) spec.healthCheckNodePort = number(healthCheckNodePort);
  return { ...service, spec };
}

/** Whether something in the spec is still to be chosen. */
export function hasTokens({ clusterIPs = [], ports = [], healthCheckNodePort }: WrittenSpec): boolean {
  return (
    clusterIPs.some(isAddressToken) ||
    ports.some(({ nodePort }) => nodePort !== undefined && isPortToken(nodePort)) ||
    (healthCheckNodePort !== undefined && isPortToken(healthCheckNodePort))
  );
}
