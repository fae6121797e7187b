/** What the map asks: its graph, whole or what has changed, the YAML behind its nodes, and the graph as a text. */

import { objectsAt } from '#analysis/features/object-at';
import { dot } from '#analysis/topology/dot';
import { mermaid } from '#analysis/topology/mermaid';
import { placeOfNode, topicsOfNode, topologyIn, topologyOf, type KeptTopology } from '#analysis/topology/topology';
import {
  objectAtRequest, topologyPlaceRequest, topologyRequest, topologyTextRequest, topologyTopicsRequest,
} from '#protocol/server'; // prettier-ignore
import type { Answer } from './answering';
import { wirePlace, wireTopology, wireTopologyChange } from './wire';

/** Each kept graph counts versions of its own: an id tells them apart, those of an earlier server included. */
const versionIds = new WeakMap<KeptTopology, string>();

export function registerTopologyRequests(answer: Answer): void {
  answer(topologyRequest, ({ scope, since, sketch }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    return topologyAnswer(topologyIn(workspace, state, sketch === true ? 'sketch' : 'whole'), since);
  });

  answer(topologyPlaceRequest, ({ scope, object, problem }, workspace, { paths }) => {
    const state = workspace.scope(scope);
    return { place: state && wirePlace(placeOfNode(workspace, state, object, problem), paths) };
  });

  answer(topologyTopicsRequest, ({ scope, object }, workspace) => {
    const state = workspace.scope(scope);
    return { topics: state ? topicsOfNode(state, object).map(({ title, text }) => ({ title, text })) : [] };
  });

  answer(objectAtRequest, ({ scope, uri, position }, workspace, { paths }) => {
    const path = paths.path(uri);
    const at = path === undefined ? [] : objectsAt(workspace, path, position);
    return { object: at.find(({ state }) => state.scope.name === scope)?.object.key };
  });

  answer(topologyTextRequest, ({ scope, format }, workspace) => {
    const state = workspace.scope(scope);
    if (!state) return gone(scope);
    const topology = topologyOf(workspace, state);
    return { text: format === 'dot' ? dot(topology) : mermaid(topology) };
  });
}

function gone(scope: string): { error: string } {
  return { error: `There is no scope ${scope} any more.` };
}

/** What changed since the version that the client has; all of it where that is not known, or of another graph. */
export function topologyAnswer(kept: KeptTopology, since: string | undefined) {
  const id = versionIds.get(kept) ?? crypto.getRandomValues(new Uint32Array(3)).join('-');
  versionIds.set(kept, id);
  const version = `${id} ${kept.version}`;
  const [knownId, number] = since?.split(' ') ?? [];
  const change = knownId === id ? kept.since(Number(number)) : undefined;
  return change
    ? { version, change: wireTopologyChange(change) }
    : { version, topology: wireTopology(kept.all()), isSketch: kept.isSketch };
}
