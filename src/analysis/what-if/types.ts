/** What somebody supposes to happen in a scope, as values, and what comes of it: moments on a time line. */

import type { JsonPath, JsonValue } from '#base/json';
import type { NamespacedName } from '#model/kubernetes';
import type { ObjectChange } from '#simulation/types';

/** An object as somebody names it; `namespace` is undefined where there is only one of the name. */
export interface ObjectName {
  /** Lower case: `deployment`, `networkpolicy`. */
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** A pod by its name, or the first one of a workload. */
export type PodName =
  | { readonly by: 'name'; readonly namespace: string | undefined; readonly name: string }
  | { readonly by: 'workload'; readonly workload: ObjectName };

export const podActions = ['crashes', 'dies', 'is deleted', 'is replaced', 'is not ready', 'is ready'] as const;
export type PodAction = (typeof podActions)[number];
export const nodeActions = ['fails', 'recovers', 'is drained'] as const;
export type NodeAction = (typeof nodeActions)[number];
export const zoneActions = ['fails', 'recovers'] as const;
export type ZoneAction = (typeof zoneActions)[number];

/** One thing that is supposed to happen. */
export type Step =
  | { readonly kind: 'pod'; readonly pod: PodName; readonly action: PodAction }
  | { readonly kind: 'move'; readonly pod: PodName; readonly node: string }
  | { readonly kind: 'node'; readonly node: string; readonly action: NodeAction }
  | { readonly kind: 'zone'; readonly zone: string; readonly action: ZoneAction }
  | { readonly kind: 'scale'; readonly object: ObjectName; readonly replicas: number }
  /** Of the object's own metadata; `value` is undefined for a label that goes. */
  | { readonly kind: 'label'; readonly object: ObjectName; readonly key: string; readonly value: string | undefined }
  /** Any field; `value` is undefined for one that goes. */
  | {
      readonly kind: 'set';
      readonly object: ObjectName;
      readonly path: JsonPath;
      readonly value: JsonValue | undefined;
    }
  | { readonly kind: 'delete'; readonly object: ObjectName }
  /** `kubectl rollout restart`. */
  | { readonly kind: 'restart'; readonly object: ObjectName };

/** Something that somebody in the cluster did. */
export interface WhatIfEvent {
  /** `Deployment controller`, `kubelet`, `API server`. */
  readonly by: string;
  /** One sentence, without its full stop. */
  readonly text: string;
}

/** What the API's objects do not say: what has failed and nobody has noticed yet, or never will. */
export interface Reality {
  /** Nodes that answer nobody. */
  readonly downNodes: ReadonlySet<string>;
  /** Pods in which nothing listens although their addresses are there. */
  readonly deadPods: ReadonlySet<NamespacedName>;
}

export interface MomentLabel {
  readonly title: string;
  /** How long after its step, as far as that is known: `at once`, `after 50 s`. */
  readonly when: string;
}

/** A moment on the time line: nothing changes before the next one. */
export interface Moment extends MomentLabel {
  /** Of the step that brought it about; -1 for the start. */
  readonly step: number;
  readonly events: readonly WhatIfEvent[];
  /** From the moment before to this one. */
  readonly change: ObjectChange;
  /** Services whose endpoints or fields the change may have touched. */
  readonly services: ReadonlySet<NamespacedName>;
  /** Pods that came, went or changed. */
  readonly pods: ReadonlySet<NamespacedName>;
  /** Nodes that changed. */
  readonly nodes: ReadonlySet<string>;
  readonly reality: Reality;
}

/** Why a step cannot be taken; the steps before it have been. */
export interface StepError {
  readonly step: number;
  readonly error: string;
}
