/** What kustomize and Helm made of scopes, as text. */

import type { Workspace } from '#analysis/workspace';
import { renderableRequest, renderedRequest } from '#protocol/server';
import type { Answer } from './answering';
import { summaryOf } from './scope-requests';

export function registerRenderedRequests(answer: Answer): void {
  answer(renderedRequest, ({ scope }, workspace) => textOf(scope, workspace));

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

function textOf(name: string, workspace: Workspace): { readonly text: string } | { readonly error: string } {
  const state = workspace.scope(name);
  if (!state) return { error: `There is no scope ${name}.` };
  const { id } = state.scope;
  const result = workspace.rendered(id);
  if (result?.kind === 'rendered') return { text: result.text };
  if (result) return { error: `${state.scope.name} is not rendered: ${result.message}` };
  return workspace.plans().some((plan) => plan.id === id)
    ? { error: `${state.scope.name} is being rendered.` }
    : { error: `${state.scope.name} is no kustomization and no chart: its files are applied as they stand.` };
}
