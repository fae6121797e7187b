/** One scope of a workspace as the fault generator sees it: what is healthy in it, and edits of its files. */

import { memberPlaceOf, placeOf } from '#analysis/places';
import type { AnalysisContext, ScopeState } from '#analysis/context';
import { traceRequest } from '#analysis/trace/trace';
import type { Place, TextEdit } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import { LineIndex } from '#base/text';
import { removeMember, replaceScalar, setMember, type ManifestEdit } from '#manifest/index';
import type { Service } from '#model/kubernetes';
import type { KubernetesObject, ObjectKey } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';

/** A Service whose ports all lead somewhere. */
export interface HealthyService {
  readonly service: Service;
  readonly object: KubernetesObject;
  /** `NAMESPACE/NAME`. */
  readonly name: string;
  readonly groups: readonly PodGroup[];
}

export class Application {
  readonly workspace: Workspace;
  readonly scope: string;

  constructor(workspace: Workspace, scope: string) {
    this.workspace = workspace;
    this.scope = scope;
  }

  get state(): ScopeState {
    return this.workspace.scope(this.scope)!;
  }

  get context(): AnalysisContext {
    return this.workspace.context(this.state);
  }

  get controlPlane(): ControlPlane {
    return this.state.simulation.controlPlane;
  }

  object(key: ObjectKey): KubernetesObject | undefined {
    return this.controlPlane.object(key);
  }

  *objectsOf(group: string, kind: string): Iterable<KubernetesObject> {
    for (const object of this.controlPlane.objectsOfKind(group, kind)) if (this.isEditable(object)) yield object;
  }

  /** Written in YAML, and in a namespace of which the manifests know all. */
  isEditable({ origin, namespace }: KubernetesObject): boolean {
    return origin.kind === 'manifest' && !origin.file.endsWith('.json') && namespace !== 'kube-system';
  }

  /** Whether no kustomization gives the file's objects labels: what is added beside them would get some, too. */
  isPlain({ origin }: KubernetesObject): boolean {
    return this.workspace.scopesOfFile(origin.file).every(({ scope }) => !scope.labels.has(origin.file));
  }

  *services(): Iterable<HealthyService> {
    for (const service of this.controlPlane.services()) {
      const name = `${service.metadata.namespace}/${service.metadata.name}`;
      const object = this.controlPlane.serviceObject(name);
      const groups = this.controlPlane.targets(name);
      if (!object || !this.isEditable(object) || groups.length === 0) continue;
      if (!groups.every((group) => this.isEditable(group.object)) || this.isSilent(name)) continue;
      yield { service, object, name, groups };
    }
  }

  /** Whether some port of the Service has no endpoints already. */
  isSilent(name: string): boolean {
    const slices = this.controlPlane.endpointSlices(name);
    const ports = this.controlPlane.service(name)?.spec.ports ?? [];
    return ports.some((port) => !slices.some((slice) => (slice.endpoints?.length ?? 0) > 0 && slice.ports?.some(({ name }) => (name ?? '') === (port.name ?? '')))); // prettier-ignore
  }

  *groups(): Iterable<PodGroup> {
    const namespaces = this.controlPlane.namespaces().keys();
    for (const namespace of namespaces)
      for (const group of this.controlPlane.podGroups(namespace)) if (this.isEditable(group.object)) yield group;
  }

  serviceNames(): ReadonlySet<string> {
    return new Set([...this.controlPlane.services()].map(({ metadata }) => metadata.name));
  }

  // ------------------------------------------------------------ places and edits

  place(object: KubernetesObject | undefined, path: JsonPath): Place | undefined {
    return object && (memberPlaceOf(object, path, this.context) ?? placeOf(object, path, this.context));
  }

  set(object: KubernetesObject, path: JsonPath, value: string | number | boolean): readonly TextEdit[] | undefined {
    const file = this.workspace.file(object.origin.file);
    const edit = file && replaceScalar(file, object.origin.document, [...object.origin.path, ...path], value);
    return inFile(object, edit);
  }

  put(object: KubernetesObject, path: JsonPath, key: string, value: JsonValue): readonly TextEdit[] | undefined {
    const file = this.workspace.file(object.origin.file);
    const edit = file && setMember(file, object.origin.document, [...object.origin.path, ...path], key, value);
    return inFile(object, edit);
  }

