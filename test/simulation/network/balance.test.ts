/**
 * IPVS' schedulers: figures from the kernel's own functions, compiled in C apart from this project, traces worked out by
 * hand, and what has to hold for each of them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { expectedShare } from '#simulation/network/balance/chance';
import { foldAddress, hash32, hsiphash } from '#simulation/network/balance/hashes';
import { balanceService, type ServiceBalanceRequest } from '#simulation/network/balance/service-balance';
import { simulateConnections, type BalanceOptions, type BalanceServer } from '#simulation/network/balance/simulate';
import { ipvsSchedulers, type IpvsScheduler } from '#simulation/proxy/ipvs/types';
import { objectOf } from '../cluster';
import { deployment, pod, service } from '../descriptions';

const options: BalanceOptions = { destination: '10.96.0.10' };

/** In the order in which they are added: the kernel's list has them the other way round. */
const three: readonly BalanceServer[] = [
  { address: '10.244.1.148', port: 8080, weight: 1 },
  { address: '10.244.2.148', port: 8080, weight: 3 },
  { address: '10.244.3.64', port: 8080, weight: 2 },
];

function serversOf(weights: readonly number[]): readonly BalanceServer[] {
  return weights.map((weight, index) => ({ address: `10.244.1.${10 + index}`, port: 80, weight }));
}

const one = [{ address: '10.244.1.7' }];

function sequenceOf(
  scheduler: IpvsScheduler,
  weights: readonly number[],
  count: number,
  more: Partial<BalanceOptions> = {},
) {
  // prettier-ignore
  return simulateConnections(serversOf(weights), scheduler, one, count, { ...options, ...more })
    .sequence.map((index) => index ?? '-')
    .join(' ');
}

/** Address, folded, hash_32 to 8 bits, hsiphash with the keys of Maglev's offset and skip. */
const hashes = [
  ['10.244.1.7', 183763207, 54, 1308184276, 467801816],
  ['10.244.2.9', 183763465, 194, 3513769520, 2503986404],
  ['172.30.0.11', 2887647243, 163, 3916750941, 3816177065],
  ['203.0.113.10', 3405803786, 162, 2222641346, 1114832909],
  ['fd00:244:1::e4', 4244701856, 95, 2753767490, 2518748375],
  ['fd00:113::10', 4244635907, 24, 762253125, 4009403619],
  ['255.255.255.255', 4294967295, 158, 583391001, 4149874525],
  ['0.0.0.1', 1, 97, 384591538, 2182130385],
] as const;

/** Client, and who takes its connection without and with its port 40000 in the hash: sh, then mh. */
const choices = [
  ['10.244.1.7', 2, 1, 1, 2],
  ['10.244.2.9', 1, 2, 0, 1],
  ['10.244.3.64', 1, 2, 1, 1],
  ['172.30.0.11', 2, 0, 1, 2],
  ['203.0.113.10', 2, 1, 2, 2],
  ['fd00:244:1::e4', 0, 1, 1, 2],
  ['fd00:113::10', 2, 1, 1, 1],
  ['255.255.255.255', 1, 2, 1, 1],
  ['0.0.0.1', 2, 0, 1, 1],
] as const;

describe('hashes', () => {
  it.each(hashes)('of %s', (address, folded, short, first, second) => {
    expect(foldAddress(address)).toBe(folded);
    expect(hash32(folded, 8)).toBe(short);
    expect(hsiphash(folded, 2654435761n)).toBe(first);
    expect(hsiphash(folded, 2654446892n)).toBe(second);
  });
});

