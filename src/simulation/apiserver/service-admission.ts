/** A Service by itself, as the whole of a cluster. */

import type { Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { ServiceAllocator } from './allocation';
import type { Admission } from './field-errors';
import { decodeService } from './service';

/** What a cluster of these settings, with nothing else in it, would make of the document. */
export function admitService(object: KubernetesObject, settings: ClusterSettings): Admission<Service> {
  const { value: written, refusal } = decodeService(object, settings);
  if (refusal) return { value: undefined, refusal };
  const name = `${object.namespace}/${object.name}`;
  const allocator = new ServiceAllocator(settings);
  allocator.set(name, [written]);
  allocator.settle();
  const { service, refusals } = allocator.result(name)!;
  return service ? { value: service, refusal: undefined } : { value: undefined, refusal: refusals[0]! };
}
