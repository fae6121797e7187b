/**
 * What the API server makes of an object: decoded, defaulted and checked, or refused. All of it is pure and never
 * throws, whatever JSON the body holds.
 */

export { admitEndpoints, admitEndpointSlice } from './endpoints';
export type { Admission } from './field-errors';
export { admitNetworkPolicy, admitNode } from './others';
export { admitPod } from './pod';
export { admitService } from './service';
export { admitWorkload, type Workload } from './workload';
