/** Code actions: quick fixes at a place, all fixes of a kind or of a file, and refactorings. */

import {
  CodeActionKind,
  type CodeAction,
  type CodeActionContext,
  type Connection,
  type Range,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import * as v from 'valibot';
import { fixAll, fixAllIn } from '#analysis/features/fix-all';
import { fixesAt } from '#analysis/features/fixes';
import { refactorings } from '#analysis/features/refactorings/refactorings';
import type { TextEdit as FileEdit } from '#analysis/types';
import type { Client } from './client';
import { diagnosticSource } from './diagnostics';
import { locateEditable } from './locate';
import type { Paths } from './paths';
import type { Session, View } from './session';

/** Under `source.fixAll`, so that an editor may run it on save beside those of others. */
const fixAllKind = `${CodeActionKind.SourceFixAll}.serviceTopology`;
export const codeActionKinds = [
  CodeActionKind.QuickFix,
  fixAllKind,
  CodeActionKind.RefactorExtract,
  CodeActionKind.RefactorRewrite,
];

/** What an action whose edit is still to be made carries to the client and back. */
const fixAllData = v.object({ uri: v.string(), code: v.string() });

/** Where actions are asked for, and of which kinds. */
interface Asked {
  readonly session: View;
  readonly path: string;
  readonly range: Range;
  readonly context: CodeActionContext;
  readonly uri: string;
  readonly client: Client;
}

export function registerCodeActions(
  connection: Connection,
  current: () => Session | undefined,
  client: () => Client,
): void {
  connection.onCodeAction(({ textDocument, range, context }) => {
    const { session, path } = locateEditable(current(), textDocument.uri);
    if (!session) return [];
    const asked: Asked = { session, path, range, context, uri: textDocument.uri, client: client() };
    return [...quickFixes(asked), ...fixAllOfFile(asked), ...refactoringsAt(asked)];
  });

  connection.onCodeActionResolve((action) => {
    const data = v.safeParse(fixAllData, action.data);
    const { session } = locateEditable(current(), data.success ? data.output.uri : '');
    return session && data.success ? { ...action, edit: editOfWorkspace(data.output.code, session) } : action;
  });
}

function isAsked({ context: { only } }: Asked, kind: string): boolean {
  return !only || only.some((each) => kind === each || kind.startsWith(`${each}.`));
}

function quickFixes(asked: Asked): CodeAction[] {
  if (!isAsked(asked, CodeActionKind.QuickFix)) return [];
  const { session, path, range, context } = asked;
  const offered = fixesAt(session.workspace(), path, range).filter(({ fix }) => fix.edits.length > 0);
  const single = offered.map(({ finding, fix }): CodeAction => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    isPreferred: fix.preferred,
    diagnostics: context.diagnostics.filter((item) => item.source === diagnosticSource && item.code === finding.code),
    edit: { changes: changesOf(fix.edits, session.paths) },
  }));
  const codes = new Set(offered.map(({ finding }) => finding.code));
  return [...single, ...[...codes].flatMap((code) => fixAllOfCode(code, asked))];
}

/** Where the file has more findings of the kind than the one at hand, and where other files have it. */
function fixAllOfCode(code: string, asked: Asked): CodeAction[] {
  const { session, path } = asked;
  const { edits, findings } = fixAll(session.workspace(), path, code);
  const title = `Fix all ${findings} of ${code} in this file`;
  const here = { title, kind: CodeActionKind.QuickFix, edit: { changes: changesOf(edits, session.paths) } };
  return [...(findings < 2 ? [] : [here]), ...(findings < 1 ? [] : fixAllOfWorkspace(code, asked))];
}

function fixAllOfWorkspace(code: string, { session, uri, client }: Asked): CodeAction[] {
  const files = session.filesWith?.(code).length ?? 0;
  if (files < 2) return [];
  const action = { title: `Fix all of ${code} in ${files} files of the workspace`, kind: CodeActionKind.QuickFix };
  if (!client.resolvesEdits) return [{ ...action, edit: editOfWorkspace(code, session) }];
  return [{ ...action, data: { uri, code } satisfies v.InferOutput<typeof fixAllData> }];
}

function editOfWorkspace(code: string, session: View): WorkspaceEdit {
  const { edits } = fixAllIn(session.workspace(), session.filesWith?.(code) ?? [], code);
  return { changes: changesOf(edits, session.paths) };
}

/** Only for whoever asks for it by name: it is no entry of the menu at the cursor. */
function fixAllOfFile(asked: Asked): CodeAction[] {
  if (!asked.context.only || !isAsked(asked, fixAllKind)) return [];
  const { edits, findings } = fixAll(asked.session.workspace(), asked.path);
  if (findings === 0) return [];
  const changes = changesOf(edits, asked.session.paths);
  return [{ title: 'Fix all of Service Topology', kind: fixAllKind, edit: { changes } }];
}

function refactoringsAt(asked: Asked): CodeAction[] {
  const { session, path, range } = asked;
  return refactorings(session.workspace(), path, range.start).flatMap(({ title, kind, edits }) => {
    const own = kind === 'extract' ? CodeActionKind.RefactorExtract : CodeActionKind.RefactorRewrite;
    return isAsked(asked, own) ? [{ title, kind: own, edit: { changes: changesOf(edits, session.paths) } }] : [];
  });
}

function changesOf(edits: readonly FileEdit[], paths: Paths): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, range, newText } of edits) (changes[paths.uri(file)] ??= []).push({ range, newText });
  return changes;
}
