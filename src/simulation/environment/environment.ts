/** The environment of containers: their own variables, those from ConfigMaps, and those for Services. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt } from '#base/json';
import type { Container, NamespacedName, Pod } from '#model/kubernetes';
import { objectKey } from '#model/object';
import { behaves, firstMinor, minorOf } from '../releases';
import type { ControlPlane } from '../types';
import { expand } from './expansion';
import { fieldValue } from './fields';
import { serviceLinks } from './service-links';
import type { ContainerEnvironment, Environment, EnvironmentVariable } from './types';

interface Reference {
  readonly name?: string;
  readonly optional?: boolean;
}

interface KeyReference extends Reference {
  readonly key?: string;
}

/** Fields that the model's containers do not name; the admission has seen to their outer types. */
interface WithEnvironment {
  readonly env?: readonly {
    readonly name?: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly fieldRef?: { readonly fieldPath?: string };
      readonly resourceFieldRef?: { readonly resource?: string; readonly containerName?: string };
      readonly configMapKeyRef?: KeyReference;
      readonly secretKeyRef?: KeyReference;
      readonly fileKeyRef?: { readonly path?: string; readonly key?: string };
    } | null;
  }[] | null;
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: Reference;
    readonly secretRef?: Reference;
  }[] | null;
} // prettier-ignore

/** Follows the control plane. Services are taken to be there before the pods start: later ones are not told to them. */
export function createEnvironment(controlPlane: ControlPlane): Environment {
  return {
    serviceLinks: (pod) => serviceLinks(controlPlane, pod),
    containers: (name: NamespacedName) => {
      const pod = controlPlane.pod(name);
      if (!pod) return [];
      const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
      const links = serviceLinks(controlPlane, { namespace: pod.metadata.namespace, spec: pod.spec });
      return containers.map((container) => new Maker(controlPlane, pod, links).make(container));
    },
  };
}

/** What is set on the way; a value that is not known is still there, and stands before a Service's. */
type Values = Map<string, EnvironmentVariable>;

/** Makes one container's variables. Models pkg/kubelet/kubelet_pods.go makeEnvironmentVariables (v1.37). */
class Maker {
  readonly #controlPlane: ControlPlane;
  readonly #pod: Pod;
  readonly #links: Values;
  readonly #own: Values = new Map();
  readonly #problems: string[] = [];

  constructor(controlPlane: ControlPlane, pod: Pod, links: ReturnType<typeof serviceLinks>) {
    this.#controlPlane = controlPlane;
    this.#pod = pod;
    this.#links = new Map(
      links.map(({ name, value, service }) => [name, { name, value, from: `Service ${service}`, service }]),
    );
  }

  make(container: Container & WithEnvironment): ContainerEnvironment {
    for (const source of container.envFrom ?? []) this.#takeAll(source);
    for (const variable of container.env ?? []) this.#takeOne(variable);
    const variables = [...new Map([...this.#links, ...this.#own]).values()];
    variables.sort((a, b) => compareStrings(a.name, b.name));
    return { container: container.name, variables, problems: this.#problems };
  }

  #set(name: string, value: string | undefined, from: string): void {
    this.#own.set(name, { name, value, from, service: undefined });
  }

  #takeAll({ prefix = '', configMapRef, secretRef }: NonNullable<WithEnvironment['envFrom']>[number]): void {
    const { namespace } = this.#pod.metadata;
    if (secretRef)
      this.#set(`${prefix}*`, undefined, `all of Secret ${namespace}/${secretRef.name}, which is not read`);
    if (!configMapRef) return;
    const label = `ConfigMap ${namespace}/${configMapRef.name}`;
    const data = this.#configMap(configMapRef.name ?? '');
    if (data) for (const [key, value] of data) this.#setFrom(`${prefix}${key}`, value, label);
    else if (!configMapRef.optional) this.#missing(`${prefix}*`, label);
  }

  /** Older kubelets leave out names that no shell could use; newer ones take any (RelaxedEnvironmentVariableValidation). */
  #setFrom(name: string, value: string, label: string): void {
    const minor = minorOf(this.#controlPlane.settings.kubernetesVersion);
    if (behaves(minor, 'relaxedVariables') || /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) this.#set(name, value, label);
    else this.#problems.push(`${label} has the key ${name}, which is no name of a variable before 1.${firstMinor('relaxedVariables')}: it is left out`); // prettier-ignore
  }

  #takeOne(variable: NonNullable<WithEnvironment['env']>[number]): void {
    const { name = '', value, valueFrom } = variable;
    const { namespace } = this.#pod.metadata;
    if (value)
      return this.#set(
        name,
        expand(value, (reference) => this.#lookup(reference)),
        'env',
      );
    if (!valueFrom) return this.#set(name, '', 'env');
    const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
    if (fieldRef) {
      const path = fieldRef.fieldPath ?? '';
      this.#set(name, fieldValue(path, this.#pod, this.#controlPlane), `the pod's ${path}`);
    } else if (configMapKeyRef) this.#takeKey(name, configMapKeyRef);
    else if (secretKeyRef)
      this.#set(name, undefined, `Secret ${namespace}/${secretKeyRef.name}, key ${secretKeyRef.key}, which is not read`); // prettier-ignore
    else if (resourceFieldRef)
      this.#set(name, undefined, `the container's ${resourceFieldRef.resource}, which is not computed`);
    else if (fileKeyRef)
      this.#set(name, undefined, `key ${fileKeyRef.key} of the file ${fileKeyRef.path}, which is not read`); // prettier-ignore
    else this.#set(name, '', 'env');
  }

  #takeKey(name: string, { name: map = '', key = '', optional }: KeyReference): void {
    const label = `ConfigMap ${this.#pod.metadata.namespace}/${map}`;
    const data = this.#configMap(map);
    const value = data?.get(key);
    if (value !== undefined) return this.#set(name, value, `${label}, key ${key}`);
    if (optional) return;
    if (!data) return this.#missing(name, label);
    this.#problems.push(`couldn't find key ${key} in ${label}`);
  }

  /** Not in the scope is not the same as not in the cluster: somebody else may make it. */
  #missing(name: string, label: string): void {
    this.#set(name, undefined, `${label}, which is not among the manifests`);
    this.#problems.push(`${label} is not among the manifests: without it the container does not start`);
  }

  /** A variable for `$(NAME)`: null where it is there and not known. */
  #lookup(name: string): string | null | undefined {
    const variable = this.#own.get(name) ?? this.#links.get(name);
    return variable && (variable.value ?? null);
  }

  #configMap(name: string): ReadonlyMap<string, string> | undefined {
    const object = this.#controlPlane.object(objectKey('', 'ConfigMap', this.#pod.metadata.namespace, name));
    if (!object) return undefined;
    const data = valueAt(object.body, ['data']);
    const entries = isJsonObject(data) ? Object.entries(data) : [];
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  }
}
