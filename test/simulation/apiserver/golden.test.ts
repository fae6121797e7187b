/** Services as the recorded API servers stored them, against what the simulation makes of the same manifests. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Service } from '#model/kubernetes';
import { clusterOf, clusterOfText, objectsOf } from '../cluster';

const root = new URL('../../golden/dev/', import.meta.url);

/** Without addresses and ports that the allocators draw: only how many of which family there are. */
function withoutDraws(service: Service, given: Service | undefined): unknown {
  const { clusterIP, clusterIPs, ports, healthCheckNodePort, ...spec } = service.spec;
  const family = (address: string) => (address === 'None' ? address : address.includes(':') ? 'IPv6' : 'IPv4');
  const keeps = given?.spec.clusterIP !== undefined;
  return {
    ...service,
    spec: {
      ...spec,
      clusterIP: clusterIP && (keeps ? clusterIP : family(clusterIP)),
      clusterIPs: clusterIPs && (keeps ? clusterIPs : clusterIPs.map(family)),
      ports: ports?.map((port, i) => {
        const wanted = given?.spec.ports?.[i]?.nodePort;
        return port.nodePort === undefined || wanted ? port : { ...port, nodePort: 'drawn' };
      }),
      healthCheckNodePort:
        healthCheckNodePort !== undefined && given?.spec.healthCheckNodePort === undefined
          ? 'drawn'
          : healthCheckNodePort,
    },
  };
}

function names(service: Service): string {
  return `${service.metadata.namespace}/${service.metadata.name}`;
}

describe.each(readdirSync(root).sort())('Services of %s', (name) => {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, root), 'utf8');
  const stored = objectsOf(read('cluster.yaml')).filter(({ kind }) => kind === 'Service');

  it('are defaulted like the recorded ones', () => {
    const given = objectsOf(read('case.yaml'), 'case.yaml');
    const bodies = new Map(given.filter(({ kind }) => kind === 'Service').map((each) => [`${each.namespace}/${each.name}`, each.body as unknown as Service])); // prettier-ignore
    const cluster = clusterOf(given);
    const expected = stored.map(({ body }) => body as unknown as Service).filter((each) => bodies.has(names(each)));
    expect(expected.length).toBeGreaterThan(0);
    for (const service of expected) {
      const body = bodies.get(names(service));
      expect(withoutDraws(cluster.service(names(service))!, body)).toEqual(withoutDraws(service, body));
    }
  });

  it('are the same when they come from the server', () => {
    const cluster = clusterOfText(read('cluster.yaml'));
    expect([...cluster.refusals()]).toEqual([]);
    expect([...cluster.services()].map((service) => ({ ...service }))).toEqual(
      stored.map(({ body }) => body).sort((a, b) => (names(a as never) < names(b as never) ? -1 : 1)),
    );
  });
});
