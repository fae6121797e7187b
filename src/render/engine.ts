/** The engines' host: one render at a time in a worker that stays warm, bounded in time, memory and size. */

import type { RenderFiles, RenderRequest, RenderResult, RenderStopped } from '#manifest/render-types';
import type { CallHead, EngineProgram, RenderWishes, WorkerHandle, WorkerHost, WorkerMessage } from './messages';

export interface RenderLimits {
  /** Milliseconds that one render may take, the start of the engines beside it; it may take longer for large files. */
  readonly time: number;
  /** Bytes of all files that a render is given. */
  readonly input: number;
}

/** Milliseconds more for each byte of the files: 5 s for a MiB. */
const timePerByte = 5000 / 2 ** 20;
const usualLimits: RenderLimits = { time: 20_000, input: 64 * 2 ** 20 };
/** Starting compiles 30 MB of program, on a busy machine too. */
const longestStart = 60_000;

export interface RenderInput {
  readonly request: RenderRequest;
  readonly files: RenderFiles;
}

export interface RenderOptions extends RenderWishes {
  readonly signal?: AbortSignal;
}

interface Job {
  readonly input: RenderInput;
  readonly options: RenderOptions;
  readonly resolve: (result: RenderResult) => void;
}

/** Renders kustomizations and charts; its worker is started when the first one is asked for. */
export class RenderEngine {
  readonly #host: WorkerHost;
  readonly #limits: RenderLimits;
  readonly #waiting: Job[] = [];
  #program: Promise<EngineProgram | undefined> | undefined;
  #worker: Promise<RunningWorker> | undefined;
  #busy = false;
  #disposed = false;
  #calls = 0;

  constructor(host: WorkerHost, limits: Partial<RenderLimits>) {
    this.#host = host;
    this.#limits = { ...usualLimits, ...limits };
  }

  /**
   * Renders after those that were asked for before. Never rejects: what stopped it is a result; where only the search for
   * origins was stopped, that is the render without them. `read` of the result names
   * every file that counted, there or missing; a chart counts all that is below its folder.
   */
  render(input: RenderInput, options: RenderOptions = {}): Promise<RenderResult> {
    if (options.signal?.aborted || this.#disposed) return Promise.resolve(cancelled);
    const bytes = sizeOf(input.files);
    if (bytes > this.#limits.input) return Promise.resolve(tooLarge(input, bytes, this.#limits.input));
    return new Promise((resolve) => {
      const job = { input, options, resolve };
      this.#waiting.push(job);
      options.signal?.addEventListener('abort', () => this.#drop(job), { once: true });
      void this.#work();
    });
  }

  /** Starts the engines before somebody waits for them; false where they were not built. */
  async warm(): Promise<boolean> {
    const program = await this.#load();
    if (program && !this.#disposed) await this.#running(program).catch(() => undefined);
    return program !== undefined;
  }

  /** Ends the worker; what is still asked for ends as cancelled. */
  dispose(): void {
    this.#disposed = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(cancelled);
    this.#stop();
  }

  #drop(job: Job): void {
    const index = this.#waiting.indexOf(job);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    job.resolve(cancelled);
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      job.resolve(await this.#answer(job).catch((error: unknown) => crashed(String(error))));
    }
    this.#busy = false;
  }

  async #answer({ input, options }: Job): Promise<RenderResult> {
    const program = await this.#load();
    if (!program) return missing;
    const worker = await this.#running(program);
    if (options.signal?.aborted) return cancelled;
    const time = this.#limits.time + Math.round((sizeOf(input.files) * timePerByte) / 1000) * 1000;
    const { result, isSpent } = await worker.call(++this.#calls, input, options, time);
    if (isSpent) this.#stop();
    return result;
  }

  #load(): Promise<EngineProgram | undefined> {
    this.#program ??= this.#host.load();
    return this.#program;
  }

  #running(program: EngineProgram): Promise<RunningWorker> {
    if (!this.#worker) {
      const starting = RunningWorker.start(this.#host, program, () => {
        if (this.#worker === starting) this.#stop();
      });
      this.#worker = starting;
      starting.catch(() => {
        if (this.#worker === starting) this.#worker = undefined;
      });
    }
    return this.#worker;
  }

  #stop(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.then(
      (running) => {
        running.terminate();
      },
      () => undefined,
    );
  }
}

interface Answer {
  readonly result: RenderResult;
  readonly isSpent: boolean;
}

/** A worker that has started: it answers one call at a time until it is ended. */
class RunningWorker {
  #handle: WorkerHandle | undefined;
  #hear: (message: WorkerMessage) => void = () => undefined;
  /** Hears what it says without having been called: that it rests or is no more. */
  readonly #gone: () => void;

  private constructor(gone: () => void) {
    this.#gone = gone;
  }

