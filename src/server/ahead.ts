/** Work ahead of questions: done while nothing else is to be done, in bits that delay no answer. */

/** How long a message may have to wait, in milliseconds. */
const longestBit = 5;

/** Does the work that was given last; whatever was given before is left. */
export class AheadWork {
  #next: NodeJS.Immediate | undefined;

  begin(work: Generator<void>): void {
    this.stop();
    const go = () => {
      const until = performance.now() + longestBit;
      while (performance.now() < until) if (work.next().done === true) return;
      // Behind the messages that came meanwhile.
      this.#next = setImmediate(go);
    };
    this.#next = setImmediate(go);
  }

  stop(): void {
    clearImmediate(this.#next);
  }
}
