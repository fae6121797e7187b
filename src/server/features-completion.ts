/** Completion: LSP's question, answered by the analysis. */

import { CompletionItemKind, MarkupKind, type CompletionItem, type CompletionList, type Connection } from 'vscode-languageserver'; // prettier-ignore
import { completions } from '#analysis/features/completion/completion';
import type { Completion } from '#analysis/features/completion/types';
import type { Client } from './client';
import { locateEditableText } from './locate';
import type { Session } from './session';

/** Behind a colon or a dash with its blank, at the start of a text in quotes, and at each step of a URL. */
export const triggerCharacters = [' ', '"', "'", '/', '@', '.', ':', '='];

const kinds: Readonly<Record<Completion['kind'], CompletionItemKind>> = {
  label: CompletionItemKind.Property,
  port: CompletionItemKind.Value,
  service: CompletionItemKind.Interface,
  namespace: CompletionItemKind.Module,
  choice: CompletionItemKind.EnumMember,
  value: CompletionItemKind.Field,
};

export function registerCompletion(
  connection: Connection,
  current: () => Session | undefined,
  client: () => Client,
): void {
  connection.onCompletion(({ textDocument, position }): CompletionList | null => {
    const { session, path } = locateEditableText(current(), textDocument.uri);
    if (!session) return null;
    // Others complete as well, and the editor shows nothing before all have answered: it asks again with the next letter.
    if (session.reading?.()) return { isIncomplete: true, items: [] };
    const { schemas, templates } = client();
    const found = completions(session.workspace(), path, position, schemas ? 'beside schemas' : 'alone', templates);
    if (!found) return null;
    const digits = String(found.items.length).length;
    return {
      isIncomplete: found.incomplete,
      items: found.items.map(({ label, insert, detail, documentation, kind }, i): CompletionItem => ({
        label,
        kind: kinds[kind],
        detail: detail === '' ? undefined : detail,
        documentation: documentation === undefined ? undefined : { kind: MarkupKind.Markdown, value: documentation },
        // Ours come in their order, and before what others know of the text alone.
        sortText: `!${String(i).padStart(digits, '0')}`,
        filterText: insert,
        textEdit: { range: found.range, newText: insert },
      })),
    };
  });
}
