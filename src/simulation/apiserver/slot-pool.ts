/**
 * A pool of numbered slots (addresses, node ports) whose distribution depends only on who is in it, not on the order
 * in which they came.
 */

import { compareStrings, lowerBound } from '#base/compare';

/** Slots 0 … size-1; at most 2³¹ of them. Bands are used in their order: the next one only when one is full. */
export interface Band {
  readonly size: number;
}

export interface Place {
  readonly band: number;
  readonly slot: number;
}

/** An owner that gets its slot from the pool. */
interface Seat {
  readonly owner: string;
  readonly homes: (band: number) => number;
  /** The number of bands when there is no slot left. */
  band: number;
  home: number;
  /** How many slots after `home`, with wrap-around. */
  distance: number;
}

interface BandTable {
  readonly size: number;
  readonly claims: Map<number, Set<string>>;
  readonly held: Map<number, Seat>;
  /** Seats that found the band full, the most important one first; they are in later bands or nowhere. */
  readonly passed: Seat[];
}

/**
 * Every slot prefers an explicit claim to a derived owner and, of two owners, the one whose name comes first; every
 * owner takes the first slot from its home on (linear probing with wrap-around, band after band) whose holder does not
 * come before it. There is exactly one distribution like this, so any history of edits ends in the same one.
 *
 * An edit costs the length of the run of taken slots that it touches, and a move in a sorted array for owners that
 * a full band turned away.
 */
export class SlotPool {
  readonly #bands: readonly BandTable[];
  readonly #seats = new Map<string, Seat>();
  /** Where the owners that were touched since the last `takeChanged` were before. */
  readonly #before = new Map<string, Place | undefined>();

  constructor(bands: readonly Band[]) {
    this.#bands = bands.map(({ size }) => ({ size, claims: new Map(), held: new Map(), passed: [] }));
  }

  /** Takes a slot out of the distribution. Several may claim one slot: the caller decides who has it. */
  claim(owner: string, band: number, slot: number): void {
    const table = this.#bands[band]!;
    const claimants = table.claims.get(slot);
    if (claimants) {
      claimants.add(owner);
      return;
    }
    table.claims.set(slot, new Set([owner]));
    const holder = table.held.get(slot);
    if (!holder) return;
    this.#remember(holder);
    table.held.delete(slot);
    holder.distance++;
    this.#seat(holder);
  }

  release(owner: string, band: number, slot: number): void {
    const table = this.#bands[band]!;
    const claimants = table.claims.get(slot);
    if (!claimants?.delete(owner) || claimants.size > 0) return;
    table.claims.delete(slot);
    this.#fill(band, slot);
  }

  /** Gives the owner a slot; `homes` says where its search begins in each band. Does nothing if it has been added already. */
  add(owner: string, homes: (band: number) => number): void {
    if (this.#seats.has(owner)) return;
    const seat: Seat = { owner, homes, band: this.#bands.length, home: 0, distance: 0 };
    if (!this.#before.has(owner)) this.#before.set(owner, undefined);
    this.#seats.set(owner, seat);
    this.#enter(seat, 0);
    this.#seat(seat);
  }

  remove(owner: string): void {
    const seat = this.#seats.get(owner);
    if (!seat) return;
    this.#remember(seat);
    this.#seats.delete(owner);
    const place = this.#placeOf(seat);
    this.#leave(seat, 0);
    if (place) this.#fill(place.band, place.slot);
  }

  /** Undefined for who has not been added, and for who got nothing because all bands are full. */
  slotOf(owner: string): Place | undefined {
    const seat = this.#seats.get(owner);
    return seat && this.#placeOf(seat);
  }

  /** Who claims the slot. */
  claimants(band: number, slot: number): ReadonlySet<string> | undefined {
    return this.#bands[band]?.claims.get(slot);
  }

  /** Owners whose `slotOf` is another one than at the last call. */
  takeChanged(): Set<string> {
    const changed = new Set<string>();
    for (const [owner, before] of this.#before) {
      const after = this.slotOf(owner);
      if (before?.band !== after?.band || before?.slot !== after?.slot) changed.add(owner);
    }
    this.#before.clear();
    return changed;
  }

  forgetChanges(): void {
    this.#before.clear();
  }

  #placeOf(seat: Seat): Place | undefined {
    const table = this.#bands[seat.band];
    return table && { band: seat.band, slot: (seat.home + seat.distance) % table.size };
  }

  #remember(seat: Seat): void {
    if (!this.#before.has(seat.owner)) this.#before.set(seat.owner, this.#placeOf(seat));
  }

  #enter(seat: Seat, band: number): void {
    const table = this.#bands[band];
    seat.band = band;
    seat.home = table && table.size > 0 ? seat.homes(band) % table.size : 0;
    seat.distance = 0;
  }

  /** Goes on with the search of `seat` from its `distance` on, and with the search of whom it displaces. */
  #seat(seat: Seat): void {
    let current = seat;
    while (current.band < this.#bands.length) {
      const table = this.#bands[current.band]!;
      const slot = firstSlotFor(current, table);
      if (slot === undefined) {
        insert(table.passed, current);
        this.#enter(current, current.band + 1);
        continue;
      }
      const displaced = table.held.get(slot);
      // Before the slot is taken: the displaced one's place is still the one that it had.
      if (displaced) this.#remember(displaced);
      table.held.set(slot, current);
      if (!displaced) return;
      displaced.distance++;
      current = displaced;
    }
  }