describe('sh and mh', () => {
  const chosen = (scheduler: IpvsScheduler, address: string, flags: readonly string[]) =>
    simulateConnections(three, scheduler, [{ address, port: 40000 }], 1, { ...options, flags }).sequence[0];

  it.each(choices)('give %s the server that the kernel does', (address, sh, shPort, mh, mhPort) => {
    expect([chosen('sh', address, []), chosen('sh', address, ['sh-port'])]).toEqual([sh, shPort]);
    expect([chosen('mh', address, []), chosen('mh', address, ['mh-port'])]).toEqual([mh, mhPort]);
  });

  it('refuse a client whose server was closed, unless they may look further', () => {
    const closed = three.map((server, index) => (index === 2 ? { ...server, weight: 0, lastWeight: 2 } : server));
    const clients = Array.from({ length: 200 }, (_, i) => ({ address: `10.244.1.${i}` }));
    for (const [scheduler, flag] of [
      ['sh', 'sh-fallback'],
      ['mh', 'mh-fallback'],
    ] as const) {
      // prettier-ignore
      const strict = simulateConnections(closed, scheduler, clients, 200, options);
      const lenient = simulateConnections(closed, scheduler, clients, 200, { ...options, flags: [flag] });
      expect(strict.refused).toBeGreaterThan(0);
      expect(lenient.refused).toBe(0);
      for (const [i, index] of strict.sequence.entries())
        if (index !== undefined) expect(lenient.sequence[i]).toBe(index);
    }
  });

  it('mh knows no server that never was open', () => {
    const { sequence, refused } = simulateConnections(serversOf([0, 1]), 'mh', one, 3, options);
    expect([sequence, refused]).toEqual([[1, 1, 1], 0]);
  });
});

describe('dh', () => {
  // hash_32 of the address, modulo three: the kernel's list begins with the last one.
  it.each([
    ['10.244.1.7', 2],
    ['10.244.2.9', 0],
    ['172.30.0.11', 1],
    ['fd00:244:1::e4', 0],
  ] as const)(
    // prettier-ignore
    'sends all for %s to one server, whatever it weighs',
    (destination, index) => {
      const clients = Array.from({ length: 20 }, (_, i) => ({ address: `10.244.1.${i}` }));
      const balance = simulateConnections(three, 'dh', clients, 20, { destination });
      expect(new Set(balance.sequence)).toEqual(new Set([index]));
    },
  );
});

/** Clusters, and per scheduler which server each of sixteen connections gets from the kernel's functions compiled in C. */
const setups = [
  { destination: '10.96.41.7', clients: ['10.244.1.7', '10.244.2.9', 'fd00:244:1::e4'], weights: [1, 1, 1, 1] },
  { destination: 'fd00:10:96::1:2', clients: ['10.244.3.64', '203.0.113.10'], weights: [5, 0, 1, 3] },
] as const;

const compiled: readonly (readonly [
  setup: 0 | 1,
  scheduler: IpvsScheduler,
  flags: readonly string[],
  sequence: string,
])[] = [
  [0, 'rr', [], '3210321032103210'],
  [0, 'wrr', [], '3210321032103210'],
  [0, 'lc', [], '3210321032103210'],
  [0, 'wlc', [], '3210321032103210'],
  [0, 'lblc', [], '3322110000000000'],
  [0, 'lblcr', [], '3322110001230123'],
  [0, 'sh', [], '1101101101101101'],
  [0, 'dh', [], '1111111111111111'],
  [0, 'sed', [], '3210321032103210'],
  [0, 'nq', [], '3210321032103210'],
  [0, 'mh', [], '0010010010010010'],
  [0, 'sh', ['sh-port'], '2210032210033221'],
  [0, 'sh', ['sh-fallback'], '1101101101101101'],
  [0, 'mh', ['mh-port'], '1232322010312101'],
  [0, 'mh', ['mh-fallback'], '0010010010010010'],
  [1, 'rr', [], '3203203203203203'],
  [1, 'wrr', [], '3200030303200030'],
  [1, 'lc', [], '3203203203203203'],
  [1, 'wlc', [], '3200300303200300'],
  [1, 'lblc', [], '3333220000000000'],
  [1, 'lblcr', [], '3333220000000300'],
  [1, 'sh', [], '3333333333333333'],
  [1, 'dh', [], '----------------'],
  [1, 'sed', [], '0300303200300303'],
  [1, 'nq', [], '3200030300300303'],
  [1, 'mh', [], '3333333333333333'],
  [1, 'sh', ['sh-port'], '00330003000000-0'],
  [1, 'sh', ['sh-fallback'], '3333333333333333'],
  [1, 'mh', ['mh-port'], '0020330000030003'],
  [1, 'mh', ['mh-fallback'], '3333333333333333'],
];

