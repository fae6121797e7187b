/** The Markdown of what stands around Services: Ingresses and routes, Gateways, policies, namespaces. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt } from '#base/json';
import type { NamespacedName } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import { countEndpoints, endpointsOf } from '../topology/endpoints';
import type { ControlPlane } from '#simulation/types';
import { code, escape } from '../markdown';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';
import { few } from './few';
import { matchesText, printSelector } from './hover-selector';
import { keyOf } from './mentions/keys';
import { mentionIndex } from './mentions/mention-index';
import { selectedPods } from './mentions/policy-pods';
import { readSelector } from '#simulation/network/policy/selector';
import type { ObjectAt } from './object-at';

/** At the name of an object; undefined for one of which there is nothing to say. */
export function hoverOfEntry({ object, state }: ObjectAt, workspace: Workspace): string | undefined {
  const { kind, group } = object;
  if (kind === 'NetworkPolicy' && group === 'networking.k8s.io')
    return policyText(object, state.simulation.controlPlane);
  if (kind === 'Namespace' && group === '') return hoverOfNamespace(object.name, state, workspace);
  if (group === 'gateway.networking.k8s.io' && kind === 'Gateway')
    return hoverOfGateway(`${object.namespace}/${object.name}`, state, workspace);
  return kind === 'Ingress' || kind.endsWith('Route') ? backendsText(object, state, workspace) : undefined;
}

/** Each Service that it sends to, with what is behind it. */
function backendsText(object: KubernetesObject, state: ScopeState, workspace: Workspace): string | undefined {
  const names = new Set(
    mentionIndex(workspace, state)
      .mentions(object)
      .flatMap(({ meaning }) => (meaning.kind === 'service' ? meaning.service : [])),
  );
  if (names.size === 0) return undefined;
  const rows = [...names].map((name) => `- ${escape(name)}: ${behindService(name, state.simulation.controlPlane)}`);
  return `**${escape(printReference(object))}** sends to:\n${few(rows).join('\n')}`;
}

function behindService(name: NamespacedName, controlPlane: ControlPlane): string {
  const service = controlPlane.service(name);
  if (!service) return 'no such Service';
  if (service.spec.type === 'ExternalName') return `another name for ${code(service.spec.externalName ?? '')}`;
  return escape(countEndpoints(endpointsOf(service, controlPlane)));
}

/** Its listeners, and the routes that name it as their parent. */
export function hoverOfGateway(gateway: NamespacedName, state: ScopeState, workspace: Workspace): string | undefined {
  const users = [...mentionIndex(workspace, state).objects(keyOf({ kind: 'gateway', gateway }))];
  const own = users.find(({ kind, namespace, name }) => kind === 'Gateway' && `${namespace}/${name}` === gateway);
  const routes = users.filter((object) => object !== own).map(printReference).sort(compareStrings); // prettier-ignore
  const called = routes.length === 0 ? 'No route names it.' : ['Routes that name it:', ...few(routes.map((route) => `- ${escape(route)}`))].join('\n'); // prettier-ignore
  if (!own) return `**Gateway ${escape(gateway)}** is not in ${escape(state.scope.name)}\n\n${called}`;
  const listeners = valueAt(own.body, ['spec', 'listeners']);
  const rows = (Array.isArray(listeners) ? listeners : []).flatMap((listener) => listenerRow(listener));
  return [`**Gateway ${escape(gateway)}**`, few(rows).join('\n'), called].filter(Boolean).join('\n\n');
}

function listenerRow(listener: unknown): string[] {
  if (!isJsonObject(listener)) return [];
  const { name = '', port = '', protocol = '', hostname } = listener;
  const host = typeof hostname === 'string' ? ` for ${code(hostname)}` : '';
  return [`- listener ${escape(String(name))}: ${escape(`${String(protocol)} ${String(port)}`)}${host}`];
}

function policyText(object: KubernetesObject, controlPlane: ControlPlane): string {
  const written = valueAt(object.body, ['spec', 'podSelector']);
  const pods = selectedPods(written, [object.namespace], controlPlane);
  const rules = (direction: 'ingress' | 'egress') => {
    const list = valueAt(object.body, ['spec', direction]);
    return Array.isArray(list) ? list.length : 0;
  };
  const types = valueAt(object.body, ['spec', 'policyTypes']);
  // Models the defaulting of policyTypes: egress only where there are rules for it.
  const isEgress = Array.isArray(types) ? types.includes('Egress') : rules('egress') > 0;
  const isIngress = Array.isArray(types) ? types.includes('Ingress') : true;
  const rows = [
    ...(isIngress ? [`- What comes in: ${allowed(rules('ingress'))}`] : []),
    ...(isEgress ? [`- What goes out: ${allowed(rules('egress'))}`] : []),
  ];
  return [`**${escape(printReference(object))}**`, rows.join('\n'), matchesText(printSelector(readSelector(written)), pods)].join('\n\n'); // prettier-ignore
}

function allowed(rules: number): string {
  if (rules === 0) return 'nothing is allowed, unless another policy does';
  return `what ${rules === 1 ? '1 rule allows' : `${rules} rules allow`}, and other policies`;
}

/** What is in a namespace, with the labels by which policies and Gateways select it. */
export function hoverOfNamespace(name: string, state: ScopeState, workspace: Workspace): string | undefined {
  const { controlPlane } = state.simulation;
  const labels = controlPlane.namespaces().get(name);
  if (!labels) return undefined;
  const services = [...mentionIndex(workspace, state).serviceNames(name)].filter((each) => controlPlane.service(`${name}/${each}`)); // prettier-ignore
  const groups = [...controlPlane.podGroups(name)];
  const pods = groups.reduce((sum, { replicas }) => sum + replicas, 0);
  const policies = controlPlane.networkPolicies(name).length;
  const counts = [counted(services.length, 'Service'), counted(pods, 'pod'), counted(policies, 'NetworkPolicy', 'NetworkPolicies')]; // prettier-ignore
  const pairs = Object.entries(labels).map(([key, value]) => `${key}: ${value}`);
  return `**Namespace ${escape(name)}** · ${counts.join(', ')}\n\nLabels: ${pairs.slice(0, 6).map(code).join(', ')}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
