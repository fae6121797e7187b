/** Editor features: hover and definition here, the others in files of their own; all are answered by the analysis. */

import { MarkupKind, type Connection } from 'vscode-languageserver';
import { definition } from '#analysis/features/definition';
import { hover } from '#analysis/features/hover';
import { topics } from '#analysis/learn/topics';
import { escape } from '#analysis/markdown';
import type { Client } from './client';
import { registerCodeActions } from './features-actions';
import { registerCalls } from './features-calls';
import { registerCompletion } from './features-completion';
import { registerLenses } from './features-lens';
import { registerNavigation } from './features-navigation';
import { linksOf } from './hover-links';
import { locateText, whenRead } from './locate';
import type { Session } from './session';

/** Gives what to call when the workspace has changed. */
export function registerFeatures(
  connection: Connection,
  current: () => Session | undefined,
  client: () => Client,
): () => void {
  connection.onHover(async ({ textDocument, position }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locateText(current(), textDocument.uri);
    const found = session && hover(session.workspace(), path, position, client().templates);
    if (!found) return null;
    const explained = found.topic && client().switches.explanations ? [`*${escape(topics[found.topic].text)}*`] : [];
    const links = client().commands && !session.isApart ? linksOf(found, session.paths) : [];
    const value = [found.contents, ...explained, ...links].join('\n\n');
    return { contents: { kind: MarkupKind.Markdown, value }, range: found.range };
  });

  connection.onDefinition(async ({ textDocument, position }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locateText(current(), textDocument.uri);
    if (!session) return [];
    return definition(session.workspace(), path, position, client().templates).map((place) => ({
      uri: session.paths.uri(place.file),
      range: place.range,
    }));
  });

  registerCodeActions(connection, current, client);
  registerCalls(connection, current);
  registerNavigation(connection, current, client);
  registerCompletion(connection, current, client);
  return registerLenses(connection, current, client);
}
