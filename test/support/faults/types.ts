/** What the fault generator and its score hand to each other. */

import type { Finding, Place, Severity, TextEdit } from '#analysis/types';
import type { Application } from './application';
import type { Random } from './random';

/** One place where a fault of a kind can be put, in one application. */
export interface Candidate {
  /** Stable over runs: what the choice and the wording are drawn from. */
  readonly id: string;
  /** A change after which all is still right, where the manifests lack what the fault is about. */
  readonly prepare?: (application: Application, random: Random) => readonly TextEdit[] | undefined;
  /** The fault itself; undefined where it cannot be put here after all. */
  readonly spoil: (application: Application, random: Random) => readonly TextEdit[] | undefined;
  /** What the cluster answers: a fault that does not change it is none. */
  readonly answer: (application: Application) => string;
  /** The other sides of the relation that the fault breaks, after it. */
  readonly otherSides?: (application: Application) => readonly (Place | undefined)[];
}

export interface FaultKind {
  /** In words: `targetPort by name`. */
  readonly name: string;
  /** The findings that name this fault. */
  readonly codes: readonly string[];
  /** Findings that may follow from it elsewhere. */
  readonly follows?: readonly string[];
  readonly candidates: (application: Application) => Iterable<Candidate>;
}

export interface Verdict {
  readonly kind: string;
  readonly application: string;
  readonly id: string;
  /** `web.yaml:12 app: web → app: wbe`. */
  readonly change: string;
  readonly result: 'found' | 'other cause' | 'unknown' | 'missed';
  /** Of the finding that names the fault. */
  readonly severity: Severity | undefined;
  /** The finding that names the fault, or those that came in its place. */
  readonly told: readonly string[];
  readonly noise: readonly string[];
  /** What the preparation alone gave: right manifests, so each is a false alarm. */
  readonly falseAlarms: readonly string[];
}

export interface KindScore {
  readonly kind: string;
  readonly verdicts: readonly Verdict[];
  /** Faults that change no answer. */
  readonly dropped: number;
}

/** A finding on manifests as they are. */
export interface Told {
  readonly workspace: string;
  readonly finding: Pick<Finding, 'code' | 'severity' | 'message' | 'place' | 'details'>;
}
