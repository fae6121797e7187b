/** What the rules, the trace and the features are given: one scope's simulation and the files around it. */

import type { ManifestFile, Scope } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { Simulation } from '#simulation/types';
import type { Finding, Unknown } from './types';

/** A scope with the simulation of its cluster. */
export interface ScopeState {
  readonly scope: Scope;
  readonly simulation: Simulation;
}

/** One scope, the files that its objects stand in, and its neighbours (only for telling where a near miss is). */
export interface AnalysisContext extends ScopeState {
  file(path: string): ManifestFile | undefined;
  /** The other scopes of the workspace. */
  others(): Iterable<ScopeState>;
}

/** What was found out about one object. */
export interface ObjectFindings {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
  /**
   * Whether the answer depends on pods other than the object's own targets (a search for a near miss):
   * it is then derived anew whenever any object of the workspace changes. Such objects are few: they are broken.
   */
  readonly searched: boolean;
}

/** Derives what is to be said about one object; pure. */
export type DeriveFindings = (object: KubernetesObject, context: AnalysisContext) => ObjectFindings;
