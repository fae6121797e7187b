/** Service meshes, known by the proxies in their pods and by labels. */

import type { Labels, Pod } from '#model/kubernetes';

const sidecars: ReadonlyMap<string, string> = new Map([
  ['istio-proxy', 'Istio'],
  ['linkerd-proxy', 'Linkerd'],
]);

const ambient = 'istio.io/dataplane-mode';

/** The mesh whose proxy takes what the pod sends and gets; undefined for none. */
export function meshOf({ metadata, spec }: Pod, namespace: Labels | undefined): string | undefined {
  for (const { name } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const mesh = sidecars.get(name);
    if (mesh !== undefined) return mesh;
  }
  const said = metadata.labels?.[ambient] ?? namespace?.[ambient];
  return said === 'ambient' && spec.hostNetwork !== true ? 'Istio (ambient)' : undefined;
}

export function meshOfContainer(name: string): string | undefined {
  return sidecars.get(name);
}

export function isAmbient(labels: Labels): boolean {
  return labels[ambient] === 'ambient';
}
