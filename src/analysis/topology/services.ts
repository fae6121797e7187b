/** The Services of the graph, with an edge from each port to the workloads that it reaches, or misses. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Service } from '#model/kubernetes';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { serviceOfHost } from '../names/service-names';
import type { Finding, Severity, TopologyEdge } from '../types';
import { doorEdges } from './doors';
import { edge, node, problemsOf, type Drawing, type Part } from './drawing';
import { endpointsOf } from './endpoints';
import { ids } from './ids';
import { describeService, portLabel } from './service-text';

/** A Service with an edge from each port to each workload that it targets, and with the ways in from outside. */
export function servicePart(service: Service, drawing: Drawing): Part {
  const { controlPlane } = drawing;
  const name = namespacedName(service);
  const object = controlPlane.serviceObject(name);
  const targets = controlPlane.targets(name);
  const findings = object ? drawing.findings(object) : [];
  const parent = ids.namespace(service.metadata.namespace);
  const base = node(ids.service(name), 'service', service.metadata.name, detailOf(service, controlPlane), parent, object); // prettier-ignore
  const ports = (service.spec.ports ?? []).map((port) => ({ id: ids.port(port), label: portLabel(port, targets) }));
  const own = { ...base, ports, problems: problemsOf(findings) };
  const edges = targets.length > 0 ? targetEdges(service, targets, drawing) : brokenEdges(service, findings, drawing);
  return { nodes: [own], edges: [...doorEdges(service), ...edges, ...externalEdges(service, controlPlane)] };
}

/** Whether the endpoints may be asked for: in a sketch only those that are no pods. */
export function hasPodsMade({ spec }: Service, { isSketch }: Drawing): boolean {
  return !isSketch || spec.selector === undefined;
}

/** Of addresses that are written by hand, as many are drawn. */
const mostAddresses = 12;

/** An ExternalName leads to its name; a Service whose endpoints are written by hand to their addresses. */
function externalEdges(service: Service, controlPlane: ControlPlane): TopologyEdge[] {
  const { spec } = service;
  const from = ids.service(namespacedName(service));
  if (spec.type === 'ExternalName') {
    const host = (spec.externalName ?? '').toLowerCase();
    const named = serviceOfHost(host, service.metadata.namespace, controlPlane);
    const to = named && named !== service ? ids.service(namespacedName(named)) : ids.external(host);
    return host === '' ? [] : [edge(from, to, 'targets', 'CNAME')];
  }
  if (spec.selector !== undefined) return [];
  const addresses = endpointsOf(service, controlPlane).filter((fact) => fact.pod === undefined);
  return addresses.slice(0, mostAddresses).map((fact) => ({
    ...edge(from, ids.external(fact.address), 'targets', fact.port === undefined ? '' : `${fact.port}`),
    problem: fact.ready ? undefined : { severity: 'warning' as const, message: 'this address is not ready' },
  }));
}

function targetEdges(service: Service, targets: readonly PodGroup[], drawing: Drawing): TopologyEdge[] {
  const name = namespacedName(service);
  const ports = service.spec.ports ?? [];
  const isMade = hasPodsMade(service, drawing);
  const reached = isMade ? reachedPorts(service, drawing.controlPlane) : new Map<string, Reached>();
  // Its pods are drawn as what they are written as: Pods.
  const hasOnlyAdopted = (group: PodGroup) => group.replicas === 0 && drawing.controlPlane.adoptedBy(group.key).length > 0; // prettier-ignore
  const sorted = [...targets].sort((a, b) => compareStrings(ids.group(a), ids.group(b)));
  const starts = ports.length === 0 ? [undefined] : ports;
  return sorted.flatMap((group) =>
    starts.map((port) => {
      const portId = port && ids.port(port);
      const found = portId === undefined ? undefined : reached.get(`${portId} ${group.key}`);
      return {
        id: `${ids.service(name)} ${portId ?? ''} → ${ids.group(group)}`,
        from: ids.service(name),
        fromPort: portId,
        to: ids.group(group),
        kind: 'targets' as const,
        label: found?.port === undefined ? '' : `${found.port}`,
        problem: port && isMade && !hasOnlyAdopted(group) ? targetProblem(found, group, `${port.targetPort}`) : undefined, // prettier-ignore
      };
    }),
  );
}

