/** Which objects' findings depend on what else of the scope: an edit derives just those anew. */

import type { KubernetesObject, ObjectKey } from '#model/object';
import type { Impact } from '#simulation/types';
import type { Dependency } from './context';

export class Dependents {
  readonly #objects = new Map<Dependency, Set<KubernetesObject>>();
  readonly #dependencies = new Map<KubernetesObject, readonly Dependency[]>();

  add(object: KubernetesObject, dependencies: readonly Dependency[]): void {
    this.#dependencies.set(object, dependencies);
    for (const dependency of dependencies) {
      const known = this.#objects.get(dependency);
      if (known) known.add(object);
      else this.#objects.set(dependency, new Set([object]));
    }
  }

  delete(object: KubernetesObject): void {
    for (const dependency of this.#dependencies.get(object) ?? []) {
      const known = this.#objects.get(dependency);
      known?.delete(object);
      if (known?.size === 0) this.#objects.delete(dependency);
    }
    this.#dependencies.delete(object);
  }

  /** Adds the objects whose findings a change may touch; `staying` are objects that were there before and are still. */
  collect(impact: Impact, staying: ReadonlySet<ObjectKey>, touched: Set<KubernetesObject>): void {
    if (this.#objects.size === 0) return;
    const kinds = new Set<string>();
    for (const key of impact.objects) {
      this.collectFrom(key, touched);
      const [group = '', kind = '', namespace = '', name = ''] = key.split('/');
      kinds.add(`kind ${group}/${kind}`).add(`kind ${group}/${kind} ${namespace}`);
      if (!staying.has(key)) kinds.add(`names ${group}/${kind} ${namespace}`).add(`named ${group}/${kind} ${name}`);
    }
    for (const kind of kinds) this.collectFrom(kind, touched);
    for (const name of impact.services) this.collectFrom(`/Service/${name}`, touched);
    for (const namespace of impact.podNamespaces) this.collectFrom(`pods ${namespace}`, touched);
    if (impact.podNamespaces.size > 0) this.collectFrom('pods', touched);
  }

  collectFrom(dependency: Dependency, touched: Set<KubernetesObject>): void {
    for (const object of this.#objects.get(dependency) ?? []) touched.add(object);
  }
}
