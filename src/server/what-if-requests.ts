/** Questions about what happens when something happens: the time line, and the forms in which it can be kept. */

import type * as v from 'valibot';
import type { ScopeState } from '#analysis/context';
import { namePlaceOf } from '#analysis/places';
import { alsoChangedBy } from '#analysis/sharing';
import { whatIfSubjects } from '#analysis/what-if/choices';
import { printWhatIf, readWhatIf } from '#analysis/what-if/file';
import { findObjectIn, isFailure } from '#analysis/what-if/find';
import { parseStep, printStep } from '#analysis/what-if/grammar';
import type { KeptTimelines } from '#analysis/what-if/kept';
import { asKubectl, asKustomize, editsOf, patchesOf } from '#analysis/what-if/patch';
import type { Step } from '#analysis/what-if/types';
import type { MomentView, TimelineView } from '#analysis/what-if/view';
import { writtenObject } from '#analysis/what-if/written';
import type { KeptTopology } from '#analysis/topology/topology';
import type { Workspace } from '#analysis/workspace';
import {
  whatIfMapRequest, whatIfPatchRequest, whatIfPlaceRequest, whatIfPrintRequest, whatIfReadRequest, whatIfRequest,
  type WireSupposed, type WireWhatIf, type WireWhatIfMoment,
} from '#protocol/what-if'; // prettier-ignore
import type { WireTraceRequest } from '#protocol/values';
import type { Answer } from './answering';
import { topologyAnswer } from './topology-requests';
import { wirePlace } from './wire';

/** So many nodes' rules are compared at each moment: the others' differ alike. */
const comparedNodes = 3;

export function registerWhatIfRequests(answer: Answer, timelines: KeptTimelines): void {
  answer(whatIfRequest, ({ scope, steps: texts, requests }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    return { whatIf: wireWhatIf(state, { steps: texts, requests }, workspace, timelines) };
  });

  answer(whatIfMapRequest, ({ since, ...question }, workspace) => {
    const state = workspace.scope(question.scope);
    if (!state) return gone(question.scope);
    const map = wireWhatIfMap(state, question, workspace, timelines);
    return map ? { supposed: map.supposed, ...topologyAnswer(map.topology, since) } : { error: 'There is no such moment.' };
  }); // prettier-ignore

  answer(whatIfPatchRequest, ({ scope, steps: texts }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const { steps } = stepsOf(texts);
    const { controlPlane } = state.simulation;
    const written = patchesOf(steps, controlPlane, (object) => writtenObject(object, workspace));
    const { edits, leftOut } = editsOf(steps, workspace.context(state));
    return {
      kustomize: asKustomize(written),
      kubectl: asKubectl(patchesOf(steps, controlPlane)),
      edits: edits.map((edit) => ({ ...paths.place(edit), newText: edit.newText })),
      alsoChanges: [
        ...alsoChangedBy(
          edits.map(({ file }) => file),
          state,
          workspace,
        ),
      ],
      takesPatches: state.scope.kind === 'kustomization',
      leftOut: [...leftOut],
    };
  });

  answer(whatIfPrintRequest, ({ scope, steps: texts, requests }) => {
    const { steps, bad } = stepsOf(texts);
    return bad ? { error: bad.error } : { text: printWhatIf({ scope, steps, requests }) };
  });

  answer(whatIfReadRequest, ({ text }) => {
    const { whatIf, problems } = readWhatIf(text);
    return {
      scope: whatIf.scope,
      steps: whatIf.steps.map(printStep),
      requests: whatIf.requests.map(({ from, to, port, protocol, mode }) => ({ from, to, port, protocol, mode })),
      problems: problems.map(({ line, message }) => ({ line, message })),
    };
  });

  answer(whatIfPlaceRequest, ({ scope, object: text }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    const [kind = '', name = ''] = text.split(' ');
    const [namespace, own] = name.includes('/') ? name.split('/') : [undefined, name];
    if (!state || own === undefined) return {};
    const { controlPlane } = state.simulation;
    // A pod's YAML is its workload's; one that a what-if has made has that of its kin.
    const object = kind === 'pod' ? controlPlane.groupOfPod(name)?.object : findObjectIn({ kind, namespace, name: own }, controlPlane); // prettier-ignore
    if (!object || isFailure(object)) return {};
    return { place: wirePlace(namePlaceOf(object, workspace), paths) };
  });
}

