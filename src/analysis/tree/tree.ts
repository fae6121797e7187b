/** The Services view: scopes, their namespaces, the Services in them, and of each its ports, endpoints and problems. */

import { compareStrings } from '#base/compare';
import type { WorkspacePlan } from '#manifest/plans/index';
import { namespacedName, type Service } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { ScopeState } from '../context';
import { aboutObjects } from '../features/findings-by-object';
import { groupBy } from '../features/group-by';
import { namePlaceOf } from '../places';
import type { TreeItem } from '../types';
import type { Workspace } from '../workspace';
import { endpointRows, portRow, problemRow, refusedRow, serviceRow, unknownRow } from './rows';
import { countProblems, isProblem, joinId, splitId, worst, type Problems, type View } from './view';

/** The rows below a row; without `parent` the scopes. A row that is gone has no children. */
export function treeChildren(workspace: Workspace, parent?: string): TreeItem[] {
  if (parent === undefined || parent === '') return scopeRows(workspace);
  const [kind, scope, namespace, name] = splitId(parent);
  const state = scope === undefined ? undefined : workspace.scope(scope);
  if (!state) return [];
  const view: View = { workspace, state, about: aboutObjects(workspace) };
  if (kind === 'scope') return namespaceRows(view);
  if (kind === 'namespace' && namespace !== undefined) return serviceRows(view, namespace);
  if (kind === 'service' && name !== undefined) return insideService(view, `${namespace}/${name}`);
  return [];
}

/** The row of the Service `NS/NAME` with the rows above it, outermost first; empty where it is not there. */
export function treePath(workspace: Workspace, scope: string, service: string): TreeItem[] {
  const state = workspace.scope(scope);
  if (!state) return [];
  const [namespace = '', name = ''] = service.split('/');
  const { id } = state.scope;
  const wanted = [joinId('scope', id), joinId('namespace', id, namespace), joinId('service', id, namespace, name)];
  const path: TreeItem[] = [];
  for (const row of wanted) {
    const found = treeChildren(workspace, path.at(-1)?.id).find((item) => item.id === row);
    if (!found) return [];
    path.push(found);
  }
  return path;
}

function scopeRows(workspace: Workspace): TreeItem[] {
  return workspace.scopes
    .map((state) => scopeRow(workspace, state))
    .filter((row) => row.hasChildren)
    .sort((a, b) => compareStrings(a.label, b.label));
}

function scopeRow(workspace: Workspace, state: ScopeState): TreeItem {
  const { scope, simulation } = state;
  const found = [...state.filesWithFindings()].flatMap((path) => workspace.findings(path)).filter(isProblem);
  const services = sizeOf(simulation.controlPlane.services());
  const problems = countProblems(found);
  const contents = `${services} ${services === 1 ? 'Service' : 'Services'}`;
  const plan = workspace.plans().find(({ id }) => id === scope.id);
  const standing = plan && standingOf(plan, workspace);
  return {
    id: joinId('scope', scope.id),
    kind: 'scope',
    label: scope.name,
    description: [scope.kind, standing, problems].filter(Boolean).join(' · '),
    accessibleLabel: [`Scope ${scope.name}`, scope.kind, contents, standing, problems].filter(Boolean).join(', '),
    tooltip: [`${scope.name} (${scope.kind}): one cluster of ${contents}`, ...scope.incomplete].join('\n'),
    severity: worst(found),
    place: undefined,
    ...(plan && { renderable: plan.request.kind === 'helm' ? 'chart' : 'kustomization' }),
    scope: scope.name,
    hasChildren: services > 0 || found.length > 0,
  };
}

/** Of what an engine is to render, and has not, so that the scope is what its files say without it. */
function standingOf({ id, isAsWritten }: WorkspacePlan, workspace: Workspace): string | undefined {
  if (isAsWritten) return undefined;
  const result = workspace.rendered(id);
  if (!result) return 'rendering…';
  if (result.kind === 'rendered') return undefined;
  return result.kind === 'stopped' && result.reason === 'missing' ? undefined : 'not rendered';
}

function sizeOf(items: Iterable<unknown>): number {
  let size = 0;
  for (const _ of items) size++;
  return size;
}

