/** Ingresses and IngressClasses: how they are decoded, defaulted and checked. */

import { parseIp } from '#base/ip';
import { valueAt, type JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { checkDomainPath } from './domain-path';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { checkMetadata, clusterMetadataOf, metadataOf } from './metadata';
import { dns1035Label, dnsLabel, dnsSubdomain, pathSegment, portName, portNumber, wildcardSubdomain, type Check } from './names'; // prettier-ignore
import { count, struct, structs, text, textMap, textOrNone, texts } from './pod-fields';
import { apiRelease } from './releases';
import { structSchema } from './schema/schema';

const classAnnotation = 'kubernetes.io/ingress.class';

const specPath = FieldPath.of('spec');

/** Models pkg/apis/networking ValidateIngressCreate (v1.37). The value is the body as the server stores it. */
export function admitIngress(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  const { value: body, refusal } = decode(object, structSchema('networking.Ingress', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = struct(body, 'spec') ?? {};
  const serviceName = apiRelease(settings, object.origin).relaxedServiceNames ? dnsLabel : dns1035Label;
  checkMetadata(object, body, dnsSubdomain, errors);
  if (structs(spec, 'rules').length === 0 && !spec.defaultBackend) {
    // The server prints the rules, and tells an empty list from none.
    const rules = valueAt(object.body, ['spec', 'rules']) ?? null;
    errors.invalid(specPath, rules, 'either `defaultBackend` or `rules` must be specified');
  }
  checkSpec(spec, serviceName, errors);
  const written = textMap(struct(body, 'metadata'), 'annotations')?.[classAnnotation];
  const named = textOrNone(spec, 'ingressClassName');
  if (written !== undefined && named !== undefined && written !== named) {
    // The server leaves `metadata` out and takes the key for a name.
    const place = { field: `annotations.${classAnnotation}`, path: ['metadata', 'annotations', classAnnotation] };
    errors.invalid(place, written, 'must match `ingressClassName` when both are specified');
  }
  return admission(object, errors, () => ({ ...body, metadata: metadataOf(object, body) as unknown as JsonObject }));
}

/** Models ValidateIngressSpec, but for its first rule. */
function checkSpec(spec: JsonObject, serviceName: Check, errors: FieldErrors): void {
  const rules = structs(spec, 'rules');
  const fallback = struct(spec, 'defaultBackend');
  if (fallback) checkBackend(fallback, serviceName, specPath.at('defaultBackend'), errors);
  for (const [i, rule] of rules.entries()) checkRule(rule, serviceName, specPath.at('rules', i), errors);
  for (const [i, tls] of structs(spec, 'tls').entries()) {
    const at = specPath.at('tls', i);
    for (const [n, host] of texts(tls, 'hosts').entries())
      errors.invalidAll(at.at('hosts', n), host, hostCheck(host)(host));
    const secret = text(tls, 'secretName');
    if (secret !== '') errors.invalidAll(at.at('secretName'), secret, dnsSubdomain(secret));
  }
  const name = textOrNone(spec, 'ingressClassName');
  if (name !== undefined) errors.invalidAll(specPath.at('ingressClassName'), name, dnsSubdomain(name));
}

function hostCheck(host: string): Check {
  return host.includes('*') ? wildcardSubdomain : dnsSubdomain;
}

/** Models validateIngressRules and validateHTTPIngressRuleValue. */
function checkRule(rule: JsonObject, serviceName: Check, path: FieldPath, errors: FieldErrors): void {
  const host = text(rule, 'host');
  if (host !== '') {
    if (parseIp(host)) errors.invalid(path.at('host'), host, 'must be a DNS name, not an IP address');
    errors.invalidAll(path.at('host'), host, hostCheck(host)(host));
  }
  const http = struct(rule, 'http');
  if (!http) return;
  const paths = structs(http, 'paths');
  if (paths.length === 0) errors.required(path.at('http', 'paths'));
  for (const [i, each] of paths.entries()) checkPath(each, serviceName, path.at('http', 'paths', i), errors);
}

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const noSequences = ['//', '/./', '/../', '%2f', '%2F'];
const noEnds = ['/..', '/.'];

/** Models validateHTTPIngressPath. */
function checkPath(written: JsonObject, serviceName: Check, path: FieldPath, errors: FieldErrors): void {
  const type = textOrNone(written, 'pathType');
  const way = text(written, 'path');
  const at = path.at('path');
  if (type === undefined) {
    errors.required(path.at('pathType'), 'pathType must be specified');
    return;
  }
  if (!pathTypes.includes(type)) errors.notSupported(path.at('pathType'), type, pathTypes);
  else {
    const free = type === 'ImplementationSpecific';
    if (!way.startsWith('/') && !(free && way === '')) errors.invalid(at, way, 'must be an absolute path');
    if (!free) {
      for (const part of noSequences) if (way.includes(part)) errors.invalid(at, way, `must not contain '${part}'`);
      for (const end of noEnds) if (way.endsWith(end)) errors.invalid(at, way, `cannot end with '${end}'`);
    }
  }
  checkBackend(struct(written, 'backend') ?? {}, serviceName, path.at('backend'), errors);
}

/** Models validateIngressBackend. */
function checkBackend(backend: JsonObject, serviceName: Check, path: FieldPath, errors: FieldErrors): void {
  const resource = struct(backend, 'resource');
  const service = struct(backend, 'service');
  if (resource && service) errors.invalid(path, '', 'cannot set both resource and service backends');
  else if (resource) checkReference(resource, path.at('resource'), errors, errors);
  else if (service) checkService(service, serviceName, path, errors);
  else errors.invalid(path, '', 'resource or service backend is required');
}

/** Models validateIngressBackend. */
function checkService(service: JsonObject, serviceName: Check, path: FieldPath, errors: FieldErrors): void {
  const name = text(service, 'name');
  const port = struct(service, 'port');
  const [portText, portValue] = [text(port, 'name'), count(port, 'number')];
  if (name === '') errors.required(path.at('service', 'name'));
  else errors.invalidAll(path.at('service', 'name'), name, serviceName(name));
  const at = path.at('service', 'port');
  if (portText !== '' && portValue !== 0) errors.invalid(path, '', 'cannot set both port name & port number');
  else if (portText !== '') errors.invalidAll(at.at('name'), portText, portName(portText));
  else if (portValue !== 0) errors.invalidAll(at.at('number'), portValue, portNumber(portValue));
  else errors.required(path, 'port name or number is required');
}

/** Models validateIngressTypedLocalObjectReference. `missing` gets what is missing. */
function checkReference(reference: JsonObject, path: FieldPath, errors: FieldErrors, missing: FieldErrors): void {
  const group = textOrNone(reference, 'apiGroup');
  if (group !== undefined) errors.invalidAll(path.at('apiGroup'), group, dnsSubdomain(group));
  for (const field of ['kind', 'name']) {
    const value = text(reference, field);
    if (value === '') missing.required(path.at(field));
    else errors.invalidAll(path.at(field), value, pathSegment(value));
  }
}

const maxController = 250;
const scopes = ['Cluster', 'Namespace'];

/** Models pkg/apis/networking SetDefaults_IngressClass and ValidateIngressClass (v1.37). */
export function admitIngressClass(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  const { value: body, refusal } = decode(object, structSchema('networking.IngressClass', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = struct(body, 'spec') ?? {};
  const written = struct(spec, 'parameters');
  const parameters = written && { ...written, scope: textOrNone(written, 'scope') ?? 'Cluster' };
  const controller = text(spec, 'controller');
  checkMetadata(object, body, dnsSubdomain, errors);
  if (controller.length > maxController) errors.tooLong(specPath.at('controller'), maxController);
  checkDomainPath(controller, specPath.at('controller'), errors);
  if (parameters) checkParameters(parameters, specPath.at('parameters'), errors);
  return admission(object, errors, () => ({
    ...body,
    metadata: clusterMetadataOf(object, body) as unknown as JsonObject,
    spec: { ...spec, ...(parameters && { parameters }) },
  }));
}

/** Models validateIngressClassParametersReference. */
function checkParameters(parameters: JsonObject, path: FieldPath, errors: FieldErrors): void {
  checkReference(parameters, path, errors, errors.late);
  const scope = text(parameters, 'scope');
  const namespace = textOrNone(parameters, 'namespace');
  const at = path.at('namespace');
  if (!scopes.includes(scope)) errors.notSupported(path.at('scope'), scope, scopes);
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.required(at, "`parameters.scope` is set to 'Namespace'");
    else errors.invalidAll(at, namespace, dnsLabel(namespace));
  } else if (namespace !== undefined) errors.forbidden(at, "`parameters.scope` is set to 'Cluster'");
}
