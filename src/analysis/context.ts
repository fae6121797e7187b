/** What the rules, the trace and the features are given: one scope's simulation and the files around it. */

import type { ManifestFile, Scope } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { Simulation } from '#simulation/types';
import type { Finding, Place, Unknown } from './types';

/** A scope with the simulation of its cluster. */
export interface ScopeState {
  readonly scope: Scope;
  readonly simulation: Simulation;
  /** The files of the objects about which anything was found, or left open: few of many. */
  filesWithFindings(): ReadonlySet<string>;
}

/** One scope, the files that its objects stand in, and its neighbours (only for telling where a near miss is). */
export interface AnalysisContext extends Pick<ScopeState, 'scope' | 'simulation'> {
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
  /** What else the answer depends on, beside the object and its own targets; it is derived anew when one of these changes. */
  readonly dependencies?: readonly Dependency[];
  /** What was left open: where a file belongs to several scopes, this one has no say there. */
  readonly open?: readonly OpenQuestion[];
}

/** Findings that there may be or not, as far as the scope's files tell. */
export interface OpenQuestion {
  readonly codes: readonly string[];
  readonly place: Place;
  /** Whether any place of the object is meant, or this one. */
  readonly extent: 'object' | 'place';
}

/**
 * Something of the scope: an object by its key (of a Service: its targets, too); all objects of a kind as
 * `kind GROUP/KIND`, those of a namespace as `kind GROUP/KIND NAMESPACE`; which objects of a kind there are in a namespace
 * as `names GROUP/KIND NAMESPACE`, where there is one of a name as `named GROUP/KIND NAME`; the pods of a namespace as
 * `pods NAMESPACE`, of all as `pods`; and which `namespaces` there are.
 */
export type Dependency = string;

/** Derives what is to be said about one object; pure. */
export type DeriveFindings = (object: KubernetesObject, context: AnalysisContext) => ObjectFindings;
