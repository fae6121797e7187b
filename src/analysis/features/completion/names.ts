/** Names of Services, namespaces, Gateways and their listeners, where others refer to them. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { templatePathOf } from '../mentions/workloads';
import { describeService } from '../../topology/service-text';
import { writtenName } from '../written-name';
import { servicePorts } from './ports';
import { mostItems, type Completion, type Question } from './types';

export function completeNames(question: Question): readonly Completion[] {
  const { field, kind, group, namespace } = question;
  // The items of a list of words look like keys that have no colon yet.
  if (/\.(?:podAffinity|podAntiAffinity)\..*\.namespaces\.\[\]$/.test(field)) return namespaces(question);
  if (question.part !== 'value') return [];
  if (/^(?:metadata|spec|subjects|webhooks)\..*namespace$/.test(field)) return namespaces(question);
  if (templatePathOf(group, kind) && /(?:^|\.)spec\.subdomain$/.test(field)) return services(namespace, 'headless first', question); // prettier-ignore
  if (kind === 'StatefulSet' && field === 'spec.serviceName')
    return followedServices(namespace, 'headless first', question);
  if (kind === 'EndpointSlice' && field === 'metadata.labels.kubernetes.io/service-name') return services(namespace, 'by name', question); // prettier-ignore
  if (group === 'networking.k8s.io' && kind === 'Ingress') return inIngress(question);
  if (group === 'gateway.networking.k8s.io') return inGatewayApi(question);
  return called(question);
}

/** A Service that the API server itself calls: of a webhook, an APIService, a conversion. */
function called(question: Question): readonly Completion[] {
  const found = /^(?:webhooks\.\[\]\.clientConfig|spec|spec\.conversion\.webhook\.clientConfig)\.service\.(name|port)$/.exec(question.field); // prettier-ignore
  const namespace = valueAt(question.body, [...question.path.slice(0, -1), 'namespace']);
  if (!found || typeof namespace !== 'string') return [];
  if (found[1] === 'name') return followedServices(namespace, 'by name', question);
  const name = valueAt(question.body, [...question.path.slice(0, -1), 'name']);
  return servicePorts(`${namespace}/${String(name)}`, 'number', question.state.simulation.controlPlane);
}

function inIngress(question: Question): readonly Completion[] {
  const found = /^(spec\.(?:defaultBackend|rules\.\[\]\.http\.paths\.\[\]\.backend)\.service)\.(name|port\.name|port\.number)$/.exec(question.field); // prettier-ignore
  if (!found) return [];
  if (found[2] === 'name') return followedServices(question.namespace, 'by name', question);
  const service = valueAt(question.body, [...question.path.slice(0, -2), 'name']);
  const { controlPlane } = question.state.simulation;
  return servicePorts(`${question.namespace}/${String(service)}`, found[2] === 'port.name' ? 'name' : 'number', controlPlane); // prettier-ignore
}

function inGatewayApi(question: Question): readonly Completion[] {
  const { field, path, body, namespace } = question;
  const reference = valueAt(body, path.slice(0, -1));
  const written = isJsonObject(reference) ? reference : {};
  const [, list, member] = /\.(parentRefs|backendRefs|backendRef|targetRefs|to)(?:\.\[\])?\.(name|port|sectionName)$/.exec(field) ?? []; // prettier-ignore
  if (list === undefined) return [];
  const owner = typeof written.namespace === 'string' ? written.namespace : namespace;
  if (list === 'parentRefs' && (written.kind ?? 'Gateway') === 'Gateway')
    return member === 'name' ? gateways(owner, question) : listeners(owner, written.name, question);
  if ((written.kind ?? 'Service') !== 'Service') return [];
  if (member === 'name') return services(owner, 'by name', question);
  const by = member === 'port' ? 'number' : 'name';
  return servicePorts(`${owner}/${String(written.name)}`, by, question.state.simulation.controlPlane);
}

function gatewaysIn(namespace: string, { state }: Question): readonly KubernetesObject[] {
  const all = [...state.simulation.controlPlane.objectsOfKind('gateway.networking.k8s.io', 'Gateway')];
  return all.filter((gateway) => gateway.namespace === namespace);
}

function gateways(namespace: string, question: Question): readonly Completion[] {
  const names = gatewaysIn(namespace, question).map(({ name }) => name).sort(compareStrings); // prettier-ignore
  return names.slice(0, mostItems).map((name) => ({ label: name, insert: name, detail: 'Gateway', kind: 'service' }));
}

function listeners(namespace: string, name: unknown, question: Question): readonly Completion[] {
  const gateway = gatewaysIn(namespace, question).find((each) => each.name === name);
  const all = valueAt(gateway?.body, ['spec', 'listeners']);
  return (Array.isArray(all) ? all : []).flatMap((listener: JsonValue): Completion[] => {
    if (!isJsonObject(listener) || typeof listener.name !== 'string') return [];
    const what = [listener.protocol, listener.port].filter(
      (each) => typeof each === 'string' || typeof each === 'number',
    );
    const detail = `${what.join(' ')} of Gateway ${namespace}/${String(name)}`; // prettier-ignore
    return [{ label: listener.name, insert: listener.name, detail, kind: 'port' }];
  });
}

type Order = 'by name' | 'headless first';

function services(namespace: string, order: Order, { index, state, typed }: Question): readonly Completion[] {
  const { controlPlane } = state.simulation;
  const names = [...index.serviceNames(namespace)].filter((name) => name.includes(typed)).sort(compareStrings);
  const isHeadless = (name: string) => controlPlane.service(`${namespace}/${name}`)?.spec.clusterIP === 'None';
  if (order === 'headless first') names.sort((a, b) => Number(isHeadless(b)) - Number(isHeadless(a)));
  return names.slice(0, mostItems).map((name) => {
    const service = controlPlane.service(`${namespace}/${name}`);
    const detail = service ? describeService(service) : 'refused by the API server';
    return { label: name, insert: name, detail, kind: 'service' };
  });
}

/** The same by the names that they have where they are written: kustomize changes this reference together with them. */
function followedServices(namespace: string, order: Order, question: Question): readonly Completion[] {
  const { state, workspace } = question;
  const all = services(namespace, order, state.scope.rendered === undefined ? question : { ...question, typed: '' });
  return all.flatMap((item) => {
    const object = state.simulation.controlPlane.serviceObject(`${namespace}/${item.label}`);
    const name = object && state.scope.rendered !== undefined ? writtenName(object, workspace) : undefined;
    if (name === undefined || name === item.label) return item.label.includes(question.typed) ? item : [];
    return { ...item, label: name, insert: name, detail: `${item.detail}, rendered as ${item.label}` };
  });
}

function namespaces({ state, typed }: Question): readonly Completion[] {
  const names = [...state.simulation.controlPlane.namespaces().keys()].filter((name) => name.includes(typed));
  return names.sort(compareStrings).slice(0, mostItems).map((name) => ({ label: name, insert: name, detail: 'namespace', kind: 'namespace' })); // prettier-ignore
}
