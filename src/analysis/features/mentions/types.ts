/** What manifests name and refer to: Services, ports, labels, namespaces, Gateways; and where they do it. */

import type { JsonPath } from '#base/json';
import type { Span } from '#base/text';
import type { LabelSelector, NamespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';

/** Something that several places of the manifests mean together. */
export type Meaning =
  | { readonly kind: 'service'; readonly service: NamespacedName }
  /** A port of a Service, by its name or number. */
  | { readonly kind: 'service-port'; readonly service: NamespacedName; readonly port: string | number }
  /** A label of pods. */
  | { readonly kind: 'label'; readonly namespace: string; readonly key: string; readonly value: string }
  | { readonly kind: 'label-key'; readonly namespace: string; readonly key: string }
  /** A named port of containers; which ones is known by who names it. Without a namespace those of any. */
  | { readonly kind: 'container-port'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'namespace'; readonly name: string }
  /** A label of namespaces. */
  | { readonly kind: 'namespace-label'; readonly key: string; readonly value: string }
  | { readonly kind: 'namespace-label-key'; readonly key: string }
  /** A Gateway of the Gateway API, `NAMESPACE/NAME`. */
  | { readonly kind: 'gateway'; readonly gateway: NamespacedName }
  | { readonly kind: 'listener'; readonly gateway: NamespacedName; readonly name: string };

export interface Mention {
  readonly meaning: Meaning;
  /** From the object. */
  readonly path: JsonPath;
  /** Whether the member's key means it, or its value. */
  readonly part: 'key' | 'value';
  /** Of a value that is a longer text: which part of it. */
  readonly span?: Span;
  readonly role: 'definition' | 'reference';
  /** Of a host name in a text, which may be read in several ways: the whole of it. */
  readonly host?: string;
  /** What that reading of the host takes for the name of a pod. */
  readonly pod?: string;
  /** Of a label that is looked for in other namespaces: in those that this selects. */
  readonly namespaces?: LabelSelector;
}

/** A mention with the object that holds it. */
export interface MentionIn {
  readonly object: KubernetesObject;
  readonly mention: Mention;
}
