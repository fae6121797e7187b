/**
 * Renders what a workspace asks for, one plan after the other, beside everything else: an edit renders again what read
 * the edited file; what comes too late is dropped, and what was rendered from the same contents before is at hand. Where
 * the fields came from is looked for later, as that takes several times as long.
 */

import { isEqual } from '#base/equal';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderFiles, RenderRequest, RenderResult } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import { hasText, type SourceFiles } from './source-files';

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
  /** Whether there is something to say about what the plan came to last: that needs its origins. */
  saysSomething(plan: string): boolean;
}

export interface RenderEvents {
  /** There is a result for a plan: to be given to the workspace. */
  rendered(plan: string, result: RenderResult): void;
  /** How many are done of those that were asked for since there was nothing to do; then `idle`. Origins do not count. */
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
  /** Whether the render is there already, and only its origins are looked for. */
  readonly isTrace: boolean;
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
  /** Plans whose origins are to be looked for when nothing waits to be rendered. */
  #tracing: readonly string[] = [];
  /** Plans that somebody looks at. */
  #urgent: ReadonlySet<string> = new Set();
  #workspace: Planned | undefined;
  #running: Running | undefined;
  #impatience: ReturnType<typeof setTimeout> | undefined;
  /** Since there was nothing to do. */
  #done = 0;
  #idle: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  /** Whether the engines are not there: nothing is asked of them any more. */
  #missing: RenderResult | undefined;

  constructor(renderer: Renderer, sources: SourceFiles, events: RenderEvents) {
    this.#renderer = renderer;
    this.#sources = sources;
    this.#events = events;
  }

