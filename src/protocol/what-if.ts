/** Questions about what happens when something happens, and the messages of the panel that shows it. */

import * as v from 'valibot';
import { request } from './request';
import { place, proxyMode, range, topology, topologyChange, traceRequest } from './values';

const failure = v.object({ error: v.string() });
const mark = v.picklist(['new', 'gone', 'changed', 'same']);

export const whatIfPod = v.object({
  name: v.string(),
  state: v.picklist(['ready', 'not ready', 'terminating', 'pending', 'ended', 'dead']),
  text: v.string(),
  node: v.optional(v.string()),
  address: v.optional(v.string()),
  mark,
  before: v.optional(v.string()),
});
export type WireWhatIfPod = v.InferOutput<typeof whatIfPod>;

const conditions = v.object({ ready: v.boolean(), serving: v.boolean(), terminating: v.boolean() });

export const whatIfEndpoint = v.object({
  ...conditions.entries,
  address: v.string(),
  pod: v.optional(v.string()),
  node: v.optional(v.string()),
  slice: v.string(),
  mark,
  before: v.optional(conditions),
});
export type WireWhatIfEndpoint = v.InferOutput<typeof whatIfEndpoint>;

export const whatIfService = v.object({
  service: v.string(),
  endpoints: v.array(whatIfEndpoint),
  ready: v.number(),
  fallsBack: v.boolean(),
  fields: v.array(v.object({ field: v.string(), before: v.optional(v.string()), after: v.optional(v.string()) })),
});
export type WireWhatIfService = v.InferOutput<typeof whatIfService>;

export const whatIfOutcome = v.object({
  request: traceRequest,
  verdict: v.string(),
  symptom: v.string(),
  ends: v.array(v.object({ text: v.string(), share: v.number(), delivered: v.boolean() })),
  failed: v.boolean(),
  /** Whether it ends otherwise than at the moment before. */
  changed: v.boolean(),
});
export type WireWhatIfOutcome = v.InferOutput<typeof whatIfOutcome>;

export const whatIfMoment = v.object({
  index: v.number(),
  /** Of the step that brought it about; -1 for the start. */
  step: v.number(),
  title: v.string(),
  when: v.string(),
  events: v.array(v.object({ by: v.string(), text: v.string() })),
  pods: v.array(whatIfPod),
  nodes: v.array(v.object({ name: v.string(), before: v.optional(v.string()), after: v.optional(v.string()) })),
  services: v.array(whatIfService),
  rules: v.array(
    v.object({
      node: v.string(),
      mode: proxyMode,
      family: v.picklist(['IPv4', 'IPv6']),
      added: v.number(),
      removed: v.number(),
    }),
  ),
  requests: v.array(whatIfOutcome),
});
export type WireWhatIfMoment = v.InferOutput<typeof whatIfMoment>;

export const whatIfSubject = v.object({
  kind: v.picklist(['workload', 'pod', 'node', 'zone', 'service', 'policy']),
  text: v.string(),
  description: v.string(),
});
export type WireWhatIfSubject = v.InferOutput<typeof whatIfSubject>;

export const whatIf = v.object({
  scope: v.string(),
  /** As they were asked for; `error` says why one was not taken, nor any after it. */
  steps: v.array(v.object({ text: v.string(), error: v.optional(v.string()) })),
  requests: v.array(traceRequest),
  moments: v.array(whatIfMoment),
  podsLeftOut: v.number(),
  servicesLeftOut: v.number(),
  subjects: v.array(whatIfSubject),
  /** Whether steps change manifests, so that there is a patch to keep. */
  changesManifests: v.boolean(),
});
export type WireWhatIf = v.InferOutput<typeof whatIf>;

const question = v.object({ scope: v.string(), steps: v.array(v.string()), requests: v.array(traceRequest) });

export const whatIfRequest = request('whatIf', question, v.union([v.object({ whatIf }), failure]));

/** What came, went or changed at a moment, by the ids of the map. */
const mapMarks = v.object({
  pods: v.array(
    v.object({
      name: v.string(),
      workload: v.string(),
      state: v.picklist([...whatIfPod.entries.state.options, 'gone']),
      text: v.string(),
      mark,
      before: v.optional(v.string()),
      node: v.optional(v.string()),
      address: v.optional(v.string()),
    }),
  ),
  nodes: v.array(v.object({ id: v.string(), text: v.string(), mark, isIll: v.boolean() })),
});
export type WireMapMarks = v.InferOutput<typeof mapMarks>;