  remove(object: KubernetesObject, path: JsonPath, key: string): readonly TextEdit[] | undefined {
    const file = this.workspace.file(object.origin.file);
    const edit = file && removeMember(file, object.origin.document, [...object.origin.path, ...path], key);
    return inFile(object, edit);
  }

  /** Exchanges the text of the member's key. */
  renameKey(object: KubernetesObject, path: JsonPath, key: string): readonly TextEdit[] | undefined {
    const place = memberPlaceOf(object, path, this.context);
    const old = String(path.at(-1));
    if (!place) return undefined;
    const { start } = place.range;
    const line = this.workspace.file(place.file)!.text.split('\n')[start.line] ?? '';
    if (!line.slice(start.character).startsWith(old)) return undefined;
    return [{ file: place.file, range: { start, end: { ...start, character: start.character + old.length } }, newText: key }]; // prettier-ignore
  }

  /** A further document at the end of the object's file, in its namespace. */
  append(beside: KubernetesObject, document: (namespace: string) => string): readonly TextEdit[] | undefined {
    const { file: path } = beside.origin;
    const text = this.workspace.file(path)?.text;
    if (text === undefined) return undefined;
    const end = new LineIndex(text).position(text.length);
    const namespace = valueAt(beside.body, ['metadata', 'namespace']);
    const line = typeof namespace === 'string' ? `\n  namespace: ${namespace}` : '';
    const newText = `${text.endsWith('\n') ? '' : '\n'}---\n${document(line).trim()}\n`;
    return [{ file: path, range: { start: end, end }, newText }];
  }

  /** Exchanges a piece of a file, which has to be in it just once. */
  exchange(path: string, from: string, to: string): readonly TextEdit[] | undefined {
    const text = this.workspace.file(path)?.text ?? '';
    const at = text.indexOf(from);
    if (at < 0 || text.includes(from, at + 1)) return undefined;
    return [{ file: path, range: new LineIndex(text).range({ start: at, end: at + from.length }), newText: to }];
  }

  // ------------------------------------------------------------ answers

  /** Which pods the Service has, at which ports. */
  endpoints(name: string): string {
    if (!this.controlPlane.service(name)) return 'no Service';
    const slices = this.controlPlane.endpointSlices(name).flatMap(({ endpoints, ports }) => {
      const pods = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).map((endpoint) => endpoint.targetRef?.name ?? ''); // prettier-ignore
      return `${pods.length > 0 ? 'ready' : 'none'} ${(ports ?? []).map(({ name: port, protocol, port: number }) => `${port ?? ''} ${protocol ?? ''} ${number ?? ''}`).sort().join(', ')}`; // prettier-ignore
    });
    const makers = this.controlPlane.targets(name).map(({ key }) => key);
    return [...makers.sort(), ...slices.sort()].join('; ');
  }

  refusal(key: ObjectKey): string {
    return this.controlPlane.refusal(key)?.message ?? (this.object(key) ? 'taken' : 'not there');
  }

  /** What a trace of a request takes for granted. */
  assumptions(from: string, to: string): string {
    const trace = traceRequest({ from, to }, this.workspace, this.state);
    return 'error' in trace ? trace.error : trace.assumptions.join('; ');
  }

  /** How a request ends; pods are not told apart by their names, which a changed template changes. */
  trace(from: string, to: string): string {
    const trace = traceRequest({ from, to }, this.workspace, this.state);
    if ('error' in trace) return trace.error;
    return trace.outcomes
      .map(
        (outcome) =>
          `${outcome.kind}${outcome.kind === 'delivered' ? ` at ${outcome.port}` : ''}${outcome.kind === 'answered' ? ` ${outcome.status ?? ''}` : ''} ${outcome.probability.toFixed(3)}`,
      ) // prettier-ignore
      .sort()
      .join('; ');
  }
}

function inFile({ origin }: KubernetesObject, edit: ManifestEdit | undefined): readonly TextEdit[] | undefined {
  return edit && [{ file: origin.file, ...edit }];
}

/** All of them, or nothing. */
export function together(...parts: readonly (readonly TextEdit[] | undefined)[]): readonly TextEdit[] | undefined {
  const all: TextEdit[] = [];
  for (const part of parts) {
    if (!part) return undefined;
    all.push(...part);
  }
  return all;
}
