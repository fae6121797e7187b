/** What kustomize and Helm made of scopes, as text. */

import type { Workspace } from '#analysis/workspace';
import { renderableRequest, renderedRequest } from '#protocol/server';
import type { Answer } from './answering';
import { summaryOf } from './scope-requests';
import type { View } from './session';

export function registerRenderedRequests(answer: Answer): void {
  answer(renderedRequest, ({ scope }, workspace, view) => textOf(scope, workspace, view));

  answer(renderableRequest, ({ uri }, workspace, { paths }) => {
    const plans = new Set(workspace.plans().map(({ id }) => id));
    const path = uri === undefined ? undefined : paths.path(uri);
    const current = path === undefined ? [] : workspace.scopesOfFile(path);
    return {
      scopes: workspace.scopes.filter(({ scope }) => plans.has(scope.id)).map((state) => summaryOf(state, workspace)),
      current: current.find(({ scope }) => plans.has(scope.id))?.scope.name,
    };
  });
}

type Text = { readonly text: string } | { readonly error: string };

async function textOf(name: string, workspace: Workspace, view: View): Promise<Text> {
  const state = workspace.scope(name);
  if (!state) return { error: `There is no scope ${name}.` };
  const { id } = state.scope;
  const plan = workspace.plans().find((each) => each.id === id);
  if (!plan) return { error: `${name} is no kustomization and no chart: its files are applied as they stand.` };
  // What is as its files say is rendered for those who ask for it alone.
  const result = plan.isAsWritten ? await view.renderWith?.(plan, new Map()) : workspace.rendered(id);
  if (result?.kind === 'rendered') return { text: result.text };
  return { error: result ? `${name} is not rendered: ${result.message}` : `${name} is being rendered.` };
}
