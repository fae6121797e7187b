/** What reading a file gives, and how a workspace falls into clusters. */

import type { JsonPath, JsonValue } from '#base/json';
import type { Range, Span } from '#base/text';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { FieldSource, RenderedObject } from './render-types';

/** What a document turned out to be; only `objects` take part in a simulation. */
export type DocumentContent =
  /** One object, or the items of a List. */
  | { readonly kind: 'objects'; readonly objects: readonly KubernetesObject[] }
  /** A kustomization.yaml or a Component. */
  | { readonly kind: 'kustomization'; readonly value: JsonValue }
  /** Chart.yaml of a Helm chart. */
  | { readonly kind: 'chart'; readonly value: JsonValue }
  /** Text with template actions (`{{ … }}`): not YAML before it is rendered. */
  | { readonly kind: 'template' }
  /** YAML that is no Kubernetes object (values.yaml, CI, docker-compose, an empty document). */
  | { readonly kind: 'other' }
  /** Does not parse; `problems` of the file say why. */
  | { readonly kind: 'broken' };

export interface ManifestDocument {
  /** Zero-based index in the file. */
  readonly index: number;
  /** Where the document's content stands in the file. */
  readonly span: Span;
  readonly content: DocumentContent;
}

/** Something about the text itself: broken YAML, a duplicate key, a tab, a file that is too large. */
export interface ManifestProblem {
  /** Stable, kebab-case: `yaml-syntax`, `yaml-duplicate-key`, `file-too-large`, `file-binary`, `file-unreadable`, … */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info' | 'hint';
  readonly message: string;
  readonly range: Range;
  /** -1 where the whole file is meant. */
  readonly document: number;
}

export interface ManifestFile {
  readonly path: string;
  readonly text: string;
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly ManifestProblem[];
  /** Of what an engine rendered: where it comes from. Nobody has such a file. */
  readonly rendered?: RenderedOrigins;
}

/** Where the documents of a rendered file come from. */
export interface RenderedOrigins {
  /** By index of the document. */
  readonly objects: ReadonlyMap<number, RenderedObject>;
  /** Source file → what of the rendered documents leads there. */
  readonly bySource: ReadonlyMap<string, readonly SourceUse[]>;
  /** The file by which the engine began: where nothing else is known, that is where one begins to look. */
  readonly entry: string;
  /** Where nobody looked for origins yet: to be called by who needs them. */
  readonly wanted?: () => void;
  /** Until then: those of the render before, for who answers at once and is asked again. No finding rests on them. */
  readonly meanwhile?: RenderedOrigins;
}

/** A place of a source file that had a part in a field of a rendered document. */
export interface SourceUse {
  readonly document: number;
  readonly path: JsonPath;
  readonly source: FieldSource;
  /** Whether it decided. */
  readonly isLast: boolean;
}

/** Where a field stands: its key (for a member of a mapping) and its value. */
export interface FieldPlace {
  readonly key: Range | undefined;
  readonly value: Range;
}

/** What stands at a position of a document. */
export interface FieldAtPosition {
  readonly document: number;
  /** From the document's root, through `items` of a List. */
  readonly path: JsonPath;
  /** Whether the position is in the key or in the value. */
  readonly part: 'key' | 'value';
}

export type ScopeKind = 'kustomization' | 'chart' | 'root' | 'folder' | 'file';

/** What a kustomization's `commonLabels` and `labels` add, by the place that they go to. */
export interface KustomizeLabels {
  /** To `metadata.labels` of each object. */
  readonly metadata: Labels;
  /** To the labels of pod templates. */
  readonly templates: Labels;
  /** To selectors of Services and workloads. */
  readonly selectors: Labels;
}

/** A change that a kustomization makes to what it takes in, and that is not made here. */
export interface UnappliedChange {
  readonly what: 'patch' | 'replacement' | 'transformer' | 'label';
  /** Folder of the kustomization, `.` for the workspace's root. */
  readonly folder: string;
  /** What it changes; undefined where this may be any. */
  readonly kind: string | undefined;
  readonly name: string | undefined;
  /** Fields that it sets or removes with all below them; without the indexes of lists, `[]` for the whole object. */
  readonly fields: readonly (readonly string[])[];
  /** Whether it takes the object away, and so adds nothing to it. */
  readonly removes?: boolean;
}

/** A set of objects that are applied to one cluster together. A finding never crosses scopes. */
export interface Scope {
  /** Unique and stable: the kind and the path. */
  readonly id: string;
  readonly kind: ScopeKind;
  /** For people and for `--scope`: the folder's (or file's) path, `.` for the workspace's root. */
  readonly name: string;
  /** Files whose objects belong to it, sorted by path; those of included kustomizations too. See `rendered`. */
  readonly files: readonly string[];
  /** Where a kustomization sets the namespace of all its objects. */
  readonly namespace: string | undefined;
  /** What kustomizations add to the labels of a file's objects; files that nothing is added to are not in it. */
  readonly labels: ReadonlyMap<string, KustomizeLabels>;
  /** What kustomizations would change, and is not changed here. */
  readonly unapplied: readonly UnappliedChange[];
  /**
   * Why the scope may hold more objects than the files show, in words for people, empty where it is whole:
   * `3 Helm templates are not rendered`, `a remote resource https://… is not read`.
   */
  readonly incomplete: readonly string[];
  /** What else is not known of the cluster, and what it does in ways of its own: told with each trace. */
  readonly notes?: readonly string[];
  /** Where its objects are what an engine rendered: the path under which these are kept. `files` are then the sources. */
  readonly rendered?: string;
  /** Its objects are known to be what is applied although nothing was rendered: a kustomization that only lists files. */
  readonly isAsWritten?: boolean;
  /** Of a rendered scope: the namespace of the objects that say none. */
  readonly defaultNamespace?: string;
  /** Of a rendered scope: names that its files have for Namespaces which are called otherwise in what is rendered. */
  readonly renamedNamespaces?: readonly string[];
}
