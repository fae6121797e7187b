/** A debugger's questions: a request as a list of stops, and the lines of rules at which it can stop. */

import { recordRequest } from '#analysis/debug/record';
import { stoppableLines } from '#analysis/debug/stoppable-lines';
import { rulesDocument } from '#analysis/rules-view/document';
import { recordRequestMessage, ruleLinesRequest } from '#protocol/debug';
import type { Answer } from './answering';
import { wireRecording } from './wire-recording';

export function registerDebugRequests(answer: Answer): void {
  answer(recordRequestMessage, ({ scope, node, choose, ...request }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    if (!state) return { error: `There is no scope ${scope}.` };
    const recording = recordRequest({ request, node, choose }, workspace, state);
    return 'error' in recording ? recording : { recording: wireRecording(recording, scope, paths) };
  });

  answer(ruleLinesRequest, ({ scope, node, mode, family }, workspace) => {
    const ruleset = workspace.scope(scope)?.simulation.dataPlane.rules(node, mode, family);
    if (!ruleset) return { lines: [], chains: [] };
    const { lines, chains } = stoppableLines(rulesDocument(ruleset));
    return { lines: [...lines], chains: [...chains] };
  });
}
