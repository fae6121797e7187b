/** ingress-backend-…: an Ingress whose backend is no port of any Service, or something that controllers treat differently. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { ingressBackend } from '#simulation/http/backends';
import { itemsOf, numberOf, objectOf, specOf, textOf } from '#simulation/http/read';
import type { HttpBackend } from '#simulation/http/types';
import type { AnalysisContext } from '../context';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember } from './report';
import {
  reportMissingPort,
  reportMissingService,
  type ReferenceCodes,
  type ServiceReference,
} from './service-references';

const codes: ReferenceCodes = { missing: 'ingress-backend-missing', port: 'ingress-backend-port' };

export const ingressBackendRule: Rule = {
  codes: [
    'ingress-backend-missing',
    'ingress-backend-port',
    'ingress-backend-external-name',
    'ingress-backend-resource',
  ],
  check(object, context, report) {
    for (const { path, where } of backendsOf(object)) checkBackend(object, path, where, context, report);
  },
};

/** The backends that are written in the shape of networking.k8s.io/v1, each with what it is for. */
export function backendsOf(object: KubernetesObject): readonly { readonly path: JsonPath; readonly where: string }[] {
  const spec = specOf(object);
  const found = itemsOf(spec.rules).flatMap(({ index, value }) =>
    itemsOf(objectOf(value.http).paths).map((item) => ({
      path: ['spec', 'rules', index, 'http', 'paths', item.index, 'backend'],
      where: `${textOf(value.host) ?? 'every host'}${textOf(item.value.path) ?? ''}`,
    })),
  );
  return isJsonObject(spec.defaultBackend) ? [...found, { path: ['spec', 'defaultBackend'], where: 'what no rule takes' }] : found; // prettier-ignore
}

function checkBackend(
  object: KubernetesObject,
  path: JsonPath,
  where: string,
  context: AnalysisContext,
  report: Report,
): void {
  const written = objectOf(valueAt(object.body, path));
  const name = textOf(objectOf(written.service).name);
  if (name === undefined && !isJsonObject(written.resource)) return;
  const backend = ingressBackend(object, written, path, context.simulation.controlPlane);
  if (backend.service !== undefined) report.dependsOn(`/Service/${backend.service}`);
  const { problem } = backend;
  switch (problem?.reason) {
    case 'BackendNotFound':
      return reportMissingService(referenceOf(object, backend, path, where), codes, context, report);
    case 'PortNotFound':
      return reportMissingPort(referenceOf(object, backend, path, where), codes, context, report);
    case 'NotKnown':
      return backend.service === undefined
        ? reportResource(backend, report)
        : reportExternalName(backend, context, report);
    default:
      // A Service without endpoints says so itself.
      return;
  }
}

function referenceOf(object: KubernetesObject, backend: HttpBackend, path: JsonPath, where: string): ServiceReference {
  const service = [...path, 'service'];
  const port = objectOf(valueAt(object.body, [...service, 'port']));
  const number = numberOf(port.number);
  const status = backend.problem?.status ?? 503;
  const controller = textOf(specOf(object).ingressClassName) ?? 'Ingress';
  return {
    object,
    service: backend.service ?? '',
    namePath: [...service, 'name'],
    portPath: [...service, 'port', number === undefined ? 'name' : 'number'],
    port: number ?? textOf(port.name),
    effect: `the ${controller} controller answers requests for ${where} with ${status}`,
    severity: 'error',
  };
}

function reportExternalName(backend: HttpBackend, context: AnalysisContext, report: Report): void {
  const name = backend.service ?? '';
  const { controlPlane } = context.simulation;
  const service = controlPlane.service(name);
  const object = controlPlane.serviceObject(name);
  if (!service || !object) return;
  report.add({
    code: 'ingress-backend-external-name',
    severity: 'info',
    message: `backend Service ${namespacedName(service)} is only another name (ExternalName)`,
    place: report.member([...backend.path, 'name']),
    details: [
      { label: 'cause', text: `it stands for ${service.spec.externalName ?? ''} and has no endpoints` },
      { label: 'effect', text: 'some controllers resolve the name and send requests there, others answer with 503' },
    ],
    related: [relatedMember(object, ['spec', 'externalName'], 'The other name', context)],
  });
}

function reportResource(backend: HttpBackend, report: Report): void {
  report.add({
    code: 'ingress-backend-resource',
    severity: 'info',
    message: `backend ${backend.text} is no Service`,
    place: report.member([...backend.path, 'kind']),
    details: [{ label: 'effect', text: backend.problem?.message ?? '' }],
  });
}
