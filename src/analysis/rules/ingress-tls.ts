/** ingress-tls-host, ingress-host-without-tls: an Ingress whose certificates are for other hosts than its rules. */

import type { JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { isIngressHost } from '#simulation/http/matching';
import { annotationOf, itemsOf, objectOf, specOf, textOf, textsOf } from '#simulation/http/read';
import type { AnalysisContext } from '../context';
import { changeValue, fixBy, fixInWords } from './edits';
import type { Rule } from './index';
import { slipCost } from './near-names';
import { placeholderIn } from './placeholders';
import { relatedMember, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const ingressTls: Rule = {
  codes: ['ingress-tls-host', 'ingress-host-without-tls'],
  check(object, context, report) {
    if (context.scope.incomplete.length > 0 || unappliedTo(object, [['spec']], context.scope).length > 0)
      return report.leaveOpen(report.place(['spec', 'tls']), 'object');
    const { own, all } = hostsOf(object, context, report);
    // Certificates without hosts are for all of them, and so are rules.
    if (own.certified.length === 0 || own.isOpen || choosesByCertificate(object)) return;
    const idle = own.certified.filter(({ host }) => !all.ruled.some((each) => areOfOne(each.host, host)));
    const bare = own.ruled.filter(({ host }) => !all.certified.some((each) => areOfOne(host, each.host)));
    const meant = new Set<WrittenHost>();
    for (const written of idle) {
      const near = bare.find(({ host }) => isSlip(written.host, host));
      if (near) meant.add(near);
      if (near) reportSlip(object, written, near, context, report);
      else if (!isOnPurpose(written.host, object, own.ruled)) reportIdle(object, written, own.ruled, report);
    }
    for (const written of bare) if (!meant.has(written)) reportBare(object, written, own.certified, report);
  },
};

interface WrittenHost {
  readonly host: string;
  readonly path: JsonPath;
}

/** The hosts that certificates are for, and those of rules. */
interface Hosts {
  readonly certified: readonly WrittenHost[];
  readonly ruled: readonly WrittenHost[];
  /** Whether some certificate, rule or backend is for whatever host, or a host is still to be filled in. */
  readonly isOpen: boolean;
}

/** Those of the Ingress, and of all of the scope: controllers join what several Ingresses say of one host. */
function hostsOf(
  object: KubernetesObject,
  { simulation }: AnalysisContext,
  report: Report,
): { readonly own: Hosts; readonly all: Pick<Hosts, 'certified' | 'ruled'> } {
  report.dependsOn('kind networking.k8s.io/Ingress');
  const each = [...simulation.controlPlane.objectsOfKind('networking.k8s.io', 'Ingress')].map(readHosts);
  return {
    own: readHosts(object),
    all: { certified: each.flatMap(({ certified }) => certified), ruled: each.flatMap(({ ruled }) => ruled) },
  };
}

function readHosts(object: KubernetesObject): Hosts {
  const spec = specOf(object);
  const [entries, rules] = [itemsOf(spec.tls), itemsOf(spec.rules)];
  const certified = entries.flatMap(({ index, value }) =>
    textsOf(value.hosts).map((host, at) => ({ host, path: ['spec', 'tls', index, 'hosts', at] })),
  );
  const ruled = rules.flatMap(({ index, value }) => {
    const host = textOf(value.host);
    return host === undefined ? [] : { host, path: ['spec', 'rules', index, 'host'] };
  });
  const isOpen =
    spec.defaultBackend !== undefined ||
    entries.some(({ value }) => textsOf(value.hosts).length === 0) ||
    ruled.length < rules.length ||
    [...certified, ...ruled].some(({ host }) => placeholderIn(host) !== undefined);
  return { certified, ruled, isOpen };
}

/** Controllers of clouds look into the certificates, and not at the hosts beside them. */
function choosesByCertificate(object: KubernetesObject): boolean {
  const name = textOf(specOf(object).ingressClassName) ?? annotationOf(object, 'kubernetes.io/ingress.class') ?? '';
  const annotations = Object.keys(objectOf(objectOf(object.body.metadata).annotations));
  return (
    /^(?:alb|gce)/.test(name) || annotations.some((key) => /^(?:alb\.ingress|networking\.gke|ingress\.gcp)/.test(key))
  );
}

/** Whether some host fits both. */
function areOfOne(a: string, b: string): boolean {
  return isIngressHost(a, b) || isIngressHost(b, a);
}

/** Whether the hosts differ in one label, and there by a slip of the pen. */
function isSlip(a: string, b: string): boolean {
  const [labels, others] = [a.split('.'), b.split('.')];
  const different = labels.flatMap((label, index) => (label === others[index] ? [] : index));
  const [only, second] = different;
  if (labels.length !== others.length || only === undefined || second !== undefined) return false;
  return slipCost(labels[only]!, others[only]!, 'backed') !== undefined;
}

/** A host that is sent on to another (`www.`), or that an annotation names, needs a certificate and no rule. */
function isOnPurpose(host: string, object: KubernetesObject, ruled: readonly WrittenHost[]): boolean {
  const bare = host.replace(/^www\./, '');
  const annotations = Object.values(objectOf(objectOf(object.body.metadata).annotations));
  return (
    ruled.some((rule) => rule.host.replace(/^www\./, '') === bare) ||
    annotations.some((value) => typeof value === 'string' && value.includes(host))
  );
}

function reportSlip(
  object: KubernetesObject,
  { host, path }: WrittenHost,
  near: WrittenHost,
  context: AnalysisContext,
  report: Report,
): void {
  report.add({
    code: 'ingress-tls-host',
    severity: 'warning',
    message: `the certificate is for ${host}, and the rule for ${near.host}`,
    place: report.place(path),
    details: [
      { label: 'cause', text: `no rule here has the host ${host}, and no tls entry the host ${near.host}` },
      { label: 'effect', text: `unless the certificate itself names ${near.host}, https://${near.host} is answered with one of the controller's own, which clients do not trust` }, // prettier-ignore
    ],
    related: [relatedMember(object, near.path, 'The host of the rule', context)],
    fixes: [
      fixBy(`Change the host of the certificate to ${near.host}`, true, [changeValue(object, path, near.host, context)]),
      fixBy(`Change the host of the rule to ${host}`, false, [changeValue(object, near.path, host, context)]),
    ],
  });
} // prettier-ignore

function reportIdle(
  object: KubernetesObject,
  { host, path }: WrittenHost,
  ruled: readonly WrittenHost[],
  report: Report,
): void {
  report.add({
    code: 'ingress-tls-host',
    severity: 'hint',
    message: `no rule is for ${host}, which the certificate is for`,
    place: report.place(path),
    details: [
      { label: 'cause', text: `the rules here are for ${list(ruled.map((rule) => rule.host))}; no other Ingress has one for it` }, // prettier-ignore
      { label: 'effect', text: `requests for https://${host} find no rule, and the controller answers with 404` },
    ],
    fixes: [fixInWords('Add a rule for the host, or leave it out of tls')],
  });
}

function reportBare(
  object: KubernetesObject,
  { host, path }: WrittenHost,
  certified: readonly WrittenHost[],
  report: Report,
): void {
  report.add({
    code: 'ingress-host-without-tls',
    severity: 'hint',
    message: `no tls entry is for ${host}`,
    place: report.place(path),
    details: [
      { label: 'cause', text: `the tls entries here are for ${list(certified.map((each) => each.host))}; no other Ingress has one for it` }, // prettier-ignore
      { label: 'effect', text: `unless one of these certificates names it as well, https://${host} is answered with one of the controller's own, which clients do not trust` }, // prettier-ignore
    ],
    fixes: [fixInWords('Add the host to a tls entry whose certificate names it')],
  });
}
