/** Policies of the cluster around NetworkPolicies: tiers, priorities, actions, subjects and peers. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOf, objectsOf } from '../cluster';
import { clusterWith, egressPolicy, ingressPolicy, pods, verdictOf } from './policy-case';

const everyPod = '{namespaces: {}}';

function clusterPolicy(name: string, spec: string): string {
  return `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: ${name}}
spec: ${spec}
`;
}

function rule(action: string, peer = everyPod, protocols = ''): string {
  return `{action: ${action}, from: [${peer}]${protocols === '' ? '' : `, protocols: ${protocols}`}}`;
}

function admin(name: string, priority: number, ...rules: readonly string[]): string {
  return clusterPolicy(
    name,
    `{tier: Admin, priority: ${priority}, subject: ${everyPod}, ingress: [${rules.join(', ')}]}`,
  );
}

function baseline(name: string, ...rules: readonly string[]): string {
  return clusterPolicy(name, `{tier: Baseline, priority: 5, subject: ${everyPod}, ingress: [${rules.join(', ')}]}`);
}

const open = ingressPolicy('open', '[{}]');
const closed = ingressPolicy('closed', '[]');
const call = 'shop/front → shop/web:8080';

describe('tiers', () => {
  const cases: readonly (readonly [title: string, policies: readonly string[], verdict: object])[] = [
    ['what no policy decides is allowed', [], { allowed: true, policies: [], allowedBy: undefined }],
    ['the administrators deny what a NetworkPolicy allows', [admin('a', 1, rule('Deny')), open], { allowed: false, tier: 'admin', policies: ['a'], decidedBy: { kind: 'ClusterNetworkPolicy', version: 'v1alpha2', action: 'Deny' } }],
    ['and allow what one denies', [admin('a', 1, rule('Accept')), closed], { allowed: true, tier: 'admin', allowedBy: { policy: 'a', rule: 0 } }],
    ['a passed connection is for NetworkPolicies', [admin('a', 1, rule('Pass'), rule('Deny')), open], { allowed: true, tier: 'network-policy', passedBy: [{ policy: 'a', rule: 0 }] }],
    ['a passed connection skips the other policies of the tier', [admin('a', 1, rule('Pass')), admin('b', 2, rule('Deny'))], { allowed: true, passedBy: [{ policy: 'a' }] }],
    ['without NetworkPolicies it is for the baseline', [admin('a', 1, rule('Pass')), baseline('b', rule('Deny'))], { allowed: false, tier: 'baseline', policies: ['b'] }],
    ['a NetworkPolicy that selects the pod keeps the baseline out', [open, baseline('b', rule('Deny'))], { allowed: true, tier: 'network-policy' }],
    ['even where it denies', [closed, baseline('b', rule('Accept'))], { allowed: false, tier: 'network-policy' }],
    ['a lower number comes first', [admin('a', 20, rule('Deny')), admin('b', 10, rule('Accept'))], { allowed: true, policies: ['b'] }],
    ['the first rule of a policy that matches decides', [admin('a', 1, rule('Deny', '{namespaces: {matchLabels: {team: data}}}'), rule('Accept'), rule('Deny'))], { allowed: true, decidedBy: { rule: 1, path: ['spec', 'ingress', 1, 'from', 0] } }],
    ['a rule that does not match isolates nobody', [admin('a', 1, rule('Accept', '{namespaces: {matchLabels: {team: data}}}'))], { allowed: true, policies: [] }],
    ['two with one priority that differ leave it open', [admin('a', 1, rule('Deny')), admin('b', 1, rule('Accept'))], { allowed: false, decidedBy: { policy: 'a' }, ambiguous: { policy: 'b' } }],
    ['a policy that the schema refuses decides nothing', [clusterPolicy('a', `{tier: Other, priority: 1, subject: ${everyPod}, ingress: [${rule('Deny')}]}`)], { allowed: true, policies: [] }],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, policies, expected) => {
    expect(verdictOf(clusterWith(pods, ...policies), 'ingress', call)).toMatchObject(expected);
  });
});

describe('subjects and peers', () => {
  const deny = (subject: string, peer: string, protocols?: string) =>
    clusterPolicy('a', `{tier: Admin, priority: 1, subject: ${subject}, ingress: [${rule('Deny', peer, protocols)}]}`);
  it.each([
    ['every namespace', everyPod, everyPod, false],
    ['another namespace', '{namespaces: {matchLabels: {team: data}}}', everyPod, true],
    ['pods of any namespace', '{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}', everyPod, false],
    ['other pods', '{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: db}}}}', everyPod, true],
    ['the calling pod', everyPod, '{pods: {namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: front}}}}', false],
    ['a calling pod of another namespace', everyPod, '{pods: {namespaceSelector: {matchLabels: {team: data}}, podSelector: {}}}', true],
    ['a peer that nobody knows is denied, whoever it is', everyPod, '{planets: {}}', false],
  ])('%s', (_, subject, peer, allowed) => {
    expect(verdictOf(clusterWith(pods, deny(subject, peer)), 'ingress', call)?.allowed).toBe(allowed);
  }); // prettier-ignore

  it('let a rule that accepts a peer that nobody knows accept nobody', () => {
    const policies = [admin('a', 1, rule('Accept', '{planets: {}}')), closed];
    expect(verdictOf(clusterWith(pods, ...policies), 'ingress', call)?.allowed).toBe(false);
  });

  it.each([
    ['a number', '[{tcp: {destinationPort: {number: 8080}}}]', false],
    ['another number', '[{tcp: {destinationPort: {number: 80}}}]', true],
    ['a range', '[{tcp: {destinationPort: {range: {start: 8000, end: 8080}}}}]', false],
    ['a protocol', '[{udp: {}}, {tcp: {}}]', false],
    ['another protocol', '[{sctp: {}}]', true],
    ['a name', '[{destinationNamedPort: http}]', false],
    ['a name of another port', '[{destinationNamedPort: dns}]', true],
  ])('ports: %s', (_, protocols, allowed) => {
    expect(verdictOf(clusterWith(pods, deny(everyPod, everyPod, protocols)), 'ingress', call)?.allowed).toBe(allowed);
  });

  it('do not mean pods on the network of their node', () => {
    const controlPlane = clusterWith(pods, deny(everyPod, everyPod));
    expect(verdictOf(controlPlane, 'ingress', 'shop/agent → shop/web:8080')?.allowed).toBe(true);
    expect(verdictOf(controlPlane, 'ingress', 'shop/front → shop/agent:8080')?.allowed).toBe(true);
  });
});

describe('what leaves a pod', () => {
  const egress = (...rules: readonly string[]) =>
    clusterPolicy('a', `{tier: Admin, priority: 1, subject: ${everyPod}, egress: [${rules.join(', ')}]}`);
  it.each([
    ['to a network', '{action: Deny, to: [{networks: [203.0.113.0/24]}]}', 'shop/front → 203.0.113.10:443', false],
    ['to another network', '{action: Deny, to: [{networks: [198.51.100.0/24]}]}', 'shop/front → 203.0.113.10:443', true],
    ['to a pod in a network', '{action: Deny, to: [{networks: [10.244.0.0/16]}]}', call, false],
    ['to nodes', '{action: Deny, to: [{nodes: {}}]}', 'shop/front → 172.30.0.11:22', false],
    ['to a pod on a node', '{action: Deny, to: [{nodes: {matchLabels: {kubernetes.io/hostname: node-b}}}]}', 'shop/front → shop/agent:22', false],
    ['to another node', '{action: Deny, to: [{nodes: {matchLabels: {kubernetes.io/hostname: node-c}}}]}', 'shop/front → shop/agent:22', true],
    ['to pods is not to nodes', '{action: Deny, to: [{nodes: {}}]}', call, true],
  ])('%s', (_, denying, connection, allowed) => {
    expect(verdictOf(clusterWith(pods, egress(denying)), 'egress', connection)?.allowed).toBe(allowed);
  }); // prettier-ignore

  it('to names cannot be decided, and is said', () => {
    const policy = egress(
      '{action: Accept, to: [{domainNames: [api.example.com]}], protocols: [{tcp: {destinationPort: {number: 443}}}]}',
      '{action: Deny, to: [{networks: [0.0.0.0/0]}]}',
    );
    const controlPlane = clusterWith(pods, policy);
    expect(verdictOf(controlPlane, 'egress', 'shop/front → 203.0.113.10:443')).toMatchObject({
      allowed: false,
      decidedBy: { rule: 1 },
      undecidable: [{ policy: 'a', rule: 0, peer: 0 }],
    });
    expect(verdictOf(controlPlane, 'egress', 'shop/front → 203.0.113.10:80')?.undecidable).toBeUndefined();
  });
});

describe('a pod that calls itself', () => {
  const controlPlane = clusterWith(pods, admin('a', 1, rule('Deny')), closed);
  it('is not seen by its node at its own address', () => {
    expect(verdictOf(controlPlane, 'ingress', 'shop/web → shop/web:8080')).toMatchObject({ allowed: true, policies: ['shop/closed'] }); // prettier-ignore
  });

  it('is asked about where a Service sends the packet back', () => {
    const sentBack = '10.244.1.10 → 10.244.1.10:8080';
    expect(verdictOf(controlPlane, 'ingress', sentBack)).toMatchObject({ allowed: false, tier: 'admin' });
    const without = clusterWith(pods, closed);
    expect(verdictOf(without, 'ingress', sentBack)).toMatchObject({ allowed: true, policies: ['shop/closed'] });
  });
});

describe('v1alpha1', () => {
  const adminPolicy = (spec: string) => `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: a}
spec: ${spec}
`;
  const baselinePolicy = (name: string) => `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: ${name}}
spec: {subject: ${everyPod}, egress: [{action: Deny, to: [${everyPod}]}]}
`;

  it.each([
    ['a number, of TCP unless it says otherwise', '{portNumber: {port: 8080}}', true],
    ['a number of another protocol', '{portNumber: {port: 8080, protocol: UDP}}', false],
    ['a range', '{portRange: {start: 1, end: 9000}}', true],
    ['a name', '{namedPort: http}', true],
  ])('allows ports: %s', (_, port, allowed) => {
    const spec = `{priority: 1, subject: ${everyPod}, ingress: [{action: Allow, from: [${everyPod}], ports: [${port}]}]}`;
    expect(verdictOf(clusterWith(pods, closed, adminPolicy(spec)), 'ingress', call)?.allowed).toBe(allowed);
  });

  it('has one baseline, and that is named default', () => {
    const denied = verdictOf(clusterWith(pods, baselinePolicy('default')), 'egress', call);
    expect(denied).toMatchObject({ allowed: false, tier: 'baseline', decidedBy: { version: 'v1alpha1' } });
    expect(verdictOf(clusterWith(pods, baselinePolicy('other')), 'egress', call)?.allowed).toBe(true);
    const open = egressPolicy('open', '[{}]');
    expect(verdictOf(clusterWith(pods, open, baselinePolicy('default')), 'egress', call)?.allowed).toBe(true);
  });
});

describe('whatever the policies are', () => {
  const peers = ['{namespaces: {}}', '{namespaces: {matchLabels: {team: data}}}', '{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: front}}}}'] as const; // prettier-ignore
  const action = fc.constantFrom('Accept', 'Deny', 'Pass');
  const anyRule = fc.record({ action, peer: fc.constantFrom(...peers) }).map((each) => rule(each.action, each.peer));
  const anyAdmin = fc.array(
    fc.record({ priority: fc.integer({ min: 2, max: 900 }), rules: fc.array(anyRule, { maxLength: 3 }) }),
    { maxLength: 4 },
  );
  const calls = ['shop/front → shop/web:8080', 'data/db → shop/web:8080', 'data/db → shop/front:9090'];

  it('a rule more for what is allowed below never opens what the first policy of the tier denies', () => {
    fc.assert(
      fc.property(anyAdmin, anyRule, fc.constantFrom(...calls), (others, added, connection) => {
        const first = admin('first', 1, rule('Deny', peers[2]));
        const rest = others.map(({ priority, rules }, i) => admin(`p${i}`, priority, ...rules));
        const before = verdictOf(clusterWith(pods, first, ...rest), 'ingress', connection);
        const after = verdictOf(clusterWith(pods, first, ...rest, admin('z', 950, added), open), 'ingress', connection);
        if (before?.decidedBy?.policy === 'first') expect(after).toEqual(before);
        else expect(after?.decidedBy?.policy).not.toBe('first');
      }),
      { numRuns: 60 },
    );
  });

  it('the order of the files says nothing', () => {
    fc.assert(
      fc.property(anyAdmin, fc.constantFrom(...calls), (others, connection) => {
        const texts = others.map(({ priority, rules }, i) => admin(`p${i}`, priority, ...rules));
        const forwards = verdictOf(clusterWith(pods, ...texts, closed), 'ingress', connection);
        expect(verdictOf(clusterWith(closed, ...texts.toReversed(), pods), 'ingress', connection)).toEqual(forwards);
      }),
      { numRuns: 40 },
    );
  });

  it('an edit gives what a new cluster gives', () => {
    const [first = '', second = ''] = [admin('a', 1, rule('Deny')), admin('a', 1, rule('Accept'))];
    const edited = clusterOf([
      ...objectsOf(pods, '0.yaml'),
      ...objectsOf(first, '1.yaml'),
      ...objectsOf(closed, '2.yaml'),
    ]);
    expect(verdictOf(edited, 'ingress', call)?.allowed).toBe(false);
    edited.apply({ removed: objectsOf(first, '1.yaml'), added: objectsOf(second, '1.yaml') });
    expect(verdictOf(edited, 'ingress', call)).toEqual(verdictOf(clusterWith(pods, second, closed), 'ingress', call));
    edited.apply({ removed: objectsOf(second, '1.yaml'), added: [] });
    expect(verdictOf(edited, 'ingress', call)).toMatchObject({ allowed: false, tier: 'network-policy' });
  });
});
