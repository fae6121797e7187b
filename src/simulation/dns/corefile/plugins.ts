/** What the plugins of a Corefile are told to do, as far as it decides what a name is answered. */

import type { LabelSelector } from '#model/kubernetes';

/** Names for which a plugin that has no answer asks the next one. */
export type Fallthrough = readonly string[];

export interface KubernetesPlugin {
  readonly kind: 'kubernetes';
  readonly zones: readonly string[];
  readonly pods: 'disabled' | 'insecure' | 'verified';
  /** Seconds. */
  readonly ttl: number;
  readonly fallthrough: Fallthrough;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly labels: LabelSelector | undefined;
  readonly namespaceLabels: LabelSelector | undefined;
  readonly endpointPodNames: boolean;
  readonly ignoreEmptyService: boolean;
  readonly endpoints: boolean;
  readonly zonal: boolean;
  /** Zones that another API answers. */
  readonly multicluster: readonly string[];
}

export interface HostsPlugin {
  readonly kind: 'hosts';
  readonly zones: readonly string[];
  readonly ttl: number;
  readonly fallthrough: Fallthrough;
  /** Whether addresses lead back to the names. */
  readonly reverse: boolean;
  readonly entries: readonly HostsEntry[];
  /** The file whose entries are not known here; undefined where all are. */
  readonly unknownFile: string | undefined;
}

/** A line of a hosts file. */
export interface HostsEntry {
  /** Canonical. */
  readonly address: string;
  /** Absolute, lower case. */
  readonly names: readonly string[];
}

/** How a text becomes another one: names on their way in, names and targets on their way out. */
export type TextRewrite =
  | { readonly kind: 'exact' | 'prefix' | 'suffix' | 'substring'; readonly from: string; readonly to: string }
  | { readonly kind: 'regex'; readonly from: RegExp; readonly to: string };

export interface RewriteRule {
  readonly name: TextRewrite;
  /** Whether the next rules see the new name. */
  readonly continues: boolean;
  /** Whether the answer speaks of the name that was asked for. */
  readonly auto: boolean;
  readonly answerNames: readonly TextRewrite[];
  readonly answerValues: readonly TextRewrite[];
}

export interface RewritePlugin {
  readonly kind: 'rewrite';
  readonly rules: readonly (RewriteRule | { readonly unknown: string })[];
}

export interface CachePlugin {
  readonly kind: 'cache';
  readonly zones: readonly string[];
  /** Seconds: an answer is kept no shorter and no longer. */
  readonly success: { readonly least: number; readonly most: number };
  readonly denial: { readonly least: number; readonly most: number };
}

export interface AutopathPlugin {
  readonly kind: 'autopath';
  readonly zones: readonly string[];
  /** `@kubernetes`, or a file whose search list it takes. */
  readonly searchOf: string;
}

export interface ForwardPlugin {
  readonly kind: 'forward';
  readonly zone: string;
  readonly to: readonly string[];
  readonly except: readonly string[];
}

export interface TemplatePlugin {
  readonly kind: 'template';
  readonly zones: readonly string[];
  /** `ANY` for all. */
  readonly type: string;
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  /** Whether what it says depends on the name: its expressions are not evaluated. */
  readonly intricate: boolean;
}

/** Answers with whatever its files or services say, which are not known here. */
export interface OpaquePlugin {
  readonly kind: 'opaque';
  readonly name: string;
  readonly zones: readonly string[];
}

export type Plugin =
  | KubernetesPlugin
  | HostsPlugin
  | RewritePlugin
  | CachePlugin
  | AutopathPlugin
  | ForwardPlugin
  | TemplatePlugin
  | OpaquePlugin
  /** Answers questions of type ANY. */
  | { readonly kind: 'any' }
  /** The end of a cluster whose Corefile is not known: nothing outside of it is there. */
  | { readonly kind: 'nothing-outside' };

/** The plugins of a server block, in the order in which CoreDNS asks them. */
export interface ServerConfiguration {
  readonly zones: readonly string[];
  readonly plugins: readonly Plugin[];
  /** Whether any plugin takes part in answering; a block of `health` alone refuses. */
  readonly handles: boolean;
}

export interface CorefileReading {
  readonly servers: readonly ServerConfiguration[];
  /** What the server would refuse, and what is not known or not modelled, in sentences. */
  readonly notes: readonly string[];
  /** Whether the server would start with it. */
  readonly starts: boolean;
}
