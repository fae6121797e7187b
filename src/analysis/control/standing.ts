/**
 * Which findings of a live cluster are told already: what a controller may be about to mend waits until it has stood for a
 * while. Time is given from outside, so that the same events at the same times come to the same.
 */

import type { Finding } from '../types';

/** Right after a change these hold for as long as controllers and kubelets take to follow it. */
const passingCodes: ReadonlySet<string> = new Set([
  'endpoints-differ',
  'endpoints-not-ready',
  'selector-matches-nothing',
]);

/** One thing that is wrong. */
interface Wrong {
  /** Undefined: nothing is known of how long it has stood. */
  since: number | undefined;
  told: boolean;
}

export class Standing {
  /** Milliseconds that something has to be wrong before it is told. */
  readonly #patience: number;
  #now: number | undefined;
  /** By file, and by what it is. */
  readonly #wrong = new Map<string, Map<string, Wrong>>();

  constructor(patience: number) {
    this.#patience = patience;
  }

  /**
   * Gives the files of which more is told now. `now` are milliseconds by a clock that nobody sets; undefined: the picture
   * may be an old one, and nothing that waits has stood for any time.
   */
  setTime(now: number | undefined): readonly string[] {
    this.#now = now;
    const ripe = new Set<string>();
    for (const [path, ofFile] of this.#wrong) {
      for (const wrong of ofFile.values()) {
        if (wrong.told) continue;
        if (now === undefined) wrong.since = undefined;
        else if (wrong.since === undefined) wrong.since = now;
        else if (now - wrong.since >= this.#patience) {
          wrong.told = true;
          ripe.add(path);
        }
      }
    }
    return [...ripe];
  }

  /** Takes note of all that is found in a file now. */
  take(path: string, findings: readonly Finding[]): void {
    const before = this.#wrong.get(path);
    const after = new Map<string, Wrong>();
    for (const id of findings.flatMap(idsOf)) after.set(id, before?.get(id) ?? { since: this.#now, told: false });
    if (after.size > 0) this.#wrong.set(path, after);
    else this.#wrong.delete(path);
  }

  /** When `setTime` will next have something to tell; undefined while nothing waits, or no time passes. */
  next(): number | undefined {
    let first = Infinity;
    for (const ofFile of this.#wrong.values())
      for (const { told, since } of ofFile.values())
        if (!told && since !== undefined) first = Math.min(first, since + this.#patience);
    return first === Infinity ? undefined : first;
  }

  /** Whether one of the things that a finding is about has stood long enough, or needs no time. */
  isTold(path: string, finding: Finding): boolean {
    if (!passingCodes.has(finding.code)) return true;
    return idsOf(finding).some((id) => this.#wrong.get(path)?.get(id)?.told === true);
  }
}

/** What a finding is about, thing by thing: an endpoint that is not as its pod is waits for itself, not for the others. */
function idsOf({ code, differences }: Finding): readonly string[] {
  if (!passingCodes.has(code)) return [];
  return differences?.map((text) => `${code} ${text}`) ?? [code];
}