function namespaceRows(view: View): TreeItem[] {
  const { controlPlane } = view.state.simulation;
  const services = groupBy(controlPlane.services(), (service) => service.metadata.namespace);
  const others = othersWithProblems(view);
  const names = new Set([...services.keys(), ...others.keys()]);
  names.delete('');
  const rows = [...names].sort(compareStrings).map((name) => {
    const own = services.get(name) ?? [];
    return namespaceRow(view, name, own, [
      ...own.flatMap((service) => about(service, view)),
      ...(others.get(name) ?? []),
    ]);
  });
  // What has no namespace (a node, an IngressClass) has no row above it but the scope's.
  return [...rows, ...(others.get('') ?? []).flatMap((problems) => objectRows(problems, view))];
}

function namespaceRow(
  { state, workspace }: View,
  name: string,
  services: readonly Service[],
  all: readonly Problems[],
): TreeItem {
  const found = all.flatMap(({ findings }) => findings).filter(isProblem);
  const problems = countProblems(found);
  const contents = `${services.length} ${services.length === 1 ? 'Service' : 'Services'}`;
  const object = state.simulation.controlPlane.object(`/Namespace//${name}`);
  return {
    id: joinId('namespace', state.scope.id, name),
    kind: 'namespace',
    label: name,
    description: problems,
    accessibleLabel: [`Namespace ${name}`, contents, problems].filter(Boolean).join(', '),
    tooltip: `Namespace ${name}: ${contents}`,
    severity: worst(found),
    place: object && namePlaceOf(object, workspace),
    scope: state.scope.name,
    hasChildren: true,
  };
}

/** Namespace → objects that have no row of their own, but something to be said about them. */
function othersWithProblems({ state, workspace, about: known }: View): Map<string, Problems[]> {
  const { controlPlane } = state.simulation;
  const others = new Map<string, Problems[]>();
  const files = new Set([...state.filesWithFindings()].filter((path) => workspace.findings(path).some(isProblem)));
  if (files.size === 0) return others;
  for (const object of objectsIn(files, controlPlane)) {
    const findings = known.findings(object).filter(isProblem);
    if (findings.length === 0 || hasRow(object, controlPlane)) continue;
    const list = others.get(object.namespace) ?? [];
    others.set(object.namespace, [...list, { object, findings, unknowns: [] }]);
  }
  return others;
}

function* objectsIn(files: ReadonlySet<string>, controlPlane: ControlPlane): Generator<KubernetesObject> {
  for (const object of controlPlane.objects()) if (files.has(object.origin.file)) yield object;
}

function hasRow(object: KubernetesObject, controlPlane: ControlPlane): boolean {
  return object.kind === 'Service' && controlPlane.service(`${object.namespace}/${object.name}`) !== undefined;
}

function about(service: Service, { state, about: known }: View): Problems[] {
  const object = state.simulation.controlPlane.serviceObject(namespacedName(service));
  return object ? [{ object, findings: known.findings(object), unknowns: known.unknowns(object) }] : [];
}

function serviceRows(view: View, namespace: string): TreeItem[] {
  const { controlPlane } = view.state.simulation;
  const own = [...controlPlane.services()].filter((service) => service.metadata.namespace === namespace);
  const rows = own.map((service) => serviceRow(service, about(service, view)[0], view));
  const others = othersWithProblems(view).get(namespace) ?? [];
  const refused = others.filter(({ object }) => object.kind === 'Service' && object.group === '');
  rows.push(...refused.map((problems) => refusedRow(problems, view)));
  rows.sort((a, b) => compareStrings(a.label, b.label));
  const rest = others.filter((problems) => !refused.includes(problems));
  return [...rows, ...rest.flatMap((problems) => objectRows(problems, view))];
}

function objectRows({ object, findings }: Problems, view: View): TreeItem[] {
  return findings.map((finding, i) => problemRow(finding, `${printReference(object)} ${i}`, view));
}

function insideService(view: View, name: string): TreeItem[] {
  const { controlPlane } = view.state.simulation;
  const service = controlPlane.service(name);
  const object = controlPlane.serviceObject(name);
  const findings = object ? view.about.findings(object) : [];
  const problems = findings.map((finding, i) => problemRow(finding, `Service ${name} ${i}`, view));
  if (!service) return problems;
  const ports = (service.spec.ports ?? []).map((port, index) => portRow(service, port, index, view));
  const unknowns = object ? view.about.unknowns(object) : [];
  return [...ports, ...endpointRows(service, view), ...problems, ...unknowns.map((unknown, i) => unknownRow(unknown, `Service ${name} ${i}`, view))]; // prettier-ignore
}
