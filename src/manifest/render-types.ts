/** What an engine (kustomize, Helm) is asked to render, and what it gives back: text, and where each field came from. */

import type { JsonPath } from '#base/json';
import type { Range } from '#base/text';

/** Paths are relative to the workspace with `/`; texts are strings, packed charts are bytes. */
export type RenderFiles = ReadonlyMap<string, string | Uint8Array>;

export interface KustomizeRequest {
  readonly kind: 'kustomize';
  /** Folder of the kustomization, '' for the workspace's root. */
  readonly folder: string;
  /**
   * Whatever a deployment tool adds to the kustomization without writing it (Argo CD's images, Flux's patches), as YAML:
   * lists go behind the file's own, but an entry of `images` or `replicas` takes the place of that of its name; mappings
   * are merged; the rest is replaced. Where there is no file it is the kustomization.
   */
  readonly additions?: string;
  /** Variables that are replaced in the output, as Flux does it. */
  readonly substitute?: Readonly<Record<string, string>>;
}

export interface HelmRequest {
  readonly kind: 'helm';
  /** Folder of the chart. */
  readonly folder: string;
  readonly release: string;
  readonly namespace: string;
  /** Value files in the order in which they are merged, the chart's own `values.yaml` not among them. */
  readonly valueFiles: readonly string[];
  /** YAML texts that are merged after the files: inline values of a Helmfile, an Application or a HelmRelease. */
  readonly inlineValues: readonly string[];
  /** `a.b=c`, as `--set` takes them. */
  readonly set: readonly string[];
  /** `a.b=c`, as `--set-string` takes them: after `set`, and texts whatever they look like. */
  readonly setString?: readonly string[];
  /** Where each of `set` and then of `setString` is written, by who asks for the chart. */
  readonly setAt?: readonly { readonly file: string; readonly document: number; readonly path: JsonPath }[];
  /** `1.37`, undefined for the engine's own default. */
  readonly kubernetesVersion?: string;
  readonly includeCrds: boolean;
}

export type RenderRequest = KustomizeRequest | HelmRequest;

/** A render that a workspace asks for: it makes a scope of its own. */
export interface RenderPlan {
  /** Unique and stable under edits: what it renders and who asks for it. */
  readonly id: string;
  /** For people and for `--scope`. */
  readonly name: string;
  readonly request: RenderRequest;
  /** The file and place that ask for it, where that is not the folder itself: a Helmfile's release, an Application. */
  readonly askedBy?: { readonly file: string; readonly document: number; readonly path: JsonPath };
  /** Where the objects go that say no namespace, as the deployment tool has it. */
  readonly namespace: string | undefined;
  /** What the plan cannot have here, in words: a chart of a registry, a value from a Secret. */
  readonly unavailable: readonly string[];
}

/** What a source did to a field. */
export type SourceRole = 'base' | 'patch' | 'generator' | 'transformer' | 'replacement' | 'template' | 'value';

/** A place that had a part in a field of a rendered object. */
export interface FieldSource {
  readonly role: SourceRole;
  readonly file: string;
  /**
   * Where in the file: a document and a path for YAML, a range for templates. The path goes on inside of an inline patch
   * that is written in a literal block or between single quotes.
   */
  readonly at:
    | { readonly kind: 'path'; readonly document: number; readonly path: JsonPath }
    | { readonly kind: 'range'; readonly range: Range };
  /** Whether what stands there is, as it stands, the field's value: it can then be edited in place. */
  readonly verbatim: boolean;
}

export interface RenderedObject {
  /** Where the object stands in the rendered text: offsets of characters. */
  readonly start: number;
  readonly end: number;
  /** The file that the object as a whole comes from, and its document there, where known. */
  readonly source: { readonly file: string; readonly document: number | undefined } | undefined;
  /**
   * The fields whose way is known; a field that is not in the list has the source of the nearest one above it. The last
   * source is the one that decided, and so the one to change; those before it lead there.
   */
  readonly fields: readonly { readonly path: JsonPath; readonly sources: readonly FieldSource[] }[];
}

/** An entry of a kustomization that selects nothing and so changes nothing. */
export interface IdleEntry {
  readonly what: 'patch' | 'replacement' | 'image';
  readonly file: string;
  /** Of what selects: a `target`, a `select`, an image's name. */
  readonly path: JsonPath;
}

export interface Rendered {
  readonly kind: 'rendered';
  /** Byte for byte what `kustomize build` or `helm template` print. */
  readonly text: string;
  readonly objects: readonly RenderedObject[];
  /** The files that the engine read: another content of one of them may render another text. */
  readonly read: readonly string[];
  /** What was left out: remote bases, plugins, charts that are not there; with the place that names it. */
  readonly unavailable: readonly { readonly what: string; readonly file: string; readonly path: JsonPath }[];
  /** What changes nothing, though it is no error to the engine; nothing where what it selects might be unavailable. */
  readonly idle?: readonly IdleEntry[];
  /** Nobody looked for origins yet, which takes several renders: `source` and `fields` are missing. */
  readonly untraced?: true;
}

export interface RenderFailed {
  readonly kind: 'failed';
  /** The engine's own words. */
  readonly message: string;
  /** Where it failed, as far as the engine says: zero-based line and character. */
  readonly place: { readonly file: string; readonly range: Range | undefined } | undefined;
  readonly read: readonly string[];
}

export interface RenderStopped {
  readonly kind: 'stopped';
  readonly reason: 'time' | 'memory' | 'size' | 'cancelled' | 'crashed' | 'missing';
  readonly message: string;
}

export type RenderResult = Rendered | RenderFailed | RenderStopped;
