/** Which Service a name in an object's texts means. */

import type { Service } from '#model/kubernetes';
import { objectKey, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { NameInText } from '../names/names-in';
import { readingsOf, serviceOfHost } from '../names/service-names';
import type { Report } from './report';

/** The Service, where the scope has it; what is said of the object depends on each one that the name may mean. */
export function calledService(
  { host }: NameInText,
  { namespace }: KubernetesObject,
  controlPlane: ControlPlane,
  report: Report,
): Service | undefined {
  const readings = readingsOf(host, namespace, controlPlane.settings.clusterDomain);
  report.dependsOn(...readings.map((reading) => objectKey('', 'Service', reading.namespace ?? '', reading.service)));
  return serviceOfHost(host, namespace, controlPlane);
}
