/** Requests about one traced request: what would mend it, what to take along, where its rules stand; and pinned ones. */

import * as v from 'valibot';
import { request } from './request';
import { rulesQuestion } from './server';
import { place, range, traceRequest } from './values';

const failure = v.object({ error: v.string() });

/** Whose request, and which. */
export const asked = v.object({ scope: v.string(), request: traceRequest });

/** How a request comes out, for signs and colours. */
export const tone = v.picklist(['good', 'partly', 'bad', 'unknown', 'untraceable']);
export type WireTone = v.InferOutput<typeof tone>;

/** A change after which more of the requests arrive: it was tried on a copy of the scope. */
export const remedy = v.object({
  steps: v.array(v.string()),
  /** `DELIVERED to shop/web-0`. */
  then: v.string(),
  tone,
  edits: v.array(v.object({ uri: v.string(), range, newText: v.string() })),
  /** The changed files as they would be. */
  files: v.array(v.object({ uri: v.string(), before: v.string(), after: v.string() })),
  /** Names of other scopes that read these files. */
  alsoChanges: v.array(v.string()),
  /** What to ask instead, where that is part of it. */
  request: v.optional(traceRequest),
});
export type WireRemedy = v.InferOutput<typeof remedy>;

export const remediesRequest = request(
  'remedies',
  asked,
  v.union([v.object({ remedies: v.array(remedy), hints: v.array(v.string()) }), failure]),
);

export const traceFormat = v.picklist(['text', 'command', 'markdown', 'mermaid', 'dot', 'svg']);
export type WireTraceFormat = v.InferOutput<typeof traceFormat>;

/** The trace to take along; `path` is the one that is shown. */
export const traceExportRequest = request(
  'traceExport',
  v.object({ ...asked.entries, format: traceFormat, path: v.number() }),
  v.union([v.object({ text: v.string() }), failure]),
);

/** The line of a rule that a packet met, in the document of its node's rules. */
export const ruleLineRequest = request(
  'ruleLine',
  v.object({
    rules: rulesQuestion,
    rule: v.object({ text: v.string(), chain: v.string(), table: v.string(), index: v.number() }),
  }),
  v.object({ line: v.optional(v.number()) }),
);

export const pin = v.object({ id: v.string(), ...asked.entries });
export type Pin = v.InferOutput<typeof pin>;

export const pinOutcome = v.object({
  id: v.string(),
  /** `DELIVERED 2/3, REFUSED 1/3`; why it cannot be traced. */
  verdict: v.string(),
  tone,
  /** Why it ends so, and what the client sees. */
  detail: v.string(),
  /** The line of YAML that is the cause, where one is. */
  place: v.optional(place),
});
export type PinOutcome = v.InferOutput<typeof pinOutcome>;

/**
 * How pinned requests come out now. Those whose cluster has not changed are not traced again. `isWhole` is false where
 * time ran out before all were traced: to be asked again.
 */
export const pinsRequest = request(
  'pins',
  v.object({ pins: v.array(pin) }),
  v.object({ outcomes: v.array(pinOutcome), isWhole: v.boolean() }),
);
