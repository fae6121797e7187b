/** Ingresses and IngressClasses: how they are decoded, defaulted and checked. */

import { parseIp } from '#base/ip';
import type { JsonObject, JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { checkDomainPath } from './domain-path';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, clusterMetadataOf, metadataOf } from './metadata';
import { dns1035Label, dnsLabel, dnsSubdomain, pathSegment, portName, portNumber, wildcardSubdomain, type Check } from './names'; // prettier-ignore
import { count, struct, structs, text, textMap, textOrNone, texts } from './pod-fields';
import { apiRelease } from './releases';
import { structSchema } from './schema/schema';

const classAnnotation = 'kubernetes.io/ingress.class';

/** Models pkg/apis/networking ValidateIngressCreate (v1.37). The value is the body as the server stores it. */
export function admitIngress(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  const { value: body, refusal } = decode(object, structSchema('networking.Ingress', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = struct(body, 'spec') ?? {};
  const serviceName = apiRelease(settings, object.origin).relaxedServiceNames ? dnsLabel : dns1035Label;
  checkMetadata(object, body, dnsSubdomain, errors);
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

/** Models ValidateIngressSpec. */
function checkSpec(spec: JsonObject, serviceName: Check, errors: FieldErrors): void {
  const path: JsonPath = ['spec'];
  const rules = structs(spec, 'rules');
  const fallback = struct(spec, 'defaultBackend');
  if (rules.length === 0 && !fallback)
    errors.invalid(path, spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified');
  if (fallback) checkBackend(fallback, serviceName, [...path, 'defaultBackend'], errors);
  for (const [i, rule] of rules.entries()) checkRule(rule, serviceName, [...path, 'rules', i], errors);
  for (const [i, tls] of structs(spec, 'tls').entries()) {
    const at = [...path, 'tls', i];
    for (const [n, host] of texts(tls, 'hosts').entries())
      errors.invalidAll([...at, 'hosts', n], host, hostCheck(host)(host));
    const secret = text(tls, 'secretName');
    if (secret !== '') errors.invalidAll([...at, 'secretName'], secret, dnsSubdomain(secret));
  }
  const name = textOrNone(spec, 'ingressClassName');
  if (name !== undefined) errors.invalidAll([...path, 'ingressClassName'], name, dnsSubdomain(name));
}

function hostCheck(host: string): Check {
  return host.includes('*') ? wildcardSubdomain : dnsSubdomain;
}

/** Models validateIngressRules and validateHTTPIngressRuleValue. */
function checkRule(rule: JsonObject, serviceName: Check, path: JsonPath, errors: FieldErrors): void {
  const host = text(rule, 'host');
  if (host !== '') {
    if (parseIp(host)) errors.invalid([...path, 'host'], host, 'must be a DNS name, not an IP address');
    errors.invalidAll([...path, 'host'], host, hostCheck(host)(host));
  }
  const http = struct(rule, 'http');
  if (!http) return;
  const paths = structs(http, 'paths');
  if (paths.length === 0) errors.required([...path, 'http', 'paths']);
  for (const [i, each] of paths.entries()) checkPath(each, serviceName, [...path, 'http', 'paths', i], errors);
}

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const noSequences = ['//', '/./', '/../', '%2f', '%2F'];
const noEnds = ['/..', '/.'];

/** Models validateHTTPIngressPath. */
function checkPath(written: JsonObject, serviceName: Check, path: JsonPath, errors: FieldErrors): void {
  const type = textOrNone(written, 'pathType');
  const way = text(written, 'path');
  const at = [...path, 'path'];
  if (type === undefined) {
    errors.required([...path, 'pathType'], 'pathType must be specified');
    return;
  }
  if (!pathTypes.includes(type)) errors.notSupported([...path, 'pathType'], type, pathTypes);
  else {
    const free = type === 'ImplementationSpecific';
    if (!way.startsWith('/') && !(free && way === '')) errors.invalid(at, way, 'must be an absolute path');
    if (!free) {
      for (const part of noSequences) if (way.includes(part)) errors.invalid(at, way, `must not contain '${part}'`);
      for (const end of noEnds) if (way.endsWith(end)) errors.invalid(at, way, `cannot end with '${end}'`);
    }
  }
  checkBackend(struct(written, 'backend') ?? {}, serviceName, [...path, 'backend'], errors);
}

/** Models validateIngressBackend. */
function checkBackend(backend: JsonObject, serviceName: Check, path: JsonPath, errors: FieldErrors): void {
  const resource = struct(backend, 'resource');
  const service = struct(backend, 'service');
  if (resource && service) errors.invalid(path, '', 'cannot set both resource and service backends');
  else if (resource) checkReference(resource, [...path, 'resource'], errors, errors);
  else if (service) checkService(service, serviceName, path, errors);
  else errors.invalid(path, '', 'resource or service backend is required');
}

function checkService(service: JsonObject, serviceName: Check, path: JsonPath, errors: FieldErrors): void {
  const name = text(service, 'name');
  const port = struct(service, 'port');
  const [portText, portValue] = [text(port, 'name'), count(port, 'number')];
  if (name === '') errors.required([...path, 'service', 'name']);
  else errors.invalidAll([...path, 'service', 'name'], name, serviceName(name));
  const at = [...path, 'service', 'port'];
  if (portText !== '' && portValue !== 0) errors.invalid(path, '', 'cannot set both port name & port number');
  else if (portText !== '') errors.invalidAll([...at, 'name'], portText, portName(portText));
  else if (portValue !== 0) errors.invalidAll([...at, 'number'], portValue, portNumber(portValue));
  else errors.required(path, 'port name or number is required');
}

/** Models validateIngressTypedLocalObjectReference. `missing` gets what is missing. */
function checkReference(reference: JsonObject, path: JsonPath, errors: FieldErrors, missing: FieldErrors): void {
  const group = textOrNone(reference, 'apiGroup');
  if (group !== undefined) errors.invalidAll([...path, 'apiGroup'], group, dnsSubdomain(group));
  for (const field of ['kind', 'name']) {
    const value = text(reference, field);
    if (value === '') missing.required([...path, field]);
    else errors.invalidAll([...path, field], value, pathSegment(value));
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
  if (controller.length > maxController) errors.tooLong(['spec', 'controller'], maxController);
  checkDomainPath(controller, ['spec', 'controller'], errors);
  if (parameters) checkParameters(parameters, ['spec', 'parameters'], errors);
  return admission(object, errors, () => ({
    ...body,
    metadata: clusterMetadataOf(object, body) as unknown as JsonObject,
    spec: { ...spec, ...(parameters && { parameters }) },
  }));
}

/** Models validateIngressClassParametersReference. */
function checkParameters(parameters: JsonObject, path: JsonPath, errors: FieldErrors): void {
  checkReference(parameters, path, errors, errors.late);
  const scope = text(parameters, 'scope');
  const namespace = textOrNone(parameters, 'namespace');
  const at = [...path, 'namespace'];
  if (!scopes.includes(scope)) errors.notSupported([...path, 'scope'], scope, scopes);
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.required(at, "`parameters.scope` is set to 'Namespace'");
    else errors.invalidAll(at, namespace, dnsLabel(namespace));
  } else if (namespace !== undefined) errors.forbidden(at, "`parameters.scope` is set to 'Cluster'");
}
