/** Which changes would make a request arrive: each candidate is tried on a copy of the scope, and offered if it helps. */

import { compareStrings } from '#base/compare';
import { LineIndex } from '#base/text';
import { scopeOfRenderedPath } from '#manifest/index';
import { objectKey } from '#model/object';
import type { ScopeState } from '../context';
import { withEdits } from '../features/together';
import { deriveFindings } from '../findings';
import type { Files } from '../places';
import { changeValue, fixBy, putMember } from '../rules/edits';
import type { TextEdit, Trace, TraceError, TraceFix, TraceRequest } from '../types';
import type { ScopeVariants } from '../variants';
import type { Workspace } from '../workspace';
import type { Tracing } from './causes';
import { isError } from './lookup';
import { parseDestination } from './request';
import { trace } from './trace';

/** A change, or several that are needed together, after which more of the requests arrive than before. */
export interface Remedy {
  /** An order for each change, in the order in which they were found. */
  readonly steps: readonly string[];
  /** Of the files as they are; empty where only the request has to be another one. */
  readonly edits: readonly TextEdit[];
  /** Each changed file as it is and as it would be. */
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  /** What to ask in place of the request, where that is part of it. */
  readonly request: TraceRequest | undefined;
  /** What then becomes of the request. */
  readonly trace: Trace;
}

export interface Remedies {
  /** The best first: all requests arrive before some, at a port that is declared before any other, few changes before many, small ones before large. */
  readonly remedies: readonly Remedy[];
  /** What the trace proposes in words alone, which cannot be tried. */
  readonly hints: readonly string[];
}

/** One mistake may hide another, but what needs more changes than these is no mistake any more. */
const mostSteps = 3;
/** So many traces are made at most. */
const mostTrials = 24;
const mostRemedies = 5;

/** A state of the files that was reached by changes, and what becomes of the request there. */
interface Attempt {
  readonly steps: readonly string[];
  /** Of a rendered scope with the text that would be rendered. */
  readonly texts: ReadonlyMap<string, string>;
  readonly request: TraceRequest;
  readonly result: Trace | TraceError;
}

/**
 * Tries what may mend a failed request. Nothing is changed in the workspace; `variants` keeps the copy of the scope for
 * the next question.
 */
export function remediesOf(
  request: TraceRequest,
  workspace: Workspace,
  state: ScopeState,
  variants: ScopeVariants,
): Remedies {
  const search = new Search(workspace, state, variants);
  const first = search.asItIs(request);
  const before = arriving(first.result);
  if (before >= whole) return { remedies: [], hints: [] };
  const found: Attempt[] = [];
  let front: readonly Attempt[] = [first];
  for (let step = 0; step < mostSteps && front.length > 0; step++) {
    const next = front.flatMap((attempt) => search.from(attempt));
    const better = next.filter(({ result }) => arriving(result) > before + tiny);
    found.push(...better);
    // What needs more changes is looked for only where fewer do not suffice.
    if (found.some(({ result }) => arriving(result) >= whole)) break;
    front = next.filter((attempt) => !better.includes(attempt));
  }
  const remedies = found.map((attempt) => remedyOf(attempt, first, workspace)).sort(compareRemedies);
  return { remedies: remedies.slice(0, mostRemedies), hints: hintsOf(first) };
}

const tiny = 1e-6;
const whole = 1 - tiny;

/** The share of the requests that come to a pod, or are answered as the rules mean it. */
function arriving(result: Trace | TraceError): number {
  if (isError(result)) return 0;
  const good = result.outcomes.filter(
    (outcome) => outcome.kind === 'delivered' || (outcome.kind === 'answered' && (outcome.status ?? 500) < 400),
  );
  return good.reduce((sum, { probability }) => sum + probability, 0);
}

function hintsOf({ result }: Attempt): readonly string[] {
  if (isError(result)) return [];
  return result.fixes.filter(({ edits, request }) => edits.length === 0 && !request).map(({ title }) => title);
}

class Search {
  readonly #workspace: Workspace;
  readonly #state: ScopeState;
  readonly #variants: ScopeVariants;
  readonly #seen = new Set<string>();
  #left = mostTrials;

  constructor(workspace: Workspace, state: ScopeState, variants: ScopeVariants) {
    this.#workspace = workspace;
    this.#state = state;
    this.#variants = variants;
  }

