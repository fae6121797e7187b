/** A Service on its way into the API server, up to the point where addresses and node ports are allocated. */

import type { Labels, Service, ServiceSpec } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { minorVersion, type ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, metadataOf } from './metadata';
import { dns1035Label, dnsLabel } from './names';
import { statusWithDefaults, withDefaults, withFamilies } from './service-defaults';
import { serviceSchema, specOf, statusOf } from './service-fields';
import { checkAddresses, checkService } from './service-validation';

export const newestMinor = 37;
/** The release in which RelaxedServiceNameValidation came on: a name may start with a digit. */
const relaxedNamesSince = 36;

export function minorOf(settings: ClusterSettings): number {
  return minorVersion(settings.kubernetesVersion) ?? newestMinor;
}

/**
 * Defaulted, with its families decided. Cluster addresses, node ports and the health check's port are there only where
 * the manifest gives them. Models pkg/registry/core/service/storage (v1.37).
 */
export function admitService(object: KubernetesObject, settings: ClusterSettings): Admission<Service> {
  const { value: body, refusal } = decode(object, serviceSchema);
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const defaulted = withDefaults(specOf(body));
  // The allocators look at these first, and the rest is not looked at when they are not content.
  checkAddresses(defaulted, errors);
  const spec = errors.causes.length > 0 ? defaulted : withFamilies(defaulted, settings, errors);
  const metadata = metadataOf(object, body);
  if (errors.causes.length === 0) {
    const minor = minorOf(settings);
    checkMetadata(object, body, minor >= relaxedNamesSince ? dnsLabel : dns1035Label, errors);
    checkService(spec, metadata.annotations as Labels | undefined, minor, errors);
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
