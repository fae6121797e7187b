/**
 * stateful-set-service-missing, stateful-set-service-selects-others: the Service that a StatefulSet names for its pods
 * gives them no names. One with a cluster IP does: CoreDNS names the endpoints of any Service that selects the pods.
 */

import { valueAt } from '#base/json';
import type { Service } from '#model/kubernetes';
import { isHeadless, namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { objectKey, printReference } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Finding, Fix, Severity } from '../types';
import { changeValue, fixBy, fixInWords } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedName } from './report';
import { printUnapplied, unappliedTo } from './unapplied';
import { nearestService, whyServiceUnknown } from './unseen-services';
import { printLabels } from './words';

const field = ['spec', 'serviceName'];

/** A StatefulSet whose pods have no names by its Service. */
interface Nameless {
  readonly object: KubernetesObject;
  readonly group: PodGroup;
  readonly serviceName: string;
  /** The name of the first pod that does not resolve, and why. */
  readonly effect: string;
}

export const statefulSetService: Rule = {
  codes: ['stateful-set-service-missing', 'stateful-set-service-selects-others'],
  check(object, context, report) {
    const serviceName = valueAt(object.body, field);
    if (typeof serviceName !== 'string' || serviceName === '') return;
    const { controlPlane } = context.simulation;
    report.dependsOn(objectKey('', 'Service', object.namespace, serviceName));
    const group = controlPlane.podGroup(object.key);
    if (!group || controlPlane.object(object.key) !== object) return;
    const effect = unresolvedName(group, serviceName, context);
    if (effect === undefined) return;
    // What is near may be anything.
    report.searchedElsewhere();
    const nameless: Nameless = { object, group, serviceName, effect };
    const name = `${object.namespace}/${serviceName}`;
    const service = controlPlane.service(name);
    if (!service) {
      // A Service that is refused says itself what is wrong with it.
      if (!controlPlane.serviceObject(name)) reportMissing(nameless, context, report);
    } else if (!selects(service, group, context)) reportOthers(nameless, service, context, report);
  },
};

/** What the DNS server says of the first pod's name; undefined where it resolves, or there is no pod to ask for. */
function unresolvedName(group: PodGroup, serviceName: string, { simulation }: AnalysisContext): string | undefined {
  const { controlPlane, dns } = simulation;
  const [pod] = controlPlane.podsOf(group.key);
  if (!pod) return undefined;
  const name = `${pod.metadata.name}.${serviceName}.${group.namespace}.svc.${controlPlane.settings.clusterDomain}`;
  const answer = dns.query(name, 'A');
  if (answer.rcode !== 'NXDOMAIN') return undefined;
  return `${name} does not resolve (NXDOMAIN)`;
}

function selects(service: Service, group: PodGroup, { simulation }: AnalysisContext): boolean {
  return simulation.controlPlane.targets(namespacedName(service)).includes(group);
}

function reportMissing(nameless: Nameless, context: AnalysisContext, report: Report): void {
  const { object, serviceName, effect } = nameless;
  const changes = unappliedTo(object, [field], context.scope);
  const meant = governing(nameless, context);
  const near = meant ?? nearestService({ namespace: object.namespace, name: serviceName }, context);
  const missing = { namespace: object.namespace, name: serviceName };
  const reason = changes.length > 0 ? printUnapplied(changes) : whyServiceUnknown(object, missing, near, context);
  if (reason !== undefined) {
    const message = `Cannot know whether Service ${object.namespace}/${serviceName} exists, which ${printReference(object)} names`;
    report.cannotKnow(`${message}: ${reason}`, report.member(field));
    return;
  }
  report.add({
    code: 'stateful-set-service-missing',
    severity: severityOfMissing(near, meant),
    message: `serviceName ${serviceName}: there is no such Service in namespace ${object.namespace}`,
    place: report.member(field),
    details: [
      {
        label: 'cause',
        text: 'the pods of a StatefulSet have names below the Service that it names; the API server does not look whether there is one',
      },
      ...nearestDetail(near, meant !== undefined),
      { label: 'effect', text: `${effect}; the pods run and have addresses` },
      immutableNote,
    ],
    related: [near && related(near, 'This Service is there', context)],
    fixes: fixesOf(object, near, context),
  });
}

/**
 * A headless Service for the pods is there for their names alone. Where there is none, perhaps nobody calls them by
 * name: known applications ship like that, and run.
 */
function severityOfMissing(near: Service | undefined, meant: Service | undefined): Severity {
  if (meant) return isHeadless(meant) ? 'error' : 'info';
  return near ? 'warning' : 'info';
}

const immutableNote = {
  label: 'note',
  text: 'serviceName cannot be changed once the StatefulSet is there: delete it with --cascade=orphan and create it anew',
} as const;

/** The Service that selects the pods: a headless one before others, then the one with the StatefulSet's name. */
function governing({ group, object }: Nameless, { simulation }: AnalysisContext): Service | undefined {
  const candidates = simulation.controlPlane.servicesTargeting(group.key);
  const headless = candidates.filter(isHeadless);
  const best = headless.length > 0 ? headless : candidates;
  return best.find(({ metadata }) => metadata.name === object.name) ?? best[0];
}

function nearestDetail(near: Service | undefined, selectsPods: boolean): Finding['details'] {
  if (!near) return [];
  const what = isHeadless(near) ? 'headless Service' : 'Service';
  const how = selectsPods ? ', which selects the pods' : '';
  return [{ label: 'nearest', text: `${what} ${namespacedName(near)}${how}` }];
}

function fixesOf(
  object: KubernetesObject,
  near: Service | undefined,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  if (!near) return [fixInWords('Add a headless Service of this name that selects the pods')];
  const name = near.metadata.name;
  return [fixBy(`Change serviceName to ${name}`, true, [changeValue(object, field, name, context)])];
}

function reportOthers(nameless: Nameless, service: Service, context: AnalysisContext, report: Report): void {
  const { object, group, serviceName, effect } = nameless;
  // One without pods at all has its own finding; one without a selector has endpoints from elsewhere.
  const { controlPlane } = context.simulation;
  const { selector, type } = service.spec;
  const isAlias = type === 'ExternalName';
  if (!isAlias && (!selector || controlPlane.targets(namespacedName(service)).length === 0)) return;
  const meant = governing(nameless, context);
  report.add({
    code: 'stateful-set-service-selects-others',
    severity: 'warning',
    message: `serviceName ${serviceName}: Service ${namespacedName(service)} does not select these pods`,
    place: report.member(field),
    details: [
      {
        label: 'cause',
        text: isAlias
          ? 'it is an ExternalName, another name for a host, and selects nothing'
          : `it selects ${printLabels(selector ?? {})}; the pods have ${printLabels(group.labels)}`,
      },
      ...nearestDetail(meant, true),
      { label: 'effect', text: `${effect}: pods have names below a Service that selects them` },
      ...(meant ? [immutableNote] : []),
    ],
    related: [related(service, 'The Service that serviceName names', context)],
    fixes: meant
      ? fixesOf(object, meant, context)
      : [fixInWords('Let the Service select the pods, or name one that does')],
  });
}

function related(service: Service, message: string, context: AnalysisContext) {
  const object = context.simulation.controlPlane.serviceObject(namespacedName(service));
  return object && relatedName(object, message, context);
}
