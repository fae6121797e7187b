/**
 * Documents that are no manifests of the workspace and hold some: Markdown with fenced YAML, cells of notebooks. Each is
 * a world of its own for questions about a place in it. Nothing is found wrong with it, since it shows a part of a whole.
 */

import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { createWorkspace } from '#analysis/workspace';
import { fencedYaml } from '#manifest/index';
import { defaultSettings } from '#model/settings';
import { Paths } from './paths';
import type { View } from './session';

/** The one document, whatever it is called. */
const path = 'document.yaml';

class OneDocument extends Paths {
  readonly #uri: string;

  constructor(uri: string) {
    super([]);
    this.#uri = uri;
  }

  override path(): string {
    return path;
  }

  override uri(): string {
    return this.#uri;
  }
}

export class DocumentsApart {
  readonly #documents: TextDocuments<TextDocument>;
  /** Of the document that was asked about last. */
  #known: { readonly document: TextDocument; readonly version: number; readonly view: View } | undefined;

  constructor(documents: TextDocuments<TextDocument>) {
    this.#documents = documents;
  }

  /** Undefined for all other documents. */
  view(uri: string): View | undefined {
    const document = this.#documents.get(uri);
    const text = document && textOf(document);
    if (!document || text === undefined) return undefined;
    if (this.#known?.document === document && this.#known.version === document.version) return this.#known.view;
    const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: path });
    workspace.setObserved({ removed: [], added: [] }, { incomplete: ['this document shows a part'], notes: [] });
    workspace.setFile(path, text);
    workspace.update();
    const view: View = { paths: new OneDocument(uri), workspace: () => workspace, isApart: true };
    this.#known = { document, version: document.version, view };
    return view;
  }
}

/** Whether it is no manifest of the workspace, wherever it lies. */
export function isApart({ languageId, uri }: TextDocument): boolean {
  return languageId === 'markdown' || uri.startsWith('vscode-notebook-cell:');
}

function textOf(document: TextDocument): string | undefined {
  if (!isApart(document)) return undefined;
  return document.languageId === 'markdown' ? fencedYaml(document.getText()) : document.getText();
}
