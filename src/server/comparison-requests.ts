/** Questions about two scopes beside each other, or a scope as it is saved and as it is edited. */

import { compareScopes, gapsOf, type Side } from '#analysis/comparison/comparison';
import { compareRequest, testDifferences, type TraceSide } from '#analysis/comparison/requests';
import type { AnalysisContext, ScopeState } from '#analysis/context';
import { aboutObjects } from '#analysis/features/findings-by-object';
import { namePlaceOf } from '#analysis/places';
import { trace } from '#analysis/trace/trace';
import { ScopeVariants } from '#analysis/variants';
import type { Workspace } from '#analysis/workspace';
import { isReachabilityPath, observedFile } from '#manifest/index';
import { printReference, type KubernetesObject } from '#model/object';
import {
  comparisonRequest,
  comparisonTextsRequest,
  type ComparedObject,
  type ComparedScopes,
} from '#protocol/comparison';
import type { Answer } from './answering';
import { savedTexts } from './rules-requests';
import type { View } from './session';
import { wirePlace } from './wire';

/** Both sides; `state` is that of the workspace, which the second side always is. */
interface Sides {
  readonly first: AnalysisContext;
  readonly second: AnalysisContext;
  readonly state: { readonly first: ScopeState; readonly second: ScopeState };
}

export function registerComparisonRequests(answer: Answer): void {
  const variants = new ScopeVariants();

  /** The files are read first: from then on nothing can change in between. */
  async function sidesOf({ first, second, saved }: ComparedScopes, view: View): Promise<Sides | { error: string }> {
    const texts = await savedTexts(saved ?? [], view);
    const before = saved && (await renderedBefore(first, texts, view));
    if (before && 'error' in before) return before;
    const workspace = view.workspace();
    const state = { first: workspace.scope(first), second: workspace.scope(second) };
    if (!state.first || !state.second) return { error: `There is no scope ${state.first ? second : first} any more.` };
    const wish = { version: undefined, texts: before ? new Map([...texts, before.rendered]) : texts };
    return {
      first: saved ? variants.context(workspace, state.first, wish) : workspace.context(state.first),
      second: workspace.context(state.second),
      state: { first: state.first, second: state.second },
    };
  }

  answer(comparisonRequest, async ({ compared, requests }, _, view) => {
    const sides = await sidesOf(compared, view);
    if ('error' in sides) return sides;
    const workspace = view.workspace();
    const { first, second } = sides;
    const comparison = compareScopes(first, second);
    const { namespaces } = comparison.matching;
    const back = new Map([...namespaces].map(([from, to]) => [to, from]));
    const traced = (side: AnalysisContext): TraceSide => tracer(side, workspace);
    const told = (object: KubernetesObject) => comparedObject(object, view);
    const ends = requests.map(({ side, request }) => {
      if (side === 'first') return compareRequest(request, namespaces, traced(first), traced(second));
      const { request: own, counterpart, first: b, second: a, differs } = compareRequest(request, back, traced(second), traced(first)); // prettier-ignore
      return { request: counterpart, counterpart: own, first: a, second: b, differs };
    });
    return {
      namespaces: [...namespaces].map(([from, to]) => ({ first: from, second: to })),
      services: comparison.services.map(({ first: a, second: b, fields }) => ({ first: told(a), second: told(b), fields: [...fields] })), // prettier-ignore
      others: comparison.others.map(({ pair, fields }) => ({ first: told(pair[0]), second: told(pair[1]), fields: [...fields] })), // prettier-ignore
      onlyInFirst: comparison.matching.onlyInFirst.map(told),
      onlyInSecond: comparison.matching.onlyInSecond.map(told),
      refused: comparison.refused.map(({ side, object, message }) => ({ ...told(object), side, message })),
      rules: comparison.rules,
      requests: ends.flatMap(({ request, counterpart, first: a, second: b, differs }) =>
        differs ? [{ first: { request, ...a }, second: { request: counterpart, ...b } }] : [],
      ),
      tests: compared.saved ? [] : testsOf(sides, workspace, view),
      notes: [...new Set([first, second].flatMap(({ scope }) => gapsOf(scope, scope.name)))],
    };
  });

  answer(comparisonTextsRequest, async ({ compared, first, second }, _, view) => {
    const sides = await sidesOf(compared, view);
    if ('error' in sides) return sides;
    return { first: textOf(sides.first, first), second: textOf(sides.second, second) };
  });
}

/** Of a rendered scope: what an engine makes of the texts as they are saved. */
async function renderedBefore(
  scope: string,
  texts: ReadonlyMap<string, string | undefined>,
  view: View,
): Promise<{ readonly rendered: readonly [path: string, text: string] } | { error: string } | undefined> {
  const workspace = view.workspace();
  const state = workspace.scope(scope)?.scope;
  const plan = workspace.plans().find(({ id }) => id === state?.id);
  const path = state?.rendered;
  if (!plan || path === undefined || texts.size === 0) return undefined;
  const result = await view.renderWith?.(plan, texts);
  if (result?.kind === 'rendered') return { rendered: [path, result.text] };
  return { error: `${scope} as it is saved is not rendered${result ? `: ${result.message}` : ''}.` };
}

function tracer(context: AnalysisContext, workspace: Workspace): TraceSide {
  const about = aboutObjects(workspace);
  return (request) => trace(request, { context, findingsOf: about.findings, explain: false });
}

function comparedObject(object: KubernetesObject, view: View): ComparedObject {
  const place = wirePlace(namePlaceOf(object, view.workspace()), view.paths);
  return { key: object.key, reference: printReference(object), ...(place && { place }) };
}

function textOf({ simulation }: Side, key: string | undefined): string {
  const object = key === undefined ? undefined : simulation.controlPlane.object(key);
  return object ? observedFile(object.origin.file, object).text : '';
}

function testsOf({ state }: Sides, workspace: Workspace, view: View) {
  const files = [...workspace.files()].filter(({ path }) => isReachabilityPath(path));
  return testDifferences(files, { workspace, state: state.first }, { workspace, state: state.second }).map(
    ({ file, name, first, second, range }) => ({
      name,
      place: { uri: view.paths.uri(file), range },
      first,
      second,
    }),
  );
}
