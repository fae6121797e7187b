/** What the library for debug adapters takes from Node's `events` and `url`, as far as a session in a browser uses it. */

/** The library's base class: its events are those of a stream, which a session inside the editor has not. */
export class EventEmitter {
  on(): this {
    return this;
  }

  emit(): boolean {
    return false;
  }
}

export const URL = globalThis.URL;
