/** route-parent-missing, route-listener-missing, route-not-allowed, route-hostname: a route that no listener takes. */

import { isJsonObject, type JsonObject, type JsonPath } from '#base/json';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import { attach, type AttachedRoute, type DetachedRoute } from '#simulation/http/attachment';
import { gatewayGroup, listenersOf, type Listener } from '#simulation/http/listeners';
import { itemsOf, numberOf, objectOf, specOf, textOf } from '#simulation/http/read';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { changeValue, fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import { nearestName } from './near-names';
import { relatedMember, relatedName, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const routeParent: Rule = {
  codes: ['route-parent-missing', 'route-listener-missing', 'route-not-allowed', 'route-hostname'],
  check(object, context, report) {
    for (const { index, value } of itemsOf(specOf(object).parentRefs)) {
      const kind = textOf(value.kind) ?? 'Gateway';
      if ((value.group ?? gatewayGroup) !== gatewayGroup || (kind !== 'Gateway' && kind !== 'ListenerSet')) continue;
      report.dependsOn(`kind ${gatewayGroup}/Gateway`, `kind ${gatewayGroup}/ListenerSet`, 'kind /Namespace');
      // What a patch sets or a template adds is not seen here.
      const fields = [['spec', 'parentRefs'], ['spec', 'hostnames']]; // prettier-ignore
      if (context.scope.incomplete.length > 0 || unappliedTo(object, fields, context.scope).length > 0) {
        report.leaveOpen(report.place(['spec']), 'object');
        continue;
      }
      checkParent({ object, index, ref: value, kind }, context, report);
    }
  },
};

interface ParentReference {
  readonly object: KubernetesObject;
  readonly index: number;
  readonly ref: JsonObject;
  readonly kind: 'Gateway' | 'ListenerSet';
}

function checkParent(parent: ParentReference, context: AnalysisContext, report: Report): void {
  const { object, ref, kind } = parent;
  const { controlPlane } = context.simulation;
  const name = textOf(ref.name) ?? '';
  const namespace = textOf(ref.namespace) ?? object.namespace;
  const owner = controlPlane.object(objectKey(gatewayGroup, kind, namespace, name));
  if (!owner) return reportNoParent(parent, `${namespace}/${name}`, context, report);
  if (unappliedTo(owner, [['spec', 'listeners']], context.scope).length > 0)
    return report.leaveOpen(report.place(['spec']), 'object');
  const listeners = listenersOfOwner(owner, context);
  if (listeners.length === 0) return;
  const alone = withOneParent(object, ref);
  const found = listeners.map((listener) => attach(alone, listener, controlPlane));
  if (found.some((attached) => attached && !('reason' in attached))) return;
  reportDetached(parent, owner, listeners, found, context, report);
}

/** A ListenerSet's listeners are known by its Gateway alone, which has to let it in. */
function listenersOfOwner(owner: KubernetesObject, { simulation }: AnalysisContext): readonly Listener[] {
  const { controlPlane } = simulation;
  const gateways = owner.kind === 'Gateway' ? [owner] : [...controlPlane.objectsOfKind(gatewayGroup, 'Gateway')];
  return gateways.flatMap((gateway) =>
    listenersOf(gateway, controlPlane).filter((listener) => listener.owner.key === owner.key),
  );
}

function withOneParent(route: KubernetesObject, ref: JsonObject): KubernetesObject {
  return { ...route, body: { ...route.body, spec: { ...specOf(route), parentRefs: [ref] } } };
}

const noEffect = 'the route is attached nowhere by this reference: requests are answered with 404';

function reportNoParent(
  { object, index, ref, kind }: ParentReference,
  wanted: string,
  context: AnalysisContext,
  report: Report,
): void {
  const all = [...context.simulation.controlPlane.objectsOfKind(gatewayGroup, kind)];
  const path: JsonPath = ['spec', 'parentRefs', index];
  if (all.length === 0) return report.leaveOpen(report.place(path));
  const [namespace = '', name = ''] = wanted.split('/');
  const own = all.filter((other) => other.namespace === namespace);
  const near = nearestName(name, own.map((other) => other.name)); // prettier-ignore
  const elsewhere = near === undefined ? all.filter((other) => other.name === name) : [];
  const isSaid = object.namespaceGiven && elsewhere.every((other) => other.namespaceGiven);
  const isWhole = context.scope.kind === 'root' || context.scope.kind === 'file';
  if ((elsewhere.length > 0 && !isSaid) || (near === undefined && elsewhere.length === 0 && !isWhole))
    return report.leaveOpen(report.place(path));
  const target = elsewhere[0] ?? own.find((other) => other.name === near);
  report.add({
    code: 'route-parent-missing',
    severity: 'warning',
    message: `${kind} ${wanted} does not exist`,
    place: report.member([...path, 'name']),
    details: [
      { label: 'cause', text: `the ${kind}s there are ${list(all.map((other) => `${other.namespace}/${other.name}`).sort())}` }, // prettier-ignore
      { label: 'effect', text: noEffect },
    ],
    related: [target && relatedName(target, `${printReference(target)} is here`, context)],
    fixes: [
      near === undefined
        ? undefined
        : fixBy(`Change the name to ${near}`, true, [changeValue(object, [...path, 'name'], near, context)]),
      elsewhere.length !== 1
        ? undefined
        : fixBy(`Set the namespace to ${elsewhere[0]!.namespace}`, true, [
            textOf(ref.namespace) === undefined
              ? putMember(object, path, 'namespace', elsewhere[0]!.namespace, context)
              : changeValue(object, [...path, 'namespace'], elsewhere[0]!.namespace, context),
          ]),
    ],
  });
}

function reportDetached(
  parent: ParentReference,
  owner: KubernetesObject,
  listeners: readonly Listener[],
  found: readonly (AttachedRoute | DetachedRoute | undefined)[],
  context: AnalysisContext,
  report: Report,
): void {
  const { object, ref, index } = parent;
  const path: JsonPath = ['spec', 'parentRefs', index];
  const section = textOf(ref.sectionName);
  const port = numberOf(ref.port);
  const meant = listeners.filter(
    (listener) =>
      (section === undefined || listener.name === section) && (port === undefined || listener.port === port),
  );
  if (meant.length === 0) return reportNoListener(parent, owner, listeners, context, report);
  const reasons = listeners.flatMap((listener, i) => {
    const reason = found[i];
    return meant.includes(listener) && reason && 'reason' in reason ? { listener, reason: reason.reason } : [];
  });
  const byHost = reasons.filter(({ reason }) => reason.includes('NoMatchingListenerHostname'));
  const [first] = byHost.length > 0 ? byHost : reasons;
  if (!first) return;
  const { listener } = first;
  if (byHost.length > 0) {
    const hosts = [...new Set(byHost.map((other) => other.listener.hostname ?? ''))];
    report.add({
      code: 'route-hostname',
      severity: 'error',
      message: `no listener of ${printReference(owner)} takes the route's hosts`,
      place: report.member(['spec', 'hostnames']),
      details: [
        { label: 'cause', text: `the listeners are for ${list(hosts)}` },
        { label: 'effect', text: `Accepted is False (NoMatchingListenerHostname); ${noEffect}` },
      ],
      related: [relatedMember(owner, [...listener.path, 'hostname'], `Listener ${listener.name}`, context)],
      fixes: [fixInWords(`Use a host of ${list(hosts)}, or add a listener for the route's`)],
    });
    return;
  }
  if (isNamespaceUnknown(object, listener, context)) return;
  report.add({
    code: 'route-not-allowed',
    severity: 'error',
    message: `${printReference(owner)} does not take ${printReference(object)}`,
    place: report.member([...path, 'name']),
    details: [
      { label: 'cause', text: first.reason },
      { label: 'effect', text: `Accepted is False (NotAllowedByListeners); ${noEffect}` },
    ],
    related: [relatedMember(owner, listener.path, `Listener ${listener.name}`, context)],
    fixes: [allowFix(object, owner, listener, context)],
  });
}

/** A selector of namespaces looks at labels, which only a manifest of the namespace shows. */
function isNamespaceUnknown(
  object: KubernetesObject,
  { allowedRoutes }: Listener,
  { simulation }: AnalysisContext,
): boolean {
  // prettier-ignore
  if (!object.namespaceGiven) return true;
  if (textOf(objectOf(allowedRoutes.namespaces).from) !== 'Selector') return false;
  return simulation.controlPlane.object(objectKey('', 'Namespace', '', object.namespace)) === undefined;
}

function allowFix(
  object: KubernetesObject,
  owner: KubernetesObject,
  { path, allowedRoutes }: Listener,
  context: AnalysisContext,
): Fix | undefined {
  const namespaces = objectOf(allowedRoutes.namespaces);
  const from = textOf(namespaces.from) ?? 'Same';
  if (from !== 'Same' || object.namespace === owner.namespace) return undefined;
  const mapping = [...path, 'allowedRoutes', 'namespaces'];
  const edit =
    isJsonObject(allowedRoutes.namespaces) && textOf(namespaces.from) !== undefined
      ? changeValue(owner, [...mapping, 'from'], 'All', context)
      : putMember(owner, mapping, 'from', 'All', context);
  return fixBy('Let the listener take routes of all namespaces', false, [edit]);
}

function reportNoListener(
  { object, ref, index }: ParentReference,
  owner: KubernetesObject,
  listeners: readonly Listener[],
  context: AnalysisContext,
  report: Report,
): void {
  const section = textOf(ref.sectionName);
  const known = listeners.map(({ name, port }) => `${name} (${port})`);
  const bySection = section !== undefined && listeners.every(({ name }) => name !== section);
  const path: JsonPath = ['spec', 'parentRefs', index, bySection ? 'sectionName' : 'port'];
  const near = bySection ? nearestName(section, listeners.map(({ name }) => name)) : undefined; // prettier-ignore
  report.add({
    code: 'route-listener-missing',
    severity: 'error',
    message: `${printReference(owner)} has no listener ${bySection ? section : `at port ${numberOf(ref.port) ?? ''}`}`,
    place: report.member(path),
    details: [
      { label: 'cause', text: `its listeners are ${list(known)}` },
      { label: 'effect', text: `Accepted is False (NoMatchingParent); ${noEffect}` },
    ],
    related: [relatedMember(owner, ['spec', 'listeners'], `The listeners of ${printReference(owner)}`, context)],
    fixes: near === undefined ? [] : [fixBy(`Change the listener to ${near}`, true, [changeValue(object, path, near, context)])], // prettier-ignore
  });
}
