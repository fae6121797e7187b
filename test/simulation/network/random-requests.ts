/** Requests of all kinds in a cluster: any pod, node or outside, to any address that is somebody's, and to some that are nobody's. */
import fc from 'fast-check';
import type { Protocol } from '#model/kubernetes';
import type { PacketSource, Simulation } from '#simulation/types';

export interface RandomRequest {
  readonly from: PacketSource;
  readonly to: { readonly address: string; readonly port: number; readonly protocol: Protocol };
}

export function requestsIn({ controlPlane }: Simulation): fc.Arbitrary<RandomRequest> {
  const services = [...controlPlane.services()].flatMap(({ spec, status }) => {
    const ingress = (status.loadBalancer.ingress ?? []).map(({ ip }) => ip);
    const all = [...(spec.clusterIPs ?? []), ...(spec.externalIPs ?? []), ...ingress];
    return all.flatMap((address) => (address === undefined || address === 'None' ? [] : [address]));
  });
  const pods = [...controlPlane.pods()];
  const podIPs = pods.flatMap(({ status }) => (status.podIPs ?? []).map(({ ip }) => ip));
  const nodes = ['node-a', 'node-b', 'node-c'];
  const nodeIPs = controlPlane.nodes().flatMap(({ status }) => (status.addresses ?? []).map(({ address }) => address));
  const others = [
    '127.0.0.1',
    '::1',
    '192.0.2.1',
    '172.30.0.1',
    '172.30.0.77',
    '10.244.1.250',
    '203.0.113.10',
    'fd00:99::1',
  ];

  const address = fc.constantFrom(...services, ...podIPs, ...nodeIPs.filter((ip) => !ip.startsWith('node')), ...others);
  const ports = fc.constantFrom(80, 81, 82, 83, 84, 85, 86, 87, 88, 53, 7000, 8080, 8081, 8082, 8084, 30080, 30081, 30082, 30099, 9); // prettier-ignore
  const source: fc.Arbitrary<PacketSource> = fc.oneof(
    fc.constantFrom(...pods).map(({ metadata }) => ({ kind: 'pod', pod: `${metadata.namespace}/${metadata.name}` }) as const), // prettier-ignore
    fc.constantFrom(...nodes).map((node) => ({ kind: 'node', node }) as const),
    fc.constantFrom(...nodes).map((node) => ({ kind: 'outside', node }) as const),
  );
  const protocol = fc.constantFrom<Protocol>('TCP', 'UDP', 'SCTP');

  return fc.record({ from: source, to: fc.record({ address, port: ports, protocol }) });
}
