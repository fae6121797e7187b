/** Engines in a thread of Node: their files lie beside the bundle. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RenderEngine, type RenderLimits } from './engine';
import type { EngineProgram, WorkerEvents, WorkerHandle, WorkerHost, WorkerMessage } from './messages';

/** An engine whose files are in `folder`, the one with the bundles: render-worker.js and engines/. */
export function nodeEngine(folder: string, limits: Partial<RenderLimits> = {}): RenderEngine {
  return new RenderEngine(new Threads(folder), limits);
}

class Threads implements WorkerHost {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(): Promise<EngineProgram | undefined> {
    const file = join(this.#folder, 'engines/engines.wasm');
    if (!existsSync(file)) return undefined;
    const [bytes, glue] = await Promise.all([
      readFile(file),
      readFile(join(this.#folder, 'engines/wasm_exec.js'), 'utf8'),
    ]);
    return { module: await WebAssembly.compile(bytes), glue };
  }

  start(program: EngineProgram, events: WorkerEvents): WorkerHandle {
    const worker = new Worker(join(this.#folder, 'render-worker.js'), {
      name: 'engines',
      workerData: program,
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    worker.on('message', (message: WorkerMessage) => {
      events.message(message);
    });
    worker.on('error', (error) => {
      events.failed(error.message);
    });
    worker.on('exit', () => {
      events.failed('');
    });
    // It must not keep a process alive that has nothing else to do; the time limit of a render that is awaited does. Listening
    // makes it count again, and so does its coming up.
    worker.unref();
    worker.on('online', () => {
      worker.unref();
    });
    return {
      post(message) {
        worker.postMessage(message, [message.contents.buffer as ArrayBuffer]);
      },
      terminate() {
        void worker.terminate();
      },
    };
  }
}
