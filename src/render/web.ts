/** Engines in a worker of a browser: their files are read from where the extension's lie. */

import { RenderEngine, type RenderLimits } from './engine';
import type { EngineProgram, WorkerEvents, WorkerHandle, WorkerHost, WorkerMessage } from './messages';

/** What is used of a browser: its types are none of this room's. */
interface WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
  terminate(): void;
}
declare const Worker: new (url: string, options: { readonly name: string }) => WebWorker;

/** The files of the engines, among the bundles. */
export type EngineFile = 'engines/engines.wasm' | 'engines/wasm_exec.js' | 'render-worker-web.js';

/** Undefined for what is not there. */
export type EngineReader = (file: EngineFile) => Promise<Uint8Array<ArrayBuffer> | undefined>;

export function webEngine(read: EngineReader, limits: Partial<RenderLimits> = {}): RenderEngine {
  return new RenderEngine(new WebWorkers(read), limits);
}

/** Fetches from below `base`, the URL of the folder with the bundles, with a slash at its end. */
export function fetching(base: string): EngineReader {
  return async (file) => {
    if (!/^https?:/.test(base)) return undefined;
    const response = await fetch(new URL(file, base)).catch(() => undefined);
    return response?.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  };
}

class WebWorkers implements WorkerHost {
  readonly #read: EngineReader;
  #script: string | undefined;

  constructor(read: EngineReader) {
    this.#read = read;
  }

  async load(): Promise<EngineProgram | undefined> {
    const bytes = await this.#read('engines/engines.wasm');
    if (!bytes) return undefined;
    const glue = await this.#text('engines/wasm_exec.js');
    return { module: await WebAssembly.compile(bytes), glue };
  }

  async start(program: EngineProgram, events: WorkerEvents): Promise<WorkerHandle> {
    this.#script ??= await this.#text('render-worker-web.js');
    // A worker may be made of a script of its own origin alone; the extension's files may lie on any other.
    const url = URL.createObjectURL(new Blob([this.#script], { type: 'text/javascript' }));
    const worker = new Worker(url, { name: 'engines' });
    worker.onmessage = ({ data }) => {
      events.message(data as WorkerMessage);
    };
    worker.onerror = ({ message }) => {
      events.failed(message ?? '');
    };
    worker.postMessage(program);
    return {
      post(message) {
        worker.postMessage(message, [message.contents.buffer]);
      },
      terminate() {
        worker.terminate();
        URL.revokeObjectURL(url);
      },
    };
  }

  async #text(file: EngineFile): Promise<string> {
    const bytes = await this.#read(file);
    if (!bytes) throw new Error(`${file} cannot be read`);
    return new TextDecoder().decode(bytes);
  }
}
