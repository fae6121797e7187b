/** What there is in a scope: its nodes, and what can be asked there. */

import type { ScopeState } from '#analysis/context';
import { neighboursFirst, traceChoices, traceSuggestion, workloadBehind } from '#analysis/features/trace-choices';
import { serviceOfSubject } from '#analysis/what-if/choices';
import type { Workspace } from '#analysis/workspace';
import { nodesRequest, traceChoicesRequest } from '#protocol/server';
import type { WireScope } from '#protocol/values';
import { newestMinor, oldestMinor } from '#simulation/releases';
import type { Answer } from './answering';

export function registerScopeRequests(answer: Answer): void {
  answer(nodesRequest, ({ scope }, workspace) => {
    const controlPlane = workspace.scope(scope)?.simulation.controlPlane;
    return {
      nodes: controlPlane?.nodes().map((node) => node.metadata.name) ?? [],
      mode: controlPlane?.settings.proxyMode ?? 'iptables',
      version: controlPlane?.settings.kubernetesVersion ?? '',
      versions: releases,
    };
  });

  answer(traceChoicesRequest, ({ scope, uri, position, service: named, subject }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    const path = uri === undefined ? undefined : paths.path(uri);
    const suggestion = path !== undefined && position ? traceSuggestion(workspace, path, position) : undefined;
    const service = named ?? (state && subject !== undefined ? serviceOfSubject(subject, state) : undefined);
    const choices = state ? traceChoices(state) : { sources: [], destinations: [] };
    const to = service === undefined ? suggestion?.to : `service ${service}`;
    const called = /^service (\S+)$/.exec(to ?? '')?.[1];
    return {
      sources: [...(called === undefined ? choices.sources : neighboursFirst(choices.sources, called))],
      destinations: choices.destinations.map((choice) => ({ ...choice, ports: [...choice.ports] })),
      from: suggestion?.from,
      to,
      port: service === undefined ? suggestion?.port : undefined,
      behind: state && called !== undefined ? workloadBehind(called, state) : undefined,
    };
  });
}

/** Those that are simulated, the newest first. */
const releases = Array.from({ length: newestMinor - oldestMinor + 1 }, (_, i) => `1.${newestMinor - i}`);

/** What a scope is called and holds. */
export function summaryOf(state: ScopeState, workspace: Workspace): WireScope {
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
