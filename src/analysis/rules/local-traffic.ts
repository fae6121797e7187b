/** external-traffic-local, internal-traffic-local: nodes that have no endpoint of their own, and what they do. */

import type { Node, Service } from '#model/kubernetes';
import { isHeadless } from '#model/kubernetes';
import { minorVersion } from '#model/settings';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { behaves } from '#simulation/releases';
import type { PacketSource, PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix, Severity, TextEdit } from '../types';
import { changeValue, dropMember, fixBy, fixInWords, renameKey } from './edits';
import { knownNodes } from './nodes-known';
import type { Rule } from './index';
import { isWritten } from './service-fields';
import { unappliedTo } from './unapplied';
import { count, list } from './words';

/** Where a Service's endpoints are. */
interface Spread {
  readonly object: KubernetesObject;
  readonly service: Service;
  readonly targets: readonly PodGroup[];
  /** Nodes with a ready endpoint. */
  readonly having: ReadonlySet<string>;
  readonly lacking: readonly string[];
}

export const externalTrafficLocal: Rule = {
  codes: ['external-traffic-local'],
  check(object, context, report) {
    const spread = spreadOf(object, 'externalTrafficPolicy', context);
    if (!spread) return;
    const { service, having, lacking } = spread;
    const field = ['spec', 'externalTrafficPolicy'];
    const isBalanced = service.spec.type === 'LoadBalancer';
    report.add({
      code: 'external-traffic-local',
      severity: having.size === 0 ? 'warning' : isBalanced ? 'hint' : 'info',
      message: `externalTrafficPolicy Local: ${nodesIn(lacking)} no endpoint of ${printReference(object)}`,
      place: report.member(field),
      details: [
        { label: 'cause', text: causeOf(spread, 'from outside', context) },
        { label: 'effect', text: effectFromOutside(spread, context) },
        { label: 'note', text: 'clients of the cluster IP are not affected' },
      ],
      fixes: [
        fixInWords(
          having.size === 0
            ? 'Write into the endpoints on which node they are (nodeName)'
            : 'Run the pods on each node that gets requests: as a DaemonSet, or spread',
        ),
        fixBy('Change externalTrafficPolicy to Cluster, which hides the address of the client', false, [
          changeValue(object, field, 'Cluster', context),
          ...withoutHealthCheck(object, context),
        ]),
      ],
    });
  },
};

export const internalTrafficLocal: Rule = {
  codes: ['internal-traffic-local'],
  check(object, context, report) {
    const spread = spreadOf(object, 'internalTrafficPolicy', context);
    if (!spread) return;
    const { service, lacking } = spread;
    // Clients that say on which node they are make it certain.
    report.dependsOn(`pods ${object.namespace}`, `kind /Pod ${object.namespace}`);
    const field = ['spec', 'internalTrafficPolicy'];
    report.add({
      code: 'internal-traffic-local',
      severity: internalSeverity(spread, context),
      message: `internalTrafficPolicy Local: ${nodesIn(lacking)} no endpoint of ${printReference(object)}`,
      place: report.member(field),
      details: [
        { label: 'cause', text: causeOf(spread, 'of its pods', context) },
        { label: 'effect', text: effectInside(spread, context) },
      ],
      fixes: [
        fixInWords('Run the pods as a DaemonSet, so that each node has one'),
        preferSameNode(object, service, context),
      ],
    });
  },
};

/** Undefined where the policy is not Local, no endpoint is there at all, each node has one, or a DaemonSet sees to it. */
function spreadOf(
  object: KubernetesObject,
  policy: 'externalTrafficPolicy' | 'internalTrafficPolicy',
  context: AnalysisContext,
): Spread | undefined {
  const { controlPlane } = context.simulation;
  const name = `${object.namespace}/${object.name}`;
  const service = controlPlane.service(name);
  if (service?.spec[policy] !== 'Local' || isHeadless(service) || controlPlane.object(object.key) !== object)
    return undefined;
  if (!isWritten(object, ['spec', policy])) return undefined;
  const targets = controlPlane.targets(name);
  if (targets.some((group) => group.object.kind === 'DaemonSet')) return undefined;
  if (unappliedTo(object, [['spec', policy]], context.scope).length > 0) return undefined;
  if (targets.some((group) => unappliedTo(group.object, [['spec', 'replicas']], context.scope).length > 0))
    return undefined;
  const ready = controlPlane
    .endpointSlices(name)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions.ready !== false);
  if (ready.length === 0) return undefined;
  const having = new Set(ready.flatMap(({ nodeName }) => nodeName ?? []));
  const lacking = controlPlane.nodes().flatMap(({ metadata }) => (having.has(metadata.name) ? [] : metadata.name));
  return lacking.length === 0 ? undefined : { object, service, targets, having, lacking };
}

function nodesIn(lacking: readonly string[]): string {
  return `${list(lacking, 3)} ${lacking.length === 1 ? 'has' : 'have'}`;
}

