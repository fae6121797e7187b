/** What the engine's host and its worker say to each other; the same in Node and in browsers. */

import type { RenderRequest } from '#manifest/render-types';

/** How much of an answer is wanted. */
export interface RenderWishes {
  /** Whether to find where each field came from, which takes several renders. */
  readonly origins?: boolean;
  /** Whether the data of Secrets stays in the text; for comparing it with the real tools alone. */
  readonly keepSecrets?: boolean;
}

/** The head of a call, as JSON: the contents of the files follow it as bytes, one after the other. */
export interface CallHead {
  readonly request: RenderRequest;
  readonly options: RenderWishes;
  readonly files: readonly { readonly path: string; readonly length: number }[];
}

/** The compiled program and Go's own file between it and JavaScript: given to a worker when it starts. */
export interface EngineProgram {
  readonly module: WebAssembly.Module;
  readonly glue: string;
}

export interface CallMessage {
  readonly id: number;
  readonly head: string;
  readonly contents: Uint8Array;
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  /** What is rendered, before where it came from is looked for: the answer, should that be stopped. */
  | { readonly kind: 'announced'; readonly id: number; readonly head: string; readonly text: string }
  | { readonly kind: 'answer'; readonly id: number; readonly head: string; readonly text: string }
  /** Nobody has called it for long: it keeps the memory that its largest render took, and may be ended. */
  | { readonly kind: 'rests' }
  /** The program has ended; `words` is what it said last. */
  | { readonly kind: 'ended'; readonly words: string };

/** A worker as its host sees it, whatever it runs on. */
export interface WorkerHandle {
  post(message: CallMessage): void;
  /** Ends it at once, whatever it is doing. */
  terminate(): void;
}

/** What a worker tells its host. */
export interface WorkerEvents {
  message(message: WorkerMessage): void;
  /** It has ended without having been told to. */
  failed(words: string): void;
}

/** Where workers come from: Node's threads or a browser's. */
export interface WorkerHost {
  /** The compiled program; undefined where it was not built. */
  load(): Promise<EngineProgram | undefined>;
  start(program: EngineProgram, events: WorkerEvents): WorkerHandle | Promise<WorkerHandle>;
}
