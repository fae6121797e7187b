/** The kinds that nothing in the simulation is made of, and that the server refuses all the same. */

import type { JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { admitHorizontalPodAutoscaler, admitPodDisruptionBudget } from './availability';
import { admitConfigMap, admitNamespace } from './configuration';
import type { Admission } from './field-errors';
import { admitIngress, admitIngressClass } from './ingress';

type Admit = (object: KubernetesObject, settings: ClusterSettings) => Admission<JsonObject>;

/** By group, version and kind. */
const admissions: Readonly<Record<string, Admit>> = {
  '/v1/Namespace': admitNamespace,
  '/v1/ConfigMap': admitConfigMap,
  'networking.k8s.io/v1/Ingress': admitIngress,
  'networking.k8s.io/v1/IngressClass': admitIngressClass,
  'policy/v1/PodDisruptionBudget': admitPodDisruptionBudget,
  'autoscaling/v1/HorizontalPodAutoscaler': admitHorizontalPodAutoscaler,
  'autoscaling/v2/HorizontalPodAutoscaler': admitHorizontalPodAutoscaler,
};

/** How the server takes an object of this kind; undefined for kinds that are not looked at. */
export function admissionOf({ group, version, kind }: KubernetesObject): Admit | undefined {
  const name = `${group}/${version}/${kind}`;
  return Object.hasOwn(admissions, name) ? admissions[name] : undefined;
}

/** The object's body with the server's defaults, or its refusal; a kind that is not looked at is taken as it is. */
export function admitOther(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  return admissionOf(object)?.(object, settings) ?? { value: object.body, refusal: undefined };
}