function causeOf({ having, targets }: Spread, whose: string, { simulation }: AnalysisContext): string {
  const { controlPlane } = simulation;
  const where =
    having.size === 0
      ? 'none of its endpoints names a node (nodeName), so none is local to any'
      : `its endpoints are on ${list([...having].sort())}`;
  const pods = targets.reduce((sum, group) => sum + group.replicas, 0);
  const made =
    knownNodes(controlPlane).length > 0 || pods === 0 || targets.every(({ spec }) => spec.nodeName !== undefined);
  const assumed = made
    ? ''
    : ` (${count(pods, 'pod')} on ${count(controlPlane.nodes().length, 'node')}, taken as the cluster has so many)`;
  return `a node sends requests ${whose} to endpoints of its own alone; ${where}${assumed}`;
}

/** What the rules of a node without an endpoint do with a client's packet. */
function effectFromOutside({ service, having, lacking }: Spread, context: AnalysisContext): string {
  const { controlPlane } = context.simulation;
  const port = (service.spec.ports ?? []).find(({ nodePort }) => nodePort !== undefined);
  const node = controlPlane.node(lacking[0]!);
  const address = node && addressOf(node, service);
  const check = service.spec.healthCheckNodePort;
  const balanced =
    check === undefined
      ? ''
      : `; the load balancer's health check (port ${check}) leaves ${lacking.length === 1 ? 'this node' : 'these nodes'} out`;
  if (port?.nodePort === undefined || address === undefined)
    return `packets from outside that come to ${list(lacking, 3)} are dropped${balanced}`;
  const host = `${lacking[0]}:${port.nodePort}`;
  const source: PacketSource = { kind: 'outside', node: lacking[0]! };
  const words = outcomeOf(source, address, port.nodePort, port.protocol, context);
  const works = [...having].sort()[0];
  return `a client outside that calls ${host} ${words}${works === undefined ? '' : `; ${works}:${port.nodePort} works and shows the pod the client's address`}${balanced}`;
}

function effectInside({ service, lacking }: Spread, context: AnalysisContext): string {
  const [port] = service.spec.ports ?? [];
  const address = service.spec.clusterIP ?? '';
  if (!port) return `clients on ${list(lacking, 3)} reach nothing`;
  const host = address.includes(':') ? `[${address}]` : address;
  const words = outcomeOf({ kind: 'node', node: lacking[0]! }, address, port.port, port.protocol, context);
  return `a client on ${lacking[0]} that calls ${host}:${port.port} ${words}; there is no way round to another node`;
}

function outcomeOf(
  source: PacketSource,
  address: string,
  port: number,
  protocol: 'TCP' | 'UDP' | 'SCTP',
  { simulation }: AnalysisContext,
): string {
  const { dataPlane, controlPlane } = simulation;
  const { paths } = dataPlane.walk(source, { address, port, protocol }, controlPlane.settings.proxyMode);
  const [path] = paths;
  switch (path?.outcome.kind) {
    case 'timeout':
      return 'gets no answer and times out (the packet is dropped)';
    case 'refused':
      return 'is refused at once';
    default:
      return 'reaches no pod';
  }
}

function addressOf(node: Node, service: Service): string | undefined {
  const isIPv6 = service.spec.ipFamilies?.[0] === 'IPv6';
  return node.status.addresses?.find(({ type, address }) => type === 'InternalIP' && address.includes(':') === isIPv6)
    ?.address;
}

/**
 * A warning where it is certain that some client is on a node without an endpoint, wherever the scheduler puts the
 * pods: there are more nodes than pods, or both sides name their nodes.
 */
function internalSeverity({ targets, having, object }: Spread, { simulation }: AnalysisContext): Severity {
  const { controlPlane } = simulation;
  if (having.size === 0) return 'warning';
  const known = knownNodes(controlPlane);
  const pods = targets.reduce((sum, group) => sum + group.replicas, 0);
  if (targets.length > 0 && pods < known.length) return 'warning';
  if (!targets.every(({ spec }) => spec.nodeName !== undefined)) return 'info';
  for (const { spec } of controlPlane.podGroups(object.namespace))
    if (spec.nodeName !== undefined && !having.has(spec.nodeName)) return 'warning';
  return 'info';
}

/** The API server takes a port for the health check of a Local policy alone. */
function withoutHealthCheck(object: KubernetesObject, context: AnalysisContext): readonly (TextEdit | undefined)[] {
  const isSaid = isWritten(object, ['spec', 'healthCheckNodePort']);
  return isSaid ? [dropMember(object, ['spec'], 'healthCheckNodePort', context)] : [];
}

/** The local endpoint where there is one, another one otherwise. */
function preferSameNode(object: KubernetesObject, service: Service, context: AnalysisContext): Fix | undefined {
  const minor = minorVersion(context.simulation.controlPlane.settings.kubernetesVersion);
  if (minor === undefined || !behaves(minor, 'prefersSameTopology')) return undefined;
  if (service.spec.trafficDistribution !== undefined) return undefined;
  const field = ['spec', 'internalTrafficPolicy'];
  return fixBy('Use trafficDistribution: PreferSameNode, which falls back to other nodes', true, [
    renameKey(object, field, 'trafficDistribution', context),
    changeValue(object, field, 'PreferSameNode', context),
  ]);
}
