/**
 * Renders what a workspace asks for, one plan after the other, beside everything else: an edit renders again what read
 * the edited file; what comes too late is dropped, and what was rendered from the same contents before is at hand.
 */

import { isEqual } from '#base/equal';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderFiles, RenderRequest, RenderResult } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import type { SourceFiles } from './source-files';

/** Whoever renders: an engine in a worker. Never rejects. */
export interface Renderer {
  render(
    input: { readonly request: RenderRequest; readonly files: RenderFiles },
    options: { readonly origins: boolean; readonly signal: AbortSignal },
  ): Promise<RenderResult>;
}

/** The workspace, as far as renders go. */
export interface Planned {
  plans(): readonly WorkspacePlan[];
  file(path: string): ManifestFile | undefined;
  rendered(plan: string): RenderResult | undefined;
}

export interface RenderEvents {
  /** There is a result for a plan: to be given to the workspace. */
  rendered(plan: string, result: RenderResult): void;
  /** How many are done of those that were asked for since there was nothing to do; then `idle`. */
  progress?(done: number, all: number, name: string): void;
  idle?(): void;
}

/** What a plan was rendered from, and what came of it. */
interface Past {
  readonly request: RenderRequest;
  readonly files: RenderFiles;
  readonly result: RenderResult;
}

interface Known {
  readonly plan: WorkspacePlan;
  /** What the last result stands for; undefined before the first one. */
  readonly current: Past | undefined;
  /** The last ones, the newest first: for who goes back and forth. */
  readonly past: readonly Past[];
}

interface Running {
  readonly id: string;
  readonly began: number;
  readonly abort: AbortController;
  /** What the engine was given; undefined while that is gathered. */
  given: { readonly request: RenderRequest; readonly files: RenderFiles } | undefined;
}

const mostPast = 4;
/** To end a render ends its worker, and a new one takes longer than most renders: what is late is first waited for. */
const patience = 2000;

export class RenderWork {
  readonly #renderer: Renderer;
  readonly #sources: SourceFiles;
  readonly #events: RenderEvents;
  readonly #known = new Map<string, Known>();
  readonly #waiting = new Set<string>();
  #workspace: Planned | undefined;
  #running: Running | undefined;
  #impatience: ReturnType<typeof setTimeout> | undefined;
  /** Since there was nothing to do. */
  #done = 0;
  #idle: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** Whether the engines are not there: nothing is asked of them any more. */
  #isMissing = false;

  constructor(renderer: Renderer, sources: SourceFiles, events: RenderEvents) {
    this.#renderer = renderer;
    this.#sources = sources;
    this.#events = events;
  }

