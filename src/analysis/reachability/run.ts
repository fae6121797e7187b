/** Runs the tests of a file: each request is traced as any other, and its end compared with what is expected. */

import type { ManifestFile } from '#manifest/types';
import type { ScopeState } from '../context';
import { aboutObjects } from '../features/findings-by-object';
import type { Tracing } from '../trace/causes';
import { isError } from '../trace/lookup';
import { trace } from '../trace/trace';
import type { Trace, TraceError, TracePath } from '../types';
import type { Workspace } from '../workspace';
import { isPassedBy } from './balancer';
import { endsAs } from './ends';
import { failedFinding, findingAt, type At } from './findings';
import { readReachability } from './read';
import { requestsOf, type WeightedRequest } from './requests';
import { scopeOfTests } from './scope';
import type { Expectation, Failed, FileResult, ReachabilityDocument, ReachabilityTest, TestResult } from './types';

/** Of a test that fails for many, so many are kept to be shown. */
const mostFailures = 3;

export interface RunOptions {
  /** Asked before each test: whether there is time for it. */
  readonly mayGoOn?: () => boolean;
  /** A scope that counts for all tests, whatever they say. */
  readonly scope?: ScopeState;
}

/** Runs all tests of a file that could be read, in their order. */
export function runReachability(file: ManifestFile, workspace: Workspace, options: RunOptions = {}): FileResult {
  const { documents } = readReachability(file);
  const about = aboutObjects(workspace);
  const tests = documents.flatMap((document) => {
    const state = options.scope ?? scopeOfTests(file.path, document, workspace);
    if ('error' in state) return document.tests.map((test) => withoutScope(test, document, state.error, file.path));
    const tracing = { context: workspace.context(state), findingsOf: about.findings, explain: false };
    return document.tests.map((test) => runTest(test, file.path, tracing, options));
  });
  return { path: file.path, tests };
}

function withoutScope(test: ReachabilityTest, document: ReachabilityDocument, error: string, file: string): TestResult {
  const at = { file, range: document.scope?.range ?? test.places.expect };
  return { ...nothing(test), state: 'error', scope: '', finding: findingAt(at, test, 'error', error) };
}

function nothing(test: ReachabilityTest) {
  return { test, requests: 0, share: 0, failures: [], finding: undefined };
}

function runTest(test: ReachabilityTest, file: string, tracing: Tracing, options: RunOptions): TestResult {
  const { scope } = tracing.context;
  const at = (side: keyof ReachabilityTest['places']): At => ({ file, range: test.places[side] });
  const broken = (side: keyof ReachabilityTest['places'], error: string): TestResult => ({
    ...nothing(test),
    state: 'error',
    scope: scope.name,
    finding: findingAt(at(side), test, 'error', error),
  });
  if (options.mayGoOn && !options.mayGoOn()) {
    const words = 'not run in the editor, since this file takes too long: service-topology test runs it';
    return { ...nothing(test), state: 'not run', scope: scope.name, finding: findingAt(at('expect'), test, 'hint', words) };
  }
  const requests = requestsOf(test, tracing.context.simulation.controlPlane);
  if (isError(requests)) return broken(requests.side, requests.error);
  const asked = ask(requests, tracing);
  if (isError(asked)) return broken('to', asked.error);
  const shares = asked.map(({ found, weight }) => ({ weight, fulfilled: shareOf(found.paths, test.expect) }));
  const all = shares.reduce((sum, { weight }) => sum + weight, 0);
  const share = shares.reduce((sum, { weight, fulfilled }) => sum + weight * fulfilled, 0) / all;
  const failed = asked.filter((_, i) => shares[i]!.fulfilled < 1 - smallest);
  const failures = failed.slice(0, mostFailures).map(({ request, found }): Failed => ({ request, trace: found }));
  const passed = share > smallest && share >= test.share - smallest;
  const result = { test, scope: scope.name, requests: asked.length, share };
  if (passed) return { ...result, state: 'passed', failures: [], finding: undefined };
  return { ...result, state: 'failed', failures, finding: failedFinding(at('expect'), test, result, failures) };
} // prettier-ignore

type Asked = WeightedRequest & { readonly found: Trace };

/** Without the nodes that a load balancer passes by, unless these are all of them. */
function ask(requests: readonly WeightedRequest[], tracing: Tracing): readonly Asked[] | TraceError {
  const asked: Asked[] = [];
  for (const request of requests) {
    const found = trace(request.request, tracing);
    if (isError(found)) return found;
    asked.push({ ...request, found });
  }
  const { controlPlane } = tracing.context.simulation;
  const used = asked.filter(({ through, found }) => through === undefined || !isPassedBy(through, found, controlPlane));
  return used.length > 0 ? used : asked;
}

/** kube-proxy prints chances with ten digits. */
const smallest = 1e-6;

function shareOf(paths: readonly TracePath[], expect: Expectation): number {
  const all = paths.reduce((sum, { probability }) => sum + probability, 0);
  const fulfilled = paths.reduce((sum, path) => sum + (endsAs(path, expect) ? path.probability : 0), 0);
  return all === 0 ? 0 : fulfilled / all;
}
