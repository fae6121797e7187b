/** Code lenses and inlay hints, made for the open document and made again when other files change what they say. */

import { CodeLensRefreshRequest, InlayHintKind, InlayHintRefreshRequest, type CodeLens, type Command, type Connection } from 'vscode-languageserver'; // prettier-ignore
import * as v from 'valibot';
import { emptyRange } from '#base/text';
import { inlayHints } from '#analysis/features/inlay-hints';
import { lenses, lensPlace, lensTitle, type Lens } from '#analysis/features/lens';
import type { Client } from './client';
import { locate, whenRead } from './locate';
import type { Session, View } from './session';
import { renderLenses, type RenderLens } from './value-files';
import { wirePlace } from './wire';

/** What an unresolved lens carries to the client and back. */
const lensData = v.object({
  uri: v.string(),
  objects: v.array(v.object({ scope: v.string(), document: v.number(), item: v.number() })),
  what: v.picklist(['summary', 'map']),
  scope: v.string(),
});
type LensData = v.InferOutput<typeof lensData>;

/** How long changes of other files are gathered before the editor is asked to look again. */
const settleMilliseconds = 300;

/** Gives what to call when the workspace has changed. */
export function registerLenses(
  connection: Connection,
  current: () => Session | undefined,
  client: () => Client,
): () => void {
  connection.onCodeLens(async ({ textDocument }): Promise<CodeLens[]> => {
    // Who is told of changes asks again; until then other lenses do not wait for ours.
    if (!client().refreshesLenses) await whenRead(current(), textDocument.uri);
    const { session, path } = locate(current(), textDocument.uri);
    if (!session) return [];
    const { services, workloads, actions } = client().switches.codeLens;
    const hasActions = actions && client().commands;
    const own = lenses(session.workspace(), path)
      .filter(({ service }) => (service === undefined ? workloads : services))
      .flatMap((lens) => lensesOf(lens, textDocument.uri, hasActions));
    return hasActions ? [...renderLenses(path, session.workspace()).map(lensOfRender), ...own] : own;
  });

  connection.onCodeLensResolve((lens) => {
    const data = v.safeParse(lensData, lens.data);
    const { session, path } = locate(current(), data.success ? data.output.uri : '');
    if (!session || !data.success) return { ...lens, command: { title: '', command: '' } };
    return { ...lens, command: commandOf(data.output, path, session) };
  });

  connection.languages.inlayHint.on(async ({ textDocument, range }) => {
    if (!client().refreshesHints) await whenRead(current(), textDocument.uri);
    const { session, path } = locate(current(), textDocument.uri);
    if (!session || !client().switches.inlayHints.ports) return [];
    return inlayHints(session.workspace(), path, range).map(({ position, label, tooltip }) => ({
      position,
      label,
      tooltip,
      kind: InlayHintKind.Parameter,
      paddingLeft: true,
    }));
  });

  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // The client may be on its way out; there is nobody to tell then.
      if (client().refreshesLenses) connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
      if (client().refreshesHints) connection.sendRequest(InlayHintRefreshRequest.type).catch(() => undefined);
    }, settleMilliseconds);
  };
}

/** The summary, and where the client has our commands and its user wants them what-if, and for a Service trace and map. */
function lensesOf({ position, scope, service, subject, objects }: Lens, uri: string, hasActions: boolean): CodeLens[] {
  const range = { start: position, end: position };
  const of = (what: LensData['what']): CodeLens => ({ range, data: { uri, objects: [...objects], what, scope } satisfies LensData }); // prettier-ignore
  if (!hasActions) return [of('summary')];
  const whatIf = { range, command: { title: 'What If…', command: 'serviceTopology.whatIf', arguments: [{ scope, service, subject }] } };
  if (service === undefined) return [of('summary'), whatIf];
  const trace = { title: 'Trace', command: 'serviceTopology.trace', arguments: [{ scope, service }] };
  return [of('summary'), { range, command: trace }, of('map'), whatIf];
} // prettier-ignore

function lensOfRender({ title, command, scope }: RenderLens): CodeLens {
  return { range: emptyRange, command: { title, command, arguments: [{ scope }] } };
}

function commandOf({ what, scope, ...lens }: LensData, path: string, session: View): Command {
  // A lens has to have a command; one without an id is text.
  if (what === 'summary') return { title: lensTitle(session.workspace(), path, lens) ?? '', command: '' };
  const focus = wirePlace(lensPlace(session.workspace(), path, lens), session.paths);
  return { title: 'Map', command: 'serviceTopology.showOnMap', arguments: [{ scope, focus }] };
}
