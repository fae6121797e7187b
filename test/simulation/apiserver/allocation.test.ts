/** Addresses and node ports: who gets which, who is refused, and that only the Services decide about it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { admitService } from '#simulation/apiserver/admission';
import { ServiceAllocator } from '#simulation/apiserver/allocation';
import { objectOf } from '../cluster';

interface Entry {
  readonly object: KubernetesObject;
  readonly service: Service;
}

const ports = [{ port: 80 }];
const tiny: ClusterSettings = {
  ...defaultSettings,
  serviceCIDRs: ['10.0.0.0/29', 'fd00::/125'],
  nodePortRange: { from: 30000, to: 30003 },
};

function entry(name: string, spec: JsonObject, document = 0, settings = defaultSettings): Entry {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec };
  const object = objectOf(body, 'a.yaml', document);
  const { value, refusal } = admitService(object, settings);
  if (!value) throw new Error(refusal.message);
  return { object, service: value };
}

function allocator(entries: readonly Entry[], settings = defaultSettings): ServiceAllocator {
  const made = new ServiceAllocator(settings);
  for (const each of entries) put(made, each);
  made.settle();
  return made;
}

function put(to: ServiceAllocator, { object, service }: Entry): void {
  to.set(`shop/${object.name}`, service, object);
}

function specOf(made: ServiceAllocator, name: string): Service['spec'] {
  return made.result(`shop/${name}`)!.service!.spec;
}

function refusalOf(made: ServiceAllocator, name: string): string | undefined {
  return made.result(`shop/${name}`)?.refusal?.message;
}

describe('what a Service does not name', () => {
  it('comes from the dynamic bands, and is said to be assigned', () => {
    const made = allocator([entry('web', { ports, type: 'LoadBalancer', externalTrafficPolicy: 'Local', ipFamilyPolicy: 'RequireDualStack' })]); // prettier-ignore
    const { clusterIP, clusterIPs, ports: allocated, healthCheckNodePort } = specOf(made, 'web');
    expect(clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    expect(clusterIPs).toEqual([clusterIP, expect.stringMatching(/^fd00:10:96::/)]);
    expect(made.result('shop/web')!.assigned).toEqual(new Set(clusterIPs));
    const drawn = [allocated![0]!.nodePort!, healthCheckNodePort!];
    expect(drawn.every((port) => port >= 30086 && port <= 32767)).toBe(true);
    expect(drawn[0]).not.toBe(drawn[1]);
  });

  it('is nothing for headless Services and other names', () => {
    const made = allocator([entry('h', { clusterIP: 'None' }), entry('e', { type: 'ExternalName', externalName: 'a.b' })]); // prettier-ignore
    expect(specOf(made, 'h').clusterIPs).toEqual(['None']);
    expect(specOf(made, 'e').clusterIP).toBe(undefined);
    expect(made.result('shop/h')!.assigned.size).toBe(0);
  });

  it('shares a node port among the protocols of one port', () => {
    const two = [{ name: 't', port: 53 }, { name: 'u', port: 53, protocol: 'UDP' }, { name: 'm', port: 9153 }]; // prettier-ignore
    const [t, u, m] = specOf(allocator([entry('dns', { type: 'NodePort', ports: two })]), 'dns').ports!;
    expect(t!.nodePort).toBe(u!.nodePort);
    expect(m!.nodePort).not.toBe(t!.nodePort);
    const asked = [{ name: 't', port: 53 }, { name: 'u', port: 53, protocol: 'UDP', nodePort: 30053 }]; // prettier-ignore
    const shared = specOf(allocator([entry('dns', { type: 'NodePort', ports: asked })]), 'dns').ports!;
    expect(shared.map(({ nodePort }) => nodePort)).toEqual([30053, 30053]);
  });

  it('has no node port where the load balancer wants none', () => {
    const made = allocator([entry('a', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ name: 'a', port: 80 }, { name: 'b', port: 81, nodePort: 30001 }] })]); // prettier-ignore
    expect(specOf(made, 'a').ports!.map(({ nodePort }) => nodePort)).toEqual([undefined, 30001]);
  });

  it('may run out', () => {
    // Six IPv4 addresses, four node ports.
    const many = Array.from({ length: 7 }, (_, i) => entry(`s${i}`, { ports }, i, tiny));
    expect(many.map(({ object }) => refusalOf(allocator(many, tiny), object.name)).filter(Boolean)).toEqual([
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    ]);
    const nodes = Array.from({ length: 5 }, (_, i) => entry(`s${i}`, { ports, type: 'NodePort' }, i, tiny));
    const made = allocator(nodes, tiny);
    expect(refusalOf(made, 's4')).toBe('Internal error occurred: failed to allocate a nodePort: range is full');
    expect(made.result('shop/s4')!.refusal).toMatchObject({ code: 500, reason: 'InternalError', causes: [] });
  });
});

describe('what a Service names', () => {
  it('is its own, wherever others would be', () => {
    const drawn = specOf(allocator([entry('a', { ports })]), 'a').clusterIP!;
    const made = allocator([entry('a', { ports }), entry('z', { ports, clusterIP: drawn }, 9)]);
    expect(specOf(made, 'z').clusterIP).toBe(drawn);
    expect(specOf(made, 'a').clusterIP).not.toBe(drawn);
    expect(made.result('shop/z')!.assigned.size).toBe(0);
  });

  it('belongs to the first who names it, in any spelling', () => {
    const first = entry('b', { ports, clusterIP: 'fd00:10:96::0:5' }, 1);
    const second = entry('a', { ports, clusterIP: 'fd00:10:96::5' }, 2);
    const made = allocator([second, first]);
    expect(specOf(made, 'b').clusterIP).toBe('fd00:10:96::0:5');
    expect(refusalOf(made, 'a')).toBe(
      'Service "a" is invalid: spec.clusterIPs: Invalid value: ["fd00:10:96::5"]: failed to allocate IP fd00:10:96::5: provided IP is already allocated',
    );
    made.remove('shop/b');
    expect([...made.settle()].sort()).toEqual(['shop/a', 'shop/b']);
    expect(specOf(made, 'a').clusterIP).toBe('fd00:10:96::5');
  });

  it('is all granted or nothing', () => {
    const node = (nodePort: number) => ({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
    const made = allocator([
      entry('a', node(30001), 1),
      entry('b', { ...node(30001), clusterIP: '10.96.0.7' }, 2),
      entry('c', { ports, clusterIP: '10.96.0.7' }, 3),
    ]);
    expect(refusalOf(made, 'b')).toContain('spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated'); // prettier-ignore
    expect(specOf(made, 'c').clusterIP).toBe('10.96.0.7');
    made.remove('shop/a');
    made.settle();
    expect(refusalOf(made, 'b')).toBe(undefined);
    expect(refusalOf(made, 'c')).toContain('provided IP is already allocated');
  });

  it.each<[JsonObject, string]>([
    [{ ports, clusterIP: '10.96.0.0' }, 'the provided network does not match the current range'],
    [{ ports, clusterIP: '10.111.255.255' }, 'the provided network does not match the current range'],
    [{ ports, clusterIP: '10.112.0.1' }, 'the provided network does not match the current range'],
    [{ type: 'NodePort', ports: [{ name: 'a', port: 80, nodePort: 30001 }, { name: 'b', port: 81, nodePort: 30001, protocol: 'UDP' }] }, 'spec.ports[1].nodePort: Invalid value: 30001: provided port is already allocated'],
    [{ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 80, ports }, 'Internal error occurred: failed to allocate requested HealthCheck NodePort 80: provided port is not in the valid range'],
  ])('is refused: %j', (spec, message) => {
    const made = allocator([entry('a', spec)]);
    expect(refusalOf(made, 'a')).toContain(message);
  }); // prettier-ignore
});

describe('older releases', () => {
  it('name the range that an address is not in', () => {
    const old = { ...defaultSettings, kubernetesVersion: '1.32' };
    const made = new ServiceAllocator(old);
    const { service, object } = entry('a', { ports, clusterIP: '10.96.0.0' }, 0, old);
    made.set('shop/a', service, object);
    made.settle();
    expect(refusalOf(made, 'a')).toContain('the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12'); // prettier-ignore
  });
});

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const addresses = fc.constantFrom(undefined, undefined, '10.0.0.1', '10.0.0.2', '10.0.0.6', '10.0.0.7', 'fd00::2');
const nodePorts = fc.constantFrom(undefined, 30000, 30001, 30003, 30004);
const entries = fc
  .record({
    name: fc.constantFrom(...names),
    document: fc.nat(20),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
    clusterIP: addresses,
    nodePort: nodePorts,
    dual: fc.boolean(),
  })
  .map(({ name, document, type, clusterIP, nodePort, dual }) => {
    const port = { port: 80, ...(nodePort !== undefined && type !== 'ClusterIP' && { nodePort }) };
    const spec: JsonObject = {
      type,
      ports: [port],
      ...(clusterIP !== undefined && { clusterIP }),
      ...(dual && { ipFamilyPolicy: 'PreferDualStack' }),
      ...(type === 'LoadBalancer' && { externalTrafficPolicy: 'Local' }),
    };
    return entry(name, spec, document, tiny);
  });
const edits = fc.array(fc.oneof({ weight: 3, arbitrary: entries }, fc.constantFrom(...names)), { maxLength: 30 });

describe('any history of edits', () => {
  it('ends where a fresh start does, and names what changed', () => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 4 }), (batches) => {
        const made = new ServiceAllocator(tiny);
        const present = new Map<string, Entry>();
        let before = results(made);
        for (const batch of batches) {
          for (const edit of batch) {
            if (typeof edit === 'string') {
              present.delete(edit);
              made.remove(`shop/${edit}`);
            } else {
              present.set(edit.object.name, edit);
              put(made, edit);
            }
          }
          const changed = made.settle();
          const after = results(made);
          expect(after).toEqual(results(allocator([...present.values()].reverse(), tiny)));
          for (const name of names)
            if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) expect(changed).toContain(`shop/${name}`);
          before = after;
          expectDistinct(made);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function results(made: ServiceAllocator): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const result = made.result(`shop/${name}`);
      return [name, result && { spec: result.service?.spec, refusal: result.refusal?.message, assigned: [...result.assigned].sort() }]; // prettier-ignore
    }),
  );
}

function expectDistinct(made: ServiceAllocator): void {
  const taken = names.flatMap((name) => {
    const spec = made.result(`shop/${name}`)?.service?.spec;
    if (!spec) return [];
    const numbers = [...(spec.ports ?? []).map(({ nodePort }) => nodePort), spec.healthCheckNodePort];
    return [...(spec.clusterIPs ?? []), ...numbers.filter((port) => port !== undefined)];
  });
  expect(new Set(taken).size).toBe(taken.length);
}
