/** List and watch of one kind: whatever happens in between, what is known ends up as a fresh list would have it. */

import { isJsonObject, type JsonObject } from '#base/json';
import type { KubernetesObject, ObjectKey } from '#model/object';
import type { Connection, Query } from './connection';
import { LiveError } from './errors';
import { listPath, type WatchedKind } from './kinds';
import { observedObject, resourceVersionOf } from './observed-object';

export type ReflectorState =
  | { readonly kind: 'connecting'; readonly message?: string }
  | { readonly kind: 'synced' }
  /** The connection was lost a short while ago; what is shown is from then. Milliseconds since 1970, by this clock. */
  | { readonly kind: 'reconnecting'; readonly since: number; readonly message: string }
  /** The connection has been lost for long, or the credentials are not taken. */
  | { readonly kind: 'stale'; readonly since: number; readonly message: string }
  | { readonly kind: 'forbidden'; readonly message: string }
  /** The API server does not serve the kind. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'stopped' };

export interface ReflectorOptions {
  readonly connection: Connection;
  readonly context: string;
  readonly kind: WatchedKind;
  /** Undefined: all namespaces, or none. */
  readonly namespace: string | undefined;
  /** Called with what came and went; an object that changed is in both. */
  readonly onChange: (removed: readonly KubernetesObject[], added: readonly KubernetesObject[]) => void;
  readonly onState: () => void;
  /** Numbers from 0 to 1, for jitter. */
  readonly random?: () => number;
  /** Objects of a page. */
  readonly pageSize?: number;
  readonly times?: Partial<ReflectorTimes>;
}

/** Milliseconds. */
export interface ReflectorTimes {
  readonly firstWait: number;
  readonly longestWait: number;
  /** From when on a lost connection counts as stale. */
  readonly staleAfter: number;
  /** How long a closed watch may take to be open again before it is said that the connection is lost. */
  readonly graceToReopen: number;
  /** A watch without a byte (the API server sends a bookmark a minute) is broken. */
  readonly silence: number;
  /** A kind that is forbidden or absent is tried again after this time. */
  readonly retryRefused: number;
}

const usualTimes: ReflectorTimes = {
  firstWait: 500,
  longestWait: 30_000,
  staleAfter: 30_000,
  graceToReopen: 1_000,
  silence: 120_000,
  retryRefused: 120_000,
};

