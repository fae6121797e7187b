/** What a team says must and must not be reachable, and what came of it. */

import type { Range } from '#base/text';
import type { ProxyMode } from '#model/settings';
import type { Finding, Trace, TraceRequest } from '../types';

export const expectations = ['delivered', 'refused', 'timeout', 'blocked', 'unresolved', 'not delivered'] as const;
export type Expectation = (typeof expectations)[number];

/** One entry of `tests`. */
export interface ReachabilityTest {
  /** As given, or `FROM → TO`. */
  readonly name: string;
  /** Each of them has to fulfil it. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly port: number | undefined;
  readonly protocol: TraceRequest['protocol'];
  readonly mode: ProxyMode | undefined;
  readonly expect: Expectation;
  /** The least share of the requests that has to end so, above 0; 0 for any at all. */
  readonly share: number;
  readonly places: { readonly from: Range; readonly to: Range; readonly expect: Range };
}

/** A document of a file of tests. */
export interface ReachabilityDocument {
  /** The scope that it is about, where it says so. */
  readonly scope: { readonly text: string; readonly range: Range } | undefined;
  readonly tests: readonly ReachabilityTest[];
}

/** A request that did not end as expected. */
export interface Failed {
  readonly request: TraceRequest;
  readonly trace: Trace;
}

export type TestState = 'passed' | 'failed' | 'error' | 'not run';

export interface TestResult {
  readonly test: ReachabilityTest;
  readonly state: TestState;
  /** Which scope it was asked of; '' where there is none. */
  readonly scope: string;
  readonly requests: number;
  /** Of the requests: how much of them ended as expected, 0 to 1. */
  readonly share: number;
  /** The first few requests that did not. */
  readonly failures: readonly Failed[];
  /** What is to be said about it; undefined where it passed. */
  readonly finding: Finding | undefined;
}

export interface FileResult {
  readonly path: string;
  readonly tests: readonly TestResult[];
}
