/** Open documents and their files: the protocol says neither whether a document has unsaved edits nor whether it is shown. */

import type { TextDocument } from 'vscode-languageserver-textdocument';

export class SavedDocuments {
  /** What documents were when they were opened, saved or last read from disk, by their URIs. */
  readonly #texts = new Map<string, string>();
  /** Those whose files went while they had no unsaved edit: editors keep documents long after their tabs were closed. */
  readonly #gone = new Set<string>();

  /** The document is as its file. */
  saved(document: TextDocument): void {
    this.#texts.set(document.uri, document.getText());
  }

  /** The file has this text, whatever the document has. */
  read({ uri }: TextDocument, text: string): void {
    this.#texts.set(uri, text);
  }

  /** The file is not there any more. Tells whether the document no longer counts either. */
  fileGone(document: TextDocument): boolean {
    if (this.#texts.get(document.uri) !== document.getText()) return false;
    this.#gone.add(document.uri);
    return true;
  }

  /** The document counts: it was edited, or its file is there. */
  taken({ uri }: TextDocument): void {
    this.#gone.delete(uri);
  }

  closed(uri: string): void {
    this.#texts.delete(uri);
    this.#gone.delete(uri);
  }

  isGone({ uri }: TextDocument): boolean {
    return this.#gone.has(uri);
  }
}