/** What comes of the steps in a scope, as the panel shows it. */
export function wireWhatIf(
  state: ScopeState,
  { steps: texts, requests }: { readonly steps: readonly string[]; readonly requests: readonly WireTraceRequest[] },
  workspace: Workspace,
  timelines: KeptTimelines,
): WireWhatIf {
  const { steps, bad } = stepsOf(texts);
  const timeline = timelines.timeline(state, steps);
  const view = timelines.view(state, steps, { requests, context: workspace.context(state), nodes: comparedNodes });
  const told = texts.map((text, i) => ({
    text,
    error: [timeline.error, bad].find((failed) => failed?.step === i)?.error,
  }));
  return { ...wireView(view), scope: state.scope.name, steps: told, requests: [...requests], ...about(state, steps) };
}

/** The map at a moment of a what-if; at the last one where there are fewer. */
export function wireWhatIfMap(
  state: ScopeState,
  { steps: texts, requests, moment: asked }: Omit<v.InferOutput<typeof whatIfMapRequest.params>, 'since'>,
  workspace: Workspace,
  timelines: KeptTimelines,
): { readonly supposed: WireSupposed; readonly topology: KeptTopology } | undefined {
  const { steps, bad } = stepsOf(texts);
  const options = { requests, context: workspace.context(state), nodes: comparedNodes };
  const { moments } = timelines.view(state, steps, options);
  const moment = Math.min(asked, moments.length - 1);
  const map = timelines.map(workspace, state, steps, moment);
  if (!map) return undefined;
  const failed = timelines.timeline(state, steps).error ?? bad;
  const ends = moments[moment]?.requests ?? [];
  const supposed = {
    steps: [...texts],
    moment,
    error: failed?.error,
    moments: moments.map(({ step, title, when, requests: all }) => ({ step, title, when, requests: endOf(all) })),
    requests: ends.map(({ request, verdict, failed: isLost }) => ({ request: wireRequest(request), verdict, failed: isLost })), // prettier-ignore
    marks: { pods: [...map.marks.pods], nodes: [...map.marks.nodes] },
  };
  return { supposed, topology: map.topology };
}

/** How the requests of a moment end, all together. */
function endOf(requests: readonly { readonly failed: boolean }[]): 'none' | 'arrive' | 'fail' {
  if (requests.length === 0) return 'none';
  return requests.some(({ failed }) => failed) ? 'fail' : 'arrive';
}

function gone(scope: string): { error: string } {
  return { error: `There is no scope ${scope} any more.` };
}

/** The steps up to the first that cannot be read. */
export function stepsOf(texts: readonly string[]): {
  readonly steps: readonly Step[];
  readonly bad: { readonly step: number; readonly error: string } | undefined;
} {
  const steps: Step[] = [];
  for (const [index, text] of texts.entries()) {
    const step = parseStep(text);
    if ('error' in step) return { steps, bad: { step: index, error: step.error } };
    steps.push(step);
  }
  return { steps, bad: undefined };
}

function about({ simulation }: ScopeState, steps: readonly Step[]): Pick<WireWhatIf, 'subjects' | 'changesManifests'> {
  const { controlPlane } = simulation;
  return {
    subjects: whatIfSubjects(controlPlane).map((subject) => ({ ...subject })),
    changesManifests: patchesOf(steps, controlPlane).patches.length > 0,
  };
}

function wireView(view: TimelineView): Pick<WireWhatIf, 'moments' | 'podsLeftOut' | 'servicesLeftOut'> {
  return { ...view, moments: view.moments.map(wireMoment) };
}

function wireMoment(moment: MomentView): WireWhatIfMoment {
  return {
    ...moment,
    events: [...moment.events],
    pods: [...moment.pods],
    nodes: [...moment.nodes],
    services: moment.services.map((service) => ({
      ...service,
      endpoints: [...service.endpoints],
      fields: [...service.fields],
    })),
    rules: [...moment.rules],
    requests: moment.requests.map((each) => ({
      ...each,
      request: wireRequest(each.request),
      ends: [...each.ends],
    })),
  };
}

function wireRequest({ from, to, port, protocol, mode }: MomentView['requests'][number]['request']) {
  return { from, to, port, protocol, mode };
}
