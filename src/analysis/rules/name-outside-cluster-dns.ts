/** name-outside-cluster-dns: pods that ask their node's name server, and name Services of the cluster. */

import { valueAt } from '#base/json';
import { namespacedName } from '#model/kubernetes';
import { printReference } from '#model/object';
import { namesIn } from '../names/names-in';
import { placeOfName } from '../names/place';
import { calledService } from './called-service';
import { fixBy, putMember } from './edits';
import type { Rule } from './index';
import { relatedMember } from './report';
import { unappliedTo } from './unapplied';

export const nameOutsideClusterDns: Rule = {
  codes: ['name-outside-cluster-dns'],
  check(object, context, report) {
    const { controlPlane, dns } = context.simulation;
    const group = controlPlane.podGroup(object.key);
    if (!group || group.object !== object) return;
    const { hostNetwork, dnsPolicy } = group.spec;
    const isOnNode = hostNetwork === true && dnsPolicy === 'ClusterFirst';
    if (!isOnNode && dnsPolicy !== 'Default') return;
    // Whoever gives the pod name servers of its own knows what they answer.
    if (valueAt({ ...group.spec } as never, ['dnsConfig', 'nameservers']) !== undefined) return;
    const path = [...group.templatePath, 'spec'];
    for (const name of namesIn(object)) {
      const service = calledService(name, object, controlPlane, report);
      if (!service) continue;
      const place = placeOfName(object, name, 'host', context) ?? report.place(name.path);
      const isOpen = [name.path, [...path, 'dnsPolicy'], [...path, 'dnsConfig'], [...path, 'hostNetwork'], [...path, 'hostAliases']].some((each) => unappliedTo(object, [each.map(String)], context.scope).length > 0); // prettier-ignore
      if (isOpen) return report.leaveOpen(place);
      const [pod] = controlPlane.podsOf(group.key);
      const resolution = pod && dns.resolve(namespacedName(pod), name.host);
      if (!resolution || resolution.hosts !== undefined || resolution.addresses.length > 0) continue;
      const wanted = isOnNode ? 'ClusterFirstWithHostNet' : 'ClusterFirst';
      return report.add({
        code: 'name-outside-cluster-dns',
        severity: 'warning',
        message: `${printReference(object)} calls ${name.host} and does not ask the cluster's DNS server`,
        place,
        details: [
          { label: 'cause', text: isOnNode ? 'a pod with hostNetwork: true gets the resolv.conf of its node, unless dnsPolicy is ClusterFirstWithHostNet' : 'dnsPolicy: Default gives the pod the resolv.conf of its node' }, // prettier-ignore
          { label: 'effect', text: `could not resolve host: the node's name server does not know Service ${namespacedName(service)}, unless somebody has made it forward the cluster's domain` }, // prettier-ignore
        ],
        related: [relatedMember(object, [...path, isOnNode ? 'hostNetwork' : 'dnsPolicy'], 'Where its resolv.conf comes from', context)], // prettier-ignore
        fixes: [fixBy(`Set dnsPolicy: ${wanted}`, true, [putMember(object, path, 'dnsPolicy', wanted, context)])],
      });
    }
  },
};
