/** Tells of work that takes long, in an editor that shows such things, and lets the user end it where that is possible. */

import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver';

/** Milliseconds after which it is worth a word. */
const patience = 1500;

export class Progress {
  readonly #connection: Connection;
  readonly #title: string;
  readonly #cancel: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown: Promise<WorkDoneProgressServerReporter> | undefined;
  #words = { percent: 0, message: '' };

  constructor(connection: Connection, title: string, cancel?: () => void) {
    this.#connection = connection;
    this.#title = title;
    this.#cancel = cancel;
  }

  tell(done: number, all: number, message: string): void {
    this.#words = { percent: Math.floor((100 * done) / all), message };
    this.#timer ??= setTimeout(() => {
      this.#shown = this.#begin();
    }, patience);
    void this.#shown?.then((shown) => {
      shown.report(this.#words.percent, this.#words.message);
    });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const shown = this.#shown;
    this.#shown = undefined;
    void shown?.then((progress) => {
      progress.done();
    });
  }

  /** A client that shows no progress is told nothing. */
  async #begin(): Promise<WorkDoneProgressServerReporter> {
    const progress = await this.#connection.window.createWorkDoneProgress();
    progress.begin(this.#title, this.#words.percent, this.#words.message, this.#cancel !== undefined);
    if (this.#cancel) progress.token.onCancellationRequested(this.#cancel);
    return progress;
  }
}
