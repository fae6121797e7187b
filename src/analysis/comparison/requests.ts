/** Requests that end otherwise in one scope than in another: those that somebody watches, and reachability tests. */

import type { Range } from '#base/text';
import type { ManifestFile } from '#manifest/types';
import { runReachability } from '../reachability/run';
import type { TestState } from '../reachability/types';
import { toneOf, type Tone } from '../trace/tone';
import type { Trace, TraceError, TraceRequest } from '../types';
import type { Workspace } from '../workspace';
import type { ScopeState } from '../context';

/** How a request ends on both sides. */
export interface RequestComparison {
  readonly request: TraceRequest;
  /** The same request in the namespaces of the second scope. */
  readonly counterpart: TraceRequest;
  readonly first: RequestEnd;
  readonly second: RequestEnd;
  readonly differs: boolean;
}

export interface RequestEnd {
  /** `DELIVERED 2/3, REFUSED 1/3`; why it cannot be traced. */
  readonly verdict: string;
  readonly tone: Tone;
}

export type TraceSide = (request: TraceRequest) => Trace | TraceError;

export function compareRequest(
  request: TraceRequest,
  namespaces: ReadonlyMap<string, string>,
  first: TraceSide,
  second: TraceSide,
): RequestComparison {
  const counterpart = inNamespaces(request, namespaces);
  const [a, b] = [endOf(first(request)), endOf(second(counterpart))];
  return { request, counterpart, first: a, second: b, differs: a.verdict !== b.verdict };
}

function endOf(trace: Trace | TraceError): RequestEnd {
  return { verdict: 'error' in trace ? trace.error : trace.verdict, tone: toneOf(trace) };
}

/** The ends of a request as they are called in the other scope: `deployment/dev/web` → `deployment/prod/web`. */
function inNamespaces(request: TraceRequest, namespaces: ReadonlyMap<string, string>): TraceRequest {
  if (namespaces.size === 0) return request;
  const renamed = (text: string, pattern: RegExp) =>
    text.replace(pattern, (whole, before: string, name: string) =>
      namespaces.has(name) ? before + namespaces.get(name)! : whole,
    );
  // `deployment/dev/web` and `deployment dev/web`; in a host name the namespace is the second label.
  const mapped = (text: string) =>
    renamed(renamed(text, /^([\w-]+[/ ])([^/\s]+)(?=\/)/), /^((?:\w+:\/\/)?[\w-]+\.)([\w-]+)(?=[./:]|$)/);
  return { ...request, from: mapped(request.from), to: mapped(request.to) };
}

/** A reachability test that passes in one scope and fails in the other. */
export interface TestDifference {
  readonly file: string;
  /** Where its expectation stands. */
  readonly range: Range;
  readonly name: string;
  readonly first: TestState;
  readonly second: TestState;
}

/** Runs the tests of the files in both scopes; those that cannot be run in one of them tell nothing. */
export function testDifferences(
  files: readonly ManifestFile[],
  first: { readonly workspace: Workspace; readonly state: ScopeState },
  second: { readonly workspace: Workspace; readonly state: ScopeState },
): readonly TestDifference[] {
  return files.flatMap((file) => {
    const [a, b] = [first, second].map(({ workspace, state }) => runReachability(file, workspace, { scope: state }).tests);
    return a!.flatMap(({ test, state }, index): TestDifference[] => {
      const other = b![index]?.state;
      const isTold = (told: TestState | undefined): told is TestState => told === 'passed' || told === 'failed';
      if (!isTold(state) || !isTold(other) || state === other) return [];
      return [{ file: file.path, range: test.places.expect, name: test.name, first: state, second: other }];
    });
  });
} // prettier-ignore
