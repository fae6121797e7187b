/** A pod as its workload's controller sends it to the API server, before anybody places it. */

import type { Pod, PodSpec } from '#model/kubernetes';
import type { Workload } from '../apiserver/workload';
import { daemonPodSpec } from './scheduler/daemon-set';
import { planPod } from './workload-pods';

/** The workload's pod of this index; of a DaemonSet for the node `daemonNode`. */
export function plannedPodOf(workload: Workload, index: number, daemonNode: string | undefined): Pod {
  const { metadata, hostname, subdomain } = planPod(workload, index);
  const { subdomain: _, ...template } = workload.template.spec;
  const spec: PodSpec = {
    ...(workload.kind === 'DaemonSet' && daemonNode !== undefined ? daemonPodSpec(template, daemonNode) : template),
    ...(hostname !== undefined && { hostname }),
    ...(subdomain && { subdomain }),
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: {} };
}
