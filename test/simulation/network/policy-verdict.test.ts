/** Which rule and entry of a NetworkPolicy decides, and what the nearest one lacks where none does. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterWith, egressPolicy, ingressPolicy, pods, verdictOf } from './policy-case';

describe('rules that allow', () => {
  const cases: readonly (readonly [title: string, policy: string, connection: string, rule: string])[] = [
    ['an empty rule allows everything', '[{}]', 'data/db → shop/web:1', '0'],
    ['a podSelector means the namespace of the policy', '[{from: [{podSelector: {matchLabels: {app: front}}}]}]', 'shop/front → shop/web:8080', '0 from 0'],
    ['an empty podSelector means all pods of the namespace', '[{from: [{podSelector: {}}]}]', 'shop/front → shop/web:8080', '0 from 0'],
    ['a namespaceSelector means all pods there', '[{from: [{namespaceSelector: {matchLabels: {team: data}}}]}]', 'data/db → shop/web:8080', '0 from 0'],
    ['the name of a namespace is one of its labels', '[{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}]}]', 'data/db → shop/web:8080', '0 from 0'],
    ['selectors in one entry are both to match', '[{from: [{podSelector: {matchLabels: {app: db}}, namespaceSelector: {}}]}]', 'data/db → shop/web:8080', '0 from 0'],
    ['entries are alternatives', '[{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {team: data}}}]}]', 'data/db → shop/web:8080', '0 from 1'],
    ['NotIn matches where the key is missing', '[{from: [{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [outer]}]}, namespaceSelector: {}}]}]', 'data/db → shop/web:8080', '0 from 0'],
    ['a named port is one of the called pod', '[{ports: [{port: http}]}]', 'shop/front → shop/web:8080', '0 ports 0'],
    ['a named port of another protocol', '[{ports: [{port: http}, {port: dns, protocol: UDP}]}]', 'shop/front → shop/web:53/UDP', '0 ports 1'],
    ['a range of ports with its ends', '[{ports: [{port: 8000, endPort: 8080}]}]', 'shop/front → shop/web:8080', '0 ports 0'],
    ['a protocol alone means all its ports', '[{ports: [{protocol: SCTP}]}]', 'shop/front → shop/web:9/SCTP', '0 ports 0'],
    ['an address outside', '[{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]', '203.0.113.10 → shop/web:8080', '0 from 0'],
    ['an address of IPv6, written otherwise', "[{from: [{ipBlock: {cidr: '2001:DB8:0::/48'}}]}]", '2001:db8::7 → shop/web:8080', '0 from 0'],
    ['a single address of IPv6', "[{from: [{ipBlock: {cidr: '2001:db8:0:0::7/128'}}]}]", '2001:db8::7 → shop/web:8080', '0 from 0'],
    ['a pod by its address', '[{from: [{ipBlock: {cidr: 10.244.2.0/24}}]}]', 'shop/front → shop/web:8080', '0 from 0'],
    ['a pod on its node is the node to others', '[{from: [{ipBlock: {cidr: 172.30.0.0/24}}]}]', 'shop/agent → shop/web:8080', '0 from 0'],
    ['the second rule', '[{ports: [{port: 1}]}, {from: [{podSelector: {}}], ports: [{port: 2}, {port: 8080}]}]', 'shop/front → shop/web:8080', '1 from 0 ports 1'],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, rules, connection, expected) => {
    const verdict = verdictOf(clusterWith(pods, ingressPolicy('p', rules)), 'ingress', connection);
    const { rule, peer, port } = verdict!.decidedBy!;
    const parts = [`${rule}`, ...(peer === undefined ? [] : [`from ${peer}`]), ...(port === undefined ? [] : [`ports ${port}`])]; // prettier-ignore
    expect([verdict!.allowed, verdict!.tier, parts.join(' ')]).toEqual([true, 'network-policy', expected]);
  });

  it('tells the way to the entry', () => {
    const policy = ingressPolicy('p', '[{from: [{ipBlock: {cidr: 10.0.0.0/30}}, {podSelector: {}}]}]');
    const verdict = verdictOf(clusterWith(pods, policy), 'ingress', 'shop/front → shop/web:8080');
    expect(verdict?.decidedBy).toMatchObject({
      object: 'networking.k8s.io/NetworkPolicy/shop/p',
      path: ['spec', 'ingress', 0, 'from', 1],
    });
  });
});

describe('rules that nearly allow', () => {
  const cases: readonly (readonly [title: string, policy: string, connection: string, nearest: object])[] = [
    ['another value of a label', '[{from: [{podSelector: {matchLabels: {app: back}}}]}]', 'shop/front → shop/web:8080', {
      rule: 0, peer: 0, failed: 'peer', path: ['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels', 'app'],
      missing: [{ kind: 'pod-label', of: 'shop/front', key: 'app', operator: 'In', values: ['back'], actual: 'front' }],
    }],
    ['a label that is not there', '[{from: [{podSelector: {matchExpressions: [{key: role, operator: Exists}]}}]}]', 'shop/front → shop/web:8080', {
      failed: 'peer', missing: [{ kind: 'pod-label', key: 'role', operator: 'Exists', actual: undefined, path: ['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchExpressions', 0] }],
    }],
    ['the pod is of another namespace', '[{from: [{podSelector: {matchLabels: {app: db}}}]}]', 'data/db → shop/web:8080', {
      failed: 'peer', missing: [{ kind: 'namespace', wanted: 'shop', actual: 'data' }],
    }],
    ['the namespace has another label', '[{from: [{namespaceSelector: {matchLabels: {team: shop}}}]}]', 'data/db → shop/web:8080', {
      failed: 'peer', missing: [{ kind: 'namespace-label', of: 'data', key: 'team', values: ['shop'], actual: 'data' }],
    }],
    ['what calls is no pod', '[{from: [{podSelector: {}}]}]', '203.0.113.10 → shop/web:8080', {
      failed: 'peer', missing: [{ kind: 'not-a-pod', end: '203.0.113.10' }],
    }],
    ['a pod on its node is none', '[{from: [{podSelector: {}}]}]', 'shop/agent → shop/web:8080', {
      failed: 'peer', missing: [{ kind: 'not-a-pod', end: 'shop/agent' }],
    }],
    ['the address is excepted', '[{from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25, 203.0.113.8/29]}}]}]', '203.0.113.10 → shop/web:8080', {
      failed: 'peer', path: ['spec', 'ingress', 0, 'from', 0, 'ipBlock', 'except', 1],
      missing: [{ kind: 'ip-block-except', cidr: '203.0.113.0/24', except: '203.0.113.8/29', addresses: ['203.0.113.10'] }],
    }],
    ['the address is elsewhere', '[{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]', '203.0.113.10 → shop/web:8080', {
      failed: 'peer', missing: [{ kind: 'ip-block', cidr: '198.51.100.0/24' }],
    }],
    ['the port of the Service instead of the pod', '[{from: [{podSelector: {}}], ports: [{port: 80}]}]', 'shop/front → shop/web:8080', {
      failed: 'port', peer: 0, port: 0, path: ['spec', 'ingress', 0, 'ports', 0, 'port'],
      missing: [{ kind: 'port', wanted: 80, actual: 8080, service: 'shop/web' }],
    }],
    ['another port', '[{ports: [{port: 1, endPort: 9}]}]', 'shop/front → shop/web:8080', {
      failed: 'port', peer: undefined, missing: [{ kind: 'port', wanted: 1, endPort: 9, actual: 8080, service: undefined }],
    }],
    ['TCP is what an entry means that says nothing', '[{ports: [{port: 53}]}]', 'shop/front → shop/web:53/UDP', {
      failed: 'port', missing: [{ kind: 'protocol', wanted: 'TCP', actual: 'UDP', path: ['spec', 'ingress', 0, 'ports', 0, 'protocol'] }],
    }],
    ['a name that the pod gives another port', '[{ports: [{port: http}]}]', 'shop/front → shop/web:9090', {
      failed: 'port', missing: [{ kind: 'port-name', wanted: 'http', actual: 9090, declared: 8080 }],
    }],
    ['a name that the pod does not know', '[{ports: [{port: metrics}]}]', 'shop/front → shop/web:8080', {
      failed: 'port', missing: [{ kind: 'port-name', wanted: 'metrics', actual: 8080, declared: undefined }],
    }],
    ['peer and port', '[{from: [{podSelector: {matchLabels: {app: back}}}], ports: [{port: 1}]}]', 'shop/front → shop/web:8080', {
      failed: 'both', missing: [{ kind: 'pod-label' }, { kind: 'port' }],
    }],
    ['the rule in which a single thing fails is nearer', '[{from: [{podSelector: {matchLabels: {app: back}}}], ports: [{port: 1}]}, {from: [{podSelector: {matchLabels: {app: front}}}], ports: [{port: 2}]}]', 'shop/front → shop/web:8080', {
      rule: 1, failed: 'port',
    }],
    ['the entry that lacks least', '[{from: [{podSelector: {matchLabels: {app: back, tier: inner}}}, {podSelector: {matchLabels: {app: front, tier: inner}}}]}]', 'shop/front → shop/web:8080', {
      peer: 1, missing: [{ key: 'tier' }],
    }],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, rules, connection, expected) => {
    const verdict = verdictOf(clusterWith(pods, ingressPolicy('p', rules)), 'ingress', connection);
    expect(verdict).toMatchObject({ allowed: false, tier: 'network-policy', policies: ['shop/p'], nearest: expected });
  });

  it('finds the nearest among several policies', () => {
    const far = ingressPolicy('a', '[{from: [{podSelector: {matchLabels: {app: back}}}], ports: [{port: 1}]}]');
    const near = ingressPolicy('b', '[{from: [{podSelector: {matchLabels: {app: back}}}]}]');
    const verdict = verdictOf(clusterWith(pods, far, near), 'ingress', 'shop/front → shop/web:8080');
    expect(verdict).toMatchObject({ policies: ['shop/a', 'shop/b'], nearest: { policy: 'shop/b', rule: 0 } });
  });

  it('has none where the policies have no rule', () => {
    const verdict = verdictOf(clusterWith(pods, ingressPolicy('p', '[]')), 'ingress', 'shop/front → shop/web:8080');
    expect(verdict?.allowed).toBe(false);
    expect(verdict?.nearest).toBeUndefined();
  });
});

describe('what leaves a pod', () => {
  it('goes to the port that the called pod names', () => {
    const controlPlane = clusterWith(pods, egressPolicy('p', '[{ports: [{port: http}]}]'));
    expect(verdictOf(controlPlane, 'egress', 'shop/front → shop/web:8080')?.allowed).toBe(true);
    expect(verdictOf(controlPlane, 'egress', 'shop/front → shop/web:9090')?.allowed).toBe(false);
  });

  it('is not named by a port where no pod is called', () => {
    const controlPlane = clusterWith(pods, egressPolicy('p', '[{ports: [{port: http}]}]'));
    expect(verdictOf(controlPlane, 'egress', 'shop/front → 203.0.113.10:8080')).toMatchObject({
      allowed: false,
      nearest: { missing: [{ kind: 'port-name', declared: undefined }] },
    });
  });

  it('is judged apart from what enters', () => {
    const controlPlane = clusterWith(pods, egressPolicy('p', '[]'));
    expect(verdictOf(controlPlane, 'egress', 'shop/front → shop/web:8080')?.allowed).toBe(false);
    expect(verdictOf(controlPlane, 'ingress', 'shop/front → shop/web:8080')).toMatchObject({
      allowed: true,
      policies: [],
    });
    expect(verdictOf(controlPlane, 'ingress', 'shop/web → shop/front:9090')).toMatchObject({
      allowed: true,
      policies: [],
    });
  });
});

describe('pods that policies leave alone', () => {
  it('are those on the network of their node', () => {
    const controlPlane = clusterWith(pods, egressPolicy('p', '[]'));
    expect(verdictOf(controlPlane, 'egress', 'shop/agent → shop/web:8080')).toMatchObject({
      allowed: true,
      policies: [],
    });
  });

  it('let their own node in, and no other one', () => {
    const controlPlane = clusterWith(pods, ingressPolicy('p', '[]'));
    expect(verdictOf(controlPlane, 'ingress', '172.30.0.11 → shop/web:8080')).toMatchObject({
      allowed: true,
      policies: [],
    });
    expect(verdictOf(controlPlane, 'ingress', '172.30.0.12 → shop/web:8080')?.allowed).toBe(false);
    expect(verdictOf(controlPlane, 'ingress', 'shop/agent → shop/web:8080')?.allowed).toBe(false);
  });

  it('reach themselves', () => {
    const controlPlane = clusterWith(pods, ingressPolicy('p', '[]'));
    expect(verdictOf(controlPlane, 'ingress', 'shop/web → shop/web:8080')).toMatchObject({ allowed: true, policies: ['shop/p'] }); // prettier-ignore
  });
});

describe('what a policy is for', () => {
  const withTypes = (spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: ${spec}
`;
  it.each([
    ['ingress, whatever it says', '{podSelector: {}}', false, true],
    ['egress, too, with rules for it', '{podSelector: {}, egress: [{ports: [{port: 1}]}]}', false, false],
    ['not egress, with an empty list', '{podSelector: {}, egress: []}', false, true],
    ['egress alone, if it says so', '{podSelector: {}, policyTypes: [Egress]}', true, false],
  ])('%s', (_, spec, entersWeb, leavesFront) => {
    const controlPlane = clusterWith(pods, withTypes(spec));
    expect([
      verdictOf(controlPlane, 'ingress', 'shop/front → shop/web:8080')?.allowed,
      verdictOf(controlPlane, 'egress', 'shop/front → shop/web:8080')?.allowed,
    ]).toEqual([entersWeb, leavesFront]);
  });
});

describe('whatever the rules are', () => {
  const peer = fc.constantFrom(
    { podSelector: {} },
    { podSelector: { matchLabels: { app: 'front' } } },
    { podSelector: { matchLabels: { app: 'back', tier: 'inner' } } },
    { namespaceSelector: { matchLabels: { team: 'data' } } },
    { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] } },
    { ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/29'] } },
    { ipBlock: { cidr: '10.244.0.0/16' } },
  );
  const port = fc.constantFrom(
    { port: 8080 },
    { port: 80 },
    { port: 1, endPort: 9000 },
    { port: 'http' },
    { protocol: 'UDP', port: 'dns' },
    { protocol: 'UDP' },
  );
  const anyRule = fc.record(
    { from: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
  const anyRules = fc.array(anyRule, { maxLength: 3 });
  const call = fc.constantFrom('shop/front → shop/web:8080', 'data/db → shop/web:53/UDP', '203.0.113.10 → shop/web:80', 'shop/agent → shop/web:9999/SCTP'); // prettier-ignore

  it('the nearest rule allows as soon as it does not ask for what failed', () => {
    fc.assert(
      fc.property(anyRules, call, (rules, connection) => {
        const verdict = verdictOf(clusterWith(pods, ingressPolicy('p', JSON.stringify(rules))), 'ingress', connection)!;
        expect(verdict.nearest === undefined).toBe(verdict.allowed || rules.length === 0);
        if (!verdict.nearest) return;
        const { rule, failed, missing } = verdict.nearest;
        expect(missing.length).toBeGreaterThan(0);
        const { from, ports } = rules[rule]!;
        const mended = {
          ...(from !== undefined && failed === 'port' && { from }),
          ...(ports !== undefined && failed === 'peer' && { ports }),
        };
        const text = JSON.stringify(rules.with(rule, mended));
        const after = verdictOf(clusterWith(pods, ingressPolicy('p', text)), 'ingress', connection)!;
        expect([after.allowed, after.decidedBy?.rule]).toEqual([true, rule]);
      }),
      { numRuns: 60 },
    );
  });

  it('a policy more takes nothing from a pod that policies isolate already', () => {
    fc.assert(
      fc.property(anyRules, anyRules, call, (rules, more, connection) => {
        const one = ingressPolicy('one', JSON.stringify(rules));
        const two = ingressPolicy('two', JSON.stringify(more));
        const before = verdictOf(clusterWith(pods, one), 'ingress', connection)!.allowed;
        const alone = verdictOf(clusterWith(pods, two), 'ingress', connection)!.allowed;
        expect(verdictOf(clusterWith(pods, one, two), 'ingress', connection)!.allowed).toBe(before || alone);
      }),
      { numRuns: 60 },
    );
  });
});
