/** selector-matches-nothing, label-only-on-workload: a Service whose selector no pod of its namespace satisfies. */

import type { Labels, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { effectiveSelector } from '#simulation/index';
import type { AnalysisContext } from '../context';
import type { Finding, Fix, Place, RelatedPlace } from '../types';
import { fixInWords } from './edits';
import type { Rule } from './index';
import type { LabelledWorkload, MeantPods, Search } from './meant-pods';
import { searchMeantPods } from './meant-pods';
import type { NearMiss, PairDifference } from './nearest';
import { compareLabels } from './nearest';
import type { Report } from './report';
import { relatedMember, relatedName } from './report';
import { fixesForLabels, fixesForNamespace, fixesForTemplate, whyNotOnPods } from './selector-fixes';
import { whyUnknown } from './unseen-pods';
import { effectOfNoEndpoints, pair, printLabels, scopeName } from './words';

export const selectorMatchesNothing: Rule = {
  codes: ['selector-matches-nothing', 'label-only-on-workload'],
  check(object, context, report) {
    const name = `${object.namespace}/${object.name}`;
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(name);
    if (!service || controlPlane.targets(name).length > 0) return;
    const selector = effectiveSelector(service);
    if (!selector) return;
    // Slices that somebody wrote by hand or that were seen in a cluster have endpoints without any pod of ours.
    if (controlPlane.endpointSlices(name).some((slice) => (slice.endpoints?.length ?? 0) > 0)) return;
    report.searchedElsewhere();
    const search = searchMeantPods(object, selector, context);
    const reason = whyUnknown(object, search, context);
    if (reason !== undefined) {
      const message = `Cannot know which pods ${printReference(object)} selects: ${reason}`;
      report.cannotKnow(message, report.member(['spec', 'selector']));
      return;
    }
    const empty: EmptySelector = { object, service, selector, search };
    if (search.workload && !isNearer(search.near, search.workload))
      reportWorkload(empty, search.workload, context, report);
    else reportNothing(empty, context, report);
  },
};

interface EmptySelector {
  readonly object: KubernetesObject;
  readonly service: Service;
  readonly selector: Labels;
  readonly search: Search;
}

/** Whether another workload's pods are so near that a slip is likelier than a label at the wrong place. */
function isNearer(near: NearMiss<MeantPods> | undefined, { group }: LabelledWorkload): boolean {
  return near !== undefined && near.distance === 'namespace' && near.pods.key !== group.key && near.cost <= 1;
}

function reportWorkload(
  { object, service, selector }: EmptySelector,
  workload: LabelledWorkload,
  context: AnalysisContext,
  report: Report,
): void {
  const { group, path } = workload;
  const maker = printReference(group.object);
  const { differences } = compareLabels(selector, group.labels, group.variableLabels);
  report.add({
    code: 'label-only-on-workload',
    severity: 'error',
    message: `${printReference(object)} selects labels of a ${group.object.kind}, not of its pods`,
    place: placeOfPairs(differences, report),
    details: [
      {
        label: 'cause',
        text: `${printLabels(selector)} is in ${path.join('.')} of ${maker}, but no pod carries ${differences.length === 1 ? 'it' : 'them'}`,
      },
      { label: 'nearest', text: `the pod template of ${maker} has ${labelsOrNone(group.labels)}` },
      { label: 'effect', text: effectOf(service, context) },
    ],
    related: [
      relatedMember(
        group.object,
        [...path, differences[0]!.key],
        `${maker} carries the label, its pods do not`,
        context,
      ),
      relatedMember(group.object, [...group.templatePath, 'metadata', 'labels'], 'The labels of its pods', context),
    ],
    fixes: fixesForTemplate(object, selector, workload, context),
  });
}

function reportNothing(empty: EmptySelector, context: AnalysisContext, report: Report): void {
  const { object, service, selector, search } = empty;
  const { near, refused } = search;
  const shown = refused ? undefined : near;
  report.add({
    code: 'selector-matches-nothing',
    severity: 'error',
    message: `${printReference(object)} selects no pod`,
    place: placeOfPairs(shown?.comparison.differences ?? [], report),
    details: [
      { label: 'cause', text: causeOf(empty) },
      ...nearestDetail(empty),
      { label: 'effect', text: effectOf(service, context) },
      ...noteOn(shown, selector),
    ],
    related: refused
      ? [relatedName(refused.object, `${printReference(refused.object)} is refused by the API server`, context)]
      : shown
        ? [...relatedOf(shown, context), ...ownNamespace(object, shown, context)]
        : [],
    fixes: fixesOf(object, selector, search, context),
  });
}

/** Which side can be changed, where one cannot. */
function noteOn(near: NearMiss<MeantPods> | undefined, selector: Labels): Finding['details'] {
  const text = near && near.distance !== 'other-scope' ? whyNotOnPods(selector, near.pods) : undefined;
  return text === undefined ? [] : [{ label: 'note', text }];
}

function causeOf({ object, selector, search }: EmptySelector): string {
  const { near, refused, templatesInNamespace } = search;
  const labels = printLabels(selector);
  if (refused)
    return `${labels} would match ${printReference(refused.object)}, but the API server refuses it, so it makes no pods`;
  const where =
    templatesInNamespace === 0
      ? `there is no workload in namespace ${object.namespace}`
      : templatesInNamespace === 1
        ? `${labels} does not match the only pod template in ${object.namespace}`
        : `${labels} matches none of ${templatesInNamespace} pod templates in ${object.namespace}`;
  return near?.distance === 'other-namespace' ? `${where}; selectors never cross namespaces` : where;
}

function nearestDetail({ selector, search }: EmptySelector): Finding['details'] {
  const { near, refused } = search;
  if (!near || refused) return [];
  const maker = `${printReference(near.pods.object)}${near.pods.scope ? ` in ${scopeName(near.pods.scope)}` : ''}`;
  const { differences } = near.comparison;
  if (differences.length === 0) return [{ label: 'nearest', text: `${maker} has ${printLabels(selector)}` }];
  const found = differences.flatMap((difference) =>
    difference.found ? [pair(difference.found.key, difference.found.value)] : [],
  );
  const missing = differences.filter((difference) => !difference.found).map(({ key }) => key);
  const has = found.length > 0 ? found.join(', ') : labelsOrNone(near.pods.labels);
  const lacks = missing.length > 0 && found.length > 0 ? ` and no label ${missing.join(', ')}` : '';
  return [{ label: 'nearest', text: `${maker} has ${has}${lacks}` }];
}

function relatedOf(near: NearMiss<MeantPods>, context: AnalysisContext): (RelatedPlace | undefined)[] {
  const { pods, comparison } = near;
  const labels = [...pods.templatePath, 'metadata', 'labels'];
  const found = comparison.differences.flatMap((difference) => difference.found ?? []);
  if (found.length === 0)
    return [relatedMember(pods.object, labels, `Labels of ${printReference(pods.object)}`, context)];
  return found.map(({ key, value }) =>
    relatedMember(pods.object, [...labels, key], `${printReference(pods.object)} has ${pair(key, value)}`, context),
  );
}

/** Where the pods are in another namespace, the Service's own is a part of what is wrong. */
function ownNamespace(
  object: KubernetesObject,
  { distance }: NearMiss<MeantPods>,
  context: AnalysisContext,
): readonly (RelatedPlace | undefined)[] {
  if (distance !== 'other-namespace' || !object.namespaceGiven) return [];
  return [relatedMember(object, ['metadata', 'namespace'], `${printReference(object)} is in this namespace`, context)];
}

function fixesOf(
  object: KubernetesObject,
  selector: Labels,
  { near, refused }: Search,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  if (refused) return [fixInWords(`Mend ${printReference(refused.object)}, which the API server refuses`)];
  if (near?.distance === 'namespace') return fixesForLabels(object, selector, near, context);
  if (near?.distance === 'other-namespace' && near.comparison.differences.length === 0)
    return fixesForNamespace(object, near.pods, context);
  return [];
}

/** The one pair that is wrong; where several are, or none stands out, the selector. */
function placeOfPairs(differences: readonly PairDifference[], report: Report): Place {
  const [only] = differences;
  return report.member(differences.length === 1 ? ['spec', 'selector', only!.key] : ['spec', 'selector']);
}

function effectOf(service: Service, context: AnalysisContext): string {
  return effectOfNoEndpoints(service, service.spec.ports ?? [], context.simulation.controlPlane.settings);
}

function labelsOrNone(labels: Labels): string {
  return Object.keys(labels).length === 0 ? 'no labels' : printLabels(labels);
}
