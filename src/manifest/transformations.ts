/** What kustomizations do to the files that they take in, directly and by way of others. */

import { mergeLabels } from './kustomize-labels';
import type { Kustomization } from './kustomizations';
import type { KustomizeLabels, UnappliedChange } from './types';

export interface Transformations {
  /** By file. */
  readonly labels: ReadonlyMap<string, KustomizeLabels>;
  readonly unapplied: readonly UnappliedChange[];
}

/** Components may be taken in many times, by each other too: files are passed on so many times in one scope. */
const mostPassed = 1_000_000;
const deepestInclusion = 200;

/** All that happens to files on their way from the innermost kustomization to `root`. */
export function transformationsOf(
  root: Kustomization,
  kustomizations: ReadonlyMap<string, Kustomization>,
): Transformations {
  const walk = new Walk(kustomizations);
  walk.accumulate(root, [], []);
  return { labels: walk.labels, unapplied: [...walk.unapplied] };
}

class Walk {
  readonly labels = new Map<string, KustomizeLabels>();
  readonly unapplied = new Set<UnappliedChange>();
  readonly #kustomizations: ReadonlyMap<string, Kustomization>;
  readonly #visited = new Set<string>();
  #passed = 0;

  constructor(kustomizations: ReadonlyMap<string, Kustomization>) {
    this.#kustomizations = kustomizations;
  }

  /**
   * Gives the files that the kustomization has changed. `given` are those that a component finds before it.
   * Models sigs.k8s.io/kustomize api/internal/target/kusttarget.go accumulateTarget: resources, then components, then
   * the transformers of its own.
   */
  accumulate(current: Kustomization, given: readonly string[], above: readonly string[]): readonly string[] {
    this.#passed += 1 + given.length + current.files.length;
    if (this.#passed > mostPassed || above.length > deepestInclusion) return given;
    const files = new Set([...given, ...current.files]);
    const chain = [...above, current.folder];
    for (const folder of current.includes) {
      const included = this.#kustomizations.get(folder);
      // What is taken in twice is shown once, as it comes by the first way; a component works at each of its places.
      if (!included || chain.includes(folder) || (!included.isComponent && this.#visited.has(folder))) continue;
      this.#visited.add(folder);
      const before = included.isComponent ? [...files] : [];
      for (const path of this.accumulate(included, before, chain)) files.add(path);
    }
    for (const change of current.changes) this.unapplied.add(change);
    this.#label(files, current.labels);
    return [...files];
  }

  #label(files: ReadonlySet<string>, added: KustomizeLabels | undefined): void {
    if (!added) return;
    const merged = new Map<KustomizeLabels | undefined, KustomizeLabels>();
    for (const path of files) {
      const before = this.labels.get(path);
      let labels = merged.get(before);
      if (!labels) merged.set(before, (labels = mergeLabels(before, added)));
      this.labels.set(path, labels);
    }
  }
}
