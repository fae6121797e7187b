/** Corefiles: how they are read, where they come from, and what is said where another server answers. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { parseCaddyfile, tokensOf } from '#simulation/dns/corefile/caddyfile';
import { readCorefile } from '#simulation/dns/corefile/corefile';
import { parseLabelSelector, matchesLabels } from '#simulation/dns/corefile/label-selector';
import { createNameService } from '#simulation/dns/name-service';
import type { RecordType } from '#simulation/types';
import { clusterOf, clusterOfText, objectOf, objectsOf } from '../cluster';

const objects = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.50, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: unbound, namespace: dns}
spec: {clusterIP: 10.96.0.77, ports: [{port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: out, namespace: shop}
spec: {type: ExternalName, externalName: db.corp.example}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.244.1.7}
`;

function configMap(name: string, data: Readonly<Record<string, string>>) {
  return objectOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data }, `${name}.yaml`); // prettier-ignore
}

function serviceWith(corefile: string, others: Readonly<Record<string, string>> = {}, custom?: Readonly<Record<string, string>>) {
  return createNameService(
    clusterOf([
      ...objectsOf(objects),
      configMap('coredns', { Corefile: corefile, ...others }),
      ...(custom ? [configMap('coredns-custom', custom)] : []),
    ]),
  );
} // prettier-ignore

function ask(corefile: string, name: string, type: RecordType = 'A') {
  const { rcode, answers, cause } = serviceWith(corefile).query(name, type);
  return [rcode, answers.map(({ value }) => value), cause];
}

describe('the syntax', () => {
  it('has words, quotes and comments', () => {
    const words = tokensOf('\ufeffa "b \\" \\n c" # no\r\nd#e f\n""x', 'f').map(({ text, line }) => [text, line]);
    // As in the real one, a comment in the middle of a word ends with the next space.
    expect(words).toEqual([['a', 1], ['b " \\n c', 1], ['d', 2], ['f', 2], ['', 3], ['x', 3]]); // prettier-ignore
  });

  it.each<[string, string | undefined]>([
    ['.:53 {\n errors\n}', undefined],
    ['.:53', undefined],
    ['.:53 {\n errors\n', 'a server block has no closing brace'],
    ['.:53 {\n kubernetes {\n', 'kubernetes has no closing brace'],
    ['a, \n', 'it ends where another address is expected'],
    ['a, {\n}', 'line 1: another address is expected, not {'],
    ['(a) {\n errors\n}\n(a) {\n}', 'the snippet a is declared twice'],
    ['(a) {\n import a\n}\n. {\n import a\n}', 'too many imports'],
  ])('%j: %s', (text, error) => {
    expect(parseCaddyfile(text, 'Corefile', () => undefined).error).toBe(error);
  });
});

interface RecordedStart {
  readonly corefile: string;
  readonly starts: boolean;
}

describe('whether the real CoreDNS starts', () => {
  const recorded = JSON.parse(
    readFileSync(new URL('../../golden/dns/starts/starts.json', import.meta.url), 'utf8'),
  ) as readonly RecordedStart[];

  it.each(recorded)('$starts with $corefile', ({ corefile, starts }) => {
    // A pattern may match nothing.
    const reading = readCorefile(corefile, '/etc/coredns/Corefile', () => []);
    expect([reading.starts, reading.notes.some((note) => note.includes('does not start'))]).toEqual([starts, !starts]);
  });
});

describe('label selectors', () => {
  it.each<[string, boolean | undefined]>([
    ['app=web', true],
    ['app==web,tier', true],
    ['app in (web, db),!canary', true],
    ['tier notin (front)', false],
    ['none notin (x)', true],
    ['canary', false],
    ['app!=db', undefined],
    ['app in web', undefined],
  ])('%s', (text, expected) => {
    const selector = parseLabelSelector(text);
    expect(selector && matchesLabels(selector, { app: 'web', tier: 'front' })).toBe(expected);
  });
});

const forwarding = `
.:53 {
  errors
  kubernetes cluster.local in-addr.arpa {
    pods insecure
    fallthrough in-addr.arpa
  }
  forward . /etc/resolv.conf { max_concurrent 1000 }
}
corp.example:53 {
  forward . 10.0.0.53 tls://10.0.0.54
}
dns.example {
  forward . 10.96.0.77 {
    except inner.dns.example
  }
}
tcp.example:5353 {
  forward . 10.0.0.1
}
`;

describe('what others answer', () => {
  it.each<[string, RecordType, string, string]>([
    ['web.shop.svc.cluster.local', 'A', 'NOERROR', 'Service web in namespace shop'],
    ['www.example.com', 'A', 'UNKNOWN', 'the Corefile forwards www.example.com to the servers of /etc/resolv.conf: what they answer is not known here'],
    ['a.corp.example', 'A', 'UNKNOWN', 'the Corefile forwards corp.example to 10.0.0.53, tls://10.0.0.54: what those servers answer is not known here'],
    ['a.dns.example', 'AAAA', 'UNKNOWN', 'the Corefile forwards dns.example to 10.96.0.77 (Service dns/unbound): what that server answers is not known here'],
    ['a.inner.dns.example', 'A', 'SERVFAIL', 'no plugin of the Corefile answers for a.inner.dns.example'],
    ['tcp.example', 'A', 'UNKNOWN', 'the Corefile forwards tcp.example to the servers of /etc/resolv.conf: what they answer is not known here'],
    ['1.0.0.10.in-addr.arpa', 'PTR', 'UNKNOWN', 'the Corefile forwards 1.0.0.10.in-addr.arpa to the servers of /etc/resolv.conf: what they answer is not known here'],
    ['out.shop.svc.cluster.local', 'A', 'NOERROR', 'Service out in namespace shop is another name for db.corp.example: the Corefile forwards corp.example to 10.0.0.53, tls://10.0.0.54: what those servers answer is not known here'],
  ])('%s %s: %s', (name, type, rcode, cause) => {
    expect(serviceWith(forwarding).query(name, type)).toMatchObject({ rcode, cause });
  }); // prettier-ignore

  it('ends a search without a guess', () => {
    const dns = serviceWith(forwarding);
    expect(dns.resolve('shop/client', 'www.example.com')).toMatchObject({ addresses: [], unknown: expect.stringContaining('forwards www.example.com') as string }); // prettier-ignore
    expect(dns.resolve('shop/client', 'web')).not.toHaveProperty('unknown');
  });

  it.each<[string, string]>([
    ['. {\n file db.example example.org\n template ANY A x.example {\n answer "{{ .Name }} 60 IN A 10.0.0.1"\n }\n k8s_external k8s.example\n etcd\n}', 'a.example.org'],
  ])('is not guessed of other plugins', (corefile) => {
    expect(ask(corefile, 'a.x.example')).toEqual(['UNKNOWN', [], 'the Corefile answers a.x.example from a template, which is not evaluated']);
    expect(ask(corefile, 'web.k8s.example')).toEqual(['UNKNOWN', [], 'the Corefile answers web.k8s.example with k8s_external, which is not modelled']);
    expect(ask(corefile, 'a.example.org')).toEqual(['UNKNOWN', [], 'the Corefile answers a.example.org with file, which is not modelled']);
  }); // prettier-ignore
});

describe('mistakes', () => {
  it('tells that the zone is not the cluster domain', () => {
    const corefile = '. {\n kubernetes cluster.other\n forward . 10.0.0.53\n}';
    const hint = 'the Corefile forwards web.shop.svc.cluster.local to 10.0.0.53: what that server answers is not known here; the cluster domain is cluster.local, and the Corefile serves cluster.other'; // prettier-ignore
    expect(ask(corefile, 'web.shop.svc.cluster.local')).toEqual(['UNKNOWN', [], hint]);
    expect(ask(corefile, 'web.shop.svc.cluster.other')[0]).toBe('NOERROR');
    expect(ask('cluster.other {\n kubernetes\n}', 'web.shop.svc.cluster.local')).toEqual([
      'REFUSED', [], 'the Corefile has no server block for web.shop.svc.cluster.local; the cluster domain is cluster.local, and the Corefile serves cluster.other',
    ]); // prettier-ignore
  });

  it.each<[string, string]>([
    ['. {\n kubernetes cluster.local {\n upstream\n }\n}', "kubernetes: unknown property 'upstream'"],
    ['. {\n kubernets cluster.local\n}', "unknown directive 'kubernets', of no plugin that comes with CoreDNS"],
    ['. {\n kubernetes cluster.local {\n pods on\n }\n}', 'kubernetes: wrong value for pods: on, must be one of: disabled, verified, insecure'],
    ['. {\n kubernetes cluster.local {\n ttl 4000\n }\n}', 'kubernetes: ttl must be in range [0, 3600]: 4000'],
    ['. {\n kubernetes cluster.local {\n labels a!=b\n }\n}', "kubernetes: unable to parse label selector value: 'a!=b'"],
    ['. {\n rewrite name regex ( x\n}', 'rewrite: invalid regex matching pattern: ('],
    ['. {\n rewrite nam a b\n}', 'rewrite: invalid rule type "nam"'],
  ])('%j keeps CoreDNS from starting', (corefile, problem) => {
    const why = `CoreDNS does not start with this Corefile: ${problem}`;
    expect(ask(corefile, 'web.shop.svc.cluster.local')).toEqual(['UNKNOWN', [], why]);
    expect(serviceWith(corefile).server().notes).toEqual([why]);
  }); // prettier-ignore

  it('lets blocks share a zone on addresses of their own', () => {
    const local = (address: string) => `cluster.local {\n bind ${address}\n kubernetes\n}\n`;
    expect(serviceWith(local('169.254.20.10') + local('10.96.0.10')).server().notes).toEqual([]);
  });

  it('tells what it cannot know', () => {
    const notes = serviceWith('. {\n import /etc/other/*.x\n kubernetes {$ZONE} cluster.local\n acl {\n block\n }\n}').server().notes; // prettier-ignore
    expect(notes).toEqual([
      'the Corefile imports /etc/other/*.x, which is not known here',
      'the Corefile uses the environment variable ZONE, which is not known here',
      'the Corefile allows and blocks clients (acl), which is not modelled',
    ]);
  });
});

describe('where it comes from', () => {
  const k3s = `.:53 {
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    hosts /etc/coredns/NodeHosts {
      ttl 60
      reload 15s
      fallthrough
    }
    import /etc/coredns/custom/*.override
    forward . /etc/resolv.conf
}
import /etc/coredns/custom/*.server
`;

  it('may have files beside it, and more of them in coredns-custom', () => {
    const custom = { 'a.override': 'rewrite name old.example web.shop.svc.cluster.local', 'b.server': 'b.example {\n hosts {\n 10.9.0.1 b.example\n }\n}', c: 'no' }; // prettier-ignore
    const dns = serviceWith(k3s, { NodeHosts: '192.168.1.5 server-1\n' }, custom);
    const value = (name: string) => dns.query(name, 'A').answers.map((record) => [record.value, record.ttl]);
    expect(value('server-1')).toEqual([['192.168.1.5', 60]]);
    expect(value('old.example')).toEqual([['10.96.0.50', 5]]);
    expect(value('b.example')).toEqual([['10.9.0.1', 3600]]);
    expect(dns.server().notes).toEqual([]);
    // Without them it starts as well.
    expect(serviceWith(k3s, { NodeHosts: '' }).query('old.example', 'A').rcode).toBe('UNKNOWN');
  });

  it('may be a setting, and is followed when it changes', () => {
    const corefile = '. {\n kubernetes cluster.local {\n ttl 7\n }\n}';
    const cluster = clusterOfText(objects, { ...defaultSettings, corefile });
    const dns = createNameService(cluster);
    const ttl = () => dns.query('web.shop.svc.cluster.local', 'A').ttl;
    expect(ttl()).toBe(7);
    const map = configMap('coredns', { Corefile: corefile.replace('7', '9') });
    cluster.apply({ removed: [], added: [map] });
    expect(ttl()).toBe(9);
    cluster.apply({ removed: [map], added: [] });
    expect(ttl()).toBe(7);
    expect(createNameService(clusterOfText(objects)).query('web.shop.svc.cluster.local', 'A').ttl).toBe(30);
  });
});

describe('autopath', () => {
  const corefile = (mode: string) => `. {\n autopath @kubernetes\n kubernetes cluster.local {\n pods ${mode}\n }\n template ANY ANY example {\n rcode NOERROR\n }\n}`; // prettier-ignore

  it("walks the pod's search list in the server", () => {
    const { tries, addresses } = serviceWith(corefile('verified')).resolve('shop/client', 'web.shop');
    expect(tries.map(({ name, type, answer }) => [name, type, answer.answers.map((record) => `${record.name} ${record.type} ${record.value}`)])).toEqual([
      ['web.shop.shop.svc.cluster.local.', 'A', ['web.shop.shop.svc.cluster.local. CNAME web.shop.svc.cluster.local.', 'web.shop.svc.cluster.local. A 10.96.0.50']],
      ['web.shop.shop.svc.cluster.local.', 'AAAA', []],
    ]);
    expect(addresses).toEqual(['10.96.0.50']);
    expect(serviceWith(corefile('insecure')).resolve('shop/client', 'web.shop').tries).toHaveLength(4);
  }); // prettier-ignore
});