interface Reached {
  readonly port: number | undefined;
  readonly ready: boolean;
}

/** `PORT GROUP` → the port of that workload's pods which the Service port reaches, and whether one of them is ready. */
function reachedPorts(service: Service, controlPlane: ControlPlane): ReadonlyMap<string, Reached> {
  const reached = new Map<string, Reached>();
  const groupOfPod = new Map<string, string | undefined>();
  for (const slice of controlPlane.endpointSlices(namespacedName(service))) {
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.targetRef?.kind !== 'Pod') continue;
      const pod = `${slice.metadata.namespace}/${endpoint.targetRef.name}`;
      if (!groupOfPod.has(pod)) groupOfPod.set(pod, controlPlane.groupOfPod(pod)?.key);
      const group = groupOfPod.get(pod);
      for (const port of slice.ports ?? []) {
        const key = `${ids.port({ name: port.name, protocol: port.protocol ?? 'TCP' })} ${group}`;
        const ready = endpoint.conditions.ready !== false || reached.get(key)?.ready === true;
        reached.set(key, { port: port.port, ready });
      }
    }
  }
  return reached;
}

function targetProblem(reached: Reached | undefined, group: PodGroup, target: string): TopologyEdge['problem'] {
  if (reached?.ready) return undefined;
  if (reached) return { severity: 'warning', message: 'no pod of it is ready' };
  if (group.replicas === 0) return { severity: 'info', message: 'it has no pods (0 replicas)' };
  if (!/^\d+$/.test(target)) return { severity: 'error', message: `no container of it has a port named ${target}` };
  return { severity: 'warning', message: 'none of its pods is an endpoint' };
}

function detailOf(service: Service, controlPlane: ControlPlane): string {
  const text = describeService(service);
  const { clusterIP } = service.spec;
  const isAssigned = clusterIP !== undefined && text.includes(clusterIP) && controlPlane.isAssigned(service, clusterIP);
  return isAssigned ? `${text} (assigned by the simulation)` : text;
}

/** A Service that selects nothing is drawn to its nearest miss, where a finding knows one. */
function brokenEdges(service: Service, findings: readonly Finding[], drawing: Drawing): TopologyEdge[] {
  if (service.spec.selector === undefined || service.spec.type === 'ExternalName') return [];
  const broken = findings.find((finding) => finding.severity === 'error' || finding.severity === 'warning');
  if (!broken) return [];
  const name = namespacedName(service);
  const missed = nearMiss(broken, drawing);
  const to = missed ? ids.group(missed) : '';
  const problem: { severity: Severity; message: string } = { severity: broken.severity, message: broken.message };
  return [{ id: `${ids.service(name)} → ${to}`, from: ids.service(name), fromPort: undefined, to, kind: 'targets', label: '', problem }]; // prettier-ignore
}

/** The workload that a finding points to as related. */
function nearMiss(finding: Finding, { controlPlane, objectAt }: Drawing): PodGroup | undefined {
  for (const related of finding.related) {
    const object = objectAt(related);
    const group = object && controlPlane.podGroup(object.key);
    if (group) return group;
  }
  return undefined;
}

/** Services that the API server would not take are shown, as what they are. */
export function refusedServices(drawing: Drawing): Part {
  const nodes = [...drawing.controlPlane.refusals()].flatMap((refusal) => {
    const { object } = refusal;
    if (object.kind !== 'Service' || object.group !== '') return [];
    const name = `${object.namespace}/${object.name}`;
    // A second document of the same name is refused while the first is there.
    if (drawing.controlPlane.service(name)) return [];
    const base = node(ids.service(name), 'service', object.name, 'refused by the API server', ids.namespace(object.namespace), object); // prettier-ignore
    const problems = problemsOf(drawing.findings(object));
    return [{ ...base, problems: problems.length > 0 ? problems : [{ severity: 'error' as const, message: refusal.message, details: [] }] }]; // prettier-ignore
  });
  return { nodes: nodes.sort((a, b) => compareStrings(a.id, b.id)), edges: [] };
}
