/** Which nodes there are for certain: those of the manifests, or of the user's settings. The others are made up. */

import type { ControlPlane } from '#simulation/types';

/**
 * Names of the nodes that somebody has written down; empty where the simulation has invented them. Findings about
 * Services follow the nodes by themselves, and all findings whether nodes are written down; others depend on `kind /Node`.
 */
export function knownNodes(controlPlane: ControlPlane): readonly string[] {
  for (const _ of controlPlane.objectsOfKind('', 'Node')) return namesOf(controlPlane);
  return controlPlane.settings.said?.has('nodes') ? namesOf(controlPlane) : [];
}

function namesOf(controlPlane: ControlPlane): readonly string[] {
  return controlPlane.nodes().map(({ metadata }) => metadata.name);
}
