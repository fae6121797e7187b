/** Questions about requests: the trace, the comparison, what would mend it, exports, and the pinned ones. */

import type { ScopeState } from '#analysis/context';
import { rulesDocument } from '#analysis/rules-view/document';
import { lineOfRule } from '#analysis/rules-view/rule-line';
import { alsoChangedBy } from '#analysis/sharing';
import { compareRequest } from '#analysis/trace/compare';
import { exportTrace } from '#analysis/trace/export/formats';
import { KeptOutcomes } from '#analysis/trace/pinned';
import { remediesOf, type Remedies, type Remedy } from '#analysis/trace/remedies';
import { printThen } from '#analysis/trace/remedy-words';
import { toneOf } from '#analysis/trace/tone';
import { traceRequest } from '#analysis/trace/trace';
import type { TraceRequest } from '#analysis/types';
import { ScopeVariants } from '#analysis/variants';
import type { Workspace } from '#analysis/workspace';
import { compareRequestMessage, traceRequestMessage } from '#protocol/server';
import { pinsRequest, remediesRequest, ruleLineRequest, traceExportRequest, type WireRemedy } from '#protocol/trace';
import type { Answer } from './answering';
import type { Paths } from './paths';
import type { Session } from './session';
import { wireComparison, wirePlace, wireTrace } from './wire';

/** How long pinned requests may keep others from being answered, in milliseconds. */
const pinsBudget = 300;

export function registerTraceRequests(answer: Answer, current: () => Session | undefined): void {
  const variants = new ScopeVariants();
  const kept = new KeptOutcomes();

  const remedies = (request: TraceRequest, workspace: Workspace, state: ScopeState): Remedies =>
    remediesOf(request, workspace, state, variants);

  answer(traceRequestMessage, ({ scope, request }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const result = traceRequest({ ...request, explain: true }, workspace, state);
    if ('error' in result) return { ...result, suggestions: result.suggestions && [...result.suggestions] };
    return { trace: wireTrace(result, scope, state.simulation.controlPlane.settings.proxyMode, paths) };
  });

  answer(compareRequestMessage, ({ scope, request }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const result = compareRequest({ request }, workspace, state);
    return 'error' in result ? result : { comparison: wireComparison(result) };
  });

  answer(remediesRequest, ({ scope, request }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const found = remedies(request, workspace, state);
    const wired = (remedy: Remedy): WireRemedy => wireRemedy(remedy, state, workspace, paths);
    return { remedies: found.remedies.map(wired), hints: [...found.hints] };
  });

  answer(traceExportRequest, ({ scope, request, format, path }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const trace = traceRequest(request, workspace, state);
    if ('error' in trace) return trace;
    const isMended = format === 'text' || format === 'markdown';
    const found = isMended ? remedies(request, workspace, state) : { remedies: [], hints: [] };
    return { text: exportTrace(trace, found, format, { path, displayPath: (file) => file }) };
  });

  answer(ruleLineRequest, ({ rules, rule }, workspace) => {
    const { node, mode, family } = rules;
    const ruleset = workspace.scope(rules.scope)?.simulation.dataPlane.rules(node, mode, family);
    if (!ruleset) return {};
    const { text, chain, table, index } = rule;
    return { line: lineOfRule(rulesDocument(ruleset), { text, chain, at: { node, family, table, index } }) };
  });

  answer(pinsRequest, async ({ pins }) => {
    for (const { scope } of pins) await current()?.ready({ scope });
    const until = performance.now() + pinsBudget;
    const outcomes = pins.flatMap((pin) => {
      // Pinned requests may be about files and clusters beside each other.
      const view = current()?.viewOf({ scope: pin.scope });
      const found = view && kept.outcome(pin, view.workspace(), () => performance.now() < until);
      return found ? { ...found, place: wirePlace(found.place, view.paths) } : [];
    });
    kept.forgetAllBut(pins);
    return { outcomes, isWhole: outcomes.length === pins.length };
  });
}

function wireRemedy(remedy: Remedy, state: ScopeState, workspace: Workspace, paths: Paths): WireRemedy {
  return {
    steps: [...remedy.steps],
    then: printThen(remedy.trace),
    tone: toneOf(remedy.trace),
    edits: remedy.edits.map(({ file, range, newText }) => ({ uri: paths.uri(file), range, newText })),
    files: remedy.files.map(({ path, before, after }) => ({ uri: paths.uri(path), before, after })),
    alsoChanges: [
      ...alsoChangedBy(
        remedy.files.map(({ path }) => path),
        state,
        workspace,
      ),
    ],
    request: remedy.request,
  };
}

function gone(scope: string): { error: string } {
  return { error: `There is no scope ${scope} any more.` };
}
