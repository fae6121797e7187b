/** Names of chains and sets: a hash, what was hashed, and no more than the kernel takes. */
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { endpointChainBase, portChainBase, portText, portTextIn } from '#simulation/proxy/nftables/names';
import { endpointsOf, type EndpointInfo } from '#simulation/proxy/endpoints';
import { servicePorts, type ServicePortInfo } from '#simulation/proxy/service-port';
import { clusterOf, objectOf } from '../cluster';
import { service } from '../descriptions';

function portOf(name: string, portName: string, namespace: string): ServicePortInfo {
  const body = service(name, { ipFamilyPolicy: 'PreferDualStack', ports: [{ name: portName, port: 80 }] }, namespace);
  const [made] = clusterOf([objectOf(body)], defaultSettings).services();
  return servicePorts(made!, 'IPv4')[0]!;
}

function endpointAt(port: ServicePortInfo, address: string): EndpointInfo {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'one', namespace: 'ns1', labels: {} },
    addressType: family,
    ports: [{ name: port.portName, port: 80, protocol: 'TCP' }],
    endpoints: [{ addresses: [address], conditions: {} }],
  } as const;
  const node = { name: 'node-a', zone: undefined, readsNodeHints: true };
  return endpointsOf(port, [slice], family, node)[0]!;
}

describe('names', () => {
  const port = portOf('svc1', 'p80', 'ns1');
  const text = portText(port);

  it('are those of kube-proxy', () => {
    expect(portChainBase(text)).toBe('ULMVA6XW-ns1/svc1/tcp/p80');
    expect(endpointChainBase(text, endpointAt(port, '10.180.0.1'))).toBe('5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80');
  });

  it('have no colons, which nft does not take', () => {
    expect(endpointChainBase(text, endpointAt(port, 'fd00:244:1::e4'))).toMatch(
      /^[A-Z2-7]{8}-ns1\/svc1\/tcp\/p80__fd00\.244\.1\.\.e4\/80$/,
    );
  });

  it('are cut where they are too long, and still tell the port that they belong to', () => {
    const long = portOf('s'.repeat(63), 'p'.repeat(63), 'n'.repeat(63));
    const address = 'fd00:1111:2222:3333:4444:5555:6666:7777';
    const name = `endpoint-${endpointChainBase(portText(long), endpointAt(long, address))}`;
    expect(name).toHaveLength('endpoint-'.length + 240);
    expect(name.endsWith('...')).toBe(true);
    expect(portTextIn(name)).toBe(portText(long));
  });

  it('of what is fixed belong to no port', () => {
    for (const name of ['services', 'firewall-check', 'filter-output', 'reject-chain'])
      expect(portTextIn(name)).toBeUndefined();
    expect(portTextIn(`external-${portChainBase(text)}`)).toBe('ns1/svc1/tcp/p80');
    const unnamed = portText(portOf('web', '', 'shop'));
    expect(portTextIn(`service-${portChainBase(unnamed)}`)).toBe('shop/web/tcp/');
  });
});