export class Reflector {
  readonly kind: WatchedKind;
  readonly namespace: string | undefined;
  readonly #options: ReflectorOptions;
  readonly #times: ReflectorTimes;
  readonly #stop = new AbortController();
  readonly #known = new Map<ObjectKey, KubernetesObject>();
  #state: ReflectorState = { kind: 'connecting' };
  #version: string;
  /** Where the next watch goes on; undefined: list first. */
  #resourceVersion: string | undefined;
  #failures = 0;
  #lostAt: { readonly wall: number; readonly clock: number } | undefined;
  #watchOpen = false;
  /** So many watches in turn were opened and broke before they told anything. */
  #fruitless = 0;
  #wake: (() => void) | undefined;
  readonly #settled: Promise<void>;
  #settle: () => void = () => undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#times = { ...usualTimes, ...options.times };
    this.kind = options.kind;
    this.namespace = options.namespace;
    this.#version = options.kind.versions[0]!;
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
  }

  get state(): ReflectorState {
    return this.#state;
  }

  get objectCount(): number {
    return this.#known.size;
  }

  /** Resolves once the first list is there, or is known not to come. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Lists, and goes on watching until `stop`. Never throws. */
  start(): void {
    void this.#run();
  }

  /** Lists once. Throws a LiveError where that fails for another reason than that it is forbidden or not served. */
  async listOnce(): Promise<void> {
    try {
      for (;;) {
        const failure = await this.#list().then(
          () => undefined,
          (error: unknown) => this.#failureOf(error),
        );
        if (!failure || this.#refused(failure)) return;
        // A server that is busy, or starting, says so.
        const passes = failure.kind === 'server' && (failure.status === 429 || (failure.status ?? 0) >= 500);
        if (!passes || this.#failures++ >= 2 || this.#stop.signal.aborted) throw failure;
        await this.#pause(this.#backOff(failure));
      }
    } finally {
      this.#settle();
    }
  }

  stop(): void {
    this.#setState({ kind: 'stopped' });
    this.#stop.abort();
    this.#wake?.();
    this.#settle();
  }

  /** As `stop`, and what it knows is no longer known. */
  forget(): void {
    this.#replaceAll(new Map());
    this.stop();
  }

  /** Whoever waits for the next try waits no longer. */
  tryNow(): void {
    this.#wake?.();
  }

  /** The server does not answer: what is shown may be old, although the watch has not ended. */
  doubt(failure: LiveError): void {
    if (this.#watchOpen) this.#lost(failure.message, failure.kind);
  }

  /** The server answers again, and the watch has not ended. */
  trust(): void {
    if (this.#watchOpen) this.#found();
    else if (this.#lostAt !== undefined || this.#state.kind === 'connecting') this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) await this.#list();
        if (this.#stop.signal.aborted) return;
        await this.#watch();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#recover(this.#failureOf(error));
      }
    }
  }

  async #recover(failure: LiveError): Promise<void> {
    if (failure.kind === 'gone') {
      this.#resourceVersion = undefined;
      // Once at once; a server that says so again and again is not hurried.
      if (this.#failures++ > 0) await this.#pause(this.#backOff(failure));
      return;
    }
    if (this.#refused(failure)) {
      this.#resourceVersion = undefined;
      this.#settle();
      await this.#pause(this.#times.retryRefused);
      return;
    }
    // Whatever the server did not like about the watch, or breaks it before its first event, a list gets past.
    if (failure.kind === 'server' || this.#fruitless >= 3) this.#resourceVersion = undefined;
    this.#lost(failure.message, failure.kind);
    this.#failures++;
    await this.#pause(this.#backOff(failure));
  }

  /** Takes note of a kind that may not be read or is not there; false for any other failure. */
  #refused(failure: LiveError): boolean {
    if (failure.kind === 'absent') {
      const next = this.kind.versions[this.kind.versions.indexOf(this.#version) + 1];
      this.#version = next ?? this.kind.versions[0]!;
      this.#replaceAll(new Map());
      this.#setState({ kind: 'absent' });
      return true;
    }
    if (failure.kind !== 'forbidden') return false;
    // What was known when it was permitted is no longer the cluster's state.
    this.#replaceAll(new Map());
    this.#setState({ kind: 'forbidden', message: failure.message });
    return true;
  }

  /** Reads all pages, in each of the versions until one is served, and takes what differs. */
  async #list(): Promise<void> {
    for (;;) {
      try {
        await this.#listPages();
        this.#failures = 0;
        this.#fruitless = 0;
        this.#found();
        this.#settle();
        return;
      } catch (error) {
        const next = this.kind.versions[this.kind.versions.indexOf(this.#version) + 1];
        if (!(error instanceof LiveError) || error.kind !== 'absent' || next === undefined) throw error;
        this.#version = next;
      }
    }
  }

  async #listPages(): Promise<void> {
    for (let restarts = 0; ; restarts++) {
      const all = new Map<ObjectKey, KubernetesObject>();
      let continued: string | undefined;
      let resourceVersion: string | undefined;
      try {
        do {
          // The last try reads all in one answer, whose version cannot grow too old on the way.
          const page = await this.#get({ limit: restarts < 2 ? (this.#options.pageSize ?? 500) : undefined, continue: continued }); // prettier-ignore
          for (const item of page.items) {
            const object = this.#objectOf(item);
            if (object) all.set(object.key, object);
          }
          // All pages are of the first one's version.
          resourceVersion ??= page.resourceVersion;
          continued = page.continued;
        } while (continued !== undefined);
      } catch (error) {
        if (error instanceof LiveError && error.kind === 'gone' && restarts < 3) continue;
        throw error;
      }
      this.#replaceAll(all);
      this.#resourceVersion = resourceVersion;
      return;
    }
  }

  async #get(query: Query) {
    const { connection } = this.#options;
    const path = listPath(this.kind, this.#version, this.namespace);
    const wanted = { ...this.#selector(), ...query };
    const answer = await connection.get(path, { query: wanted, signal: this.#stop.signal, pack: true });
    const metadata = isJsonObject(answer.metadata) ? answer.metadata : {};
    const text = (name: string) => (typeof metadata[name] === 'string' && metadata[name] !== '' ? metadata[name] : undefined); // prettier-ignore
    const items = Array.isArray(answer.items) ? (answer.items as readonly JsonObject[]) : [];
    return { items, resourceVersion: text('resourceVersion'), continued: text('continue') };
  }

  #selector(): Query {
    return this.kind.only ? { fieldSelector: `metadata.name=${this.kind.only.name}` } : {};
  }

  async #watch(): Promise<void> {
    const began = performance.now();
    let events = 0;
    const random = this.#options.random ?? Math.random;
    const grace = setTimeout(() => {
      if (!this.#watchOpen) this.#lost('the API server does not answer', 'network');
    }, this.#times.graceToReopen);
    try {
      await this.#options.connection.lines(
        listPath(this.kind, this.#version, this.namespace),
        {
          query: {
            ...this.#selector(),
            watch: true,
            allowWatchBookmarks: true,
            resourceVersion: this.#resourceVersion,
            timeoutSeconds: Math.round(300 + 300 * random()),
          },
          signal: this.#stop.signal,
          silence: this.#times.silence,
        },
        () => {
          this.#watchOpen = true;
          this.#found();
        },
        (line) => {
          this.#take(JSON.parse(line));
          events++;
        },
      );
    } catch (error) {
      // Where nothing happens and no bookmarks come, silence means nothing: whether the server lives, others ask.
      const isSilence = this.#watchOpen && error instanceof LiveError && error.kind === 'timeout';
      if (events > 0) this.#fruitless = 0;
      else if (this.#watchOpen && !isSilence) this.#fruitless++;
      if (!isSilence) throw error;
    } finally {
      clearTimeout(grace);
      this.#watchOpen = false;
    }
    // The server closes watches now and then; one that ends at once is not opened again at once.
    if (performance.now() - began > 1000 || events > 0) this.#failures = 0;
    else await this.#pause(this.#backOff(undefined, this.#failures++));
  }

  #take(event: unknown): void {
    if (!isJsonObject(event) || !isJsonObject(event.object)) throw new LiveError('server', 'a watch sent no event');
    const { type, object: sent } = event;
    if (type === 'ERROR') throw errorOf(sent);
    const version = isJsonObject(sent.metadata) ? sent.metadata.resourceVersion : undefined;
    if (type === 'BOOKMARK') {
      if (typeof version === 'string') this.#resourceVersion = version;
      return;
    }
    const object = this.#objectOf(sent);
    if (!object) throw new LiveError('server', 'a watch sent an object without a name');
    const before = this.#known.get(object.key);
    if (type === 'DELETED') {
      this.#known.delete(object.key);
      if (before) this.#options.onChange([before], []);
    } else if (!before || resourceVersionOf(before) !== resourceVersionOf(object)) {
      this.#known.set(object.key, object);
      this.#options.onChange(before ? [before] : [], [object]);
    }
    if (typeof version === 'string') this.#resourceVersion = version;
  }

  #replaceAll(all: ReadonlyMap<ObjectKey, KubernetesObject>): void {
    const removed: KubernetesObject[] = [];
    const added: KubernetesObject[] = [];
    for (const [key, before] of this.#known) {
      const after = all.get(key);
      if (after && resourceVersionOf(after) === resourceVersionOf(before)) continue;
      removed.push(before);
      this.#known.delete(key);
    }
    for (const [key, after] of all) {
      if (this.#known.has(key)) continue;
      added.push(after);
      this.#known.set(key, after);
    }
    if (removed.length > 0 || added.length > 0) this.#options.onChange(removed, added);
  }

  #objectOf(value: JsonObject): KubernetesObject | undefined {
    return observedObject(this.kind, this.#version, this.#options.context, value);
  }

  #failureOf(error: unknown): LiveError {
    return error instanceof LiveError ? error : new LiveError('server', 'the answer could not be understood');
  }

  #found(): void {
    this.#lostAt = undefined;
    if (this.#resourceVersion !== undefined) this.#setState({ kind: 'synced' });
  }

  #lost(message: string, why: LiveError['kind']): void {
    if (this.#stop.signal.aborted) return;
    const { kind } = this.#state;
    if (kind === 'connecting' || kind === 'forbidden' || kind === 'absent') {
      this.#setState({ kind: 'connecting', message });
      return;
    }
    const lost = (this.#lostAt ??= { wall: Date.now(), clock: performance.now() });
    // By a clock that nobody sets.
    const isLong = performance.now() - lost.clock > this.#times.staleAfter;
    const hopeless = why === 'credentials' || why === 'configuration';
    this.#setState({ kind: isLong || hopeless ? 'stale' : 'reconnecting', since: lost.wall, message });
  }

  #setState(state: ReflectorState): void {
    if (this.#state.kind === 'stopped' || JSON.stringify(this.#state) === JSON.stringify(state)) return;
    this.#state = state;
    this.#options.onState();
  }

  #backOff(failure: LiveError | undefined, failures = this.#failures): number {
    const { firstWait, longestWait } = this.#times;
    const usual = Math.min(longestWait, firstWait * 2 ** Math.min(failures, 10));
    const asked = (failure?.retryAfter ?? 0) * 1000;
    const random = this.#options.random ?? Math.random;
    return Math.max(asked, usual * (0.5 + random()));
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#wake = done;
      if (this.#stop.signal.aborted) done();
    });
  }
}

/** The Status of an ERROR event. */
function errorOf(status: JsonObject): LiveError {
  const code = typeof status.code === 'number' ? status.code : 500;
  const gone = code === 410 || status.reason === 'Expired' || status.reason === 'Gone';
  const message = typeof status.message === 'string' ? status.message : 'the watch ended with an error';
  return new LiveError(gone ? 'gone' : 'server', message, { status: code });
}
