/** The extension's own questions: tree, trace, topology, rules. What arrives is checked before it is answered. */

import type { Connection } from 'vscode-languageserver/node';
import type { ScopeState } from '#analysis/context';
import { topics, type TopicId } from '#analysis/learn/topics';
import { traceChoices, traceSuggestion } from '#analysis/features/trace-choices';
import { treeChildren, treePath } from '#analysis/tree/tree';
import { KeptTimelines } from '#analysis/what-if/kept';
import type { Workspace } from '#analysis/workspace';
import {
  nodesRequest, revealRequest, scopesRequest, traceChoicesRequest, treeRequest,
} from '#protocol/server'; // prettier-ignore
import type { WireTreeItem } from '#protocol/values';
import { newestMinor, oldestMinor } from '#simulation/releases';
import { answering } from './answering';
import { registerAssistant } from './assistant';
import type { Client } from './client';
import { registerDriftRequests } from './live/drift-requests';
import { registerLiveRequests } from './live/live-requests';
import { liveNotes, liveRow } from './live/live-row';
import { registerDebugRequests } from './debug-requests';
import { registerRulesRequests } from './rules-requests';
import type { Session } from './session';
import { registerTopologyRequests } from './topology-requests';
import { registerTraceRequests } from './trace-requests';
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
        ...(files?.scopes.map((state) => summary(state, files)) ?? []),
        ...(cluster?.scopes.map((state) => ({ ...summary(state, cluster), kind: 'cluster' as const })) ?? []),
      ],
      current: path === undefined ? undefined : workspace.scopesOfFile(path)[0]?.scope.name,
    };
  });

  answer(nodesRequest, ({ scope }, workspace) => {
    const controlPlane = workspace.scope(scope)?.simulation.controlPlane;
    return {
      nodes: controlPlane?.nodes().map((node) => node.metadata.name) ?? [],
      mode: controlPlane?.settings.proxyMode ?? 'iptables',
      version: controlPlane?.settings.kubernetesVersion ?? '',
      versions: releases,
    };
  });

  answer(traceChoicesRequest, ({ scope, uri, position, service }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    const path = uri === undefined ? undefined : paths.path(uri);
    const suggestion = path !== undefined && position ? traceSuggestion(workspace, path, position) : undefined;
    const choices = state ? traceChoices(state) : { sources: [], destinations: [] };
    return {
      sources: [...choices.sources],
      destinations: choices.destinations.map((choice) => ({ ...choice, ports: [...choice.ports] })),
      from: suggestion?.from,
      to: service === undefined ? suggestion?.to : `service ${service}`,
      port: service === undefined ? suggestion?.port : undefined,
    };
  });
}

/** Those that are simulated, the newest first. */
const releases = Array.from({ length: newestMinor - oldestMinor + 1 }, (_, i) => `1.${newestMinor - i}`);

function summary(state: ScopeState, workspace: Workspace) {
  const { scope, simulation } = state;
  let services = 0;
  for (const _ of simulation.controlPlane.services()) services++;
  let problems = 0;
  for (const file of state.filesWithFindings()) {
    problems += workspace
      .findings(file)
      .filter(({ severity }) => severity === 'error' || severity === 'warning').length;
  }
  return { name: scope.name, kind: scope.kind, services, problems };
}
