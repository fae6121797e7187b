/** The core in a page: reads what the page holds, and answers as the language server does. */

import * as v from 'valibot';
import type { ScopeState } from '#analysis/context';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { KeptTimelines } from '#analysis/what-if/kept';
import type { RequestSchema } from '#protocol/request';
import type { WireScope } from '#protocol/values';
import type { Answer } from '#server/answering';
import { Paths } from '#server/paths';
import { registerRulesRequests } from '#server/rules-requests';
import { registerScopeRequests, summaryOf } from '#server/scope-requests';
import type { View } from '#server/session';
import { registerTopologyRequests } from '#server/topology-requests';
import { registerTraceRequests } from '#server/trace-requests';
import type { ReportData } from './data';
import { findingsOf, type ReportedFile } from './findings';

export type Ask = <P extends v.GenericSchema, R extends v.GenericSchema>(
  schema: RequestSchema<P, R>,
  params: v.InferInput<P>,
) => Promise<v.InferOutput<R>>;

export interface Page {
  readonly data: ReportData;
  /** Those that are shown, by their names. */
  readonly scopes: readonly WireScope[];
  /** Answers a question of the protocol. */
  readonly ask: Ask;
  /** What is found in the files of a scope, and where. */
  findings(scope: string): readonly ReportedFile[];
  /** The text of a document of the page; undefined where it holds none of this URI. */
  text(uri: string): { readonly path: string; readonly text: string } | undefined;
}

/** Documents of a report have URIs of a scheme that nothing else follows. */
const folder = { uri: 'service-topology-report:/files', name: 'files' };

export function openPage(data: ReportData): Page {
  const workspace = readWorkspace(data);
  const paths = new Paths([folder]);
  const view: View = { paths, workspace: () => workspace };
  const states = workspace.scopes.filter((state) => isShown(state, data));
  return {
    data,
    scopes: states.map((state) => summaryOf(state, workspace)),
    ask: answers(workspace, view),
    findings(scope) {
      const state = workspace.scope(scope);
      return state ? findingsOf(workspace, state, paths) : [];
    },
    text(uri) {
      const path = paths.path(uri);
      const file = path === undefined ? undefined : workspace.file(path);
      return file && { path: file.path, text: file.text };
    },
  };
}

/** The workspace as whoever made the report had it. */
export function readWorkspace({
  settings,
  roots,
  single,
  rules,
  problems,
  files,
  renders = [],
  observed,
}: ReportData): Workspace {
  const workspace = createWorkspace({ settings, roots, single, rules, problems: new Map(problems) });
  for (const [path, text] of files) workspace.setFile(path, text);
  workspace.plans();
  for (const [plan, result] of renders) workspace.setRendered(plan, result);
  if (observed) workspace.setObserved({ removed: [], added: observed.objects }, observed.knowledge);
  workspace.update();
  return workspace;
}

function isShown({ scope }: ScopeState, data: ReportData): boolean {
  if (data.scope !== undefined) return scope.id === data.scope;
  return scope.files.length > 0;
}

type Handler = (params: unknown, workspace: Workspace, view: View) => unknown;

/** The handlers that answer the extension over LSP. */
function answers(workspace: Workspace, view: View): Ask {
  const handlers = new Map<string, Handler>();
  const answer: Answer = (schema, handler) => {
    handlers.set(schema.method, (params, ...rest) => handler(v.parse(schema.params, params), ...rest));
  };
  registerScopeRequests(answer);
  registerTopologyRequests(answer);
  registerTraceRequests(answer, () => undefined);
  registerRulesRequests(answer, new KeptTimelines());
  return async (schema, params) => {
    const handler = handlers.get(schema.method);
    if (!handler) throw new Error(`A report does not answer ${schema.method}.`);
    return v.parse(schema.result, await handler(params, workspace, view));
  };
}