  /** A slot became free: whoever wants it more than its own slot moves up, the most important one first. */
  #fill(band: number, slot: number): void {
    const table = this.#bands[band]!;
    let hole = slot;
    for (let next = bestFor(hole, table); next; next = bestFor(hole, table)) {
      this.#remember(next);
      const from = (next.home + next.distance) % table.size;
      table.held.delete(from);
      next.distance = distanceTo(hole, next, table);
      table.held.set(hole, next);
      hole = from;
    }
    // Who passed over this band comes after everybody in it, so it is its turn only now.
    const passed = table.passed[0];
    if (!passed) return;
    this.#remember(passed);
    const place = this.#placeOf(passed);
    this.#leave(passed, band);
    this.#enter(passed, band);
    passed.distance = distanceTo(hole, passed, table);
    table.held.set(hole, passed);
    if (place) this.#fill(place.band, place.slot);
  }

  /** Takes the seat out of the tables of `from` and later bands, without filling its slot. */
  #leave(seat: Seat, from: number): void {
    for (let band = from; band < seat.band; band++) {
      const { passed } = this.#bands[band]!;
      passed.splice(lowerBound(passed, seat, compareSeats), 1);
    }
    const place = this.#placeOf(seat);
    if (place) this.#bands[place.band]!.held.delete(place.slot);
  }
}

function compareSeats(a: Seat, b: Seat): number {
  return compareStrings(a.owner, b.owner);
}

function insert(seats: Seat[], seat: Seat): void {
  seats.splice(lowerBound(seats, seat, compareSeats), 0, seat);
}

function distanceTo(slot: number, seat: Seat, table: BandTable): number {
  return (slot - seat.home + table.size) % table.size;
}

/** Moves `seat.distance` to the first slot that `seat` may have; undefined when the band has none for it. */
function firstSlotFor(seat: Seat, table: BandTable): number | undefined {
  const firstPassed = table.passed[0];
  // Where a more important one was turned away, this one is too.
  if (firstPassed && firstPassed.owner < seat.owner) return undefined;
  for (; seat.distance < table.size; seat.distance++) {
    const slot = (seat.home + seat.distance) % table.size;
    if (table.claims.has(slot)) continue;
    const holder = table.held.get(slot);
    if (!holder || seat.owner < holder.owner) return slot;
  }
  return undefined;
}

/** The most important seat that passed over `hole` on its way; all of them stand in the run of taken slots after it. */
function bestFor(hole: number, table: BandTable): Seat | undefined {
  let best: Seat | undefined;
  for (let step = 1; step < table.size; step++) {
    const slot = (hole + step) % table.size;
    const seat = table.held.get(slot);
    if (!seat) {
      if (table.claims.has(slot)) continue;
      return best;
    }
    if (distanceTo(hole, seat, table) >= seat.distance) continue;
    if (!best || seat.owner < best.owner) best = seat;
  }
  return best;
}