describe('all schedulers', () => {
  it.each(compiled)(
    'setup %i, %s %j, choose as the compiled kernel functions do',
    (setup, scheduler, flags, sequence) => {
      const { destination, clients, weights } = setups[setup];
      const all = clients.map((address) => ({ address }));
      const balance = simulateConnections(serversOf(weights), scheduler, all, 16, { destination, flags });
      expect(balance.sequence.map((index) => index ?? '-').join('')).toBe(sequence);
    },
  );
});

describe('going round', () => {
  it('rr begins with the server that was added last, and leaves out closed ones', () => {
    expect(sequenceOf('rr', [1, 1, 1], 7)).toBe('2 1 0 2 1 0 2');
    expect(sequenceOf('rr', [1, 0, 5], 4)).toBe('2 0 2 0');
    expect(sequenceOf('rr', [0, 0], 2)).toBe('- -');
    expect(sequenceOf('rr', [], 2)).toBe('- -');
  });
  it('wrr serves the heavy ones in more of its passes', () => {
    // List: 1, 2, 4. With the first one added 1 is what is wanted, and stays so: the pass for 1 comes first, then 4, 3, 2.
    expect(sequenceOf('wrr', [4, 2, 1], 14)).toBe('2 1 0 0 0 1 0 2 1 0 0 0 1 0');
    // By steps of the greatest common divisor: 1, then 3, then 1 again.
    expect(sequenceOf('wrr', [4, 2], 6)).toBe('1 0 0 1 0 0');
  });
  it('wrr begins with a pass for all where the lightest came first, too', () => {
    expect(sequenceOf('wrr', [1, 2, 4], 10)).toBe('2 1 0 2 2 2 1 2 1 0');
    expect(sequenceOf('wrr', [3, 9, 6], 14)).toBe('2 1 0 1 2 1 2 1 0 1 2 1 2 1');
  });
});

describe('least connections', () => {
  it('lc and wlc count what is open, of equals the first of the list', () => {
    expect(sequenceOf('lc', [1, 1, 1], 4)).toBe('2 1 0 2');
    expect(sequenceOf('lc', [4, 1], 4)).toBe('1 0 1 0');
    expect(sequenceOf('wlc', [4, 1], 6)).toBe('1 0 0 0 0 1');
  });
  it('sed counts the connection in, so that a light one waits; nq does not let an idle one wait', () => {
    expect(sequenceOf('sed', [4, 1], 6)).toBe('0 0 0 1 0 0');
    expect(sequenceOf('nq', [4, 1], 6)).toBe('1 0 0 0 0 0');
  });
  it('a closed connection weighs a little for two minutes: 256 of them as much as an open one', () => {
    const passing = { secondsBetween: 10, secondsOpen: 5 };
    expect(sequenceOf('lc', [1, 1], 6, passing)).toBe('1 0 1 0 1 0');
    // sed looks at the open ones alone.
    expect(sequenceOf('sed', [1, 1], 6, passing)).toBe('1 1 1 1 1 1');
    // After two minutes nothing is left of them.
    expect(sequenceOf('lc', [1, 1], 4, { secondsBetween: 200, secondsOpen: 5 })).toBe('1 1 1 1');
  });
});

describe('locality', () => {
  it('lblc stays until its server has more than its weight and another less than half of its own', () => {
    expect(sequenceOf('lblc', [1, 1, 1], 8)).toBe('2 2 1 1 0 0 0 0');
  });
  it('lblcr adds another then, and shares the load among those that it has', () => {
    expect(sequenceOf('lblcr', [1, 1, 1], 9)).toBe('2 2 1 1 0 0 0 1 2');
  });
  it('lblcr gives the busiest up after a day', () => {
    const secondsOpen = 10 * 24 * 60 * 60;
    expect(sequenceOf('lblcr', [1, 1], 6, { secondsBetween: 1, secondsOpen })).toBe('1 1 0 0 0 1');
    expect(sequenceOf('lblcr', [1, 1], 6, { secondsBetween: 24 * 60 * 60 + 1, secondsOpen })).toBe('1 1 0 0 0 0');
  });
});

