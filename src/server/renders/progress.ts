/** Tells of renders that take long, and lets the user end them. */

import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver';

/** Milliseconds after which it is worth a word. */
const patience = 1500;

export class RenderProgress {
  readonly #connection: Connection;
  readonly #cancel: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown: Promise<WorkDoneProgressServerReporter> | undefined;
  #words = { percent: 0, message: '' };

  constructor(connection: Connection, cancel: () => void) {
    this.#connection = connection;
    this.#cancel = cancel;
  }

  tell(done: number, all: number, name: string): void {
    this.#words = {
      percent: Math.floor((100 * done) / all),
      message: all > 1 ? `${name} (${done + 1} of ${all})` : name,
    };
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
    progress.begin('Rendering', this.#words.percent, this.#words.message, true);
    progress.token.onCancellationRequested(this.#cancel);
    return progress;
  }
}
