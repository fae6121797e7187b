/** A Service on its way into the API server, up to the point where addresses and node ports are allocated. */

import type { JsonObject } from '#base/json';
import type { Service, ServiceSpec } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { behaves, minorOf } from '../releases';
import type { Refusal } from '../types';
import { decode } from './decode';
import { FieldErrors, refusalOf, type Admission } from './field-errors';
import { checkMetadata, metadataOf } from './metadata';
import { dns1035Label, dnsLabel } from './names';
import { apiRelease } from './releases';
import { structSchema } from './schema/schema';
import { askForNew, type Ask } from './service-claims';
import { asRead, serviceFamilies, statusWithDefaults, withClusterIPs, withDefaults } from './service-defaults';
import { withFamilies, type FamilyContext } from './service-families';
import { specOf, statusOf, type WrittenSpec, type WrittenStatus } from './service-fields';
import { checkService } from './service-validation';

/** A Service's document, decoded and with the defaults that follow from it alone. */
export interface WrittenService {
  readonly object: KubernetesObject;
  readonly body: JsonObject;
  readonly metadata: Service['metadata'];
  readonly spec: WrittenSpec;
  readonly status: WrittenStatus;
}

/** What the server does with a document, as long as the allocators give what it asks for. */
export type Plan =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'asking';
      readonly asks: readonly Ask[];
      /** With tokens for what the allocators choose. */
      readonly service: Service;
      /** What the server says once it has allocated; the spec is that of `service`, with or without tokens. */
      readonly check: (spec: WrittenSpec) => Refusal | undefined;
      /** What `check` says of the spec with its tokens. */
      readonly invalid: Refusal | undefined;
    };

/** The document decoded and defaulted, or why the server cannot read it. */
export function decodeService(object: KubernetesObject, settings: ClusterSettings): Admission<WrittenService> {
  const { value: body, refusal } = decode(object, structSchema('core.Service', settings));
  if (refusal) return { value: undefined, refusal };
  const spec = withDefaults(specOf(body));
  const { trafficDistribution: _, ...without } = spec;
  const known = behaves(minorOf(settings.kubernetesVersion), 'hasTrafficDistribution');
  const metadata = metadataOf(object, body);
  return {
    value: { object, body, metadata, spec: known ? spec : without, status: statusOf(body) },
    refusal: undefined,
  };
}

/** What the cluster's settings say about families. */
export function familyContext(object: KubernetesObject, settings: ClusterSettings): FamilyContext {
  return { configured: serviceFamilies(settings), release: apiRelease(settings, object.origin) };
}

/** Models pkg/registry/core/service/storage beginCreate and ValidateServiceCreate (v1.37). */
export function planCreation(written: WrittenService, settings: ClusterSettings): Plan {
  const { object, body, metadata, status } = written;
  const context = familyContext(object, settings);
  const errors = new FieldErrors();
  const familiar = withFamilies(withClusterIPs(written.spec), undefined, context, errors);
  const refusal = refusalOf(object, errors);
  if (refusal) return { kind: 'refused', refusal };
  const { spec, asks } = askForNew(familiar);
  return planOf(written, { spec, asks, status: statusWithDefaults(spec, status) }, (complete, found) => {
    checkMetadata(object, body, context.release.relaxedServiceNames ? dnsLabel : dns1035Label, found);
    checkService(complete, metadata.annotations, context.release, found);
  });
}

/** The plan for a spec that has passed what is looked at before the allocation. */
export function planOf(
  { object, metadata }: WrittenService,
  { spec, asks, status }: { readonly spec: WrittenSpec; readonly asks: readonly Ask[]; readonly status: Service['status'] }, // prettier-ignore
  validate: (spec: WrittenSpec, errors: FieldErrors) => void,
): Plan {
  const check = (complete: WrittenSpec) => {
    const errors = new FieldErrors();
    validate(complete, errors);
    return refusalOf(object, errors);
  };
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    // A Service whose words are none of those that there are does not pass the check.
    spec: asRead(spec) as ServiceSpec,
    status,
  };
  return { kind: 'asking', asks, service, check, invalid: check(spec) };
}