describe('session affinity', () => {
  const clients = [{ address: '10.244.1.7' }, { address: '10.244.1.8' }, { address: '10.244.1.9' }];

  it('keeps each client where it is', () => {
    const { sequence } = simulateConnections(serversOf([1, 1]), 'rr', clients, 9, {
      ...options,
      persistenceSeconds: 60,
    });
    expect(sequence).toEqual([1, 0, 1, 1, 0, 1, 1, 0, 1]);
  });
  it('until its time is over and nothing of it is open', () => {
    const passing = { ...options, persistenceSeconds: 60, secondsBetween: 200, secondsOpen: 1 };
    expect(simulateConnections(serversOf([1, 1]), 'rr', one, 4, passing).sequence).toEqual([1, 0, 1, 0]);
    expect(simulateConnections(serversOf([1, 1]), 'rr', one, 4, { ...passing, secondsOpen: 100 }).sequence).toEqual([1, 1, 1, 1]); // prettier-ignore
  });
});

describe('every scheduler', () => {
  const scheduler = fc.constantFrom(...ipvsSchedulers);
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 });

  it('gives each connection to an open server, or to none where none is open', () => {
    fc.assert(
      fc.property(scheduler, weights, fc.nat({ max: 60 }), (name, all, count) => {
        const { perServer, sequence, refused } = simulateConnections(serversOf(all), name, one, count, options);
        expect(perServer.reduce((sum, each) => sum + each, refused)).toBe(count);
        for (const index of sequence) if (index !== undefined) expect(all[index]).toBeGreaterThan(0);
        // Those with a table refuse a client whose place is a closed server's.
        if (all.some((weight) => weight > 0) && name !== 'sh' && name !== 'dh') expect(refused).toBe(0);
      }),
    );
  });

  it('wrr is fair by weights over a whole turn, after which it begins anew', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), (all) => {
        const turn = all.reduce((sum, weight) => sum + weight, 0);
        const { perServer } = simulateConnections(serversOf(all), 'wrr', one, 3 * turn, options);
        const shares = perServer.map((count, index) => count / all[index]!);
        // The first turn may begin in the middle of its passes.
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('sh and mh do not ask the time of day or who came before', () => {
    fc.assert(
      fc.property(fc.constantFrom('sh', 'mh'), weights, fc.ipV4(), fc.ipV6(), (name, all, v4, v6) => {
        const clients = [{ address: v4 }, { address: '10.9.9.9' }, { address: v6 }];
        const { sequence } = simulateConnections(serversOf(all), name, clients, 30, options);
        for (const first of [0, 1, 2]) expect(new Set(sequence.filter((_, i) => i % 3 === first)).size).toBe(1);
      }),
    );
  });

  it('mh moves few clients of the others when one of ten servers goes', () => {
    const ten = serversOf(Array.from({ length: 10 }, () => 1));
    const clients = Array.from({ length: 2000 }, (_, i) => ({ address: `10.${i % 250}.${i >> 3}.${i % 7}` }));
    const of = (servers: readonly BalanceServer[]) => {
      const { sequence } = simulateConnections(servers, 'mh', clients, clients.length, options);
      return sequence.map((index) => servers[index!]!.address);
    };
    const [before, after] = [of(ten), of(ten.toSpliced(4, 1))];
    const stayers = before.filter((address) => address !== ten[4]!.address).length;
    const moved = before.filter((address, i) => address !== ten[4]!.address && after[i] !== address).length;
    expect(stayers).toBeGreaterThan(1600);
    expect(moved / stayers).toBeLessThan(0.05);
    // sh deals its table anew, and moves most of them.
    const shMoved = (() => {
      const run = (servers: readonly BalanceServer[]) =>
        simulateConnections(servers, 'sh', clients, clients.length, options).sequence.map((i) => servers[i!]!.address);
      const [a, b] = [run(ten), run(ten.toSpliced(4, 1))];
      return a.filter((address, i) => address !== ten[4]!.address && b[i] !== address).length;
    })();
    expect(shMoved / stayers).toBeGreaterThan(0.5);
  });
});

