/** Whatever bit marks them, packets that are to be masqueraded are, and no others. */
import { describe, expect, it } from 'vitest';
import { defaultSettings, type ProxyMode } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { objectOf } from '../cluster';
import { deployment, pod, service } from '../descriptions';
import { sourceOf } from './sources';

const objects = [
  service('web', { clusterIP: '10.96.0.10', selector: { app: 'web' } }),
  deployment('web', { app: 'web' }, 1),
  { ...pod('client', { app: 'client' }, { nodeName: 'node-c' }) },
].map((body, index) => objectOf(body, 'cluster.yaml', index));

function sourcesSeen(mode: ProxyMode, masqueradeBit: number, masqueradeAll: boolean): readonly string[] {
  const simulation = createSimulation({ ...defaultSettings, masqueradeBit, masqueradeAll });
  simulation.apply({ removed: [], added: objects });
  return ['node node-b', 'pod default/client'].map((from) => {
    const { paths } = simulation.dataPlane.walk(sourceOf(from), { address: '10.96.0.10', port: 80, protocol: 'TCP' }, mode); // prettier-ignore
    const [outcome] = paths.map((path) => path.outcome);
    return outcome?.kind === 'delivered' ? outcome.source : (outcome?.kind ?? 'none');
  });
}

describe.each(['iptables', 'nftables', 'ipvs'] as const)('%s', (mode) => {
  it.each([0, 14, 30, 31])('bit %i', (bit) => {
    expect(sourcesSeen(mode, bit, false)).toEqual(['node node-b', 'pod default/client']);
    expect(sourcesSeen(mode, bit, true)).toEqual(['node node-b', 'node node-c']);
  });
});
