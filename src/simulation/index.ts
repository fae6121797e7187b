/** What other rooms use of the simulation. */

export { isOverflowAddress, overflowRanges } from './control-plane/pod-addresses';
export { isSchedulable } from './control-plane/nodes';
export { isObserved } from './control-plane/endpoint-registry';
export { effectiveSelector, selectsGroup, selectsPod } from './control-plane/selection';
export { createControlPlane, type ControlPlaneEngine } from './control-plane';
export { managedByLabel, resolvePorts, serviceNameLabel } from './controllers/endpoint-slices';
export { isReady, podAddresses, podAddressesOf, shouldBeInEndpoints } from './controllers/pod-conditions';
export { findPort, portContainers } from './controllers/target-port';
export { rulesLookedAt } from './network/cost';
export { printEntry, routeHttp } from './http/route';
export { isGrpc, parseHttpRequest, printUrl } from './http/request';
export type * from './http/types';
export { printHolds } from './releases';
export { createSimulation } from './simulation';
export type * from './types';