describe('chance', () => {
  it('is binomial: the mean, and the root of n p q', () => {
    expect(expectedShare(4, [600, 400], 'none')).toEqual({ mean: 250, deviation: Math.sqrt(1000 * 0.25 * 0.75) });
  });
  it('spreads wider where a client stays with its first choice', () => {
    expect(expectedShare(4, [600, 400], 'client')).toEqual({
      mean: 250,
      deviation: Math.sqrt((600 ** 2 + 400 ** 2) * 0.25 * 0.75),
    });
  });
  it('gives nobody anything where there is nobody', () => {
    expect(expectedShare(0, [5], 'none')).toEqual({ mean: 0, deviation: 0 });
  });
});

describe('a Service', () => {
  const at = (name: string, nodeName: string, ip: string) => ({
    ...pod(name, { app: 'client' }, { nodeName }),
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const simulation = createSimulation(defaultSettings);
  simulation.apply({
    removed: [],
    added: [
      service('web', { clusterIP: '10.96.0.10', selector: { app: 'web' } }),
      service('sticky', { clusterIP: '10.96.0.11', selector: { app: 'web' }, sessionAffinity: 'ClientIP' }),
      service('near', { clusterIP: '10.96.0.12', selector: { app: 'web' }, internalTrafficPolicy: 'Local' }),
      service('headless', { clusterIP: 'None', selector: { app: 'web' } }),
      deployment('web', { app: 'web' }, 3),
      at('a', 'node-a', '10.244.1.200'),
      at('b', 'node-b', '10.244.2.200'),
    ].map((body, index) => objectOf(body, 'cluster.yaml', index)),
  });
  const ask = (request: Partial<ServiceBalanceRequest>) => {
    const whole: ServiceBalanceRequest = {
      service: 'default/web',
      port: undefined,
      connections: 600,
      clients: ['10.244.1.200', '10.244.2.200'],
      schedulers: ['rr', 'sh'],
      secondsBetween: 0,
      secondsOpen: undefined,
      ...request,
    };
    const answer = balanceService(whole, simulation.controlPlane, simulation.dataPlane);
    return 'error' in answer ? answer.error : answer;
  };

  it('is balanced on each node apart', () => {
    const answer = ask({});
    if (typeof answer === 'string') throw new Error(answer);
    expect(answer.pods.map(({ connections: [rr] }) => rr)).toEqual([200, 200, 200]);
    // A client each: all of its 300 go to one pod.
    for (const { connections } of answer.pods) expect([0, 300, 600]).toContain(connections[1]);
    expect(answer.pods.map(({ byChance }) => byChance.mean)).toEqual([200, 200, 200]);
    expect(answer.pods.every((one) => one.pod?.startsWith('default/web-'))).toBe(true);
    expect(answer.notes.join(' ')).toContain('2 nodes');
  });
  it('with session affinity, and by what the node of the client may use', () => {
    const sticky = ask({ service: 'default/sticky', schedulers: ['rr'], clients: ['10.244.1.200'] });
    if (typeof sticky === 'string') throw new Error(sticky);
    expect(sticky.pods.map(({ connections }) => connections[0]).sort()).toEqual([0, 0, 600]);
    const near = ask({ service: 'default/near', schedulers: ['rr'] });
    if (typeof near === 'string') throw new Error(near);
    const own = new Set(near.pods.map(({ pod: name }) => simulation.controlPlane.pod(name!)!.spec.nodeName));
    expect([...own].every((node) => node === 'node-a' || node === 'node-b')).toBe(true);
  });
  it('says what it cannot do', () => {
    expect(ask({ service: 'default/none' })).toBe('there is no Service default/none');
    expect(ask({ service: 'default/headless' })).toContain('has no cluster IP');
    expect(ask({ port: '81' })).toBe('Service default/web has no port 81');
    expect(ask({ clients: ['fd00::1'] })).toContain('fd00::1');
  });
});
