/** Hover, go to definition and quick fixes: LSP's questions, answered by the analysis. */

import {
  CodeActionKind,
  MarkupKind,
  type CodeAction,
  type Connection,
  type TextEdit,
} from 'vscode-languageserver/node';
import { definition } from '#analysis/features/definition';
import { fixesAt } from '#analysis/features/fixes';
import { hover } from '#analysis/features/hover';
import type { Fix } from '#analysis/types';
import { diagnosticSource } from './diagnostics';
import type { Paths } from './paths';
import type { Session } from './session';

export function registerFeatures(connection: Connection, current: () => Session | undefined): void {
  connection.onHover(({ textDocument, position }) => {
    const { session, path } = locate(current(), textDocument.uri);
    const found = session && hover(session.workspace(), path, position);
    return found ? { contents: { kind: MarkupKind.Markdown, value: found.contents }, range: found.range } : null;
  });

  connection.onDefinition(({ textDocument, position }) => {
    const { session, path } = locate(current(), textDocument.uri);
    if (!session) return [];
    return definition(session.workspace(), path, position).map((place) => ({
      uri: session.paths.uri(place.file),
      range: place.range,
    }));
  });

  connection.onCodeAction(({ textDocument, range, context }) => {
    const { session, path } = locate(current(), textDocument.uri);
    if (!session || (context.only && !context.only.some((kind) => CodeActionKind.QuickFix.startsWith(kind)))) return [];
    return fixesAt(session.workspace(), path, range)
      .filter(({ fix }) => fix.edits.length > 0)
      .map(({ finding, fix }): CodeAction => ({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        isPreferred: fix.preferred,
        diagnostics: context.diagnostics.filter(
          (item) => item.source === diagnosticSource && item.code === finding.code,
        ),
        edit: { changes: changesOf(fix, session.paths) },
      }));
  });
}

function locate(
  session: Session | undefined,
  uri: string,
): { session: Session; path: string } | { session: undefined; path: '' } {
  const path = session?.paths.path(uri);
  return session && path !== undefined ? { session, path } : { session: undefined, path: '' };
}

function changesOf(fix: Fix, paths: Paths): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, range, newText } of fix.edits) (changes[paths.uri(file)] ??= []).push({ range, newText });
  return changes;
}
