/** Runs the engines' program inside a worker: what it may reach of the world, and how it is asked. */

import type { CallMessage, EngineProgram, WorkerMessage } from './messages';

/** Go's object between the program and JavaScript. */
interface Go {
  readonly importObject: WebAssembly.Imports;
  env: Readonly<Record<string, string>>;
  exit: (code: number) => void;
  run(instance: WebAssembly.Instance): Promise<void>;
}

interface Engines {
  ready(): void;
  announce(head: string, text: string): void;
  render?: (head: string, contents: Uint8Array) => readonly [head: string, text: string];
}

/** What a program could reach another machine with. */
const waysOut = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'WebTransport', 'importScripts'];
/** The last words of a program that are kept: a failure's first lines tell its cause. */
const longestWords = 4000;
/** Milliseconds without a call after which it says that it rests. */
const untilRest = 120_000;

/** Starts the program and answers calls. `post` reaches the host. */
export async function runProgram(
  { module, glue }: EngineProgram,
  post: (message: WorkerMessage) => void,
): Promise<(call: CallMessage) => void> {
  const world = globalThis as unknown as Record<string, unknown>;
  for (const name of waysOut) Reflect.deleteProperty(world, name);
  let words = '';
  const speak = (bytes: Uint8Array) => {
    if (words.length < longestWords) words += new TextDecoder().decode(bytes);
  };
  world.fs = noFiles(speak);
  // Go's file is a script that leaves its class behind in the global scope.
  new Function(glue)();
  const go = new (world.Go as new () => Go)();
  // Nothing runs beside a render here, and Go leaves collecting garbage to what does: it is done in one go instead.
  go.env = { GODEBUG: 'gcstoptheworld=1' };
  const end = () => {
    post({ kind: 'ended', words });
  };
  go.exit = end;
  let called = 0;
  const engines = await new Promise<Engines>((resolve, reject) => {
    const host: Engines = {
      ready() {
        resolve(host);
      },
      announce(announced, text) {
        post({ kind: 'announced', id: called, head: announced, text });
      },
    };
    world.serviceTopologyEngines = host;
    WebAssembly.instantiate(module, go.importObject).then(async (instance) => {
      await go.run(instance);
      reject(new Error(words || 'the engines ended'));
    }, reject);
  });
  post({ kind: 'ready' });
  let rest: ReturnType<typeof setTimeout> | undefined;
  return ({ id, head, contents }) => {
    words = '';
    called = id;
    clearTimeout(rest);
    try {
      const answer = engines.render?.(head, contents);
      if (answer) post({ kind: 'answer', id, head: answer[0], text: answer[1] });
    } catch (error) {
      words ||= String(error);
      end();
    }
    rest = setTimeout(() => {
      post({ kind: 'rests' });
    }, untilRest);
  };
}

/** The file system that Go's programs expect: there is none, but for what the program says before it ends. */
function noFiles(speak: (bytes: Uint8Array) => void): Record<string, unknown> {
  const refuse = (...parameters: unknown[]) => {
    const callback = parameters.at(-1) as (error: Error) => void;
    callback(Object.assign(new Error('not implemented'), { code: 'ENOSYS' }));
  };
  const calls = [
    ...['chmod', 'chown', 'close', 'fchmod', 'fchown', 'fstat', 'fsync', 'ftruncate', 'lchown', 'link', 'lstat'],
    ...['mkdir', 'open', 'read', 'readdir', 'readlink', 'rename', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink'],
    ...['utimes'],
  ];
  const flags = { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1 };
  return {
    ...Object.fromEntries(calls.map((name) => [name, refuse])),
    constants: flags,
    writeSync(_file: number, bytes: Uint8Array) {
      speak(bytes);
      return bytes.length;
    },
    write(
      _file: number,
      bytes: Uint8Array,
      _offset: number,
      _length: number,
      _position: unknown,
      callback: (error: null, written: number) => void,
    ) {
      speak(bytes);
      callback(null, bytes.length);
    },
  };
}
