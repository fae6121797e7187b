/** Addresses and node ports: who gets which, who is refused, and that only the Services decide about it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { parsePrefix } from '#base/ip';
import type { Service } from '#model/kubernetes';
import { compareOrigins } from '#model/object';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { decodeService, type WrittenService } from '#simulation/apiserver/admission';
import { ServiceAllocator } from '#simulation/apiserver/allocation';
import { objectOf } from '../cluster';

const ports = [{ port: 80 }];
const tiny: ClusterSettings = {
  ...defaultSettings,
  serviceCIDRs: ['10.0.0.0/29', 'fd00::/125'],
  nodePortRange: { from: 30000, to: 30003 },
};

function entry(name: string, spec: JsonObject, document = 0, settings = defaultSettings): WrittenService {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec };
  const object = objectOf(body, 'a.yaml', document);
  const { value, refusal } = decodeService(object, settings);
  if (!value) throw new Error(refusal.message);
  return value;
}

function allocator(entries: readonly WrittenService[], settings = defaultSettings): ServiceAllocator {
  const made = new ServiceAllocator(settings);
  for (const { object } of entries) made.set(`shop/${object.name}`, documentsOf(object.name, entries));
  made.settle();
  return made;
}

function documentsOf(name: string, entries: Iterable<WrittenService>): readonly WrittenService[] {
  return [...entries]
    .filter(({ object }) => object.name === name)
    .sort((a, b) => compareOrigins(a.object.origin, b.object.origin));
}

function specOf(made: ServiceAllocator, name: string): Service['spec'] {
  return made.result(`shop/${name}`)!.service!.spec;
}

function refusalOf(made: ServiceAllocator, name: string): string | undefined {
  return made.result(`shop/${name}`)?.refusals[0]?.message;
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
      'Internal error occurred: failed to allocate a serviceIP for Service "s6": range is full',
    ]);
    const nodes = Array.from({ length: 5 }, (_, i) => entry(`s${i}`, { ports, type: 'NodePort' }, i, tiny));
    const made = allocator(nodes, tiny);
    expect(refusalOf(made, 's4')).toBe('Internal error occurred: failed to allocate a nodePort: range is full');
    expect(made.result('shop/s4')!.refusals[0]).toMatchObject({ code: 500, reason: 'InternalError', causes: [] });
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
    made.set('shop/b', []);
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
    made.set('shop/a', []);
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

describe('the order of the documents', () => {
  it('changes nothing but who wins a conflict', () => {
    const kinds = fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer');
    const own = fc.tuple(kinds, fc.option(fc.nat({ max: 99 }), { nil: undefined }));
    const shuffled = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(own, { minLength: 8, maxLength: 8 }), shuffled, shuffled, (specs, one, other) => {
        const at = (documents: readonly number[]) =>
          allocator(
            specs.map(([type, given], i) => {
              const address = given === undefined ? {} : { clusterIP: `10.96.${i}.${given + 1}` };
              return entry(names[i]!, { type, ports, ...address }, documents[i]);
            }),
          );
        const [a, b] = [at(one), at(other)];
        for (const name of names) expect(specOf(a, name)).toEqual(specOf(b, name));
      }),
    );
  });
});

describe('ranges beside the first', () => {
  const more = ['10.9.0.0/30', '10.9.0.0/29', 'fd00:8::/48'].map((text) => parsePrefix(text)!);
  const made = (...entries: readonly WrittenService[]) => {
    const result = new ServiceAllocator(tiny, more);
    for (const { object } of entries) result.set(`shop/${object.name}`, documentsOf(object.name, entries));
    result.settle();
    return result;
  };

  it.each([
    ['10.9.0.0', false],
    ['10.9.0.3', true],
    ['10.9.0.6', true],
    ['10.9.0.7', false],
    ['10.0.0.5', true],
    ['fd00:8::5', false],
  ])('hold %s: %s', (clusterIP, taken) => {
    const message = refusalOf(made(entry('a', { ports, clusterIP })), 'a');
    expect(message === undefined).toBe(taken);
    if (!taken) expect(message).toContain('the provided network does not match the current range');
  });

  it('are taken when the first is full', () => {
    const many = Array.from({ length: 13 }, (_, i) => entry(`s${i}`, { ports }, i, tiny));
    const after = made(...many);
    const addresses = many.map(({ object }) => after.result(`shop/${object.name}`)?.service?.spec.clusterIP ?? 'full');
    expect(addresses.filter((address) => address.startsWith('10.0.0.'))).toHaveLength(6);
    expect(addresses.filter((address) => address.startsWith('10.9.0.'))).toHaveLength(6);
    expect(addresses.at(-1)).toBe('full');
  });

  it('change nothing for those who have room in the first', () => {
    const few = Array.from({ length: 6 }, (_, i) => entry(`s${i}`, { ports }, i, tiny));
    const [before, after] = [allocator(few, tiny), made(...few)];
    for (const { object } of few) expect(specOf(after, object.name)).toEqual(specOf(before, object.name));
  });
});

describe('older releases', () => {
  it('name the range that an address is not in', () => {
    const old = { ...defaultSettings, kubernetesVersion: '1.32' };
    const made = new ServiceAllocator(old);
    made.set('shop/a', [entry('a', { ports, clusterIP: '10.96.0.0' }, 0, old)]);
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
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    clusterIP: addresses,
    nodePort: nodePorts,

    dual: fc.boolean(),
  })
  .map(({ name, document, type, clusterIP, nodePort, dual }) => {
    const port = {
      port: 80,
      ...(nodePort !== undefined && type !== 'ClusterIP' && type !== 'ExternalName' && { nodePort }),
    };
    const spec: JsonObject = {
      type,
      ports: [port],
      ...(clusterIP !== undefined && { clusterIP }),
      ...(dual && { ipFamilyPolicy: 'PreferDualStack' }),
      ...(type === 'LoadBalancer' && { externalTrafficPolicy: 'Local' }),
      ...(type === 'ExternalName' && { externalName: 'a.b' }),
    };
    return entry(name, spec, document, tiny);
  });
/** A document comes, or all those of a place go. */
const edits = fc.array(fc.oneof({ weight: 3, arbitrary: entries }, fc.nat(20)), { maxLength: 30 });