  /**
   * Begins what the workspace, as it is now, has no render of, and gives how many these are. `first` are files whose plans
   * come first.
   */
  follow(workspace: Planned, first: readonly string[] = []): number {
    this.#workspace = workspace;
    const plans = workspace.plans();
    if (this.#missing) {
      for (const { id, isAsWritten } of plans)
        if (!isAsWritten && !workspace.rendered(id)) this.#events.rendered(id, this.#missing);
      return 0;
    }
    this.#forgetOthers(plans);
    const asked = plans.filter((plan) => !plan.isAsWritten && !this.#isCurrent(plan) && !this.#isUnderWay(plan));
    const looked = new Set(first);
    this.#urgent = new Set(plans.flatMap(({ id, reads }) => (reads.some((path) => looked.has(path)) ? id : [])));
    for (const each of [true, false])
      for (const { id } of asked)
        if (this.#urgent.has(id) === each) {
          this.#waiting.delete(id);
          this.#waiting.add(id);
        }
    for (const plan of plans) if (!asked.includes(plan)) this.#waiting.delete(plan.id);
    if (asked.some(({ id }) => id === this.#running?.id)) this.#hurry();
    void this.#work();
    return asked.length;
  }

  /** Looks for the origins of these plans' objects, once everything is rendered; no longer for those of others. */
  trace(plans: readonly string[]): void {
    this.#tracing = this.#missing !== undefined ? [] : plans;
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
    const running = this.#running?.isTrace === false ? [this.#running.id] : [];
    for (const id of [...this.#waiting, ...running]) {
      const plan = workspace?.plans().find((each) => each.id === id);
      if (plan) this.#keep(plan, { request: plan.request, files: this.#snapshot(plan), result });
    }
    this.#waiting.clear();
    this.#tracing = [];
    this.#running?.abort.abort();
  }

  /** What a plan would come to if these files had other texts, or were not there; nothing that is kept changes. */
  async renderWith(
    plan: WorkspacePlan,
    texts: ReadonlyMap<string, string | undefined>,
  ): Promise<RenderResult | undefined> {
    const workspace = this.#workspace;
    if (!workspace || this.#missing) return undefined;
    const files = await this.#sources.gather(plan, (path) => workspace.file(path), texts);
    const past = this.#pastOf(plan, files, true);
    if (past) return past.result;
    const { signal } = new AbortController();
    const result = await this.#renderer.render({ request: plan.request, files }, { origins: true, signal });
    if (this.#known.has(plan.id)) this.#remember(plan, { request: plan.request, files, result });
    return result;
  }

  /** When there is nothing more to render. */
  whenIdle(): Promise<void> {
    if (!this.#running && this.#next() === undefined) return Promise.resolve();
    if (!this.#idle) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#idle = { promise, resolve };
    }
    return this.#idle.promise;
  }

  dispose(): void {
    clearTimeout(this.#impatience);
    this.#waiting.clear();
    this.#tracing = [];
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
    return file && hasText(file) ? file.text : this.#sources.known(path);
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
    for (let next = this.#next(); next; next = this.#next()) {
      const { plan, isTrace } = next;
      this.#waiting.delete(plan.id);
      this.#tracing = this.#tracing.filter((id) => id !== plan.id);
      const running = {
        id: plan.id,
        isTrace,
        began: performance.now(),
        abort: new AbortController(),
        given: undefined,
      };
      this.#running = running;
      if (!isTrace) this.#events.progress?.(this.#done, this.#done + this.#waiting.size + 1, plan.name);
      await this.#render(plan, running, isTrace || this.#urgent.has(plan.id) || this.#saysSomething(plan.id));
      this.#running = undefined;
      if (!isTrace) this.#done++;
      if (this.#waiting.size === 0) this.#rest();
    }
    this.#waiting.clear();
    this.#rest();
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** Everything is rendered; origins may be looked for still. */
  #rest(): void {
    if (this.#done === 0) return;
    this.#done = 0;
    this.#events.idle?.();
  }

  #saysSomething(plan: string): boolean {
    return this.#workspace?.saysSomething(plan) === true;
  }

  /** What is to be rendered comes before what is to be traced. */
  #next(): { readonly plan: WorkspacePlan; readonly isTrace: boolean } | undefined {
    if (this.#missing !== undefined || !this.#workspace) return undefined;
    const plans = new Map(this.#workspace.plans().map((plan) => [plan.id, plan]));
    for (const id of this.#waiting) {
      const plan = plans.get(id);
      if (plan) return { plan, isTrace: false };
    }
    for (const id of this.#tracing) {
      const plan = plans.get(id);
      const result = this.#known.get(id)?.current?.result;
      if (plan && result && isUntraced(result) && this.#workspace.rendered(id) === result)
        return { plan, isTrace: true };
    }
    return undefined;
  }

  async #render(plan: WorkspacePlan, running: Running, origins: boolean): Promise<void> {
    const { signal } = running.abort;
    const workspace = this.#workspace;
    const files = await this.#sources.gather(plan, (path) => workspace?.file(path));
    running.given = { request: plan.request, files };
    // What is known is taken first, even where its origins are to be looked for then.
    const known = this.#pastOf(plan, files, true) ?? (running.isTrace ? undefined : this.#pastOf(plan, files, false));
    const result = known?.result ?? (await this.#ask(plan.request, files, origins, signal));
    const now = this.#workspace?.plans().find(({ id }) => id === plan.id);
    if (!now || signal.aborted) return;
    if (result.kind === 'stopped' && result.reason === 'missing') return this.#miss(result);
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

  /** There are no engines: that holds for all plans, from now on. */
  #miss(result: RenderResult): void {
    this.#missing = result;
    for (const { id, isAsWritten } of this.#workspace?.plans() ?? [])
      if (!isAsWritten) this.#events.rendered(id, result);
  }

  async #ask(request: RenderRequest, files: RenderFiles, origins: boolean, signal: AbortSignal): Promise<RenderResult> {
    const result = await this.#renderer.render({ request, files }, { origins, signal });
    return origins || result.kind !== 'rendered' ? result : { ...result, untraced: true };
  }

  /** What is known to come of these files. */
  #pastOf({ id, request }: WorkspacePlan, files: RenderFiles, origins: boolean): Past | undefined {
    const isUsable = ({ result }: Past) => !origins || !isUntraced(result);
    return this.#known.get(id)?.past.find((past) => isUsable(past) && isEqual(past.request, request) && isOfFiles(past, files)); // prettier-ignore
  }

  #keep(plan: WorkspacePlan, current: Past): void {
    this.#remember(plan, current);
    this.#known.set(plan.id, { ...this.#known.get(plan.id)!, plan, current });
  }

  #remember(plan: WorkspacePlan, past: Past): void {
    const known = this.#known.get(plan.id) ?? { plan, current: undefined, past: [] };
    // What was stopped may go better the next time.
    if (past.result.kind === 'stopped') this.#known.set(plan.id, known);
    else this.#known.set(plan.id, { ...known, past: [past, ...known.past.filter((each) => !isAlike(each, past))].slice(0, mostPast) }); // prettier-ignore
  }
}

function isAlike(a: Past, b: Past): boolean {
  return a.result === b.result || (isEqual(a.request, b.request) && isOfFiles(a, b.files));
}

function isUntraced(result: RenderResult): boolean {
  return result.kind === 'rendered' && result.untraced === true;
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
