/** /etc/resolv.conf and /etc/hosts of pods, and what glibc's resolver does with them, as recorded from the real ones. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { Pod } from '#model/kubernetes';
import { defaultSettings } from '#model/settings';
import { createNameService } from '#simulation/dns/name-service';
import { hostsLookup } from '#simulation/dns/hosts-file';
import { podResolvConf } from '#simulation/dns/resolv-conf';
import { resolve } from '#simulation/dns/resolver';
import type { DnsAnswer } from '#simulation/types';
import { clusterOf, clusterOfText } from '../cluster';

const recorded = <T>(file: string) =>
  JSON.parse(readFileSync(new URL(`../../golden/kubelet/${file}`, import.meta.url), 'utf8')) as T;

interface RecordedPod {
  readonly pod: JsonObject;
  readonly node: string;
  readonly clusterDNS: readonly string[];
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

describe("the kubelet's resolv.conf", () => {
  it.each(recorded<readonly RecordedPod[]>('resolv-conf.json').map((each, index) => ({ ...each, index })))(
    'of case $index: $pod.spec.dnsPolicy',
    ({ pod, node, clusterDNS, servers, searches, options }) => {
      const cluster = clusterOf([], { ...defaultSettings, clusterDNS, nodeResolvConf: node });
      const conf = podResolvConf(pod as unknown as Pod, cluster);
      expect(conf.nameservers).toEqual(servers);
      expect(conf.searches).toEqual(searches);
      // The kubelet's own order is random.
      expect([...conf.options].sort()).toEqual([...options].sort());
    },
  );
});

interface RecordedSearch {
  readonly name: string;
  readonly resolvConf: string;
  readonly hosts: string;
  /** What the server answers for a name: an address, or a code; NXDOMAIN for all others. */
  readonly server: Readonly<Record<string, string>>;
  readonly asked: readonly string[];
  readonly addresses: readonly string[];
}

describe("glibc's search", () => {
  const cases = recorded<readonly RecordedSearch[]>('glibc.json').map((each, index) => ({ ...each, index }));

  it.each(cases.filter(({ asked }) => asked.length > 0))('$index: $name', ({ name, resolvConf, server, asked, addresses }) => {
    const cluster = clusterOf([], { ...defaultSettings, clusterDNS: ['127.0.0.1'], nodeResolvConf: resolvConf });
    const resolution = resolve(cluster, undefined, name, (question, type): DnsAnswer => {
      const said = server[question] ?? 'NXDOMAIN';
      const rcode = (['NXDOMAIN', 'SERVFAIL', 'REFUSED'] as const).find((each) => each === said) ?? 'NOERROR';
      const answers = said.includes('.') && type === 'A' ? [{ name: question, type, value: said }] : [];
      return { rcode, answers, cause: said, service: undefined };
    });
    expect([...new Set(resolution.tries.map((tried) => tried.name))]).toEqual(asked.map((each) => each.toLowerCase()).filter((each, i, all) => all.indexOf(each) === i));
    expect(resolution.addresses).toEqual(addresses);
  }); // prettier-ignore

  it.each(cases.filter(({ asked }) => asked.length === 0))('$index: $name is in /etc/hosts', ({ name, hosts, addresses }) => {
    expect([...(hostsLookup(hosts, name)?.addresses ?? [])].sort()).toEqual(addresses);
  }); // prettier-ignore
});

const cluster = clusterOfText(`
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.53, ports: [{port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.50, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: named, namespace: shop}
spec:
  hostname: db-0
  subdomain: db
  hostAliases: [{ip: 192.0.2.7, hostnames: [web, ledger.example]}, {ip: '2001:db8::7', hostnames: [ledger.example]}]
  containers: [{name: c, image: i}]
status: {podIP: 10.244.1.7, podIPs: [{ip: 10.244.1.7}, {ip: 'fd00:244:1::7'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ${'long-'.repeat(14)}x, namespace: shop}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.244.1.8}
---
apiVersion: v1
kind: Pod
metadata: {name: host, namespace: shop}
spec: {hostNetwork: true, hostAliases: [{ip: 192.0.2.7, hostnames: [ledger.example]}], containers: [{name: c, image: i}]}
status: {podIP: 172.30.0.11}
---
apiVersion: v1
kind: Pod
metadata: {name: elsewhere, namespace: shop}
spec: {dnsPolicy: None, dnsConfig: {nameservers: [192.0.2.53], searches: [shop.svc.cluster.local]}, containers: [{name: c, image: i}]}
status: {podIP: 10.244.1.9}
---
apiVersion: v1
kind: Pod
metadata: {name: near, namespace: shop}
spec: {dnsPolicy: None, dnsConfig: {nameservers: [10.96.0.53], searches: [svc.cluster.local, shop.svc.cluster.local], options: [{name: ndots, value: '2'}]}, containers: [{name: c, image: i}]}
status: {podIP: 10.244.1.10}
`);
const dns = createNameService(cluster);

