/** gateway-class-unknown, listener-without-routes: a Gateway, or a part of one, that nobody serves. */

import { printReference, type KubernetesObject } from '#model/object';
import { gatewayGroup, listenersOf, type Listener } from '#simulation/http/listeners';
import { routesOf } from '#simulation/http/attachment';
import { objectOf, specOf, textOf } from '#simulation/http/read';
import type { AnalysisContext } from '../context';
import { changeValue, fixBy, fixInWords } from './edits';
import type { Rule } from './index';
import { nearestName } from './near-names';
import { relatedMember, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list, scopeName } from './words';

export const gatewayListeners: Rule = {
  codes: ['gateway-class-unknown', 'listener-without-routes'],
  check(object, context, report) {
    report.dependsOn(
      `kind ${gatewayGroup}/GatewayClass`,
      ...['HTTPRoute', 'GRPCRoute', 'ListenerSet'].map((kind) => `kind ${gatewayGroup}/${kind}`),
      'kind /Namespace',
    );
    if (context.scope.incomplete.length > 0) return report.leaveOpen(report.place(['spec']), 'object');
    checkClass(object, context, report);
    checkListeners(object, context, report);
  },
};

/** Only where the scope declares classes: else they come with the controller, from elsewhere. */
function checkClass(object: KubernetesObject, context: AnalysisContext, report: Report): void {
  const path = ['spec', 'gatewayClassName'];
  const name = textOf(specOf(object).gatewayClassName);
  if (name === undefined) return;
  if (unappliedTo(object, [path], context.scope).length > 0) return report.leaveOpen(report.place(path));
  const { controlPlane } = context.simulation;
  const classes = [...controlPlane.objectsOfKind(gatewayGroup, 'GatewayClass')].map((found) => found.name).sort();
  // A name in braces is one that somebody fills in.
  if (classes.length === 0 || classes.includes(name) || !/^[a-z0-9.-]+$/.test(name)) return;
  const near = nearestName(name, classes);
  report.add({
    code: 'gateway-class-unknown',
    severity: 'hint',
    message: `GatewayClass ${name} is not in ${scopeName(context.scope)}`,
    place: report.member(path),
    details: [
      { label: 'cause', text: `GatewayClass ${list(classes)} ${classes.length === 1 ? 'is' : 'are'} there` },
      { label: 'effect', text: 'unless the cluster has it from elsewhere, no controller serves the Gateway: it gets no address' }, // prettier-ignore
    ],
    fixes: [
      near === undefined ? undefined : fixBy(`Change the class to ${near}`, true, [changeValue(object, path, near, context)]), // prettier-ignore
    ],
  });
}

/** Said where the Gateway's other listeners have routes: else these are somewhere else. */
function checkListeners(object: KubernetesObject, context: AnalysisContext, report: Report): void {
  if (unappliedTo(object, [['spec', 'listeners']], context.scope).length > 0)
    return report.leaveOpen(report.place(['spec', 'listeners']));
  const { controlPlane } = context.simulation;
  const listeners = listenersOf(object, controlPlane).filter(isForHttp);
  const used = listeners.filter((listener) => routesOf(listener, controlPlane).attached.length > 0);
  if (used.length === 0) return;
  for (const listener of listeners) {
    // Who lets routes of other namespaces in waits for other teams.
    const isOpen = (textOf(objectOf(listener.allowedRoutes.namespaces).from) ?? 'Same') !== 'Same';
    if (used.includes(listener) || listener.owner.key !== object.key || isOpen) continue;
    const { detached } = routesOf(listener, controlPlane);
    // Why a route that means it is not taken is said at the route.
    if (detached.some(({ path }) => path.at(-1) !== 'sectionName' && path.at(-1) !== 'port')) continue;
    const others = detached.map(({ route, reason }) => `${printReference(route)}: ${reason}`);
    report.add({
      code: 'listener-without-routes',
      severity: 'hint',
      message: `listener ${listener.name} of ${printReference(object)} has no route`,
      place: report.member([...listener.path, 'name']),
      details: [
        {
          label: 'cause',
          text: others.length === 0 ? `no HTTPRoute or GRPCRoute of namespace ${object.namespace} names it` : list(others), // prettier-ignore
        },
        { label: 'effect', text: `requests to port ${listener.port}${listener.hostname === undefined ? '' : ` for ${listener.hostname}`} are answered with 404` }, // prettier-ignore
      ],
      related: used
        .slice(0, 4)
        .map((other) => relatedMember(other.owner, [...other.path, 'name'], `Listener ${other.name} has routes`, context)), // prettier-ignore
      fixes: [fixInWords('Attach a route to it, or leave the listener out')],
    });
  }
}

function isForHttp({ protocol }: Listener): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS';
}
