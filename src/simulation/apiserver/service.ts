/** A Service on its way into the API server, up to the point where addresses and node ports are allocated. */

import type { Labels, Service, ServiceSpec } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import type { Refusal } from '../types';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, metadataOf } from './metadata';
import { dns1035Label, dnsLabel } from './names';
import { AddressRanges, PortRange } from './ranges';
import { apiRelease } from './releases';
import { claimRefusal, demandOf } from './service-claims';
import { serviceFamilies, statusWithDefaults, withDefaults, withFamilies } from './service-defaults';
import { serviceSchema, specOf, statusOf } from './service-fields';
import { checkAddresses, checkService } from './service-validation';

/**
 * Defaulted, with its families decided. Cluster addresses, node ports and the health check's port are there only where
 * the manifest gives them. Models pkg/registry/core/service/storage (v1.37).
 */
export function admitService(object: KubernetesObject, settings: ClusterSettings): Admission<Service> {
  const { value: body, refusal } = decode(object, serviceSchema);
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const release = apiRelease(settings, object.origin);
  const defaulted = withDefaults(specOf(body));
  // The allocators look at these first, and the rest is not looked at when they are not content.
  checkAddresses(defaulted, release, errors);
  const spec = errors.causes.length > 0 ? defaulted : withFamilies(defaulted, settings, errors);
  const metadata = metadataOf(object, body);
  if (errors.causes.length === 0) {
    checkMetadata(object, body, release.relaxedServiceNames ? dnsLabel : dns1035Label, errors);
    checkService(spec, metadata.annotations as Labels | undefined, release, errors);
    const impossible = errors.causes.length > 0 && claimThatNobodyCanHave(object, spec as ServiceSpec, settings);
    if (impossible) return { value: undefined, refusal: impossible };
  }
  return admission(object, errors, () => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    // The checks above have narrowed the words to those that there are.
    spec: spec as ServiceSpec,
    status: statusWithDefaults(spec, statusOf(body)),
  }));
}

/**
 * The server allocates before it looks at the rest, so it complains of these alone, whatever else is wrong. Where
 * nothing else is, the allocator says so.
 */
function claimThatNobodyCanHave(
  object: KubernetesObject,
  spec: ServiceSpec,
  settings: ClusterSettings,
): Refusal | undefined {
  const service = { metadata: { name: object.name, namespace: object.namespace }, spec } as Service;
  const ranges = {
    addresses: new Map(serviceFamilies(settings).map((family) => [family, new AddressRanges(settings, family)])), // prettier-ignore
    ports: new PortRange(settings.nodePortRange),
  };
  const { impossible } = demandOf(`${object.namespace}/${object.name}`, service, ranges);
  return impossible && claimRefusal(object, service, impossible.claim, impossible.complaint);
}
