/** The extension's own questions: tree, trace, topology, rules. What arrives is checked before it is answered. */

import type { Connection } from 'vscode-languageserver';
import { topics, type TopicId } from '#analysis/learn/topics';
import { traceSuggestion } from '#analysis/features/trace-choices';
import { treeChildren, treePath } from '#analysis/tree/tree';
import { KeptTimelines } from '#analysis/what-if/kept';
import { revealRequest, scopesRequest, treeRequest } from '#protocol/server';
import type { WireTreeItem } from '#protocol/values';
import { answering } from './answering';
import { registerAssistant } from './assistant';
import { registerComparisonRequests } from './comparison-requests';
import type { Client } from './client';
import { registerDriftRequests } from './live/drift-requests';
import { registerLiveRequests } from './live/live-requests';
import { liveNotes, liveRow } from './live/live-row';
import { registerDebugRequests } from './debug-requests';
import { registerRenderedRequests } from './rendered-requests';
import { registerRulesRequests } from './rules-requests';
import { registerScopeRequests, summaryOf } from './scope-requests';
import type { Session } from './session';
import { registerTopologyRequests } from './topology-requests';
import { registerTraceRequests } from './trace-requests';
import { registerValueFiles } from './value-files';
import { registerWhatIfRequests } from './what-if-requests';
import { wireTreeItem } from './wire';

export function registerRequests(
  connection: Connection,
  current: () => Session | undefined,
  client: () => Client,
): void {
  const answer = answering(connection, current);
  const timelines = new KeptTimelines();
  registerRulesRequests(answer, timelines);
  registerWhatIfRequests(answer, timelines);
  registerTopologyRequests(answer);
  registerTraceRequests(answer, current);
  registerScopeRequests(answer);
  registerComparisonRequests(answer);
  registerRenderedRequests(answer);
  registerValueFiles(answer);
  registerAssistant(answer);
  registerLiveRequests(answer, current);
  registerDriftRequests(answer, current);
  registerDebugRequests(answer);

  /** What the row is an example of stands at the end of its tooltip. */
  const explained = (row: WireTreeItem, topic: TopicId | undefined): WireTreeItem =>
    topic && client().switches.explanations ? { ...row, tooltip: `${row.tooltip}\n\n${topics[topic].text}` } : row;

  answer(treeRequest, ({ parent }, workspace, { paths }) => {
    const live = current()?.live;
    const added = live && (parent === undefined ? liveRow(live) : liveNotes(live, parent));
    return {
      items: [
        ...(added ?? []),
        ...treeChildren(workspace, parent).map((item) => explained(wireTreeItem(item, paths), item.topic)),
      ],
    };
  });

  answer(revealRequest, ({ uri, position }, workspace, { paths }) => {
    const path = paths.path(uri);
    const service = path === undefined ? undefined : traceSuggestion(workspace, path, position);
    if (!service?.service) return { path: [] };
    return { path: treePath(workspace, service.scope, service.service).map((item) => wireTreeItem(item, paths)) };
  });

  answer(scopesRequest, ({ uri }, workspace, { paths }) => {
    const path = uri === undefined ? undefined : paths.path(uri);
    const [files, cluster] = [current()?.workspace(), current()?.live.workspace()];
    return {
      scopes: [
        ...(files?.scopes.map((state) => summaryOf(state, files)) ?? []),
        ...(cluster?.scopes.map((state) => ({ ...summaryOf(state, cluster), kind: 'cluster' as const })) ?? []),
      ],
      current: path === undefined ? undefined : workspace.scopesOfFile(path)[0]?.scope.name,
    };
  });
}
