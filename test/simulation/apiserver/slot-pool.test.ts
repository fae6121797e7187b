/** The pool's distribution: cases, and that it does not depend on history. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotPool } from '#simulation/apiserver/slot-pool';

type Edit =
  | { readonly kind: 'add'; readonly owner: string; readonly home: number }
  | { readonly kind: 'remove'; readonly owner: string; readonly home: number }
  | { readonly kind: 'claim' | 'release'; readonly owner: string; readonly band: number; readonly slot: number };

const sizes = [5, 3];
const owners = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      owner: fc.constantFrom(...owners),
      home: fc.constant(0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      owner: fc.constantFrom(...owners),
      home: fc.constant(0),
    }),
  },
  fc.nat(sizes.length - 1).chain((band) =>
    fc.record({
      kind: fc.constantFrom('claim' as const, 'release' as const),
      owner: fc.constantFrom('x', 'y'),
      band: fc.constant(band),
      slot: fc.nat(sizes[band]! - 1),
    }),
  ),
);

/** The definition, said plainly: in the order of names, each takes the first free slot. */
function distribute(
  members: ReadonlyMap<string, number>,
  claims: ReadonlySet<string>,
): Map<string, string | undefined> {
  const taken = new Set(claims);
  const places = new Map<string, string | undefined>();
  for (const [owner, home] of [...members].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const wanted = sizes.flatMap((size, band) =>
      Array.from({ length: size }, (_, i) => `${band}/${(home + i) % size}`),
    );
    const place = wanted.find((slot) => !taken.has(slot));
    if (place !== undefined) taken.add(place);
    places.set(owner, place);
  }
  return places;
}

function print(pool: SlotPool, owner: string): string | undefined {
  const place = pool.slotOf(owner);
  return place && `${place.band}/${place.slot}`;
}

describe('slot pool', () => {
  it('gives the first free slot from home on, with wrap-around', () => {
    const pool = new SlotPool([{ size: 3 }]);
    for (const owner of ['a', 'b', 'c']) pool.add(owner, () => 2);
    expect(['a', 'b', 'c'].map((owner) => print(pool, owner))).toEqual(['0/2', '0/0', '0/1']);
  });

  it('goes on to the next band, then gives nothing', () => {
    const pool = new SlotPool([{ size: 1 }, { size: 1 }]);
    for (const owner of ['c', 'b', 'a']) pool.add(owner, () => 0);
    expect(['a', 'b', 'c'].map((owner) => print(pool, owner))).toEqual(['0/0', '1/0', undefined]);
    pool.remove('a');
    expect(['b', 'c'].map((owner) => print(pool, owner))).toEqual(['0/0', '1/0']);
  });

  it('makes room for a claim and closes the gap that it leaves', () => {
    const pool = new SlotPool([{ size: 10 }]);
    pool.add('a', () => 4);
    pool.takeChanged();
    pool.claim('x', 0, 4);
    pool.claim('y', 0, 4);
    expect(print(pool, 'a')).toBe('0/5');
    expect(pool.takeChanged()).toEqual(new Set(['a']));
    pool.release('x', 0, 4);
    expect(print(pool, 'a')).toBe('0/5');
    pool.release('y', 0, 4);
    expect(print(pool, 'a')).toBe('0/4');
  });

  it('reports no change for who is back where it was', () => {
    const pool = new SlotPool([{ size: 10 }]);
    pool.add('b', () => 4);
    pool.takeChanged();
    pool.add('a', () => 4);
    pool.remove('a');
    expect(pool.takeChanged()).toEqual(new Set());
  });

  it('works with bands without slots', () => {
    const pool = new SlotPool([{ size: 0 }, { size: 2 }]);
    pool.add('a', () => 1);
    expect(print(pool, 'a')).toBe('1/1');
  });

  it('depends on the members alone, after every edit, and reports exactly what changed', () => {
    const homes = fc.array(fc.nat(4), { minLength: owners.length, maxLength: owners.length });
    fc.assert(
      fc.property(homes, fc.array(edit, { maxLength: 60 }), (home, edits) => {
        const pool = new SlotPool(sizes.map((size) => ({ size })));
        const members = new Map<string, number>();
        const claims = new Map<string, Set<string>>();
        let before = new Map<string, string | undefined>();
        for (const step of edits) {
          if (step.kind === 'add') {
            const at = home[owners.indexOf(step.owner)]!;
            members.set(step.owner, at);
            pool.add(step.owner, (band) => at % sizes[band]!);
          } else if (step.kind === 'remove') {
            members.delete(step.owner);
            pool.remove(step.owner);
          } else {
            const slot = `${step.band}/${step.slot}`;
            const claimants = claims.get(slot) ?? new Set();
            if (step.kind === 'claim') claimants.add(step.owner);
            else claimants.delete(step.owner);
            claims.set(slot, claimants);
            pool[step.kind](step.owner, step.band, step.slot);
          }
          const claimed = new Set([...claims].filter(([, who]) => who.size > 0).map(([slot]) => slot));
          const expected = distribute(members, claimed);
          expect(new Map(owners.filter((o) => members.has(o)).map((o) => [o, print(pool, o)]))).toEqual(
            new Map([...expected].sort(([a], [b]) => (a < b ? -1 : 1))),
          );
          const changed = owners.filter((owner) => before.get(owner) !== expected.get(owner));
          expect([...pool.takeChanged()].sort()).toEqual(changed);
          before = expected;
        }
      }),
    );
  });
});
