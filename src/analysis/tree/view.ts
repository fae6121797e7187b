/** What the rows of the Services view share: ids, the question's view of a scope, and the sum of problems. */

import type { KubernetesObject } from '#model/object';
import type { ScopeState } from '../context';
import type { AboutObjects } from '../features/findings-by-object';
import type { Finding, Severity, Unknown } from '../types';
import type { Workspace } from '../workspace';

/** A scope of a workspace, for one question. */
export interface View {
  readonly workspace: Workspace;
  readonly state: ScopeState;
  readonly about: AboutObjects;
}

/** What is to be said about one object. */
export interface Problems {
  readonly object: KubernetesObject;
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
}

/** Parts may hold any character: a scope's id has slashes and colons. */
export function joinId(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('|');
}

export function splitId(id: string): string[] {
  try {
    return id.split('|').map(decodeURIComponent);
  } catch {
    // Not one of ours: a stray % is no escape.
    return [];
  }
}

/** Hints and remarks do not rise to the parents. */
export function isProblem({ severity }: Finding): boolean {
  return severity === 'error' || severity === 'warning';
}

/** `1 problem`; empty for none. */
export function countProblems(findings: readonly Finding[]): string {
  const { length } = findings.filter(isProblem);
  return length === 0 ? '' : `${length} ${length === 1 ? 'problem' : 'problems'}`;
}

const order: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

export function worst(findings: readonly Finding[]): Severity | undefined {
  return order.find((severity) => findings.some((finding) => finding.severity === severity));
}
