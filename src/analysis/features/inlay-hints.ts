/** Inlay hints: the number behind a port's name. */

import { comparePositions, type Position, type Range } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { ScopeState } from '../context';
import { numbersOf } from '../topology/service-text';
import type { Place } from '../types';
import type { Workspace } from '../workspace';
import { mentionIndex } from './mentions/mention-index';
import { placeOfMention } from './mentions/mention-places';
import { podsOfPolicyPort } from './mentions/policy-pods';
import type { Mention } from './mentions/types';
import { objectsInFile } from './object-of-scope';

export interface InlayHint {
  readonly position: Position;
  /** `= 8080`. */
  readonly label: string;
  readonly tooltip: string;
}

/** Within the range, which is what the editor shows. */
export function inlayHints(workspace: Workspace, path: string, range: Range): InlayHint[] {
  const file = workspace.file(path);
  const [state] = workspace.scopesOfFile(path);
  if (!file || !state) return [];
  const seen = state.scope.rendered === undefined ? seenDocuments(file, range) : undefined;
  const objects = objectsInFile(workspace, state, path).filter(({ document }) => seen?.has(document) ?? true);
  const all = objects.flatMap(({ object }) => hintsOf(object, { file: path, range }, state, workspace));
  // Of what is rendered several times from one place, each says the same.
  return [...new Map(all.map((hint) => [`${hint.position.line}:${hint.position.character}`, hint])).values()];
}

function seenDocuments(file: ManifestFile, range: Range): ReadonlySet<number> {
  const lines = lineIndexOf(file);
  const [start, end] = [lines.offset(range.start), lines.offset(range.end)];
  return new Set(file.documents.flatMap(({ span, index }) => (span.start <= end && start <= span.end ? index : [])));
}

function hintsOf(object: KubernetesObject, seen: Place, state: ScopeState, workspace: Workspace): InlayHint[] {
  return mentionIndex(workspace, state).mentions(object).flatMap((mention) => {
    const said = mention.role === 'reference' ? numberBehind(object, mention, state) : undefined;
    const place = said && placeOfMention({ object, mention }, workspace);
    const position = place?.file === seen.file ? place.range.end : undefined;
    if (!said || !position || comparePositions(position, seen.range.start) < 0 || comparePositions(seen.range.end, position) < 0)
      return [];
    return [{ position, ...said }];
  }); // prettier-ignore
}

function numberBehind(
  object: KubernetesObject,
  { meaning, path }: Mention,
  state: ScopeState,
): Omit<InlayHint, 'position'> | undefined {
  // prettier-ignore
  const { controlPlane } = state.simulation;
  if (meaning.kind === 'service-port') {
    // A slice says its own numbers.
    if (object.kind === 'EndpointSlice' || object.kind === 'Endpoints') return undefined;
    const service = typeof meaning.port === 'string' ? controlPlane.service(meaning.service) : undefined;
    const port = service?.spec.ports?.find(({ name }) => name === meaning.port);
    return port && { label: `= ${port.port}`, tooltip: `The port of Service ${meaning.service} with this name` };
  }
  if (meaning.kind !== 'container-port') return undefined;
  if (object.kind === 'Service') return targetNumbers(object, path[2], state);
  if (object.kind === 'NetworkPolicy')
    return numbersText(podsOfPolicyPort(object, path, controlPlane).flatMap((group) => declaredNumbers(group, meaning.name))); // prettier-ignore
  const group = controlPlane.podGroup(object.key);
  const number = group && ownNumber(group, path, meaning.name);
  return number === undefined ? undefined : { label: `= ${number}`, tooltip: 'The port of the container with this name' }; // prettier-ignore
}

/** What a Service's target port comes to in each of its targets. */
function targetNumbers(object: KubernetesObject, index: unknown, { simulation }: ScopeState) {
  const name = `${object.namespace}/${object.name}`;
  const port = typeof index === 'number' ? simulation.controlPlane.service(name)?.spec.ports?.[index] : undefined;
  if (!port) return undefined;
  return numbersText(simulation.controlPlane.targets(name).flatMap((group) => numbersOf(port, group)));
}

function numbersText(all: readonly number[]): Omit<InlayHint, 'position'> | undefined {
  const numbers = [...new Set(all)].sort((a, b) => a - b);
  if (numbers.length === 0) return undefined;
  return { label: `= ${numbers.join(', ')}`, tooltip: 'The ports of the containers with this name' };
}

function declaredNumbers({ spec }: PodGroup, name: string): number[] {
  const ports = [...spec.containers, ...(spec.initContainers ?? [])].flatMap((container) => container.ports ?? []);
  return ports.flatMap((port) => (port.name === name ? port.containerPort : []));
}

/** A probe means a port of its own container. */
function ownNumber({ spec, templatePath }: PodGroup, path: Mention['path'], name: string): number | undefined {
  const [list, index] = path.slice(templatePath.length + 1);
  if ((list !== 'containers' && list !== 'initContainers') || typeof index !== 'number') return undefined;
  return spec[list]?.[index]?.ports?.find((port) => port.name === name)?.containerPort;
}
