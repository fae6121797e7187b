/** NetworkPolicies against a matcher that is used to test network plugins, and the words of the API. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSimulation } from '#simulation/index';
import { defaultSettings } from '#model/settings';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/dev-netpol/', import.meta.url);

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly egressAllowed: boolean;
  readonly ingressAllowed: boolean;
}

function simulationOf(text: string) {
  const simulation = createSimulation(defaultSettings);
  simulation.apply({ removed: [], added: objectsOf(text) });
  return simulation;
}

describe('network policies', () => {
  it.each(readdirSync(root).sort())('%s', (name) => {
    const simulation = simulationOf(readFileSync(new URL(`${name}/case.yaml`, root), 'utf8'));
    const asked = JSON.parse(readFileSync(new URL(`${name}/allowed.json`, root), 'utf8')) as readonly Asked[];
    const end = (text: string) => (text.includes('/') ? { pod: text } : { address: text });
    const differences = asked.filter(({ from, to, port, protocol, egressAllowed, ingressAllowed }) => {
      const { egress, ingress } = simulation.dataPlane.policy({ from: end(from), to: end(to), port, protocol });
      return (egress?.allowed ?? true) !== egressAllowed || (ingress?.allowed ?? true) !== ingressAllowed;
    });
    expect(differences).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
  });
});
