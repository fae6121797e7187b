/** What a graph is made from: a scope of the workspace, or a moment of a what-if in it. */

import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { ScopeState } from '../context';
import { aboutObjects } from '../features/findings-by-object';
import { objectAt } from '../features/object-at';
import type { Finding, Place } from '../types';
import type { Workspace } from '../workspace';

export interface TopologySource {
  readonly scope: string;
  readonly controlPlane: ControlPlane;
  /** Another number whenever anything in it may have become another. */
  readonly stamp: number;
  /** Another number when what is said about an object of the file may be another. */
  lastUpdateOf(file: string): number;
  /** The findings about an object; what is given is good until the next stamp. */
  findings(): (object: KubernetesObject) => readonly Finding[];
  objectAt(place: Place): KubernetesObject | undefined;
}

export function sourceOf(workspace: Workspace, state: ScopeState): TopologySource {
  return {
    scope: state.scope.name,
    get controlPlane() {
      return state.simulation.controlPlane;
    },
    get stamp() {
      return workspace.updates;
    },
    lastUpdateOf: (file) => workspace.lastUpdateOf(file),
    findings: () => aboutObjects(workspace).findings,
    objectAt: ({ file, range }) => objectAt(workspace, file, range.start)?.object,
  };
}
