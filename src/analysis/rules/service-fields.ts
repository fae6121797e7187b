/** What a Service's own text says, as against what the API server made of it. */

import type { JsonPath } from '#base/json';
import { valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';

/** Whether the manifest gives the field a value of its own: `targetPort: 0` and `""` stand for nothing. */
export function isWritten(object: KubernetesObject, path: JsonPath): boolean {
  const value = valueAt(object.body, path);
  return value !== undefined && value !== null && value !== 0 && value !== '';
}
