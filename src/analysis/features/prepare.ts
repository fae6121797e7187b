/** What the first question would have to wait for, made ahead of it: where the pods are, and who mentions what. */

import type { Workspace } from '../workspace';
import { prepareMentions } from './mentions/mention-index';

/** Of so many groups the pods are placed at a time: about a millisecond's work. */
const groupsAtOnce = 20;

/**
 * Pauses after each bit, so that whoever does it while nothing else is to be done can stop at once. Good until the
 * workspace changes; what was made before stays, and a question makes what is missing.
 */
export function* prepare(workspace: Workspace): Generator<void> {
  for (const state of workspace.scopes) {
    while (state.simulation.controlPlane.placePods(groupsAtOnce)) yield;
    yield* prepareMentions(workspace, state);
  }
}
