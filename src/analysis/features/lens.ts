/** Lenses: what a Service comes to, above it, and who selects the pods of a workload, above its template. */

import { compareStrings } from '#base/compare';
import type { Position } from '#base/text';
import { lineIndexOf, locate } from '#manifest/index';
import type { ManifestDocument, ManifestFile } from '#manifest/types';
import type { Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { effectiveSelector } from '#simulation/index';
import type { ScopeState } from '../context';
import { searchMeantPods } from '../rules/meant-pods';
import { countEndpoints, endpointsOf } from '../topology/endpoints';
import type { Place } from '../types';
import { memberPlaceOf, namePlaceOf, placeOf } from '../places';
import type { Workspace } from '../workspace';
import { aboutObjects } from './findings-by-object';
import { listed, printByScope } from './listed';
import { templatePathOf } from './mentions/workloads';
import { objectOfScope, objectsInFile, type ObjectInFile } from './object-of-scope';

/** Where a lens stands, and what it is about; its text is made when it comes into sight. */
export interface Lens {
  readonly position: Position;
  /** The first scope's name. */
  readonly scope: string;
  /** What stands there in each scope that has it. */
  readonly objects: readonly ObjectOfLens[];
  /** `NAMESPACE/NAME` of a Service, which can be traced to. */
  readonly service: string | undefined;
  /** What something can be supposed to happen to: `deployment shop/web`. */
  readonly subject: string;
}

/** An object as one scope has it. */
export interface ObjectOfLens {
  /** The scope's name. */
  readonly scope: string;
  readonly document: number;
  /** Index among the document's objects. */
  readonly item: number;
}

/** Of the file's Services and of the workloads that a Service selects. */
export function lenses(workspace: Workspace, path: string): Lens[] {
  const found = new Map<string, Lens>();
  for (const state of workspace.scopesOfFile(path)) {
    const { name: scope } = state.scope;
    for (const { object, document, item } of objectsInFile(workspace, state, path)) {
      const service = isService(object) ? `${object.namespace}/${object.name}` : undefined;
      if (service === undefined && servicesOf(object, state).length === 0) continue;
      const position = positionOf({ object, document, item }, path, workspace);
      if (!position) continue;
      const place = `${position.line}:${position.character}`;
      const before = found.get(place);
      // A template may make many objects of one line: the first one stands for them.
      if (before?.objects.some((each) => each.scope === scope)) continue;
      const subject = `${object.kind.toLowerCase()} ${object.namespace}/${object.name}`;
      const objects = [...(before?.objects ?? []), { scope, document, item }];
      found.set(place, before ? { ...before, objects } : { position, scope, objects, service, subject });
    }
  }
  return [...found.values()];
}

function positionOf(
  { object, document, item }: ObjectInFile,
  path: string,
  workspace: Workspace,
): Position | undefined {
  const file = workspace.file(path);
  const { path: own } = object.origin;
  const template = templatePathOf(object.group, object.kind) ?? [];
  if (object.origin.file !== path) {
    const meanwhile = workspace.file(object.origin.file)?.rendered?.meanwhile;
    if (meanwhile) return file && positionInSource(object, meanwhile.objects.get(document)?.source?.document, file);
    const place = memberPlaceOf(object, template, workspace) ?? placeOf(object, [], workspace);
    return place?.file === path ? place.range.start : undefined;
  }
  const found = file?.documents[document];
  const written = found && objectsOf(found)[item];
  if (!file || !found || !written || own.length !== written.origin.path.length) return undefined;
  return lineIndexOf(file).position(found.span.start + anchorOf(written, found, file));
}

/** Where the object begins that a rendered one came of, or its template. */
function positionInSource(
  { kind }: KubernetesObject,
  document: number | undefined,
  file: ManifestFile,
): Position | undefined {
  const found = document === undefined ? undefined : file.documents[document];
  const written = found && objectsOf(found).find((each) => each.kind === kind);
  return found && written && lineIndexOf(file).position(found.span.start + anchorOf(written, found, file));
}

/** What a lens says; undefined where the object is gone or there is nothing to say. Scopes that differ say so. */
export function lensTitle(workspace: Workspace, path: string, { objects }: Pick<Lens, 'objects'>): string | undefined {
  const told = objects.flatMap((each) => {
    const found = objectOfLens(workspace, path, each);
    const title = found && titleOf(found.object, found.state, workspace);
    return title === undefined ? [] : [{ scope: each.scope, text: title }];
  });
  const [first, ...others] = told;
  if (!first || others.every(({ text }) => text === first.text)) return first?.text;
  return printByScope(told, mostScopes).join('; ');
}

/** The lens of a shared file tells of so many scopes that differ. */
const mostScopes = 3;

function titleOf(object: KubernetesObject, state: ScopeState, workspace: Workspace): string | undefined {
  if (isService(object)) return serviceSummary(object, state, workspace);
  const names = servicesOf(object, state);
  return names.length === 0 ? undefined : `selected by ${listed(names)}`;
}

/** What the map is to show for a lens. */
export function lensPlace(workspace: Workspace, path: string, { objects }: Pick<Lens, 'objects'>): Place | undefined {
  const [first] = objects;
  const found = first && objectOfLens(workspace, path, first);
  return found && namePlaceOf(found.object, workspace);
}

function objectOfLens(workspace: Workspace, path: string, { scope, document, item }: ObjectOfLens) {
  const state = workspace.scope(scope);
  const found = workspace.file(state?.scope.rendered ?? path)?.documents[document];
  const written = found && objectsOf(found)[item];
  return state && written && { object: objectOfScope(written, state), state };
}

function objectsOf({ content }: ManifestDocument): readonly KubernetesObject[] {
  return content.kind === 'objects' ? content.objects : [];
}

function isService({ group, kind }: KubernetesObject): boolean {
  return group === '' && kind === 'Service';
}

/** Names of the Services that select the object's pods. */
function servicesOf(object: KubernetesObject, { simulation }: ScopeState): string[] {
  return simulation.controlPlane
    .servicesTargeting(object.key)
    .map(({ metadata }) => metadata.name)
    .sort(compareStrings);
}

/** How far behind its document's start an object's lens stands: a document that stays keeps its objects, so this is kept. */
const anchors = new WeakMap<KubernetesObject, number>();

function anchorOf(written: KubernetesObject, document: ManifestDocument, file: ManifestFile): number {
  const known = anchors.get(written);
  if (known !== undefined) return known;
  const { path } = written.origin;
  const template = templatePathOf(written.group, written.kind) ?? [];
  const place = locate(file, document.index, [...path, ...template]) ?? locate(file, document.index, path);
  const start = place && lineIndexOf(file).offset((place.key ?? place.value).start);
  const anchor = start === undefined ? 0 : start - document.span.start;
  anchors.set(written, anchor);
  return anchor;
}

/** `2 endpoints on 2 nodes · 1 problem`, `no endpoints: app: web ≠ wbe`. */
export function serviceSummary(object: KubernetesObject, state: ScopeState, workspace: Workspace): string {
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(`${object.namespace}/${object.name}`);
  if (!service || controlPlane.refusalOf(object)) return 'refused by the API server';
  const about = aboutObjects(workspace);
  if (about.unknowns(object).length > 0) return 'its endpoints cannot be known';
  const problems = about.findings(object).filter(({ severity }) => severity === 'error' || severity === 'warning').length; // prettier-ignore
  const counted = problems === 0 ? '' : ` · ${problems} ${problems === 1 ? 'problem' : 'problems'}`;
  if (service.spec.type === 'ExternalName') return `another name for ${service.spec.externalName ?? ''}${counted}`;
  const facts = endpointsOf(service, controlPlane);
  const miss = facts.length === 0 ? nearMiss(object, service, state, workspace) : undefined;
  if (miss !== undefined) return `no endpoints: ${miss}`;
  const nodes = new Set(facts.flatMap(({ isServed, node }) => (isServed && node !== undefined ? node : []))).size;
  const where = nodes === 0 ? '' : ` on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  return `${countEndpoints(facts)}${where}${counted}`;
}

/** `app: web ≠ wbe`: the first pair of the selector that the pods which were most probably meant do not have. */
function nearMiss(
  object: KubernetesObject,
  service: Service,
  state: ScopeState,
  workspace: Workspace,
): string | undefined {
  // prettier-ignore
  const selector = effectiveSelector(service);
  if (!selector || state.simulation.controlPlane.targets(`${object.namespace}/${object.name}`).length > 0)
    return undefined;
  const { near } = searchMeantPods(object, selector, workspace.context(state));
  if (!near) return 'the selector matches no pod';
  const [difference] = near.comparison.differences;
  if (!difference) return `the pods are in namespace ${near.pods.object.namespace}`;
  const { key, value, found } = difference;
  if (!found) return `${key}: ${value} is no label of ${near.pods.name}`;
  return `${key}: ${value} ≠ ${found.key === key ? found.value : `${found.key}: ${found.value}`}`;
}
