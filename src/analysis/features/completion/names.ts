/** Names of Services where others refer to them, names of namespaces, and host names inside of texts. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt } from '#base/json';
import { templatePathOf } from '../mentions/workloads';
import { describeService } from '../../topology/service-text';
import { servicePorts } from './ports';
import { mostItems, type Completion, type Question } from './types';

export function completeNames(question: Question): readonly Completion[] {
  const { field, kind, group, namespace } = question;
  if (question.part !== 'value') return [];
  if (field === 'metadata.namespace') return namespaces(question);
  if (kind === 'StatefulSet' && field === 'spec.serviceName') return services(namespace, 'headless first', question);
  if (kind === 'EndpointSlice' && field === 'metadata.labels.kubernetes.io/service-name') return services(namespace, 'by name', question); // prettier-ignore
  if (group === 'networking.k8s.io' && kind === 'Ingress') return inIngress(question);
  if (group === 'gateway.networking.k8s.io' && kind.endsWith('Route')) return inRoute(question);
  if (templatePathOf(group, kind) && /\.env\.\[\]\.value$/.test(field)) return inVariable(question);
  return [];
}

function inIngress(question: Question): readonly Completion[] {
  const found = /^(spec\.(?:defaultBackend|rules\.\[\]\.http\.paths\.\[\]\.backend)\.service)\.(name|port\.name|port\.number)$/.exec(question.field); // prettier-ignore
  if (!found) return [];
  if (found[2] === 'name') return services(question.namespace, 'by name', question);
  const service = valueAt(question.body, [...question.path.slice(0, -2), 'name']);
  const { controlPlane } = question.state.simulation;
  return servicePorts(`${question.namespace}/${String(service)}`, found[2] === 'port.name' ? 'name' : 'number', controlPlane); // prettier-ignore
}

function inRoute(question: Question): readonly Completion[] {
  const found = /\.(?:backendRefs\.\[\]|backendRef)\.(name|namespace|port)$/.exec(question.field);
  const reference = valueAt(question.body, question.path.slice(0, -1));
  const written = isJsonObject(reference) ? reference : {};
  if (!found || (written.kind ?? 'Service') !== 'Service') return [];
  if (found[1] === 'namespace') return namespaces(question);
  const namespace = typeof written.namespace === 'string' ? written.namespace : question.namespace;
  if (found[1] === 'name') return services(namespace, 'by name', question);
  return servicePorts(`${namespace}/${String(written.name)}`, 'number', question.state.simulation.controlPlane);
}

function services(
  namespace: string,
  order: 'by name' | 'headless first',
  { index, state, typed }: Question,
): readonly Completion[] {
  // prettier-ignore
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

function namespaces({ state, typed }: Question): readonly Completion[] {
  const names = [...state.simulation.controlPlane.namespaces().keys()].filter((name) => name.includes(typed));
  return names.sort(compareStrings).slice(0, mostItems).map((name) => ({ label: name, insert: name, detail: 'namespace', kind: 'namespace' })); // prettier-ignore
}

/** Names of variables that say that their value is a host. */
const hostVariable = /(?:^|_)(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|SERVICE|ENDPOINT|URL|URI)S?$/i;

/** The host in what is typed: all of it, or what follows `://`. */
export function hostTyped(typed: string): string | undefined {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/(?:[^\s/@]*@)?)?([a-z0-9.-]*)$/i.exec(typed)?.[1];
}

/** Services of the own namespace by their name, others with their namespace, as a pod's resolver finds them. */
function inVariable(question: Question): readonly Completion[] {
  const { path, typed, body, state, namespace, index } = question;
  const name = valueAt(body, [...path.slice(0, -1), 'name']);
  const host = hostTyped(typed);
  if (host === undefined || (!typed.includes('://') && !(typeof name === 'string' && hostVariable.test(name)))) return []; // prettier-ignore
  const before = typed.slice(0, typed.length - host.length);
  const found: Completion[] = [];
  for (const other of [
    namespace,
    ...[...state.simulation.controlPlane.namespaces().keys()].filter((each) => each !== namespace).sort(compareStrings),
  ])
    // prettier-ignore
    for (const service of [...index.serviceNames(other)].sort(compareStrings)) {
      const text = other === namespace ? service : `${service}.${other}`;
      if (!text.includes(host)) continue;
      if (found.length >= mostItems) return found;
      found.push({ label: text, insert: before + text, detail: `Service ${other}/${service}`, kind: 'service' });
    }
  return found;
}
