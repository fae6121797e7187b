/** Engines in a worker of a browser: their files are fetched from where the extension's lie. */

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

/** An engine whose files are below `base`, the URL of the folder with the bundles, with a slash at its end. */
export function webEngine(base: string, limits: Partial<RenderLimits> = {}): RenderEngine {
  return new RenderEngine(new WebWorkers(base), limits);
}

class WebWorkers implements WorkerHost {
  readonly #base: string;
  #script: string | undefined;

  constructor(base: string) {
    this.#base = base;
  }

  async load(): Promise<EngineProgram | undefined> {
    const wasm = await fetch(new URL('engines/engines.wasm', this.#base)).catch(() => undefined);
    if (!wasm?.ok) return undefined;
    const [bytes, glue] = await Promise.all([wasm.arrayBuffer(), this.#text('engines/wasm_exec.js')]);
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

  async #text(path: string): Promise<string> {
    const response = await fetch(new URL(path, this.#base));
    if (!response.ok) throw new Error(`${path} cannot be read: ${response.status}`);
    return response.text();
  }
}
