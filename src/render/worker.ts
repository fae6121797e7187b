/** The bundle of the worker in Node: a thread of its own, given the compiled program when it starts. */

import { parentPort, workerData } from 'node:worker_threads';
import type { CallMessage, EngineProgram, WorkerMessage } from './messages';
import { runProgram } from './program';

const port = parentPort;
if (port) {
  const post = (message: WorkerMessage) => {
    port.postMessage(message);
  };
  runProgram(workerData as EngineProgram, post).then(
    (answer) => {
      port.on('message', (call: CallMessage) => {
        answer(call);
      });
    },
    (error: unknown) => {
      post({ kind: 'ended', words: String(error) });
    },
  );
}
