/** What a change of files would do, without writing them: findings that come and go, endpoints, requests, refusals. */

import { namespacedName } from '#model/kubernetes';
import { countEndpoints, endpointsOf } from '../topology/endpoints';
import { traceRequest } from '../trace/trace';
import type { Finding, TraceRequest } from '../types';
import { withChange, type FileChange } from '../with-change';
import type { Workspace } from '../workspace';
import { findingAnswer } from './findings';
import { scopeOf, type Failed } from './scope';

export interface ChangeQuestion {
  readonly files: readonly FileChange[];
  readonly requests?: readonly TraceRequest[];
  readonly scope?: string;
}

export interface ChangeAnswer {
  readonly newFindings: readonly ReturnType<typeof findingAnswer>[];
  readonly goneFindings: readonly ReturnType<typeof findingAnswer>[];
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
}

interface State {
  /** By what a finding says of what: a line that moves makes no new one. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** `SCOPE\nSERVICE` → its state in words. */
  readonly services: ReadonlyMap<string, string>;
  readonly requests: readonly string[];
  readonly refusals: ReadonlySet<string>;
}

/** The workspace is as before when this returns. */
export function simulateChange(question: ChangeQuestion, workspace: Workspace): ChangeAnswer | Failed {
  const { files, requests = [], scope } = question;
  if (requests.length > 0) {
    const state = scopeOf(scope, workspace);
    if ('error' in state) return state;
  }
  const before = stateOf(workspace, requests, scope);
  // Each finding is told by the text that it is about.
  const only = (state: State, other: State) =>
    [...state.findings].filter(([key]) => !other.findings.has(key)).map(([, each]) => findingAnswer(each, workspace));
  const { after, newFindings } = withChange(files, workspace, () => {
    const changed = stateOf(workspace, requests, scope);
    return { after: changed, newFindings: only(changed, before) };
  });
  return {
    newFindings,
    goneFindings: only(before, after),
    services: servicesThatDiffer(before.services, after.services),
    requests: requests.map(({ from, to }, i) => ({ from, to, before: before.requests[i]!, after: after.requests[i]! })),
    newRefusals: [...after.refusals].filter((text) => !before.refusals.has(text)),
  };
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

function findingsOf(workspace: Workspace): ReadonlyMap<string, Finding> {
  const all = workspace.paths().flatMap((path) => workspace.findings(path));
  return new Map(all.map((finding) => [JSON.stringify([finding.code, finding.object, finding.message, finding.place.file]), finding])); // prettier-ignore
}

function servicesThatDiffer(before: State['services'], after: State['services']): ChangeAnswer['services'] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [scope = '', service = ''] = key.split('\n');
    const [old, now] = [before.get(key) ?? 'not there', after.get(key) ?? 'not there'];
    return old === now ? [] : [{ scope, service, before: old, after: now }];
  });
}
