/** EndpointSlices in place of hand-written Endpoints, which are deprecated. */

import type { JsonObject, JsonValue } from '#base/json';
import type { EndpointSlice } from '#model/kubernetes';
import { serviceNameLabel } from '#simulation/index';
import { replaceDocument } from './new-document';
import type { Refactor } from './types';

/** Set by the controller that mirrors Endpoints; without it the slices are the user's own. */
const controllersLabel = 'endpointslice.kubernetes.io/managed-by';

/** What the mirroring controller makes of the Endpoints anyway, as documents of one's own. */
export const endpointsAsSlices: Refactor = ({ object, state }, workspace) => {
  if (object.kind !== 'Endpoints' || object.group !== '') return undefined;
  const { controlPlane } = state.simulation;
  if (controlPlane.object(object.key) !== object) return undefined;
  const slices = controlPlane
    .endpointSlices(`${object.namespace}/${object.name}`)
    .filter(({ metadata }) => metadata.labels?.[controllersLabel] === 'endpointslicemirroring-controller.k8s.io');
  if (slices.length === 0) return undefined;
  const bodies = slices.map((slice, index) => bodyOf(slice, `${object.name}-${index + 1}`, object.namespaceGiven));
  const edit = replaceDocument(object, bodies, workspace);
  const title = `Write the Endpoints as ${slices.length === 1 ? 'an EndpointSlice' : `${slices.length} EndpointSlices`}`;
  return edit && { title, kind: 'rewrite', edits: [edit] };
};

function bodyOf({ metadata, addressType, endpoints, ports }: EndpointSlice, name: string, named: boolean): JsonObject {
  const own = Object.entries(metadata.labels ?? {}).filter(([key]) => key !== controllersLabel && key !== serviceNameLabel); // prettier-ignore
  return plain({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      ...(named ? { namespace: metadata.namespace } : {}),
      labels: { [serviceNameLabel]: metadata.labels?.[serviceNameLabel], ...Object.fromEntries(own) },
    },
    addressType,
    ports,
    endpoints,
  });
}

/** Without what is not set. */
function plain(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value, (_key, part: JsonValue | undefined) => part ?? undefined)) as JsonObject;
}
