/** Pods and pod templates: how they are decoded, defaulted and checked. */

import type { JsonObject } from '#base/json';
import type { Labels, Pod, PodSpec, PodStatus } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { checkMetadata, metadataOf } from './metadata';
import { dnsSubdomain } from './names';
import { podSpecWithDefaults, withPodDefaults } from './pod-defaults';
import { apiRelease } from './releases';
import { checkNewPod, checkPodAnnotations, checkPodSpec } from './pod-validation';
import { structSchema } from './schema/schema';

const specPath = FieldPath.of('spec');
const annotationsPath = FieldPath.of('metadata', 'annotations');

/** Models pkg/apis/core/v1 SetDefaults_Pod and ValidatePodCreate (v1.37). */
export function admitPod(object: KubernetesObject, settings: ClusterSettings): Admission<Pod> {
  const { value: body, refusal } = decode(object, structSchema('core.Pod', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = withPodDefaults(podSpecWithDefaults((body.spec ?? {}) as JsonObject));
  const metadata = metadataOf(object, body);
  checkMetadata(object, body, dnsSubdomain, errors);
  checkPodAnnotations(metadata.annotations as Labels | undefined, spec, annotationsPath, errors);
  checkPodSpec(spec, { kind: 'pod', name: object.name }, specPath, apiRelease(settings, object.origin), errors);
  checkNewPod(spec, specPath, errors);
  return admission(object, errors, () => ({
    ...body,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    // The checks have narrowed the words to those that there are.
    spec: spec as unknown as PodSpec,
    status: (body.status ?? {}) as PodStatus,
  }));
}
