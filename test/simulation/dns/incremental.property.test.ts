/** Names and environments after any series of edits are those of a cluster built anew. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { createEnvironment } from '#simulation/environment/environment';
import { createNameService } from '#simulation/dns/name-service';
import type { ControlPlane, RecordType } from '#simulation/types';
import { clusterOf, objectOf } from '../cluster';

const named = (kind: string, name: string, rest: JsonObject, apiVersion = 'v1', labels: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: kind === 'ConfigMap' && name === 'coredns' ? 'kube-system' : 'shop', labels },
  ...rest,
}); // prettier-ignore

const container = { name: 'c', image: 'i', envFrom: [{ configMapRef: { name: 'settings', optional: true } }] };
const slice = (address: string) =>
  named('EndpointSlice', 'web-hand', { addressType: 'IPv4', endpoints: [{ addresses: [address], conditions: {} }], ports: [{ port: 80, protocol: 'TCP' }] }, 'discovery.k8s.io/v1', { 'kubernetes.io/service-name': 'web' }); // prettier-ignore
const corefile = (text: string) => named('ConfigMap', 'coredns', { data: { Corefile: text } });

/** Several of one name are versions of one object. */
const pool: readonly JsonObject[] = [
  named('Service', 'web', { spec: { clusterIP: '10.96.0.50', ports: [{ port: 80 }] } }),
  named('Service', 'web', { spec: { clusterIP: 'None', ports: [{ port: 80 }], selector: { app: 'web' } } }),
  named('Service', 'web', { spec: { clusterIP: 'None', ports: [{ port: 80 }] } }),
  named('Service', 'alias', { spec: { type: 'ExternalName', externalName: 'web.shop.svc.cluster.local' } }),
  named('Service', 'alias', { spec: { type: 'ExternalName', externalName: 'web.example' } }),
  slice('10.244.1.7'),
  slice('10.244.1.9'),
  named('Endpoints', 'web', { subsets: [{ addresses: [{ ip: '192.0.2.9' }], ports: [{ port: 80 }] }] }),
  named('Pod', 'web-0', { spec: { containers: [container] }, status: { podIP: '10.244.1.7' } }, 'v1', { app: 'web' }),
  named('Pod', 'web-0', { spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet', containers: [container] }, status: { podIP: '172.30.0.11' } }, 'v1', { app: 'web' }),
  named('Pod', 'web-1', { spec: { containers: [container], hostAliases: [{ ip: '192.0.2.1', hostnames: ['alias'] }] }, status: { podIP: '172.30.0.11' } }, 'v1', { app: 'web' }),
  named('ConfigMap', 'settings', { data: { A: '1' } }),
  corefile('. {\n kubernetes cluster.local in-addr.arpa {\n pods verified\n endpoint_pod_names\n }\n rewrite name web.example web.shop.svc.cluster.local\n}'),
  corefile('. {\n kubernetes cluster.local {\n ttl 9\n fallthrough\n }\n forward . 10.0.0.53\n}'),
]; // prettier-ignore

const questions: readonly (readonly [string, RecordType])[] = [
  ['web.shop.svc.cluster.local', 'A'],
  ['web.shop.svc.cluster.local', 'SRV'],
  ['alias.shop.svc.cluster.local', 'A'],
  ['web.example', 'A'],
  ['web-0.web.shop.svc.cluster.local', 'A'],
  ['10-244-1-7.shop.pod.cluster.local', 'A'],
  ['172-30-0-11.shop.pod.cluster.local', 'A'],
  ['shop.svc.cluster.local', 'A'],
  ['cluster.local', 'NS'],
  ['7.1.244.10.in-addr.arpa', 'PTR'],
  ['9.1.244.10.in-addr.arpa', 'PTR'],
  ['9.2.0.192.in-addr.arpa', 'PTR'],
  ['11.0.30.172.in-addr.arpa', 'PTR'],
  ['50.0.96.10.in-addr.arpa', 'PTR'],
];

function seen(cluster: ControlPlane, dns = createNameService(cluster), environment = createEnvironment(cluster)) {
  return {
    answers: questions.map(([name, type]) => dns.query(name, type)),
    resolved: ['shop/web-0', 'shop/web-1'].map((pod) => [dns.resolve(pod, 'alias'), dns.resolvConf(pod), dns.hostsFile(pod)]),
    environments: environment.containers('shop/web-0'),
  }; // prettier-ignore
}

describe('any series of edits', () => {
  it('ends where a fresh cluster begins', () => {
    const edit = fc.record({ index: fc.nat(pool.length - 1), removes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const objects = pool.map((body, index) => objectOf(body, `${index}.yaml`));
        const present = new Set<number>();
        const cluster = clusterOf([]);
        const dns = createNameService(cluster);
        const environment = createEnvironment(cluster);
        for (const { index, removes } of edits) {
          const object = objects[index]!;
          if (removes === present.has(index)) {
            if (removes) present.delete(index);
            else present.add(index);
            cluster.apply({ removed: removes ? [object] : [], added: removes ? [] : [object] });
          }
          const fresh = clusterOf(objects.filter((_, each) => present.has(each)));
          expect(seen(cluster, dns, environment)).toEqual(seen(fresh));
        }
      }),
      { numRuns: 60 },
    );
  });
});
