/** What other rooms use of the simulation. */

export { isOverflowAddress } from './control-plane/pod-addresses';
export { isSchedulable } from './control-plane/nodes';
export { effectiveSelector, selectsGroup } from './control-plane/selection';
export { createControlPlane, type ControlPlaneEngine } from './control-plane';
export { managedByLabel, serviceNameLabel, sliceControllerName } from './controllers/endpoint-slices';
export { isReady, podAddresses, podAddressesOf } from './controllers/pod-conditions';
export { endlessCommand, hasPortName, probePorts, type ProbeField } from './controllers/readiness';
export { findPort, portContainers } from './controllers/target-port';
export { rulesLookedAt } from './network/cost';
export { printEntry, routeHttp } from './http/route';
export { isGrpc, parseHttpRequest, printUrl } from './http/request';
export type * from './http/types';
export { printHolds } from './releases';
export { createSimulation } from './simulation';
export type * from './types';
