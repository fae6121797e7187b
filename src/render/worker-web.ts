/** The bundle of the worker in a browser: its first message is the compiled program. */

import type { CallMessage, EngineProgram, WorkerMessage } from './messages';
import { runProgram } from './program';

/** The worker's own end of its channel. */
declare const self: {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: WorkerMessage): void;
};

const post = self.postMessage.bind(self);

self.onmessage = ({ data }) => {
  self.onmessage = null;
  runProgram(data as EngineProgram, post).then(
    (answer) => {
      self.onmessage = (event) => {
        answer(event.data as CallMessage);
      };
    },
    (error: unknown) => {
      post({ kind: 'ended', words: String(error) });
    },
  );
};
