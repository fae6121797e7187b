/** Names as pods and nodes look them up. */

import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { createNameService } from '#simulation/dns/name-service';
import { clusterOf, clusterOfText, objectsOf } from '../cluster';

const manifests = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.50, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {clusterIP: 10.96.0.51, clusterIPs: [10.96.0.51, 'fd00:10:96::51'], ipFamilyPolicy: RequireDualStack, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: refused, namespace: shop}
spec: {}
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: shop}
spec: {clusterIP: None, selector: {app: nobody}}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: inside, namespace: shop}
spec: {type: ExternalName, externalName: db.data.svc.cluster.local.}
---
apiVersion: v1
kind: Service
metadata: {name: ring, namespace: shop}
spec: {type: ExternalName, externalName: gnir.shop.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: gnir, namespace: shop}
spec: {type: ExternalName, externalName: ring.shop.svc.cluster.local}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: host, namespace: shop}
spec: {hostNetwork: true, containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: host-with-dns, namespace: shop}
spec: {hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet, containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: own, namespace: shop}
spec:
  dnsConfig: {searches: [data.svc.cluster.local], options: [{name: ndots, value: '1'}]}
  containers: [{name: c, image: i}]
`;

const dns = createNameService(clusterOfText(manifests));

function tried(pod: string | undefined, name: string): readonly string[] {
  return [...new Set(dns.resolve(pod, name).tries.map((each) => each.name))];
}

describe('the search list', () => {
  it.each<[string | undefined, string, readonly string[], readonly string[]]>([
    ['shop/client', 'web', ['web.shop.svc.cluster.local.'], ['10.96.0.50']],
    ['shop/client', 'WEB', ['web.shop.svc.cluster.local.'], ['10.96.0.50']],
    ['shop/client', 'db.data', ['db.data.shop.svc.cluster.local.', 'db.data.svc.cluster.local.'], ['10.96.0.51', 'fd00:10:96::51']],
    ['shop/client', 'web.shop.svc', ['web.shop.svc.shop.svc.cluster.local.', 'web.shop.svc.svc.cluster.local.', 'web.shop.svc.cluster.local.'], ['10.96.0.50']],
    ['shop/client', 'web.shop.svc.cluster.local.', ['web.shop.svc.cluster.local.'], ['10.96.0.50']],
    ['shop/client', 'db', ['db.shop.svc.cluster.local.', 'db.svc.cluster.local.', 'db.cluster.local.', 'db.'], []],
    ['shop/client', 'example.com', ['example.com.shop.svc.cluster.local.', 'example.com.svc.cluster.local.', 'example.com.cluster.local.', 'example.com.'], []],
    ['shop/client', '10.1.2.3', [], ['10.1.2.3']],
    ['shop/client', 'inside', ['inside.shop.svc.cluster.local.'], ['10.96.0.51', 'fd00:10:96::51']],
    ['shop/client', 'outside', ['outside.shop.svc.cluster.local.'], []],
    ['shop/host', 'web', ['web.'], []],
    ['shop/host-with-dns', 'web', ['web.shop.svc.cluster.local.'], ['10.96.0.50']],
    ['shop/own', 'db', ['db.shop.svc.cluster.local.', 'db.svc.cluster.local.', 'db.cluster.local.', 'db.data.svc.cluster.local.'], ['10.96.0.51', 'fd00:10:96::51']],
    ['shop/own', 'db.data.svc.cluster.local', ['db.data.svc.cluster.local.'], ['10.96.0.51', 'fd00:10:96::51']],
    [undefined, 'web.shop.svc.cluster.local', ['web.shop.svc.cluster.local.'], []],
    [undefined, 'fd00::0:1', [], ['fd00::1']],
  ])('%s asks for %s', (pod, name, names, addresses) => {
    expect(tried(pod, name)).toEqual(names);
    expect(dns.resolve(pod, name).addresses).toEqual(addresses);
  }); // prettier-ignore

  it('asks for both families at once', () => {
    const { tries, answered, service } = dns.resolve('shop/client', 'web');
    expect(tries.map(({ type, answer }) => [type, answer.rcode, answer.answers.length])).toEqual([
      ['A', 'NOERROR', 1],
      ['AAAA', 'NOERROR', 0],
    ]);
    expect([answered, service]).toEqual(['web.shop.svc.cluster.local.', 'shop/web']);
  });
});

describe('causes', () => {
  it.each<[string, string, string]>([
    ['nothing.shop.svc.cluster.local', 'NXDOMAIN', 'no Service nothing in namespace shop'],
    ['web.void.svc.cluster.local', 'NXDOMAIN', 'no namespace void'],
    ['refused.shop.svc.cluster.local', 'NXDOMAIN', 'Service refused in namespace shop is refused by the API server'],
    ['empty.shop.svc.cluster.local', 'NXDOMAIN', 'Service empty in namespace shop is headless and has no ready endpoints'],
    ['_x._tcp.web.shop.svc.cluster.local', 'NXDOMAIN', 'Service web in namespace shop has no port x with protocol tcp'],
    ['http.tcp.web.shop.svc.cluster.local', 'NOERROR', 'Service web in namespace shop'],
    ['shop.svc.cluster.local', 'NOERROR', 'shop is a namespace: the name lacks a Service or pod'],
    ['web.shop.cluster.local', 'NXDOMAIN', 'before cluster.local a name has svc or pod, not shop'],
    ['a.b.c.web.shop.svc.cluster.local', 'NXDOMAIN', 'the name has too many parts before the Service'],
    ['example.com', 'NXDOMAIN', 'example.com is outside the cluster domain cluster.local'],
    ['1-2-3-4.shop.pod.cluster.local', 'NOERROR', 'the address 1.2.3.4, written as a name'],
    ['x.shop.pod.cluster.local', 'NXDOMAIN', 'x is no address of a pod with - for : or .'],
    ['outside.shop.svc.cluster.local', 'NOERROR', 'Service outside in namespace shop is another name for db.example.com'],
  ])('%s: %s', (name, rcode, cause) => {
    expect(dns.query(name, 'A')).toMatchObject({ rcode, cause });
  }); // prettier-ignore

  it('ends rings', () => {
    expect(dns.query('ring.shop.svc.cluster.local', 'A')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  });

  it('answers for itself', () => {
    expect(dns.query('dns-version.cluster.local', 'TXT').answers[0]?.value).toBe('"1.1.0"');
    expect(dns.query('cluster.local', 'NS').answers[0]?.value).toBe('ns.dns.cluster.local.');
    const pointer = dns.query('1.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa', 'PTR');
    expect(pointer.answers.map(({ value }) => value)).toEqual(['db.data.svc.cluster.local.']);
  });
});

describe('edits', () => {
  it('show in the next answer', () => {
    const web = objectsOf(`
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: None, selector: {app: web}}
`);
    const pod = objectsOf(
      `
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {nodeName: node-a, containers: [{name: c, image: i}]}
status: {podIP: 10.244.1.9}
`,
      'pod.yaml',
    );
    const cluster = clusterOf(web, defaultSettings);
    const names = createNameService(cluster);
    const ask = () => [
      names.query('web.shop.svc.cluster.local', 'A').answers.map(({ value }) => value),
      names.query('9.1.244.10.in-addr.arpa', 'PTR').answers.map(({ value }) => value),
    ];
    expect(ask()).toEqual([[], []]);
    cluster.apply({ removed: [], added: pod });
    expect(ask()).toEqual([['10.244.1.9'], ['10-244-1-9.web.shop.svc.cluster.local.']]);
    cluster.apply({ removed: pod, added: [] });
    expect(ask()).toEqual([[], []]);
  });
});
