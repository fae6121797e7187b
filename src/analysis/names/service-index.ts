/** The Services of a scope by name and by namespace, for those who look for one that was meant. */

import type { Service } from '#model/kubernetes';
import type { AnalysisContext } from '../context';
import { nearestName } from '../rules/near-names';
import { extendsWord } from '../rules/nearest';

export interface ServiceIndex {
  /** Of all namespaces. */
  named(name: string): readonly Service[];
  inNamespace(namespace: string): readonly Service[];
  /** Those of the namespace whose name is the name with a word before or behind: `search-v2` for `search`. */
  extending(name: string, namespace: string): readonly Service[];
  /**
   * The Service of the namespace whose name is a slip of the pen away; undefined where there is none, or several. That it
   * has the port speaks for it.
   */
  nearest(name: string, namespace: string, port?: number): Service | undefined;
}

/** A context is of one state of its scope, so an index is made at most once for it. */
const known = new WeakMap<AnalysisContext, ServiceIndex>();

export function serviceIndex(context: AnalysisContext): ServiceIndex {
  const before = known.get(context);
  if (before) return before;
  const index = indexOf(context);
  known.set(context, index);
  return index;
}

function indexOf({ simulation }: AnalysisContext): ServiceIndex {
  const byName = new Map<string, Service[]>();
  const byNamespace = new Map<string, Service[]>();
  for (const service of simulation.controlPlane.services()) {
    push(byName, service.metadata.name, service);
    push(byNamespace, service.metadata.namespace, service);
  }
  const near = new Map<string, Service | undefined>();
  const extending = new Map<string, readonly Service[]>();
  const inNamespace = (namespace: string) => byNamespace.get(namespace) ?? [];
  return {
    named: (name) => byName.get(name) ?? [],
    inNamespace,
    extending: (name, namespace) => {
      const key = `${namespace}/${name}`;
      const before = extending.get(key);
      if (before) return before;
      const found = inNamespace(namespace).filter(({ metadata }) => extendsWord(name, metadata.name));
      extending.set(key, found);
      return found;
    },
    nearest: (name, namespace, port) => {
      const key = `${namespace}/${name} ${port ?? ''}`;
      if (near.has(key)) return near.get(key);
      const services = inNamespace(namespace);
      const has = (other: string) => services.some(({ metadata, spec }) => metadata.name === other && spec.ports?.some((known) => known.port === port)); // prettier-ignore
      const found = nearestName(name, services.map(({ metadata }) => metadata.name), has); // prettier-ignore
      const service = found === undefined ? undefined : services.find(({ metadata }) => metadata.name === found);
      near.set(key, service);
      return service;
    },
  };
}

function push(map: Map<string, Service[]>, key: string, service: Service): void {
  const list = map.get(key);
  if (list) list.push(service);
  else map.set(key, [service]);
}
