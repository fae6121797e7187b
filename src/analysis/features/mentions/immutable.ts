/** Fields that a cluster does not let anybody change once the object is there. */

import type { JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';

/** A field with all that is below it, and the clause that says why it stays. */
interface Immutable {
  readonly field: JsonPath;
  readonly why: string;
}

const selector = (kind: string): Immutable => ({
  field: ['spec', 'selector'],
  why: `the selector of a ${kind} is immutable`,
});

/** Models ValidatePodUpdate, ValidateJobUpdate, ValidateDeploymentUpdate and the like of Kubernetes' validation. */
const byKind = new Map<string, readonly Immutable[]>([
  ['/Pod', [{ field: ['spec'], why: 'the spec of a Pod is immutable, but for its images' }]],
  ['apps/Deployment', [selector('Deployment')]],
  ['apps/DaemonSet', [selector('DaemonSet')]],
  ['apps/ReplicaSet', [selector('ReplicaSet')]],
  [
    'apps/StatefulSet',
    [selector('StatefulSet'), { field: ['spec', 'serviceName'], why: 'the serviceName of a StatefulSet is immutable' }],
  ],
  ['batch/Job', [selector('Job'), { field: ['spec', 'template'], why: 'the template of a Job is immutable' }]],
]);

/** Why the field cannot be changed in a cluster, as a clause: `the selector of a Deployment is immutable`. */
export function whyImmutable({ group, kind, body }: KubernetesObject, path: JsonPath): string | undefined {
  if (group === '' && kind === 'ConfigMap')
    return body.immutable === true && path[0] === 'data' ? 'the ConfigMap says that it is immutable' : undefined;
  const fields = byKind.get(`${group}/${kind}`) ?? [];
  return fields.find(({ field }) => field.every((step, i) => path[i] === step))?.why;
}
