/** One cluster with all its stages: objects in, control plane, data plane and names out. */

import type { ClusterSettings } from '#model/settings';
import { createControlPlane } from './control-plane';
import type { PodKnowledge } from './control-plane/group-registry';
import { createDataPlane } from './data-plane';
import { createNameService } from './dns/name-service';
import { createEnvironment } from './environment/environment';
import type { Simulation } from './types';

/** An empty cluster; `apply` brings objects into it. The stages read the control plane and follow its changes. */
export function createSimulation(settings: ClusterSettings, pods: PodKnowledge = 'planned'): Simulation {
  const controlPlane = createControlPlane(settings, pods);
  const dataPlane = createDataPlane(controlPlane);
  return {
    controlPlane,
    dataPlane,
    dns: createNameService(controlPlane),
    environment: createEnvironment(controlPlane),
    apply: (change) => {
      const impact = controlPlane.apply(change);
      dataPlane.changed(impact);
      return impact;
    },
  };
}
