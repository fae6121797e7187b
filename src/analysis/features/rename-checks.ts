/** Why something cannot be called by a new name: the API server would not take it, or it means something else already. */

import { assertNever } from '#base/assert';
import { isJsonObject, valueAt } from '#base/json';
import { compareOrigins, printReference, type KubernetesObject } from '#model/object';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';
import { keyOf } from './mentions/keys';
import { mentionIndex } from './mentions/mention-index';
import type { Meaning, MentionIn } from './mentions/types';

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Models validation.IsDNS1035Label, which names of Services have to be in every release. */
const serviceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Models validation.IsValidLabelValue and the name part of IsQualifiedName. */
const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelPrefix = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A sentence, where the server would refuse the name. */
export function whyNoName(meaning: Meaning, name: string): string | undefined {
  switch (meaning.kind) {
    case 'service':
      return serviceName.test(name) ? undefined : `${name} is no name for a Service: it takes at most 63 of a-z, 0-9 and -, beginning with a letter.`; // prettier-ignore
    case 'namespace':
      return dnsLabel.test(name) ? undefined : `${name} is no name for a namespace: it takes at most 63 of a-z, 0-9 and -.`; // prettier-ignore
    case 'service-port':
      return dnsLabel.test(name) ? undefined : `${name} is no name for a port: it takes at most 63 of a-z, 0-9 and -.`;
    case 'container-port':
      return isPortName(name) ? undefined : `${name} is no name for a container's port: it takes at most 15 of a-z, 0-9 and single -, with a letter among them.`; // prettier-ignore
    case 'gateway':
      return dnsSubdomain.test(name) ? undefined : `${name} is no name for a Gateway: it takes a-z, 0-9, - and ., beginning and ending with a letter or digit.`; // prettier-ignore
    case 'listener':
      return dnsSubdomain.test(name) ? undefined : `${name} is no name for a listener: it takes a-z, 0-9, - and ., beginning and ending with a letter or digit.`; // prettier-ignore
    case 'label':
    case 'namespace-label':
      return name === '' || labelName.test(name) ? undefined : `${name} is no value for a label: it takes at most 63 of A-Z, a-z, 0-9, -, _ and ., and begins and ends with a letter or digit.`; // prettier-ignore
    case 'label-key':
    case 'namespace-label-key':
      return isLabelKey(name) ? undefined : `${name} is no key for a label.`;
    default:
      return assertNever(meaning);
  }
}

/** Models validation.IsValidPortName. */
function isPortName(name: string): boolean {
  return name.length <= 15 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes('--'); // prettier-ignore
}

/** Models validation.IsQualifiedName. */
function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  return more.length === 0 && labelName.test(name) && (prefix === undefined || labelPrefix.test(prefix));
}

/** A sentence, where something else has the name already and both would become one. */
export function whyTaken(
  { object, mention }: MentionIn,
  name: string,
  state: ScopeState,
  workspace: Workspace,
): string | undefined {
  // prettier-ignore
  const { meaning, path, role } = mention;
  const { controlPlane } = state.simulation;
  switch (meaning.kind) {
    case 'service': {
      const service = `${meaning.service.slice(0, meaning.service.indexOf('/'))}/${name}`;
      return controlPlane.serviceObject(service) ? `There is a Service ${service} already.` : undefined;
    }
    case 'namespace':
      // What an object says of its own namespace counts for nothing where a kustomization gives another one.
      if (state.scope.namespace !== undefined && state.scope.namespace !== meaning.name && path[0] === 'metadata') return `A kustomization puts all objects of ${state.scope.name} into namespace ${state.scope.namespace}: rename it there.`; // prettier-ignore
      return controlPlane.namespaces().has(name) ? `There is a namespace ${name} already.` : undefined;
    case 'service-port':
      return controlPlane.service(meaning.service)?.spec.ports?.some((port) => port.name === name) ? `Service ${meaning.service} has a port ${name} already.` : undefined; // prettier-ignore
    case 'container-port': {
      const ports = role === 'definition' ? valueAt(object.body, path.slice(0, -2)) : undefined;
      const taken = Array.isArray(ports) && ports.some((port) => isJsonObject(port) && port.name === name);
      return taken ? `${printReference(object)} has a port ${name} already.` : undefined;
    }
    case 'label': {
      const other = whoMeans({ ...meaning, value: name }, state, workspace);
      return other && `${meaning.key}: ${name} is in use in namespace ${meaning.namespace} (${printReference(other)}): who selects whom would change.`; // prettier-ignore
    }
    case 'namespace-label': {
      const other = whoMeans({ ...meaning, value: name }, state, workspace);
      return other && `${meaning.key}: ${name} is in use (${printReference(other)}): which namespaces are selected would change.`; // prettier-ignore
    }
    case 'gateway': {
      const gateway: Meaning = {
        ...meaning,
        gateway: `${meaning.gateway.slice(0, meaning.gateway.indexOf('/'))}/${name}`,
      };
      const other = whoMeans(gateway, state, workspace);
      return other && `${gateway.gateway} is in use already (${printReference(other)}).`;
    }
    case 'listener': {
      const other = whoMeans({ ...meaning, name }, state, workspace);
      return (
        other && `Gateway ${meaning.gateway} has a listener ${name} already, or ${printReference(other)} means one.`
      );
    }
    case 'namespace-label-key':
    case 'label-key': {
      const owner = valueAt(object.body, path.slice(0, -1));
      const taken = mention.part === 'key' && isJsonObject(owner) && Object.hasOwn(owner, name);
      return taken ? `${printReference(object)} has a label ${name} already.` : undefined;
    }
    default:
      return assertNever(meaning);
  }
}

/** The first object that means it already, in the order of the files. */
function whoMeans(meaning: Meaning, state: ScopeState, workspace: Workspace): KubernetesObject | undefined {
  const objects = [...mentionIndex(workspace, state).objects(keyOf(meaning))];
  return objects.sort((a, b) => compareOrigins(a.origin, b.origin))[0];
}