  static async start(host: WorkerHost, program: EngineProgram, gone: () => void): Promise<RunningWorker> {
    const worker = new RunningWorker(gone);
    const timer = new Timer();
    try {
      await new Promise<void>((resolve, reject) => {
        timer.start(longestStart, () => {
          reject(new Error(`the engines did not start within ${longestStart / 1000} s`));
        });
        worker.#hear = (message) => {
          if (message.kind === 'ready') resolve();
          else if (message.kind === 'ended') reject(new Error(message.words || 'the engines did not start'));
        };
        const events = {
          message: (message: WorkerMessage) => {
            worker.#hear(message);
          },
          failed: (words: string) => {
            worker.#hear({ kind: 'ended', words });
          },
        };
        Promise.resolve(host.start(program, events)).then((handle) => {
          worker.#handle = handle;
        }, reject);
      });
    } catch (error) {
      worker.terminate();
      throw error;
    } finally {
      timer.stop();
    }
    worker.#hear = gone;
    return worker;
  }

  /** A worker whose call did not come to its end is spent. What it had rendered by then is its answer. */
  call(id: number, { request, files }: RenderInput, options: RenderOptions, time: number): Promise<Answer> {
    const timer = new Timer();
    const { signal, ...wishes } = options;
    let announced: RenderResult | undefined;
    return new Promise<Answer>((resolve) => {
      timer.start(time, () => {
        resolve({ result: announced ?? tooSlow(request, time), isSpent: true });
      });
      signal?.addEventListener(
        'abort',
        () => {
          resolve({ result: cancelled, isSpent: true });
        },
        { once: true },
      );
      this.#hear = (message) => {
        if (message.kind === 'ended') resolve({ result: announced ?? ended(request, message.words), isSpent: true });
        else if (!('id' in message) || message.id !== id) return;
        else if (message.kind === 'announced') announced = resultOf(message.head, message.text);
        else resolve({ result: resultOf(message.head, message.text), isSpent: false });
      };
      this.#handle?.post({ id, ...pack(request, files, wishes) });
    }).finally(() => {
      timer.stop();
      this.#hear = this.#gone;
    });
  }

  terminate(): void {
    this.#handle?.terminate();
  }
}

/** A time limit that can be taken back; a process waits for it, as it does for what is limited. */
class Timer {
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(milliseconds: number, act: () => void): void {
    this.#timer = setTimeout(act, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Files as one row of bytes, with their paths and lengths in the head. */
function pack(request: RenderRequest, files: RenderFiles, options: RenderWishes) {
  const encoder = new TextEncoder();
  const parts = [...files].map(([path, content]) => ({
    path,
    bytes: typeof content === 'string' ? encoder.encode(content) : content,
  }));
  const contents = new Uint8Array(parts.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let offset = 0;
  for (const { bytes } of parts) {
    contents.set(bytes, offset);
    offset += bytes.length;
  }
  const head: CallHead = { request, options, files: parts.map(({ path, bytes }) => ({ path, length: bytes.length })) };
  return { head: JSON.stringify(head), contents };
}

/** The program's answer: it writes the very shapes of the contract. */
function resultOf(head: string, text: string): RenderResult {
  const result = JSON.parse(head) as RenderResult;
  return result.kind === 'rendered' ? { ...result, text } : result;
}

function sizeOf(files: RenderFiles): number {
  let bytes = 0;
  for (const content of files.values()) bytes += content.length;
  return bytes;
}

const cancelled: RenderStopped = { kind: 'stopped', reason: 'cancelled', message: 'Cancelled.' };
const missing: RenderStopped = {
  kind: 'stopped',
  reason: 'missing',
  message:
    'Kustomize and Helm are not part of this copy, since it was built on a machine without Go: what they would render is read as it stands.',
};

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** The largest file is mostly the one that nobody meant to render. */
function tooLarge({ files }: RenderInput, bytes: number, limit: number): RenderStopped {
  const [largest] = [...files].sort(([, a], [, b]) => b.length - a.length);
  const message = `Its files have ${mebibytes(bytes)}, more than the ${mebibytes(limit)} that a render may read. The largest is ${largest?.[0]}: move it out of there.`;
  return { kind: 'stopped', reason: 'size', message };
}

function tooSlow({ kind }: RenderRequest, time: number): RenderStopped {
  const cause =
    kind === 'helm' ? 'A template that loops over very much does that: look at its range and include. ' : '';
  const message = `Stopped after ${time / 1000} s without a result. ${cause}${again}`;
  return { kind: 'stopped', reason: 'time', message };
}

function ended({ kind }: RenderRequest, words: string): RenderStopped {
  if (/out of memory|cannot allocate|memory limit|allocation failed/i.test(words)) {
    const cause =
      kind === 'helm'
        ? 'A template that repeats itself or a very large value does that.'
        : 'Very large resources or generated files do that.';
    return {
      kind: 'stopped',
      reason: 'memory',
      message: `Stopped: it needed more than 1 GiB of memory. ${cause} ${again}`,
    };
  }
  return crashed(words);
}

const again = 'It is tried again when one of its files changes.';

function crashed(words: string): RenderStopped {
  const first = words.trim().split('\n')[0]?.slice(0, 300);
  return { kind: 'stopped', reason: 'crashed', message: `The engine ended unexpectedly${first ? `: ${first}` : ''}.` };
}
