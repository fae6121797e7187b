/** Questions about the rules of a node: their text, what a line does, where a name leads, and how they are divided. */

import type { AnalysisContext, ScopeState } from '#analysis/context';
import { rulesDefinition } from '#analysis/rules-view/definition';
import { rulesDocument, type RulesDocument } from '#analysis/rules-view/document';
import { rulesReferences } from '#analysis/rules-view/find-references';
import { rulesHover } from '#analysis/rules-view/hover';
import { escape } from '#analysis/markdown';
import { ScopeVariants } from '#analysis/variants';
import type { KeptTimelines } from '#analysis/what-if/kept';
import { rulesOutline, type RulesSymbol as Symbol_ } from '#analysis/rules-view/outline';
import {
  rulesDefinitionRequest, rulesHoverRequest, rulesOutlineRequest, rulesReferencesRequest, rulesRequest,
  type RulesQuestion, type RulesSymbol,
} from '#protocol/server'; // prettier-ignore
import type { Answer } from './answering';
import type { View } from './session';
import { stepsOf } from './what-if-requests';
import { wirePlace } from './wire';

/** The rules that were asked for, or why there are none. */
type Found = { readonly document: RulesDocument; readonly context: AnalysisContext } | { readonly error: string };

export function registerRulesRequests(answer: Answer, timelines: KeptTimelines): void {
  const variants = new ScopeVariants();

  /** The files are read first: from then on nothing can change in between. */
  async function find(question: RulesQuestion, session: View): Promise<Found> {
    const saved = await savedTexts(question.saved ?? [], session);
    const { scope, node, mode, family, version } = question;
    const workspace = session.workspace();
    const state = workspace.scope(scope);
    if (!state) return { error: `There is no scope ${scope} any more.` };
    const context = question.whatIf
      ? whatIfContext(question.whatIf, workspace.context(state), state)
      : variants.context(workspace, state, { version, texts: saved });
    if (!context) return { error: 'The what-if has no such moment.' };
    const { dataPlane } = context.simulation;
    const ruleset = dataPlane.rules(node, mode, family);
    return ruleset ? { document: rulesDocument(ruleset), context } : { error: `There is no node ${node} in ${scope}.` };
  }

  /** The scope at a moment of a what-if. */
  function whatIfContext(
    { steps, moment }: NonNullable<RulesQuestion['whatIf']>,
    context: AnalysisContext,
    state: ScopeState,
  ): AnalysisContext | undefined {
    const simulation = timelines.at(state, stepsOf(steps).steps, moment);
    return simulation && { ...context, simulation };
  }

  answer(rulesRequest, async (question, _, session) => {
    const found = await find(question, session);
    return 'error' in found ? found : { text: found.document.text };
  });

  answer(rulesHoverRequest, async ({ rules, position, text }, _, session) => {
    const found = await find(rules, session);
    if ('error' in found || found.document.lines[position.line]?.text !== text) return {};
    const hover = rulesHover(found.document, position, found.context);
    if (!hover) return {};
    const { from, to, contents, links } = hover;
    const lines = links.map(({ text: told, place }) => {
      const document = session.paths.place(place);
      const { line, character } = document.range.start;
      // A bracket would end the link.
      const uri = document.uri.replaceAll('(', '%28').replaceAll(')', '%29');
      return `[${escape(told)}](${uri}#L${line + 1},${character + 1})`;
    });
    return { hover: { from, to, contents: [contents, lines.join('  \n')].filter(Boolean).join('\n\n') } };
  });

  answer(rulesDefinitionRequest, async ({ rules, position, text }, _, session) => {
    const found = await find(rules, session);
    if ('error' in found || found.document.lines[position.line]?.text !== text) return { lines: [], places: [] };
    const { lines, places } = rulesDefinition(found.document, position, found.context);
    return { lines: [...lines], places: places.flatMap((place) => wirePlace(place, session.paths) ?? []) };
  });

  answer(rulesReferencesRequest, async ({ rules, position, text }, _, session) => {
    const found = await find(rules, session);
    if ('error' in found || found.document.lines[position.line]?.text !== text) return { lines: [] };
    return { lines: [...rulesReferences(found.document, position)] };
  });

  answer(rulesOutlineRequest, async (question, _, session) => {
    const found = await find(question, session);
    if ('error' in found) return { symbols: [], folds: [] };
    const { symbols, folds } = rulesOutline(found.document);
    return { symbols: symbols.map(wireSymbol), folds: [...folds] };
  });
}

/** Of documents of the workspace alone: nothing else is read. */
export async function savedTexts(uris: readonly string[], session: View): Promise<Map<string, string | undefined>> {
  const texts = new Map<string, string | undefined>();
  for (const uri of uris) {
    const path = session.paths.path(uri);
    const read = path === undefined ? undefined : await session.readFile?.(uri);
    if (path === undefined || !read) continue;
    texts.set(path, 'text' in read ? read.text : undefined);
  }
  return texts;
}

function wireSymbol(symbol: Symbol_): RulesSymbol {
  return {
    ...symbol,
    children: symbol.children.map((part) => ({ ...part, children: part.children.map(blockOf) })),
  };
}

function blockOf({ kind, name, detail, from, to }: Symbol_) {
  return { kind, name, detail, from, to };
}
