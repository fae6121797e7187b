/** What a change of files would do, without writing them: findings that come and go, endpoints, requests, refusals. */

import { isManifestPath } from '#manifest/index';
import { namespacedName } from '#model/kubernetes';
import { countEndpoints, endpointsOf } from '../topology/endpoints';
import { traceRequest } from '../trace/trace';
import type { TraceRequest } from '../types';
import { withChange, type ChangedRender, type FileChange } from '../with-change';
import type { Workspace } from '../workspace';
import { nearPaths } from './files';
import { findingAnswer, problemAnswer, type FindingAnswer } from './findings';
import { scopeOf, type Failed } from './scope';

export interface ChangeQuestion {
  readonly files: readonly FileChange[];
  readonly requests?: readonly TraceRequest[];
  readonly scope?: string;
}

export interface ChangeAnswer {
  readonly newFindings: readonly FindingAnswer[];
  readonly goneFindings: readonly FindingAnswer[];
  /** Services whose endpoints, addresses or being there would be other than now. */
  readonly services: readonly {
    readonly scope: string;
    readonly service: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly requests: readonly {
    readonly from: string;
    readonly to: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** What the API server would not take any more, or of what is new. */
  readonly newRefusals: readonly string[];
  /** What nobody can tell here about the change. */
  readonly unknown: readonly string[];
}

interface State {
  /** By what a finding says of what: a line that moves makes no new one. */
  readonly findings: ReadonlyMap<string, () => FindingAnswer>;
  /** `SCOPE\nSERVICE` → its state in words. */
  readonly services: ReadonlyMap<string, string>;
  readonly requests: readonly string[];
  readonly refusals: ReadonlySet<string>;
}

/** `renders` is what engines make of the changed files. The workspace is as before when this returns. */
export function simulateChange(
  question: ChangeQuestion,
  workspace: Workspace,
  renders: readonly ChangedRender[] = [],
): ChangeAnswer | Failed {
  const { files, requests = [], scope } = question;
  if (requests.length > 0) {
    const state = scopeOf(scope, workspace);
    if ('error' in state) return state;
  }
  const before = stateOf(workspace, requests, scope);
  // Each finding is told by the text that it is about.
  const only = (state: State, other: State) =>
    [...state.findings].filter(([key]) => !other.findings.has(key)).map(([, answer]) => answer());
  const ask = () => {
    const changed = stateOf(workspace, requests, scope);
    return { after: changed, newFindings: only(changed, before) };
  };
  const { after, newFindings } = withChange(files, workspace, ask, renders);
  return {
    newFindings,
    goneFindings: only(before, after),
    services: servicesThatDiffer(before.services, after.services),
    requests: requests.map(({ from, to }, i) => ({ from, to, before: before.requests[i]!, after: after.requests[i]! })),
    newRefusals: [...after.refusals].filter((text) => !before.refusals.has(text)),
    unknown: [...notTaken(files, workspace, renders), ...notRendered(renders)],
  };
}

/** Files of the change that change nothing here, since nobody reads them or they are not there. */
function notTaken(files: readonly FileChange[], workspace: Workspace, renders: readonly ChangedRender[]): string[] {
  return files.flatMap(({ file, text }) => {
    if (!isManifestPath(file)) return renders.length > 0 ? [] : `${file} is no manifest: nothing here reads it.`;
    if (text !== undefined || workspace.file(file)) return [];
    return `There is no manifest ${file} that could be deleted${nearPaths(file, workspace.paths())}.`;
  });
}

/** Scopes that would have to be rendered, and of which nobody here can tell what they would be. */
function notRendered(renders: readonly ChangedRender[]): string[] {
  return renders.flatMap(({ plan, result }) => {
    if (result && result.kind !== 'stopped') return [];
    const why = result ? `: ${result.message}` : '';
    return [`${plan.name} is not rendered with this change${why}; what is told of it leaves the change out.`];
  });
}

function stateOf(workspace: Workspace, requests: readonly TraceRequest[], scope: string | undefined): State {
  const services = new Map<string, string>();
  const refusals = new Set<string>();
  for (const { scope: own, simulation } of workspace.scopes) {
    const { controlPlane } = simulation;
    for (const service of controlPlane.services()) {
      const addresses = service.spec.clusterIPs?.join(', ') ?? service.spec.externalName ?? '';
      const text = `${service.spec.type} ${addresses}: ${countEndpoints(endpointsOf(service, controlPlane))}`;
      services.set(`${own.name}\n${namespacedName(service)}`, text);
    }
    for (const { message } of controlPlane.refusals()) refusals.add(message);
  }
  const state = requests.length === 0 ? undefined : scopeOf(scope, workspace);
  const verdict = (request: TraceRequest) => {
    if (!state || 'error' in state) return 'there is no such scope';
    const result = traceRequest(request, workspace, state);
    return 'error' in result ? result.error : result.verdict;
  };
  return { findings: findingsOf(workspace), services, requests: requests.map(verdict), refusals };
}

function findingsOf(workspace: Workspace): State['findings'] {
  const all = new Map<string, () => FindingAnswer>();
  for (const path of workspace.paths()) {
    for (const problem of workspace.problems(path))
      all.set(JSON.stringify([problem.code, problem.message, path]), () => problemAnswer(problem, path));
    for (const finding of workspace.findings(path)) {
      const { code, object, message, place } = finding;
      all.set(JSON.stringify([code, object, message, place.file]), () => findingAnswer(finding, workspace));
    }
  }
  return all;
}

function servicesThatDiffer(before: State['services'], after: State['services']): ChangeAnswer['services'] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [scope = '', service = ''] = key.split('\n');
    const [old, now] = [before.get(key) ?? 'not there', after.get(key) ?? 'not there'];
    return old === now ? [] : [{ scope, service, before: old, after: now }];
  });
}
