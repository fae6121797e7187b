/** Call hierarchy: who reaches a Service or workload, and whom it reaches. */

import { SymbolKind, type CallHierarchyItem, type Connection } from 'vscode-languageserver';
import * as v from 'valibot';
import { calleesOf, callersOf, callItemAt, type CallItem } from '#analysis/features/call-hierarchy';
import { locate, whenRead } from './locate';
import type { Paths } from './paths';
import type { Session } from './session';

/** What an item carries to the client and back. */
const itemData = v.object({ scope: v.string(), key: v.string() });

export function registerCalls(connection: Connection, current: () => Session | undefined): void {
  connection.languages.callHierarchy.onPrepare(async ({ textDocument, position }) => {
    await whenRead(current(), textDocument.uri);
    const { session, path } = locate(current(), textDocument.uri);
    const item = session && callItemAt(session.workspace(), path, position);
    return item ? [wireItem(item, session.paths)] : null;
  });

  connection.languages.callHierarchy.onIncomingCalls(({ item }) => {
    const [session, data] = [current(), v.safeParse(itemData, item.data)];
    if (!session || !data.success) return [];
    return callersOf(session.workspace(), data.output).map((call) => ({
      from: wireItem(call.item, session.paths),
      fromRanges: [...call.ranges],
    }));
  });

  connection.languages.callHierarchy.onOutgoingCalls(({ item }) => {
    const [session, data] = [current(), v.safeParse(itemData, item.data)];
    if (!session || !data.success) return [];
    return calleesOf(session.workspace(), data.output).map((call) => ({
      to: wireItem(call.item, session.paths),
      fromRanges: [...call.ranges],
    }));
  });
}

function wireItem({ scope, key, kind, name, namespace, place }: CallItem, paths: Paths): CallHierarchyItem {
  return {
    name,
    kind: kind === 'Service' ? SymbolKind.Interface : SymbolKind.Class,
    detail: namespace === '' ? kind : `${kind} in ${namespace}`,
    uri: paths.uri(place.file),
    range: place.range,
    selectionRange: place.range,
    data: { scope, key } satisfies v.InferOutput<typeof itemData>,
  };
}
