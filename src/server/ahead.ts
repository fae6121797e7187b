/** Work ahead of questions: done while nothing else is to be done, in bits that delay no answer. */

/** How long a message may have to wait, in milliseconds. */
const longestBit = 5;

/** Does the work that was given last; whatever was given before is left. */
export class AheadWork {
  #next: NodeJS.Timeout | undefined;

  begin(work: Generator<void>): void {
    this.stop();
    const go = () => {
      const until = performance.now() + longestBit;
      while (performance.now() < until) if (work.next().done === true) return;
      // Behind the messages that came meanwhile; a timer, as a browser's worker has nothing else.
      this.#next = setTimeout(go, 0);
    };
    this.#next = setTimeout(go, 0);
  }

  stop(): void {
    clearTimeout(this.#next);
  }
}