describe('any history of edits', () => {
  it.each([
    ['with room', { ...tiny, serviceCIDRs: ['10.0.0.0/26', 'fd00::/120'], nodePortRange: { from: 30000, to: 30063 } }],
    ['where too little is there', tiny],
  ])('ends where a fresh start does, and names what changed: %s', (_, settings) => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 4 }), (batches) => {
        const made = new ServiceAllocator(settings);
        let present: readonly WrittenService[] = [];
        let before = results(made);
        for (const batch of batches) {
          for (const edit of batch) {
            const place = typeof edit === 'number' ? edit : placeOf(edit);
            const gone = present.filter((each) => placeOf(each) === place);
            present = present.filter((each) => placeOf(each) !== place);
            if (typeof edit !== 'number') present = [...present, edit];
            const touched = new Set(
              [...gone, ...(typeof edit === 'number' ? [] : [edit])].map(({ object }) => object.name),
            );
            for (const name of touched) made.set(`shop/${name}`, documentsOf(name, present));
          }
          const changed = made.settle();
          const after = results(made);
          expect(after).toEqual(results(allocator([...present].reverse(), settings)));
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

function placeOf({ object: { origin } }: WrittenService): number {
  return origin.kind === 'manifest' ? origin.document : -1;
}

function results(made: ServiceAllocator): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => {
      const result = made.result(`shop/${name}`);
      return [name, result && { ...result, assigned: [...result.assigned].sort() }];
    }),
  );
}

function expectDistinct(made: ServiceAllocator): void {
  const taken = names.flatMap((name) => {
    const spec = made.result(`shop/${name}`)?.service?.spec;
    // What an ExternalName shows of an address it does not hold.
    if (!spec || spec.type === 'ExternalName') return [];
    const numbers = [...(spec.ports ?? []).map(({ nodePort }) => nodePort), spec.healthCheckNodePort];
    return [...(spec.clusterIPs ?? []), ...numbers.filter((port) => port !== undefined)];
  });
  expect(new Set(taken).size).toBe(taken.length);
}
