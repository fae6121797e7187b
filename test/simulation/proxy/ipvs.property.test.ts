/** After any series of edits a node's IPVS rules are what they would be afresh. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import type { KubernetesObject } from '#model/object';
import { createSimulation } from '#simulation/index';
import type { Simulation } from '#simulation/types';
import { objectOf } from '../cluster';
import { deployment, service } from '../descriptions';

const settings = { ...defaultSettings, ipvsMatch: true };
const name = fc.constantFrom('a', 'b', 'c');
const policy = fc.constantFrom('Cluster', 'Local');

const serviceBody = fc
  .record({
    name,
    app: fc.constantFrom('x', 'y'),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
    external: policy,
    internal: policy,
    sticky: fc.boolean(),
    externalIPs: fc.subarray(['198.51.100.1', '172.30.0.11']),
    ranges: fc.subarray(['203.0.113.0/24', '172.30.0.0/24']),
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
  })
  .map((choice): JsonObject => {
    const isOutside = choice.type !== 'ClusterIP' || choice.externalIPs.length > 0;
    const isBalanced = choice.type === 'LoadBalancer';
    const body = service(choice.name, {
      type: choice.type,
      selector: { app: choice.app },
      internalTrafficPolicy: choice.internal,
      ...(isOutside && { externalTrafficPolicy: choice.external }),
      ...(choice.sticky && { sessionAffinity: 'ClientIP' }),
      ...(choice.externalIPs.length > 0 && { externalIPs: choice.externalIPs }),
      ...(isBalanced && choice.ranges.length > 0 && { loadBalancerSourceRanges: choice.ranges }),
      ports: [{ port: 80, targetPort: 8080, protocol: choice.protocol }],
    });
    return isBalanced ? { ...body, status: { loadBalancer: { ingress: [{ ip: '198.51.100.80' }] } } } : body;
  });

const workload = fc
  .tuple(name, fc.constantFrom('x', 'y'), fc.nat({ max: 4 }))
  .map(([n, app, replicas]) => deployment(n, { app }, replicas));

const objects = fc
  .array(fc.oneof({ weight: 2, arbitrary: serviceBody }, workload), { minLength: 3, maxLength: 12 })
  .map((bodies) => bodies.map((body, index) => objectOf(body, `f${index}.yaml`)));

function printed(simulation: Simulation): string {
  return ['node-a', 'node-b']
    .flatMap((node) => (['IPv4', 'IPv6'] as const).map((family) => simulation.dataPlane.rules(node, 'ipvs', family)!))
    .map((ruleset) => simulation.dataPlane.print(ruleset))
    .join('');
}

describe('IPVS rules', () => {
  it('follow every edit', () => {
    let withServers = 0;
    fc.assert(
      fc.property(objects, fc.array(fc.nat({ max: 11 }), { maxLength: 10 }), (all, toggles) => {
        const simulation = createSimulation(settings);
        const present = new Set<KubernetesObject>();
        for (const index of [...all.keys(), ...toggles]) {
          const object = all[index];
          if (!object) continue;
          const isThere = present.delete(object);
          if (!isThere) present.add(object);
          simulation.apply({ removed: isThere ? [object] : [], added: isThere ? [] : [object] });
          // Asked in between, so that there is something to keep.
          printed(simulation);
        }
        const fresh = createSimulation(settings);
        fresh.apply({ removed: [], added: [...present] });
        expect(printed(simulation)).toBe(printed(fresh));
        if (printed(fresh).includes(' -m -w 1')) withServers++;
      }),
      { numRuns: 60 },
    );
    expect(withServers).toBeGreaterThan(10);
  });
});