describe('files of a pod', () => {
  it('names the DNS server of the cluster', () => {
    expect(dns.server()).toMatchObject({ addresses: ['10.96.0.53'], service: 'kube-system/kube-dns' });
    expect(dns.resolvConf('shop/named')?.text).toBe(
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.53\noptions ndots:5\n',
    );
    expect(createNameService(clusterOf([])).server()).toMatchObject({ addresses: ['10.96.0.10'], service: undefined });
    expect(dns.resolvConf('shop/nobody')).toBeUndefined();
  });

  it('has the pod itself and its aliases in /etc/hosts', () => {
    expect(dns.hostsFile('shop/named')?.text).toBe(
      [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost ip6-loopback',
        'fe00::0\tip6-localnet',
        'fe00::0\tip6-mcastprefix',
        'fe00::1\tip6-allnodes',
        'fe00::2\tip6-allrouters',
        '10.244.1.7\tdb-0.db.shop.svc.cluster.local\tdb-0',
        'fd00:244:1::7\tdb-0.db.shop.svc.cluster.local\tdb-0',
        '',
        '# Entries added by HostAliases.',
        '192.0.2.7\tweb\tledger.example',
        '2001:db8::7\tledger.example',
        '',
      ].join('\n'),
    );
    // 63 characters, without the hyphen at their end.
    expect(dns.hostsFile(`shop/${'long-'.repeat(14)}x`)?.text).toContain(`10.244.1.8\t${'long-'.repeat(12)}lon\n`);
    expect(dns.hostsFile('shop/host')?.text).toContain('(host network)');
  });

  it('finds names there before it asks anybody', () => {
    const found = (pod: string, name: string) => {
      const { tries, addresses, hosts } = dns.resolve(pod, name);
      return [tries.length, addresses, hosts];
    };
    expect(found('shop/named', 'DB-0')).toEqual([0, ['10.244.1.7', 'fd00:244:1::7'], "the pod's /etc/hosts: 10.244.1.7 db-0.db.shop.svc.cluster.local db-0"]);
    expect(found('shop/named', 'web')).toEqual([0, ['192.0.2.7'], "the pod's /etc/hosts: 192.0.2.7 web ledger.example"]);
    expect(found('shop/named', 'localhost')[1]).toEqual(['127.0.0.1', '::1']);
    expect(found('shop/named', 'web.shop')[1]).toEqual(['10.96.0.50']);
    expect(found('shop/host', 'ledger.example')[1]).toEqual(['192.0.2.7']);
  }); // prettier-ignore
});

describe('other servers', () => {
  it('know nothing of the cluster, and nothing is known of them', () => {
    expect(dns.resolve('shop/elsewhere', 'web')).toMatchObject({
      addresses: [],
      tries: [{ answer: { rcode: 'NXDOMAIN', cause: 'the pod asks 192.0.2.53, which does not know web.shop.svc.cluster.local: names of the cluster are known to its own DNS server only' } }, {}, {}, {}],
    });
    expect(dns.resolve('shop/elsewhere', 'www.example.com.')).toMatchObject({
      addresses: [],
      unknown: 'the pod asks 192.0.2.53, which may know www.example.com: what it answers is not known here',
      tries: [{ answer: { rcode: 'UNKNOWN' } }, {}],
    });
  }); // prettier-ignore

  it("are the cluster's where the pod names it itself", () => {
    expect(dns.resolve('shop/near', 'web').addresses).toEqual(['10.96.0.50']);
  });

  it('tells where musl finds less', () => {
    // `shop` under svc.cluster.local is a namespace: there, without an address.
    expect(dns.resolve('shop/near', 'web.shop').musl).toBeUndefined();
    expect(dns.resolve('shop/near', 'web.shop.svc.cluster').musl).toBeUndefined();
    const named = clusterOfText(`
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop}
spec: {clusterIP: 10.96.0.60, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: near, namespace: shop}
spec: {dnsPolicy: None, dnsConfig: {nameservers: [10.96.0.10], searches: [svc.cluster.local, shop.svc.cluster.local]}, containers: [{name: c, image: i}]}
`);
    const resolution = createNameService(named).resolve('shop/near', 'shop');
    expect([resolution.addresses, resolution.musl]).toEqual([
      ['10.96.0.60'],
      'musl (Alpine) stops at shop.svc.cluster.local, which is there without an address: there it does not resolve',
    ]);
    const dotted = createNameService(named).resolve('shop/near', 'shop.shop');
    expect([dotted.addresses, dotted.musl]).toEqual([
      ['10.96.0.60'],
      'musl (Alpine) does not search for a name with 1 dot: there it does not resolve',
    ]);
  });
});