  asItIs(request: TraceRequest): Attempt {
    return { steps: [], texts: new Map(), request, result: trace(request, this.#tracing(new Map())) };
  }

  /** What becomes of the request after each change that this state of things suggests. */
  from(attempt: Attempt): readonly Attempt[] {
    return this.#candidates(attempt).flatMap((fix) => this.#try(fix, attempt) ?? []);
  }

  #candidates({ result, request, texts }: Attempt): readonly TraceFix[] {
    if (!isError(result)) return result.fixes.filter((fix) => fix.edits.length > 0 || fix.request);
    const fix = openingFix(result, request, this.#tracing(texts));
    return [...(fix ? [fix] : []), ...suggestedFixes(result, request)];
  }

  #try(fix: TraceFix, before: Attempt): Attempt | undefined {
    const texts = new Map(before.texts);
    const edits = fix.edits.flatMap((edit) => [edit, edit.rendered ?? []].flat());
    for (const path of new Set(edits.map(({ file }) => file))) {
      const text = before.texts.get(path) ?? this.#workspace.file(path)?.text;
      if (text === undefined) return undefined;
      texts.set(path, withEdits(text, edits.filter(({ file }) => file === path))); // prettier-ignore
    }
    const request = fix.request ?? before.request;
    const key = JSON.stringify([[...texts].sort(([a], [b]) => compareStrings(a, b)), request]);
    if (this.#left === 0 || this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    this.#left--;
    const tracing = this.#tracing(texts);
    if (this.#breaks(texts, tracing)) return undefined;
    const result = trace(request, tracing);
    return { steps: [...before.steps, fix.title], texts, request, result };
  }

  /** A change that leaves a text which cannot be read as it was meant helps nobody. */
  #breaks(texts: ReadonlyMap<string, string>, { context }: Tracing): boolean {
    const problems = (path: string, files: Files) => files.file(path)?.problems.length ?? 0;
    return [...texts.keys()].some((path) => problems(path, context) > problems(path, this.#workspace));
  }

  #tracing(texts: ReadonlyMap<string, string>): Tracing {
    const context = this.#variants.context(this.#workspace, this.#state, { version: undefined, texts });
    return { context, findingsOf: (object) => deriveFindings(object, context).findings };
  }
}

// ---------------------------------------------------------------- requests that cannot be traced

/** A Service that is called from outside and is not open to it. */
function openingFix({ at }: TraceError, request: TraceRequest, { context }: Tracing): TraceFix | undefined {
  const to = at === 'to' && /^outside\b/i.test(request.from.trim()) ? parseDestination(request.to) : undefined;
  if (!to || 'error' in to || to.kind !== 'object' || !['service', ''].includes(to.objectKind)) return undefined;
  const { controlPlane } = context.simulation;
  const named = [...controlPlane.services()].filter(
    ({ metadata }) => metadata.name === to.name && [undefined, metadata.namespace].includes(to.namespace),
  );
  const [service] = named;
  if (!service || named.length > 1 || service.spec.type !== 'ClusterIP' || service.spec.clusterIP === 'None') return undefined; // prettier-ignore
  const { name, namespace } = service.metadata;
  const object = controlPlane.object(objectKey('', 'Service', namespace, name));
  if (!object) return undefined;
  const edit =
    changeValue(object, ['spec', 'type'], 'NodePort', context) ??
    putMember(object, ['spec'], 'type', 'NodePort', context);
  return fixBy(`Change the type of Service ${namespace}/${name} to NodePort`, false, [edit]);
}

function suggestedFixes({ at, suggestions = [] }: TraceError, request: TraceRequest): readonly TraceFix[] {
  return suggestions.flatMap((suggestion): TraceFix[] => {
    if (at === undefined) return [];
    const other = at === 'port' ? { ...request, port: Number(suggestion) } : { ...request, [at]: suggestion };
    const words = { from: 'Call from', to: 'Call', port: 'Call port' }[at];
    return [{ title: `${words} ${suggestion}`, edits: [], preferred: false, request: other }];
  });
}

// ---------------------------------------------------------------- what was found

function remedyOf({ steps, texts, request, result }: Attempt, first: Attempt, workspace: Workspace): Remedy {
  const files = [...texts].flatMap(([path, after]) => {
    if (scopeOfRenderedPath(path) !== undefined) return [];
    const before = workspace.file(path)?.text ?? '';
    return before === after ? [] : [{ path, before, after }];
  });
  return {
    steps,
    edits: files.map(editBetween),
    files,
    request: request === first.request ? undefined : request,
    trace: result as Trace,
  };
}

/** One edit that makes the one text of the other: what both begin and end with stays. */
function editBetween({ path, before, after }: Remedy['files'][number]): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const range = new LineIndex(before).range({ start, end: before.length - end });
  return { file: path, range, newText: after.slice(start, after.length - end) };
}

function compareRemedies(a: Remedy, b: Remedy): number {
  const share = arriving(b.trace) - arriving(a.trace);
  if (Math.abs(share) > tiny) return share;
  const sure = Number(a.trace.undeclared !== undefined) - Number(b.trace.undeclared !== undefined);
  if (sure !== 0) return sure;
  return a.steps.length - b.steps.length || a.files.length - b.files.length || sizeOf(a) - sizeOf(b);
}

/** Letters that come and go; another request is less than any edit. */
function sizeOf({ files, edits }: Remedy): number {
  return edits.reduce((sum, { newText }, i) => {
    const { before, after } = files[i]!;
    return sum + newText.length + (before.length - (after.length - newText.length));
  }, 0);
}
