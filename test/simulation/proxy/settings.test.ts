/** What settings and single edits do to a node's rules. */
import { describe, expect, it } from 'vitest';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { Simulation } from '#simulation/types';
import { objectOf } from '../cluster';
import { deployment, service } from '../descriptions';

const objects = [
  service('web', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }),
  deployment('web', { app: 'web' }, 2),
  service('other', { selector: { app: 'other' } }),
].map((body, index) => objectOf(body, 'cluster.yaml', index)); // prettier-ignore

function simulationWith(settings: Partial<ClusterSettings> = {}): Simulation {
  const simulation = createSimulation({ ...defaultSettings, ...settings });
  simulation.apply({ removed: [], added: objects });
  return simulation;
}

function linesOf(simulation: Simulation, node = 'node-a', family: 'IPv4' | 'IPv6' = 'IPv4'): readonly string[] {
  return simulation.dataPlane.print(simulation.dataPlane.rules(node, 'iptables', family)!).split('\n');
}

const jumpsToNodePorts = (lines: readonly string[]) =>
  lines
    .filter((line) => line.startsWith('-A KUBE-SERVICES') && line.endsWith('KUBE-NODEPORTS'))
    .map((line) => /-d \S+|--dst-type LOCAL/.exec(line)?.[0]);

describe('nodePortAddresses', () => {
  it('all addresses by default, the loopback included', () => {
    const lines = linesOf(simulationWith());
    expect(jumpsToNodePorts(lines)).toEqual(['--dst-type LOCAL']);
    expect(lines.filter((line) => line.includes('localhost_nps_accepted_pkts'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('-A KUBE-FIREWALL'))).toHaveLength(1);
  });

  it("only the node's address in the range, and nothing that the loopback would need", () => {
    const simulation = simulationWith({ nodePortAddresses: ['172.30.0.0/24'] });
    const lines = linesOf(simulation);
    expect(jumpsToNodePorts(lines)).toEqual(['-d 172.30.0.11/32']);
    expect(lines.filter((line) => line.includes('localhost_nps_accepted_pkts'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('-A KUBE-FIREWALL'))).toEqual([]);
    const to = (address: string) => ({ address, port: 30080, protocol: 'TCP' }) as const;
    const kinds = (address: string) =>
      simulation.dataPlane
        .walk({ kind: 'node', node: 'node-a' }, to(address), 'iptables')
        .paths.map(({ outcome }) => outcome.kind);
    expect(new Set(kinds('172.30.0.11'))).toEqual(new Set(['delivered']));
    expect(kinds('127.0.0.1')).toEqual(['refused']);
  });

  it('the loopback where a range has it', () => {
    const lines = linesOf(simulationWith({ nodePortAddresses: ['172.30.0.0/24', '127.0.0.0/8'] }));
    expect(jumpsToNodePorts(lines)).toEqual(['-d 172.30.0.11/32', '-d 127.0.0.1/32']);
    expect(lines.filter((line) => line.startsWith('-A KUBE-FIREWALL'))).toHaveLength(1);
  });
});

describe('masqueradeAll and clusterCIDRs', () => {
  const marks = (settings: Partial<ClusterSettings>) =>
    linesOf(simulationWith(settings)).filter((line) => /^-A KUBE-SVC-.*KUBE-MARK-MASQ$/.test(line));

  it('marks what is not from a pod', () => {
    expect(marks({})).toEqual([expect.stringContaining('! -s 10.244.0.0/16 -d ')]);
  });
  it('marks everything', () => {
    expect(marks({ masqueradeAll: true })).toEqual([expect.not.stringContaining(' -s ')]);
  });
  it('marks nothing where nobody knows what a pod is', () => {
    expect(marks({ clusterCIDRs: [] })).toEqual([]);
  });
});

describe('releases', () => {
  it('count packets since 1.32', () => {
    const counting = (kubernetesVersion: string) =>
      linesOf(simulationWith({ kubernetesVersion })).filter((line) => line.includes('nfacct')).length;
    expect([counting('1.31'), counting('1.32')]).toEqual([0, 2]);
  });
});

describe('large clusters', () => {
  it('leave out the comments about endpoints above 1,000 of them, and take them in again', () => {
    const simulation = simulationWith();
    const many = objectOf(deployment('web', { app: 'web' }, 1001), 'cluster.yaml', 1);
    const commented = () => linesOf(simulation).filter((line) => line.includes('default/web -> ')).length;
    expect(commented()).toBe(2);
    simulation.apply({ removed: [objects[1]!], added: [many] });
    expect(commented()).toBe(0);
    simulation.apply({ removed: [many], added: [objects[1]!] });
    expect(commented()).toBe(2);
  });
});

describe('an edit', () => {
  it('gives the same rules while nothing changed, and new ones only for the Service that did', () => {
    const simulation = simulationWith();
    const rules = () => {
      const ruleset = simulation.dataPlane.rules('node-a', 'iptables', 'IPv4');
      if (ruleset?.mode !== 'iptables') throw new Error('asked for iptables');
      return ruleset;
    };
    const ofService = (name: string) =>
      rules()
        .tables.flatMap((table) => [...table.chains.values()])
        .flatMap((chain) => chain.rules)
        .filter(({ cause }) => cause?.service === `default/${name}`);
    const before = rules();
    const [web, other] = [ofService('web'), ofService('other')];
    expect(rules()).toBe(before);
    const edited = objectOf(service('other', { selector: { app: 'web' } }), 'cluster.yaml', 2);
    simulation.apply({ removed: [objects[2]!], added: [edited] });
    expect(rules()).not.toBe(before);
    expect(ofService('web').every((rule, index) => rule === web[index])).toBe(true);
    expect(ofService('other')).not.toEqual(other);
    expect(linesOf(simulation)).toEqual(linesOf(freshly([objects[0]!, objects[1]!, edited])));
  });

  function freshly(added: typeof objects): Simulation {
    const simulation = createSimulation(defaultSettings);
    simulation.apply({ removed: [], added });
    return simulation;
  }
});
