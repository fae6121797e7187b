/** What a report holds beside its code: the manifests, or a cluster's objects, and how they are to be read. */

import type { ClusterKnowledge, Workspace, WorkspaceOptions } from '#analysis/workspace';
import { withoutSecrets } from '#manifest/index';
import type { RenderResult } from '#manifest/render-types';
import type { RuleSeverities } from '#manifest/settings';
import type { ManifestFile, ManifestProblem } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';

export interface ReportData {
  /** What is reported on, as the user called it. */
  readonly title: string;
  /** Of the program that made the report. */
  readonly version: string;
  /** When it was made, in ISO 8601. */
  readonly made: string;
  readonly settings: ClusterSettings;
  readonly roots: readonly string[];
  readonly single?: string;
  readonly rules: RuleSeverities;
  /** What is wrong with settings files, and with what is not shown here. */
  readonly problems: readonly (readonly [path: string, readonly ManifestProblem[]])[];
  readonly files: readonly (readonly [path: string, text: string])[];
  /** What engines made of the files, by plan. */
  readonly renders?: readonly (readonly [plan: string, RenderResult])[];
  /** In place of files: what a live cluster holds. */
  readonly observed?: { readonly objects: readonly KubernetesObject[]; readonly knowledge: ClusterKnowledge };
  /** The id of the one scope that is shown; without it, all of them are. */
  readonly scope?: string;
  readonly withheld: Withheld;
}

/** What the report leaves out. */
export interface Withheld {
  readonly secrets: number;
  /** Files of which nothing is there. */
  readonly files: number;
}

type Kept = Pick<ReportData, 'files' | 'problems' | 'withheld'>;

/**
 * What of a workspace's files goes into a report: those that it reads as manifests, without their Secrets. With the id
 * of a scope, those that belong to others alone stay out.
 */
export function keptFiles(workspace: Workspace, options: WorkspaceOptions, scope: string | undefined): Kept {
  const problems = new Map<string, readonly ManifestProblem[]>(scope === undefined ? options.problems : []);
  const files: (readonly [string, string])[] = [];
  let [secrets, left] = [0, 0];
  for (const file of inOrder(workspace)) {
    const scopes = workspace.scopesOfFile(file.path);
    if (scope !== undefined && scopes.length > 0 && !scopes.some((state) => state.scope.id === scope)) continue;
    const shared = withoutSecrets(file);
    secrets += shared.secrets;
    if (shared.problems.length > 0) problems.set(file.path, [...(problems.get(file.path) ?? []), ...shared.problems]);
    // What a kustomization lists must be there, whatever it is.
    if (shared.isManifest || scopes.length > 0) files.push([file.path, shared.text]);
    else left++;
  }
  return { files, problems: [...problems], withheld: { secrets, files: left } };
}

/** What of renders goes into a report; the engines leave the data of Secrets away. */
export function keptRenders(workspace: Workspace, scope: string | undefined): NonNullable<ReportData['renders']> {
  return workspace.plans().flatMap(({ id }) => {
    const result = scope === undefined || scope === id ? workspace.rendered(id) : undefined;
    return result ? [[id, result] as const] : [];
  });
}

function inOrder(workspace: Workspace): readonly ManifestFile[] {
  return [...workspace.files()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