/** The what-if of whose moments the map shows one. */
export const supposed = v.object({
  steps: v.array(v.string()),
  moment: v.number(),
  /** Why it ends before its last step. */
  error: v.optional(v.string()),
  moments: v.array(
    v.object({
      step: v.number(),
      title: v.string(),
      when: v.string(),
      requests: v.picklist(['none', 'arrive', 'fail']),
    }),
  ),
  /** How they end at the moment. */
  requests: v.array(v.object({ request: traceRequest, verdict: v.string(), failed: v.boolean() })),
  marks: mapMarks,
});
export type WireSupposed = v.InferOutput<typeof supposed>;

/** The map at a moment, whole or what has changed since a version; the last moment where there are fewer. */
export const whatIfMapRequest = request(
  'whatIfMap',
  v.object({ ...question.entries, moment: v.number(), since: v.optional(v.string()) }),
  v.union([
    v.object({ version: v.string(), supposed, topology }),
    v.object({ version: v.string(), supposed, change: topologyChange }),
    failure,
  ]),
);

/** The steps that change manifests, in all forms in which they can be kept. */
export const whatIfPatchRequest = request(
  'whatIfPatch',
  v.object({ scope: v.string(), steps: v.array(v.string()) }),
  v.union([
    v.object({
      kustomize: v.string(),
      kubectl: v.string(),
      edits: v.array(v.object({ uri: v.string(), range, newText: v.string() })),
      /** Names of other scopes that read the edited files. */
      alsoChanges: v.array(v.string()),
      /** Whether the scope has a kustomization, whose patch changes it alone. */
      takesPatches: v.boolean(),
      /** What the edits leave out, in sentences. */
      leftOut: v.array(v.string()),
    }),
    failure,
  ]),
);

/** A what-if as the text of a file, and back. */
export const whatIfPrintRequest = request('whatIfPrint', question, v.union([v.object({ text: v.string() }), failure]));
export const whatIfReadRequest = request(
  'whatIfRead',
  v.object({ text: v.string() }),
  v.object({
    scope: v.optional(v.string()),
    steps: v.array(v.string()),
    requests: v.array(traceRequest),
    problems: v.array(v.object({ line: v.number(), message: v.string() })),
  }),
);

/** The YAML of an object by its reference: `pod shop/web-1`, `service shop/web`. */
export const whatIfPlaceRequest = request(
  'whatIfPlace',
  v.object({ scope: v.string(), object: v.string() }),
  v.object({ place: v.optional(place) }),
);

// ---------------------------------------------------------------- panel

export const toWhatIfPanel = v.variant('kind', [
  v.object({
    kind: v.literal('whatIf'),
    version: v.number(),
    whatIf,
    /** How many of the requests, the last ones, are there because they are pinned. */
    pinned: v.number(),
    /** What the form for the next step begins with. */
    subject: v.optional(v.string()),
    /** Which moment was looked at last, here or on the map. */
    moment: v.optional(v.number()),
  }),
  /** Another moment was chosen on the map. */
  v.object({ kind: v.literal('moment'), version: v.number(), moment: v.number() }),
  v.object({ kind: v.literal('message'), version: v.number(), title: v.string(), text: v.string() }),
]);
export type ToWhatIfPanel = v.InferOutput<typeof toWhatIfPanel>;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const fromWhatIfPanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('steps'), steps: v.array(v.string()) }),
  v.object({ kind: v.literal('requests'), requests: v.array(traceRequest) }),
  /** Ask for one more request, as tracing does. */
  v.object({ kind: v.literal('addRequest') }),
  /** This moment is looked at now; the map shows it, too. */
  v.object({ kind: v.literal('moment'), moment: count }),
  v.object({ kind: v.literal('showOnMap') }),
  /** Compare the rules of a row of a moment with those before it. */
  v.object({ kind: v.literal('rules'), moment: count, row: count }),
  v.object({ kind: v.literal('trace'), request: count }),
  /** Open the YAML of an object that is shown. */
  v.object({ kind: v.literal('reveal'), object: v.string() }),
  v.object({ kind: v.literal('keep'), as: v.picklist(['file', 'kustomize', 'kubectl', 'edits']) }),
  v.object({ kind: v.literal('open') }),
]);
export type FromWhatIfPanel = v.InferOutput<typeof fromWhatIfPanel>;
