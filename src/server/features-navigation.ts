/** References, highlights, rename, workspace symbols and links: LSP's questions about names, answered by the analysis. */

import {
  DocumentHighlightKind,
  ErrorCodes,
  ResponseError,
  SymbolKind,
  type AnnotatedTextEdit,
  type ChangeAnnotation,
  type Connection,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { documentLinks } from '#analysis/features/document-links';
import { highlights, references } from '#analysis/features/references';
import { groupBy } from '#analysis/features/group-by';
import { rename, renameTarget, type RenameEdit } from '#analysis/features/rename';
import { withEdits } from '#analysis/features/together';
import { workspaceSymbols } from '#analysis/features/workspace-symbols';
import type { TextEdit } from '#analysis/types';
import { plansTouchedBy } from '#analysis/with-change';
import type { Workspace } from '#analysis/workspace';
import type { Client } from './client';
import { locate, locateEditableText, locateText, whenRead } from './locate';
import type { Paths } from './paths';
import type { Session, View } from './session';

export function registerNavigation(
  connection: Connection,
  current: () => Session | undefined,
  client: () => Client,
): void {
  connection.onReferences(async ({ textDocument, position, context }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locateText(current(), textDocument.uri);
    if (!session) return [];
    const kinds = context.includeDeclaration ? 'all' : 'references';
    return references(session.workspace(), path, position, kinds, client().templates).map(({ file, range }) => ({ uri: session.paths.uri(file), range })); // prettier-ignore
  });

  connection.onDocumentHighlight(({ textDocument, position }) => {
    const { session, path } = locateText(current(), textDocument.uri);
    // Null, not an empty list: the editor then marks the same words, as it does without us.
    const found = session ? highlights(session.workspace(), path, position) : [];
    return found.length === 0 ? null : found.map(({ range }) => ({ range, kind: DocumentHighlightKind.Text }));
  });

  connection.onPrepareRename(async ({ textDocument, position }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locateEditableText(current(), textDocument.uri);
    const target = session && renameTarget(session.workspace(), path, position);
    return target ? { range: target.range, placeholder: target.placeholder } : null;
  });

  connection.onRenameRequest(async ({ textDocument, position, newName }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locateEditableText(current(), textDocument.uri);
    if (!session) return null;
    if (isBeingTraced(session.workspace(), path)) return new ResponseError(ErrorCodes.InvalidParams, 'Where the names of what is rendered come from is being looked up: try again in a moment.'); // prettier-ignore
    const renamed = rename(session.workspace(), path, position, newName);
    if ('refused' in renamed) return new ResponseError(ErrorCodes.InvalidParams, renamed.refused);
    const forbidden = renamed.edits.find(({ immutable }) => immutable !== undefined);
    // A change that a cluster does not take is made only where the user sees why before it is made.
    if (forbidden?.immutable !== undefined && !client().confirmsChanges)
      return new ResponseError(ErrorCodes.InvalidParams, `${forbidden.immutable}.`);
    const broken = await whyNotRendered(renamed.edits, session);
    if (broken !== undefined) return new ResponseError(ErrorCodes.InvalidParams, broken);
    return client().confirmsChanges ? annotated(renamed.edits, session.paths) : { changes: changesOf(renamed.edits, session.paths) }; // prettier-ignore
  });

  connection.onWorkspaceSymbol(async ({ query }) => {
    await whenRead(current(), undefined);
    const session = current();
    if (!session) return [];
    return workspaceSymbols(session.workspace(), query).map(({ name, kind, container, place }) => ({
      name,
      kind: kind === 'Service' ? SymbolKind.Interface : SymbolKind.Class,
      containerName: container,
      location: { uri: session.paths.uri(place.file), range: place.range },
    }));
  });

  connection.onDocumentLinks(async ({ textDocument }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locate(current(), textDocument.uri);
    if (!session) return [];
    return documentLinks(session.workspace(), path).map(({ range, target, tooltip }) => ({
      range,
      tooltip,
      target: `${session.paths.uri(target.file)}#L${target.range.start.line + 1},${target.range.start.character + 1}`,
    }));
  });
}

/** Whether a scope of the file is rendered and nobody knows yet what of it comes from where. */
function isBeingTraced(workspace: Workspace, path: string): boolean {
  return workspace.scopesOfFile(path).some(({ scope }) => {
    const wanted = scope.rendered === undefined ? undefined : workspace.file(scope.rendered)?.rendered?.wanted;
    wanted?.();
    return wanted !== undefined;
  });
}

/**
 * What a kustomization or chart would fail with after the edits, which it does not fail with now: names may stand where
 * only its engine looks for them. The renders are those that are wanted next, once the edits are made.
 */
async function whyNotRendered(edits: readonly TextEdit[], session: View): Promise<string | undefined> {
  const workspace = session.workspace();
  const files = [...groupBy(edits, ({ file }) => file)].flatMap(([file, own]) => {
    const text = workspace.file(file)?.text;
    return text === undefined ? [] : { file, text: withEdits(text, own) };
  });
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  for (const plan of plansTouchedBy(files, workspace)) {
    if (plan.isAsWritten || workspace.rendered(plan.id)?.kind !== 'rendered') continue;
    const result = await session.renderWith?.(plan, texts);
    if (result?.kind === 'failed') return `${plan.name} could not be rendered any more: ${result.message}`;
  }
  return undefined;
}

function changesOf(edits: readonly RenameEdit[], paths: Paths): NonNullable<WorkspaceEdit['changes']> {
  const changes: NonNullable<WorkspaceEdit['changes']> = {};
  for (const { file, range, newText } of edits) (changes[paths.uri(file)] ??= []).push({ range, newText });
  return changes;
}

/** Beside changes of which a user should know what a cluster makes of them. */
const identity: ChangeAnnotation = {
  label: 'Another object in a cluster',
  description: 'A cluster keeps the object under its old name, too, until it is deleted there.',
  needsConfirmation: false,
};

/** With the reason beside each change that a cluster would not take: the editor then shows all before it makes them. */
function annotated(edits: readonly RenameEdit[], paths: Paths): WorkspaceEdit {
  const changeAnnotations: Record<string, ChangeAnnotation> = {};
  const documents = new Map<string, TextDocumentEdit>();
  for (const { file, range, newText, immutable, isIdentity } of edits) {
    const uri = paths.uri(file);
    const document = documents.get(uri) ?? { textDocument: { uri, version: null }, edits: [] };
    documents.set(uri, document);
    const annotation = annotationOf(immutable, isIdentity);
    if (!annotation) document.edits.push({ range, newText });
    else {
      const { description = '' } = annotation;
      changeAnnotations[description] = annotation;
      document.edits.push({ range, newText, annotationId: description } satisfies AnnotatedTextEdit);
    }
  }
  return { documentChanges: [...documents.values()], changeAnnotations };
}

function annotationOf(immutable: string | undefined, isIdentity: boolean): ChangeAnnotation | undefined {
  if (immutable === undefined) return isIdentity ? identity : undefined;
  return { label: 'Cannot be changed in a cluster', description: immutable, needsConfirmation: true };
}
