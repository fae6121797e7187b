/** The kustomizations that stand by themselves, and the bases that others include. */

import { rootsOf } from '../kustomization-graph';
import { normalizeFolder } from '../paths';
import { isAsWritten } from './as-written';
import { readsOfKustomization, type PlanContext } from './context';
import type { Draft } from './types';

/**
 * A plan for each kustomization that no other one includes; components, and what others take for generators or
 * transformers, are made for these, and are not built alone.
 */
export function kustomizationDrafts(context: PlanContext): readonly Draft[] {
  const aside = new Set([...context.kustomizations.values()].flatMap(({ setAside }) => setAside));
  const roots = rootsOf(context.kustomizations).filter(({ isComponent, folder }) => !isComponent && !aside.has(folder));
  const wanted = new Set(roots.map(({ folder }) => folder));
  for (const written of context.settings.bases) {
    const folder = normalizeFolder(written);
    const base = folder === undefined ? undefined : context.kustomizations.get(folder);
    if (base && !base.isComponent) wanted.add(base.folder);
  }
  return [...wanted].map((folder) => kustomizationDraft(folder, context));
}

/** Those that `kustomizationDrafts` leaves out. */
export function baseDrafts(context: PlanContext, taken: ReadonlySet<string>): readonly Draft[] {
  return [...context.kustomizations.values()]
    .filter(({ isComponent, folder }) => !isComponent && !taken.has(kustomizationId(folder)))
    .map(({ folder }) => kustomizationDraft(folder, context));
}

export function kustomizationId(folder: string): string {
  return `kustomization:${folder === '' ? '.' : folder}`;
}

function kustomizationDraft(folder: string, context: PlanContext): Draft {
  return {
    id: kustomizationId(folder),
    request: { kind: 'kustomize', folder },
    asker: undefined,
    // Where a kustomization sets a namespace, it writes it into each object.
    namespace: undefined,
    unavailable: [],
    notes: [],
    reads: readsOfKustomization(folder, context),
    isAsWritten: isAsWritten(folder, context),
  };
}
