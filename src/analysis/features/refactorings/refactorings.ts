/** What can be done with an object of its own accord: the refactorings that an editor offers at a place. */

import type { Position } from '#base/text';
import type { Workspace } from '../../workspace';
import { objectAt } from '../object-at';
import { endpointsAsSlices } from './endpoints-as-slices';
import { namedTargetPort } from './named-target-port';
import { serviceForWorkload } from './new-service';
import { policyForCallers } from './policy-for-callers';
import { readinessProbe } from './readiness-probe';
import type { Refactor, Refactoring } from './types';

const all: readonly Refactor[] = [
  serviceForWorkload,
  policyForCallers,
  namedTargetPort,
  readinessProbe,
  endpointsAsSlices,
];

export function refactorings(workspace: Workspace, file: string, position: Position): Refactoring[] {
  const at = objectAt(workspace, file, position);
  if (!at) return [];
  return all.map((refactor) => refactor(at, workspace)).filter((each) => each !== undefined);
}
