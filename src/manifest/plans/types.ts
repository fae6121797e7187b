/** What is said about the renders of a workspace: the plans, and what they name that is not there. */

import type { JsonPath } from '#base/json';
import type { ChartSettings } from '../chart-settings';
import type { RenderPlan, RenderRequest } from '../render-types';
import type { ManifestProblem } from '../types';

export interface WorkspacePlan extends RenderPlan {
  /** Files that it is known to read, sorted; the engine may read more (`Rendered.read`). */
  readonly reads: readonly string[];
  /** Value files beside a chart that are not chosen. */
  readonly offered: readonly string[];
  /** Whether the files that it lists are applied as they stand: nothing is to be rendered to know what comes of it. */
  readonly isAsWritten: boolean;
  /** How it was decided what is meant, in words: which repository is this one. */
  readonly notes: readonly string[];
}

export interface PlanSettings {
  readonly charts: readonly ChartSettings[];
  /** Kustomizations that others include, and that are looked at alone as well. */
  readonly bases: readonly string[];
  /** The release that charts find in `.Capabilities`, where they do not say another one. */
  readonly kubernetesVersion: string | undefined;
}

/** Something that is named and that nobody here can render: a chart of a registry, another repository. */
export interface Elsewhere {
  readonly file: string;
  readonly document: number;
  readonly path: JsonPath;
  readonly what: string;
}

export interface PlanReading {
  /** Sorted by id. */
  readonly plans: readonly WorkspacePlan[];
  /** Kustomizations that others include: nobody applies them alone. */
  readonly bases: readonly WorkspacePlan[];
  /** What is named and not there, by file. */
  readonly problems: ReadonlyMap<string, readonly ManifestProblem[]>;
  readonly elsewhere: readonly Elsewhere[];
  /** Files whose whole content decides about plans. */
  readonly looked: ReadonlySet<string>;
}

/** A place in a file: a path of one of its documents. */
export interface Place {
  readonly file: string;
  readonly document: number;
  readonly path: JsonPath;
}

/** A plan that is not named yet. */
export interface Draft {
  readonly id: string;
  readonly request: RenderRequest;
  /** Who asks for it, for people: `Application web`; undefined for a folder that asks for itself. */
  readonly asker: string | undefined;
  /** The same with its namespace: `Application shop/web`. */
  readonly qualified?: string;
  readonly askedBy?: RenderPlan['askedBy'];
  readonly namespace: string | undefined;
  readonly unavailable: readonly string[];
  readonly notes: readonly string[];
  readonly reads: readonly string[];
  readonly isAsWritten?: boolean;
  /** Folders of kustomizations that it takes in, where no kustomization says so. */
  readonly includes?: readonly string[];
}

/** What one reader of the workspace found. */
export interface Found {
  readonly drafts: readonly Draft[];
  readonly problems: readonly PlanProblem[];
  readonly elsewhere: readonly Elsewhere[];
}

export interface PlanProblem {
  readonly code: 'value-file-missing' | 'render-path-missing';
  readonly message: string;
  readonly place: Place | { readonly file: string; readonly range: ManifestProblem['range'] };
}