  /** Begins what the workspace, as it is now, has no render of. `first` are files whose plans come first. */
  follow(workspace: Planned, first: readonly string[] = []): void {
    this.#workspace = workspace;
    if (this.#isMissing) return;
    const plans = workspace.plans();
    this.#forgetOthers(plans);
    const asked = plans.filter((plan) => !this.#isCurrent(plan) && !this.#isUnderWay(plan));
    const urgent = new Set(first);
    for (const each of [true, false])
      for (const plan of asked)
        if (plan.reads.some((path) => urgent.has(path)) === each) {
          this.#waiting.delete(plan.id);
          this.#waiting.add(plan.id);
        }
    for (const plan of plans) if (!asked.includes(plan)) this.#waiting.delete(plan.id);
    if (asked.some(({ id }) => id === this.#running?.id)) this.#hurry();
    void this.#work();
  }

  /** Files changed that are no text of the workspace. */
  sourcesChanged(paths: readonly string[]): void {
    for (const path of paths) this.#sources.forget(path);
  }

  /** Ends what runs and what waits; it is asked for again after an edit of a file that it reads. */
  cancel(): void {
    const workspace = this.#workspace;
    const result: RenderResult = { kind: 'stopped', reason: 'cancelled', message: 'Cancelled.' };
    for (const id of [...this.#waiting, ...(this.#running ? [this.#running.id] : [])]) {
      const plan = workspace?.plans().find((each) => each.id === id);
      if (plan) this.#keep(plan, { request: plan.request, files: this.#snapshot(plan), result });
    }
    this.#waiting.clear();
    this.#running?.abort.abort();
  }

  /** What a plan would come to if these files had other texts, or were not there; nothing that is kept changes. */
  async renderWith(
    plan: WorkspacePlan,
    texts: ReadonlyMap<string, string | undefined>,
  ): Promise<RenderResult | undefined> {
    const workspace = this.#workspace;
    if (!workspace || this.#isMissing) return undefined;
    const files = await this.#sources.gather(plan, (path) => workspace.file(path), texts);
    const past = this.#known.get(plan.id)?.past.find((each) => isEqual(each.request, plan.request) && isOfFiles(each, files)); // prettier-ignore
    if (past) return past.result;
    const { signal } = new AbortController();
    const result = await this.#renderer.render({ request: plan.request, files }, { origins: true, signal });
    if (this.#known.has(plan.id)) this.#remember(plan, { request: plan.request, files, result });
    return result;
  }

  /** When there is nothing more to render. */
  whenIdle(): Promise<void> {
    if (!this.#running && this.#waiting.size === 0) return Promise.resolve();
    if (!this.#idle) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#idle = { promise, resolve };
    }
    return this.#idle.promise;
  }

  get isMissing(): boolean {
    return this.#isMissing;
  }

  dispose(): void {
    clearTimeout(this.#impatience);
    this.#waiting.clear();
    this.#running?.abort.abort();
  }

  #forgetOthers(plans: readonly WorkspacePlan[]): void {
    const ids = new Set(plans.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const id of this.#waiting) if (!ids.has(id)) this.#waiting.delete(id);
  }

  /** Whether the workspace has what the plan comes to; gives it what is known already. */
  #isCurrent(plan: WorkspacePlan): boolean {
    const known = this.#known.get(plan.id);
    const { current } = known ?? {};
    if (!known || !current || !this.#isSame(plan, current)) return false;
    if (known.plan !== plan) this.#known.set(plan.id, { ...known, plan });
    if (this.#workspace?.rendered(plan.id) !== current.result) this.#events.rendered(plan.id, current.result);
    return true;
  }

  /** Whether what runs is this, from the contents that there are now. */
  #isUnderWay(plan: WorkspacePlan): boolean {
    if (this.#running?.id !== plan.id) return false;
    const { given } = this.#running;
    if (!given) return true; // What changes while it is gathered is found at its end.
    if (!isEqual(plan.request, given.request)) return false;
    return [...new Set([...plan.reads, ...given.files.keys()])].every((path) =>
      isSameContent(this.#contentOf(path), given.files.get(path)),
    );
  }

  /** Whether an engine would be given the same, as far as it looks at it. */
  #isSame(plan: WorkspacePlan, { request, files, result }: Past): boolean {
    if (plan.request !== request && !isEqual(plan.request, request)) return false;
    if (request.kind === 'helm' && !this.#sources.isListed(request.folder)) return false;
    const read = result.kind === 'stopped' ? files.keys() : new Set([...result.read, ...plan.reads]);
    for (const path of read) if (!isSameContent(this.#contentOf(path), files.get(path))) return false;
    return true;
  }

  #contentOf(path: string): string | Uint8Array | undefined {
    const file = this.#workspace?.file(path);
    return file && file.documents.length > 0 ? file.text : this.#sources.known(path);
  }

  #snapshot(plan: WorkspacePlan): RenderFiles {
    const files = new Map<string, string | Uint8Array>();
    for (const path of plan.reads) {
      const content = this.#contentOf(path);
      if (content !== undefined) files.set(path, content);
    }
    return files;
  }

  /** Ends a render whose result nobody waits for, once it takes longer than another worker. */
  #hurry(): void {
    const running = this.#running;
    if (!running) return;
    clearTimeout(this.#impatience);
    const left = Math.max(0, running.began + patience - performance.now());
    this.#impatience = setTimeout(() => {
      if (this.#running === running && this.#waiting.has(running.id)) running.abort.abort();
    }, left);
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    for (let id = this.#next(); id !== undefined; id = this.#next()) {
      const plan = this.#workspace?.plans().find((each) => each.id === id);
      if (!plan || this.#isMissing) continue;
      const running = { id, began: performance.now(), abort: new AbortController(), given: undefined };
      this.#running = running;
      this.#events.progress?.(this.#done, this.#done + this.#waiting.size + 1, plan.name);
      await this.#render(plan, running);
      this.#running = undefined;
      this.#done++;
    }
    this.#done = 0;
    this.#idle?.resolve();
    this.#idle = undefined;
    this.#events.idle?.();
  }

  #next(): string | undefined {
    for (const id of this.#waiting) {
      this.#waiting.delete(id);
      return id;
    }
    return undefined;
  }

  async #render(plan: WorkspacePlan, running: Running): Promise<void> {
    const { signal } = running.abort;
    const workspace = this.#workspace;
    const files = await this.#sources.gather(plan, (path) => workspace?.file(path));
    running.given = { request: plan.request, files };
    const before = this.#known.get(plan.id)?.past.find((past) => isEqual(past.request, plan.request) && isOfFiles(past, files)); // prettier-ignore
    const result = before?.result ?? (await this.#renderer.render({ request: plan.request, files }, { origins: true, signal })); // prettier-ignore
    const now = this.#workspace?.plans().find(({ id }) => id === plan.id);
    if (!now || signal.aborted) return;
    if (result.kind === 'stopped' && result.reason === 'missing') this.#isMissing = true;
    const past = { request: plan.request, files, result };
    if (!this.#isSame(now, past)) {
      // It is late: what it was made of is no more.
      this.#remember(now, past);
      this.#waiting.add(now.id);
      return;
    }
    this.#keep(now, past);
    this.#events.rendered(plan.id, result);
  }

  #keep(plan: WorkspacePlan, current: Past): void {
    this.#remember(plan, current);
    this.#known.set(plan.id, { ...this.#known.get(plan.id)!, plan, current });
  }

  #remember(plan: WorkspacePlan, past: Past): void {
    const known = this.#known.get(plan.id) ?? { plan, current: undefined, past: [] };
    // What was stopped may go better the next time.
    if (past.result.kind === 'stopped') this.#known.set(plan.id, known);
    else this.#known.set(plan.id, { ...known, past: [past, ...known.past.filter((each) => each.result !== past.result)].slice(0, mostPast) }); // prettier-ignore
  }
}

/** Whether the files that a result rests on have the same contents among these. */
function isOfFiles({ result, files: before }: Past, files: RenderFiles): boolean {
  if (result.kind === 'stopped' || files.size !== before.size) return false;
  return result.read.every((path) => isSameContent(files.get(path), before.get(path)));
}

function isSameContent(a: string | Uint8Array | undefined, b: string | Uint8Array | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
