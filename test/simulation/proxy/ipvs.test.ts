/** What settings and kinds of Services do to a node's virtual servers, sets and rules in IPVS mode. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { IpvsRuleset } from '#simulation/proxy/ipvs/types';
import type { Simulation } from '#simulation/types';
import { objectOf } from '../cluster';
import { deployment, service } from '../descriptions';

const nodePort: JsonObject = { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }; // prettier-ignore

function simulationWith(bodies: readonly JsonObject[], settings: Partial<ClusterSettings> = {}): Simulation {
  const simulation = createSimulation({ ...defaultSettings, ...settings });
  const added = bodies.map((body, index) => objectOf(body, 'cluster.yaml', index));
  simulation.apply({ removed: [], added });
  return simulation;
}

function rulesetOf(simulation: Simulation, node = 'node-a', family: 'IPv4' | 'IPv6' = 'IPv4'): IpvsRuleset {
  return simulation.dataPlane.rules(node, 'ipvs', family) as IpvsRuleset;
}

function linesOf(bodies: readonly JsonObject[], settings: Partial<ClusterSettings> = {}, node = 'node-a') {
  const simulation = simulationWith(bodies, settings);
  return simulation.dataPlane.print(rulesetOf(simulation, node)).split('\n');
}

const web = [service('web', { clusterIP: '10.96.0.10', ...nodePort }), deployment('web', { app: 'web' }, 2)];

const loadBalancer = (spec: JsonObject, name = 'lb'): JsonObject => ({
  ...service(name, { type: 'LoadBalancer', clusterIP: '10.96.0.20', selector: { app: 'web' }, ...spec }),
  status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
});

describe('schedulers', () => {
  const headOf = (ipvsScheduler: string, spec: JsonObject = {}) =>
    linesOf([service('web', { clusterIP: '10.96.0.10', ...spec })], { ipvsScheduler }).filter((line) =>
      line.startsWith('-A -t 10.96.0.10:80'),
    );

  it('rr by default, else as the settings say', () => {
    expect(headOf('')).toEqual(['-A -t 10.96.0.10:80 -s rr']);
    expect(headOf('lc')).toEqual(['-A -t 10.96.0.10:80 -s lc']);
  });
  it('mh with the source port', () => {
    expect(headOf('mh')).toEqual(['-A -t 10.96.0.10:80 -s mh -b mh-port']);
  });
  it('session affinity as persistence', () => {
    expect(headOf('', { sessionAffinity: 'ClientIP' })).toEqual(['-A -t 10.96.0.10:80 -s rr -p 10800']);
  });
});

describe('masquerading of cluster IPs', () => {
  const marking = (settings: Partial<ClusterSettings>) =>
    linesOf(web, settings).filter((line) => /^-A KUBE-SERVICES .*KUBE-CLUSTER-IP .*KUBE-MARK-MASQ$/.test(line));

  it('of all', () => {
    expect(marking({ masqueradeAll: true })).toEqual([expect.stringMatching(/^-A KUBE-SERVICES -m .* dst,dst -j/)]);
  });
  it('of what the node sends itself, where nothing tells pods', () => {
    expect(marking({ clusterCIDRs: [] })).toEqual([expect.stringMatching(/^-A KUBE-SERVICES -m .* src,dst -j/)]);
  });
  it('of what comes in by another interface', () => {
    const settings = { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cbr0' } as const;
    expect(marking(settings)).toEqual([expect.stringMatching(/^-A KUBE-SERVICES ! -i cbr0 -m .* dst,dst -j/)]);
  });
  it('with the mark that the settings choose', () => {
    expect(linesOf(web, { masqueradeBit: 10 })).toContain('-A KUBE-MARK-MASQ -j MARK --set-xmark 0x400/0x400');
  });
});

describe('node ports', () => {
  const listening = (settings: Partial<ClusterSettings>) =>
    linesOf(web, settings).filter((line) => line.startsWith('-A -t ') && line.includes(':30080'));

  it('on all addresses of the node but the loopback', () => {
    expect(listening({})).toEqual(['-A -t 172.30.0.11:30080 -s rr']);
    expect(listening({ nodePortAddresses: ['172.30.0.0/24', '127.0.0.0/8'] })).toEqual([
      '-A -t 172.30.0.11:30080 -s rr',
    ]);
  });

  it('and none without an address for them: then the health check port is left out too', () => {
    const health = {
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 31000,
      ports: [{ port: 80, nodePort: 30080 }],
    };
    const entries = (settings: Partial<ClusterSettings>) =>
      linesOf([loadBalancer(health)], settings).filter((line) => /^add .*(NODE-PORT)/.test(line));
    expect(entries({})).toEqual([
      'add KUBE-HEALTH-CHECK-NODE-PORT 31000',
      'add KUBE-NODE-PORT-LOCAL-TCP 30080',
      'add KUBE-NODE-PORT-TCP 30080',
    ]);
    expect(entries({ nodePortAddresses: ['192.0.2.0/24'] })).toEqual([]);
  });

  it('of SCTP by address, in sets whose comments the kernel quotes', () => {
    const ports = [{ port: 80, protocol: 'SCTP', nodePort: 30080 }];
    const lines = linesOf([service('web', { type: 'NodePort', ports, externalTrafficPolicy: 'Local' })]);
    expect(lines).toContain('add KUBE-NODE-PORT-LOCAL-SCTP-HASH 172.30.0.11,sctp:30080');
    expect(lines).toContain('-A --sctp-service 172.30.0.11:30080 -s rr');
    expect(lines).toContain(
      `-A KUBE-NODE-PORT -p sctp -m comment --comment "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type \\'hash ip:port\\'" -m set --match-set KUBE-NODE-PORT-LOCAL-SCTP-HASH dst,dst -j RETURN`,
    );
  });
});

describe('endpoints', () => {
  const causesOf = (spec: JsonObject, replicas: number) => {
    const simulation = simulationWith([
      service('web', { clusterIP: '10.96.0.10', selector: { app: 'web' }, ...spec }),
      deployment('web', { app: 'web' }, replicas),
    ]);
    return ['node-a', 'node-b', 'node-c'].map((node) => {
      const server = rulesetOf(simulation, node).virtualServers.get('TCP 10.96.0.10:80')!;
      return `${server.realServers.length} ${server.cause.refusal ?? ''}`.trim();
    });
  };

  it('none anywhere', () => {
    expect(causesOf({}, 0)).toEqual(['0 no endpoints', '0 no endpoints', '0 no endpoints']);
  });
  it('of the node alone under the internal policy Local', () => {
    expect(causesOf({ internalTrafficPolicy: 'Local' }, 1).toSorted()).toEqual([
      '0 no local endpoints',
      '0 no local endpoints',
      '1',
    ]);
  });
  it("the others' where the node has none, for a Service that can be reached from outside", () => {
    expect(causesOf({ internalTrafficPolicy: 'Local', ...nodePort }, 1)).toEqual(['1', '1', '1']);
  });
  it('each with the endpoint that it is', () => {
    const simulation = simulationWith(web);
    const { realServers } = rulesetOf(simulation).virtualServers.get('TCP 172.30.0.11:30080')!;
    expect(realServers).toHaveLength(2);
    for (const { address, port, cause } of realServers)
      expect(cause).toEqual({ service: 'default/web', portName: '', protocol: 'TCP', endpoint: `${address}:${port}` });
  });
});

describe('source ranges', () => {
  const barring = { loadBalancerSourceRanges: ['203.0.113.0/24', '10.0.0.1/32'] };
  const firewall = (spec: JsonObject, ipvsMatch: boolean) =>
    linesOf([loadBalancer(spec)], { ipvsMatch }).filter((line) =>
      /^(add KUBE-LOAD-BALANCER-(FW|S)|-A KUBE-(IPVS-OUT-FILTER|PROXY-FIREWALL|SOURCE))/.test(line),
    );

  it('let the node in where they hold its address', () => {
    expect(firewall({ loadBalancerSourceRanges: ['172.30.0.0/24'] }, false)).toEqual([
      'add KUBE-LOAD-BALANCER-FW 198.51.100.7,tcp:80',
      'add KUBE-LOAD-BALANCER-SOURCE-CIDR 198.51.100.7,tcp:80,172.30.0.0/24',
      'add KUBE-LOAD-BALANCER-SOURCE-IP 198.51.100.7,tcp:80,198.51.100.7',
      expect.stringMatching(/^-A KUBE-PROXY-FIREWALL .* KUBE-LOAD-BALANCER-FW dst,dst -j KUBE-SOURCE-RANGES-FIREWALL$/),
      expect.stringMatching(/^-A KUBE-SOURCE-RANGES-FIREWALL .*-SOURCE-CIDR dst,dst,src -j RETURN$/),
      expect.stringMatching(/^-A KUBE-SOURCE-RANGES-FIREWALL .*-SOURCE-IP dst,dst,src -j RETURN$/),
      '-A KUBE-SOURCE-RANGES-FIREWALL -j DROP',
    ]);
  });

  it('bar it by a rule that asks IPVS, on a kernel that can', () => {
    const lines = firewall(barring, true);
    expect(lines).toContain('add KUBE-LOAD-BALANCER-SOURCE-CIDR 198.51.100.7,tcp:80,10.0.0.1');
    expect(lines).toContain(
      '-A KUBE-IPVS-OUT-FILTER -s 198.51.100.7/32 -m ipvs --vproto 6 --vaddr 198.51.100.7/32 --vport 80 -j DROP',
    );
  });

  it('cost the whole filter table on a kernel that cannot', () => {
    expect(firewall(barring, false).filter((line) => line.startsWith('-A'))).toEqual([]);
    const refused = (ipvsMatch: boolean) =>
      rulesetOf(simulationWith([loadBalancer(barring)], { ipvsMatch })).filterRefused;
    expect(refused(false)).toContain("no iptables match 'ipvs'");
    expect(refused(true)).toBeUndefined();
  });

  it('are none where one of them is everything', () => {
    expect(firewall({ loadBalancerSourceRanges: ['203.0.113.0/24', '0.0.0.0/0'] }, true)).toEqual([
      '-A KUBE-SOURCE-RANGES-FIREWALL -j DROP',
    ]);
  });
});

describe('addresses', () => {
  it('that the node has anyway stay off kube-ipvs0', () => {
    const simulation = simulationWith([
      service('web', { clusterIP: '10.96.0.10', externalIPs: ['172.30.0.11', '198.51.100.9'] }),
    ]);
    expect([...rulesetOf(simulation).addresses].sort()).toEqual(['10.96.0.10', '198.51.100.9']);
    expect([...rulesetOf(simulation, 'node-b').addresses].sort()).toEqual([
      '10.96.0.10',
      '172.30.0.11',
      '198.51.100.9',
    ]);
  });
});

describe('an edit', () => {
  it('gives the same value while nothing changed, and keeps the virtual servers of Services that did not', () => {
    const other = service('other', { clusterIP: '10.96.0.11', selector: { app: 'other' } });
    const simulation = simulationWith([...web, other]);
    const before = rulesetOf(simulation);
    expect(rulesetOf(simulation)).toBe(before);
    const changed = service('other', { clusterIP: '10.96.0.11', selector: { app: 'web' } });
    simulation.apply({
      removed: [objectOf(other, 'cluster.yaml', 2)],
      added: [objectOf(changed, 'cluster.yaml', 2)],
    });
    const after = rulesetOf(simulation);
    expect(after).not.toBe(before);
    expect(after.virtualServers.get('TCP 10.96.0.10:80')).toBe(before.virtualServers.get('TCP 10.96.0.10:80'));
    expect(after.virtualServers.get('TCP 10.96.0.11:80')!.realServers).toHaveLength(2);
  });
});
