/** The diagnostics that the client has, file by file: what is the same is not sent again. */

import { DiagnosticSeverity, type Connection, type Diagnostic } from 'vscode-languageserver';
import type { Paths } from './paths';

interface OfFile {
  readonly text: string;
  readonly errors: number;
  readonly warnings: number;
  readonly codes: ReadonlySet<unknown>;
}

export class PublishedDiagnostics {
  readonly #connection: Connection;
  readonly #paths: Paths;
  readonly #byPath = new Map<string, OfFile>();
  #errors = 0;
  #warnings = 0;

  constructor(connection: Connection, paths: Paths) {
    this.#connection = connection;
    this.#paths = paths;
  }

  get errors(): number {
    return this.#errors;
  }

  get warnings(): number {
    return this.#warnings;
  }

  /** Files that have some. */
  paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  /** Files that have some of the code, sorted. */
  pathsWith(code: string): readonly string[] {
    return [...this.#byPath].flatMap(([path, { codes }]) => (codes.has(code) ? path : [])).sort();
  }

  publish(path: string, diagnostics: readonly Diagnostic[]): void {
    const text = JSON.stringify(diagnostics);
    const before = this.#byPath.get(path);
    if ((before?.text ?? '[]') === text) return;
    const count = (wanted: DiagnosticSeverity) => diagnostics.filter(({ severity }) => severity === wanted).length;
    const [errors, warnings] = [count(DiagnosticSeverity.Error), count(DiagnosticSeverity.Warning)];
    this.#errors += errors - (before?.errors ?? 0);
    this.#warnings += warnings - (before?.warnings ?? 0);
    if (diagnostics.length === 0) this.#byPath.delete(path);
    else this.#byPath.set(path, { text, errors, warnings, codes: new Set(diagnostics.map(({ code }) => code)) });
    void this.#connection.sendDiagnostics({ uri: this.#paths.uri(path), diagnostics: [...diagnostics] });
  }
}
