/** What an HTTP request meets before it meets a Service: Ingress rules and Gateway API routes, as values. */

import type { JsonPath } from '#base/json';
import type { NamespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

export interface HttpRequest {
  /** Lower case: `http`, `https`, `grpc`, `grpcs`, `ws`, `wss`. */
  readonly scheme: string;
  /** Lower case, without port and without a dot at the end. */
  readonly host: string;
  readonly port: number;
  /** As it is written, with the `/` in front. */
  readonly path: string;
  /** Decoded, in their order. */
  readonly query: readonly NameValue[];
  /** Upper case. */
  readonly method: string;
  readonly headers: readonly NameValue[];
}

/** Who takes requests in from outside: the controllers of an Ingress class, or a Gateway's listener. */
export type HttpEntry =
  | {
      readonly kind: 'ingress';
      /** Undefined where nothing says a class, and none is the default: whether a controller feels meant is its own. */
      readonly className: string | undefined;
      /** The IngressClass, where the cluster has it. */
      readonly ingressClass: KubernetesObject | undefined;
    }
  | {
      readonly kind: 'gateway';
      readonly gateway: KubernetesObject;
      /** The Gateway, or the ListenerSet that adds the listener to it. */
      readonly owner: KubernetesObject;
      readonly listener: string;
      /** From the owner to the listener. */
      readonly path: JsonPath;
    };

/** A rule (one of its matches, or an Ingress' path) that might take the request. */
export interface HttpCandidate {
  readonly object: KubernetesObject;
  /** From the object to the match, the path or the rule; the deepest that is written. */
  readonly path: JsonPath;
  /** For people, without the object: `rule 2, path /cart (Prefix)`. */
  readonly text: string;
}

export interface HttpWinner extends HttpCandidate {
  /** Zero-based; undefined for a default backend. */
  readonly rule: number | undefined;
  /** Zero-based index of the match or path; undefined where the rule lists none. */
  readonly match: number | undefined;
  /** What fits, and what made it win over others that fit, a sentence each. */
  readonly why: readonly string[];
}

export interface HttpPassedOver extends HttpCandidate {
  /** Whether it fits the request as well, and another one comes first. */
  readonly fits: boolean;
  readonly reason: string;
}

/** Where a share of the requests goes. */
export interface HttpBackend {
  /** Undefined where the reference is to something else than a Service. */
  readonly service: NamespacedName | undefined;
  /** The Service's port. */
  readonly port: number | undefined;
  readonly weight: number;
  /** 0 to 1; those of all backends add up to 1, unless no request is forwarded at all. */
  readonly probability: number;
  /** From the winner's object to the reference. */
  readonly path: JsonPath;
  /** `Service shop/cart, port 80`, `StorageBucket shop/static`. */
  readonly text: string;
  /** Done with this share alone; a redirect is the answer to it. */
  readonly filters: readonly HttpFilter[];
  readonly problem: HttpBackendProblem | undefined;
}

export interface HttpBackendProblem {
  /** As the condition ResolvedRefs of a route has it, or in the same style. */
  readonly reason:
    'BackendNotFound' | 'PortNotFound' | 'InvalidKind' | 'RefNotPermitted' | 'NoReadyEndpoints' | 'NotKnown';
  readonly message: string;
  /** What the entry answers in the backend's place; undefined where that cannot be told. */
  readonly status: number | undefined;
}

/** Something that a route does with a request, beside sending it on. */
export type HttpFilter = { readonly path: JsonPath } & (
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'rewrite'; readonly host: string; readonly url: string }
  | { readonly kind: 'mirror'; readonly to: string }
  | { readonly kind: 'other'; readonly type: string }
);

export interface HttpAnswer {
  readonly request: HttpRequest;
  /** Who takes the request in; undefined where nobody of the cluster does. */
  readonly entry: HttpEntry | undefined;
  /**
   * Whether the entry's rules name the host, as opposed to taking every host. Without an entry: whether a Gateway knows
   * the host, and listens for it elsewhere only.
   */
  readonly namesHost: boolean;
  readonly winner: HttpWinner | undefined;
  readonly passedOver: readonly HttpPassedOver[];
  readonly backends: readonly HttpBackend[];
  readonly filters: readonly HttpFilter[];
  /** What the entry itself answers, where it sends nothing on: 404, 302, 500. */
  readonly status: number | undefined;
  /** What the specification leaves to the controllers, and what was taken for granted. */
  readonly notes: readonly string[];
  /** Others that would take the request, were it sent to them: which one gets it is up to the host's address. */
  readonly others: readonly HttpEntry[];
}

/** What one entry makes of a request. */
export type EntryAnswer = Omit<HttpAnswer, 'request' | 'entry' | 'others'> & { readonly entry: HttpEntry };
