/** What is said of the environment variables of containers. */

import type { NamespacedName, PodSpec } from '#model/kubernetes';

/** A variable that a container gets for a Service. */
export interface ServiceLink {
  readonly name: string;
  readonly value: string;
  readonly service: NamespacedName;
}

/** A variable of a container, with where it comes from. */
export interface EnvironmentVariable {
  readonly name: string;
  /** Undefined where it is not known here: a Secret, a ConfigMap outside of the scope. */
  readonly value: string | undefined;
  /** Where the value comes from, in words: `env`, `ConfigMap shop/settings, key url`, `Service shop/web`. */
  readonly from: string;
  /** For a service link: its Service. */
  readonly service: NamespacedName | undefined;
}

export interface ContainerEnvironment {
  readonly container: string;
  /** In the order of the names. */
  readonly variables: readonly EnvironmentVariable[];
  /** Why the kubelet would not start the container: a ConfigMap or key that has to be there and is not. */
  readonly problems: readonly string[];
}

export interface Environment {
  /** The variables for the Services that are there before the pod starts, in the order of their names. */
  serviceLinks(pod: { readonly namespace: string; readonly spec: PodSpec }): readonly ServiceLink[];
  /** Each container's variables, init containers first; empty where there is no such pod. */
  containers(pod: NamespacedName): readonly ContainerEnvironment[];
}
