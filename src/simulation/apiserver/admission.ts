/**
 * What the API server makes of an object: decoded, defaulted and checked, or refused. All of it is pure and never
 * throws, whatever JSON the body holds.
 */

export { admitEndpoints, admitEndpointSlice } from './endpoints';
export type { Admission } from './field-errors';
export { admitNetworkPolicy } from './network-policy';
export { admitNode } from './node';
export { admissionOf, admitOther } from './others';
export { checkNodeUpdate, checkOtherUpdate } from './other-updates';
export { admitPod } from './pod';
export { checkPodUpdate } from './pod-update';
export { decodeService, type WrittenService } from './service';
export { admitService } from './service-admission';
export { admitServiceCIDR, checkServiceCIDRUpdate, type ServiceCIDR } from './service-cidr';
export { checkAsNew, checkEndpointSliceUpdate, type UpdateCheck } from './updates';
export { checkWorkloadUpdate } from './workload-update';
export { admitWorkload, type Workload } from './workload';
