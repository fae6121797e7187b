/** The extension's own questions: tree, trace, topology, rules. What arrives is checked before it is answered. */

import type { Connection } from 'vscode-languageserver/node';
import { ResponseError, ErrorCodes } from 'vscode-languageserver/node';
import * as v from 'valibot';
import type { ScopeState } from '#analysis/context';
import { traceChoices, traceSuggestion } from '#analysis/features/trace-choices';
import { topologyOf } from '#analysis/topology/topology';
import { compareRequest } from '#analysis/trace/compare';
import { traceRequest } from '#analysis/trace/trace';
import { treeChildren, treePath } from '#analysis/tree/tree';
import type { Workspace } from '#analysis/workspace';
import {
  compareRequestMessage, nodesRequest, revealRequest, rulesRequest, scopesRequest, topologyRequest, traceChoicesRequest, traceRequestMessage, treeRequest,
  type RequestSchema,
} from '#protocol/server'; // prettier-ignore
import type { Session } from './session';
import { wireComparison, wireTopology, wireTrace, wireTreeItem } from './wire';

export function registerRequests(connection: Connection, current: () => Session | undefined): void {
  /** Answers a request for as long as there is a session; the parameters are checked, the answer by the compiler. */
  function answer<P extends v.GenericSchema, R extends v.GenericSchema>(
    schema: RequestSchema<P, R>,
    handler: (params: v.InferOutput<P>, workspace: Workspace, session: Session) => v.InferInput<R>,
  ): void {
    connection.onRequest(schema.method, (params: unknown): unknown => {
      const session = current();
      const parsed = v.safeParse(schema.params, params);
      if (!session) return new ResponseError(ErrorCodes.ServerNotInitialized, 'not initialized');
      if (!parsed.success) return new ResponseError(ErrorCodes.InvalidParams, v.summarize(parsed.issues));
      return handler(parsed.output, session.workspace(), session);
    });
  }

  answer(treeRequest, ({ parent }, workspace, { paths }) => ({
    items: treeChildren(workspace, parent).map((item) => wireTreeItem(item, paths)),
  }));

  answer(revealRequest, ({ uri, position }, workspace, { paths }) => {
    const path = paths.path(uri);
    const service = path === undefined ? undefined : traceSuggestion(workspace, path, position);
    if (!service?.service) return { path: [] };
    return { path: treePath(workspace, service.scope, service.service).map((item) => wireTreeItem(item, paths)) };
  });

  answer(scopesRequest, ({ uri }, workspace, { paths }) => {
    const path = uri === undefined ? undefined : paths.path(uri);
    return {
      scopes: workspace.scopes.map((state) => summary(state, workspace)),
      current: path === undefined ? undefined : workspace.scopesOfFile(path)[0]?.scope.name,
    };
  });

  answer(nodesRequest, ({ scope }, workspace) => {
    const controlPlane = workspace.scope(scope)?.simulation.controlPlane;
    return {
      nodes: controlPlane?.nodes().map((node) => node.metadata.name) ?? [],
      mode: controlPlane?.settings.proxyMode ?? 'iptables',
    };
  });

  answer(rulesRequest, ({ scope, node, mode, family }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const { dataPlane } = state.simulation;
    if (!dataPlane.supports(mode)) return { error: `The rules of mode ${mode} are not simulated yet; iptables is.` };
    const ruleset = dataPlane.rules(node, mode, family);
    return ruleset ? { text: dataPlane.print(ruleset) } : { error: `There is no node ${node} in ${scope}.` };
  });

  answer(topologyRequest, ({ scope }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    return state ? { topology: wireTopology(topologyOf(workspace, state), paths) } : gone(scope);
  });

  answer(traceRequestMessage, ({ scope, request }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const result = traceRequest({ ...request, explain: true }, workspace, state);
    return 'error' in result ? result : { trace: wireTrace(result, scope, paths) };
  });

  answer(compareRequestMessage, ({ scope, request }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const result = compareRequest({ request }, workspace, state);
    return 'error' in result ? result : { comparison: wireComparison(result) };
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

function gone(scope: string): { error: string } {
  return { error: `There is no scope ${scope} any more.` };
}

function summary({ scope, simulation }: ScopeState, workspace: Workspace) {
  let services = 0;
  for (const _ of simulation.controlPlane.services()) services++;
  let problems = 0;
  for (const file of scope.files) {
    problems += workspace
      .findings(file)
      .filter(({ severity }) => severity === 'error' || severity === 'warning').length;
  }
  return { name: scope.name, kind: scope.kind, services, problems };
}
