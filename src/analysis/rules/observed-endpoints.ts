/** endpoints-differ: a live cluster's slices hold other endpoints than its controller would make of the pods. */

import type { EndpointSlice, NamespacedName } from '#model/kubernetes';
import { managedByLabel, sliceControllerName } from '#simulation/index';
import type { ControlPlane } from '#simulation/types';
import { endpointsOf, type ListedEndpoint } from '../drift';
import type { Rule } from './index';
import { knownNodes } from './nodes-known';
import { list } from './words';

/** So many are named. */
const named = 5;

export const observedEndpoints: Rule = {
  codes: ['endpoints-differ'],
  check(object, context, report) {
    // Files may hold a snapshot of slices whose pods are elsewhere; and pods that may not be read are not missing.
    if (object.origin.kind !== 'cluster' || context.scope.incomplete.length > 0) return;
    const name = `${object.namespace}/${object.name}`;
    const differences = differencesOf(name, context.simulation.controlPlane);
    const { missing, left, readiness } = differences;
    const count = missing.length + left.length + readiness.length;
    if (count === 0) return;
    report.add({
      code: 'endpoints-differ',
      severity: 'warning',
      message: `Service ${name}: ${count} ${count === 1 ? 'endpoint' : 'endpoints'} of its slices not as its pods are`,
      place: report.place(['metadata', 'name']),
      details: [
        ...[
          ...shortened(left).map((endpoint) => `${described(endpoint)} is in a slice, and no pod gives it`),
          ...shortened(missing).map((endpoint) => `${described(endpoint)} is in no slice`),
          ...shortened(readiness).map((endpoint) => `${described(endpoint)} is ${endpoint.ready ? 'ready' : 'not ready'}, and the slice says otherwise`),
        ].map((text) => ({ label: 'cause', text }) as const),
        { label: 'effect', text: effectOf(differences) },
        {
          label: 'note',
          text: 'the controller follows within a second; where this stays, it does not run, or somebody else writes the slices',
        },
      ],
      differences: [
        ...left.map(({ address }) => `left ${address}`),
        ...missing.map(({ address }) => `missing ${address}`),
        ...readiness.map(({ address, ready }) => `${ready ? 'ready' : 'not ready'} ${address}`),
      ],
    }); // prettier-ignore
  },
};

interface Differences {
  /** Given by a pod, in no slice. */
  readonly missing: readonly ListedEndpoint[];
  /** In a slice, given by no pod. */
  readonly left: readonly ListedEndpoint[];
  /** As the pods give them. */
  readonly readiness: readonly ListedEndpoint[];
}

function differencesOf(name: NamespacedName, controlPlane: ControlPlane): Differences {
  const expected = controlPlane.expectedEndpointSlices(name);
  if (!expected) return { missing: [], left: [], readiness: [] };
  const [real, ours] = [ofTheController(controlPlane.endpointSlices(name)), expected].map(endpointsOf);
  const missing = [...ours!.values()].filter(({ address }) => !real!.has(address));
  return {
    missing: missing.length === 0 ? missing : missing.filter(isOnNode(controlPlane)),
    left: [...real!.values()].filter(({ address }) => !ours!.has(address)),
    readiness: [...ours!.values()].filter(({ address, ready }) => real!.has(address) && real!.get(address)!.ready !== ready), // prettier-ignore
  };
}

/** Slices that another controller or somebody keeps beside its own are no concern of the controller's. */
function ofTheController(slices: readonly EndpointSlice[]): readonly EndpointSlice[] {
  const own = slices.filter(({ metadata }) => metadata.labels?.[managedByLabel] === sliceControllerName);
  return own.length > 0 ? own : slices;
}

/**
 * The controller leaves out pods of a node that is gone until their end.
 * Models k8s.io/endpointslice/reconciler.go reconcileByAddressType (v1.37).
 */
function isOnNode(controlPlane: ControlPlane): (endpoint: ListedEndpoint) => boolean {
  const nodes = new Set(knownNodes(controlPlane));
  return ({ node }) => node === undefined || nodes.size === 0 || nodes.has(node);
}

function shortened(endpoints: readonly ListedEndpoint[]): readonly ListedEndpoint[] {
  return endpoints.slice(0, named);
}

function described({ address, target, node }: ListedEndpoint): string {
  return `${address}${target === undefined ? '' : ` (${target}${node === undefined ? '' : ` on ${node}`})`}`;
}

function effectOf({ missing, left, readiness }: Differences): string {
  return list([
    ...(left.length > 0 ? ['requests go to addresses that may be nobody’s'] : []),
    ...(missing.length > 0 ? ['pods that should get requests get none'] : []),
    ...(readiness.length > 0 ? ['pods get requests, or none, by a readiness that they no longer have'] : []),
  ]);
}
