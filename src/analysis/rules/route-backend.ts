/** route-backend-…: a Gateway API route whose backend is no port of any Service, or one that it may not refer to. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { printReference, type KubernetesObject } from '#model/object';
import { routeTarget } from '#simulation/http/backends';
import { itemsOf, numberOf, specOf } from '#simulation/http/read';
import type { HttpBackendProblem } from '#simulation/http/types';
import type { AnalysisContext } from '../context';
import type { Fix, TextEdit } from '../types';
import { fixBy } from './edits';
import type { Rule } from './index';
import { relatedName, type Report } from './report';
import {
  reportMissingPort,
  reportMissingService,
  type ReferenceCodes,
  type ServiceReference,
} from './service-references';

const codes: ReferenceCodes = { missing: 'route-backend-missing', port: 'route-backend-port' };

export const routeBackend: Rule = {
  codes: ['route-backend-missing', 'route-backend-port', 'route-backend-not-permitted'],
  check(object, context, report) {
    for (const rule of itemsOf(specOf(object).rules))
      for (const { index } of itemsOf(rule.value.backendRefs))
        checkBackend(object, ['spec', 'rules', rule.index, 'backendRefs', index], context, report);
  },
};

function checkBackend(object: KubernetesObject, path: JsonPath, context: AnalysisContext, report: Report): void {
  const ref = valueAt(object.body, path);
  if (!isJsonObject(ref)) return;
  const target = routeTarget(object, ref, path, context.simulation.controlPlane);
  if (target.service === undefined) return;
  report.dependsOn(`/Service/${target.service}`);
  if (!target.service.startsWith(`${object.namespace}/`))
    report.dependsOn('kind gateway.networking.k8s.io/ReferenceGrant');
  const { problem } = target;
  if (!problem) return;
  const reference: ServiceReference = {
    object,
    service: target.service,
    namePath: [...path, 'name'],
    portPath: [...path, 'port'],
    port: numberOf(ref.port),
    effect: effectOf(object, problem),
    severity: ref.weight === 0 ? 'warning' : 'error',
  };
  if (problem.reason === 'BackendNotFound') reportMissingService(reference, codes, context, report);
  else if (problem.reason === 'PortNotFound') reportMissingPort(reference, codes, context, report);
  else if (problem.reason === 'RefNotPermitted') reportNotPermitted(reference, path, context, report);
}

/** As the route's status and its clients have it. */
function effectOf({ kind }: KubernetesObject, { reason, status }: HttpBackendProblem): string {
  const condition = `ResolvedRefs is False (${reason})`;
  if (kind === 'HTTPRoute') return `${condition}; requests for it are answered with ${status ?? 500}`;
  if (kind === 'GRPCRoute') return `${condition}; calls for it end with UNAVAILABLE`;
  return `${condition}; connections for it are not passed on`;
}

/** What nobody shows here may be allowed there, beside a Service that nobody shows either. */
function reportNotPermitted(
  reference: ServiceReference,
  path: JsonPath,
  context: AnalysisContext,
  report: Report,
): void {
  const { object, service, effect, severity } = reference;
  const target = context.simulation.controlPlane.serviceObject(service);
  if (!target) return;
  if (context.scope.incomplete.length > 0) return report.leaveOpen(report.place(path));
  const [namespace = '', name = ''] = service.split('/');
  report.add({
    code: 'route-backend-not-permitted',
    severity,
    message: `${object.kind} of ${object.namespace} may not refer to Service ${service}`,
    place: report.member([...path, 'namespace']),
    details: [
      { label: 'cause', text: `no ReferenceGrant in namespace ${namespace} lets ${object.kind}s of namespace ${object.namespace} refer to Service ${name}` }, // prettier-ignore
      { label: 'effect', text: effect },
    ],
    related: [relatedName(target, `${printReference(target)} is in another namespace`, context)],
    fixes: [grantFix(object, target, context)],
  });
}

/** A grant stands beside what it lets others refer to: behind the Service, in its file. */
function grantFix(route: KubernetesObject, service: KubernetesObject, context: AnalysisContext): Fix | undefined {
  const title = `Add a ReferenceGrant to namespace ${service.namespace}`;
  // Whose namespace it is decides: not made unasked.
  return fixBy(title, false, [newDocument(service, grantOf(route, service), context)]);
}

function grantOf(route: KubernetesObject, service: KubernetesObject): string {
  const kind = route.kind.toLowerCase();
  return [
    'apiVersion: gateway.networking.k8s.io/v1beta1',
    'kind: ReferenceGrant',
    'metadata:',
    `  name: ${kind}s-of-${route.namespace}`,
    `  namespace: ${service.namespace}`,
    'spec:',
    '  from:',
    '    - group: gateway.networking.k8s.io',
    `      kind: ${route.kind}`,
    `      namespace: ${route.namespace}`,
    '  to:',
    "    - group: ''",
    '      kind: Service',
    `      name: ${service.name}`,
    '',
  ].join('\n');
}

/** One more YAML document at the end of the object's file. */
function newDocument({ origin }: KubernetesObject, text: string, context: AnalysisContext): TextEdit | undefined {
  const file = origin.kind === 'manifest' ? context.file(origin.file) : undefined;
  if (!file || file.rendered || !/\.ya?ml$/.test(file.path)) return undefined;
  const lines = file.text.split(/\r\n|\r|\n/);
  const end = { line: lines.length - 1, character: lines.at(-1)!.length };
  const gap = end.character === 0 ? '' : '\n';
  return { file: file.path, range: { start: end, end }, newText: `${gap}---\n${text}` };
}
