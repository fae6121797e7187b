/** name-cluster-domain: a text names a Service of the scope below a domain that is nearly the cluster's, and is not. */

import { editDistance } from '#base/edit-distance';
import { namespacedName } from '#model/kubernetes';
import { objectKey, printReference } from '#model/object';
import { usersOfText } from '../names/config-map-users';
import { namesIn } from '../names/names-in';
import { placeOfName } from '../names/place';
import type { Rule } from './index';
import { relatedName } from './report';
import { unappliedTo } from './unapplied';

export const nameClusterDomain: Rule = {
  codes: ['name-cluster-domain'],
  check(object, context, report) {
    const { controlPlane, dns } = context.simulation;
    const { clusterDomain } = controlPlane.settings;
    for (const name of namesIn(object)) {
      const meant = meantBy(name.host, clusterDomain);
      if (!meant) continue;
      report.dependsOn(objectKey('', 'Service', meant.namespace, meant.service));
      const service = controlPlane.service(`${meant.namespace}/${meant.service}`);
      if (!service) continue;
      const place = placeOfName(object, name, 'host', context) ?? report.place(name.path);
      if (
        context.scope.incomplete.length > 0 ||
        unappliedTo(object, [name.path.map(String)], context.scope).length > 0
      ) {
        report.leaveOpen(place);
        continue;
      }
      const users = usersOfText(object, controlPlane);
      const pods = users.flatMap(({ key }) => controlPlane.podsOf(key).slice(0, 1));
      if (pods.some((pod) => dns.resolve(namespacedName(pod), name.host).addresses.length > 0)) continue;
      const spelled = `${meant.service}.${meant.namespace}.svc.${clusterDomain}`;
      const written = controlPlane.serviceObject(namespacedName(service));
      report.add({
        code: 'name-cluster-domain',
        severity: users.length === 0 ? 'hint' : 'warning',
        message: `${name.variable ?? String(name.path.findLast((step) => typeof step === 'string') ?? '')}: ${name.host} is not below the cluster's domain`,
        place,
        details: [
          { label: 'cause', text: `the full name of a Service is NAME.NAMESPACE.svc.${clusterDomain}, and this ends with ${meant.rest}` }, // prettier-ignore
          { label: 'effect', text: `could not resolve host (NXDOMAIN): no connection is tried${users.length === 0 ? '; no pod here reads the text' : ''}` }, // prettier-ignore
        ],
        related: [written && relatedName(written, `${printReference(written)} is here`, context)],
        fixes: [{ title: `Change the name to ${spelled}`, edits: [{ ...place, newText: spelled }], preferred: true }],
      });
    }
  },
};

interface Meant {
  readonly service: string;
  readonly namespace: string;
  /** What stands where `svc` and the cluster's domain should. */
  readonly rest: string;
}

/** Undefined where the host is right, or nothing says that a name of the cluster was meant. */
function meantBy(host: string, clusterDomain: string): Meant | undefined {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const [service = '', second = '', third = '', ...others] = labels;
  if (labels.length < 4) return undefined;
  const rest = [third, ...others].join('.');
  const domain = clusterDomain.toLowerCase();
  if (rest === `svc.${domain}`) return undefined;
  // The namespace behind svc.
  if (second === 'svc' && others.join('.') === domain) return { service, namespace: third, rest: `svc.${rest}` };
  return isNear(rest, domain) ? { service, namespace: second, rest } : undefined;
}

/** Without svc, with a part of the domain alone, with the domain that most clusters have, or but a slip of the pen away. */
function isNear(rest: string, domain: string): boolean {
  if (rest === domain || rest === 'svc.cluster.local') return true;
  const parts = domain.split('.');
  if (parts.some((part) => rest === `svc.${part}`)) return true;
  return editDistance(rest, `svc.${domain}`) <= mostEdits;
}

const mostEdits = 2;
