/** `--live`: a cluster's objects as a workspace, so that every command answers for them as it does for files. */

import { observedSettings } from '#analysis/observed-cluster';
import { dataPlaneNotes } from '#analysis/data-plane/notes';
import { createWorkspace, type ClusterKnowledge, type WorkspaceOptions } from '#analysis/workspace';
import { gapsOf, LiveError, readCluster, type KindStatus, type LiveCluster, type LiveOptions } from '#live/index';
import type { ClusterSettings } from '#model/settings';
import { readConfiguration } from '#server/configuration';
import { nodeProblem } from '#server/live/client';
import { Failure } from './failure';
import { settingsOf, type Loaded, type LoadFlags } from './load';

/** Reads the cluster once. Throws a Failure where it cannot be read. */
export async function loadLive(flags: LoadFlags): Promise<Loaded> {
  const began = performance.now();
  const cluster = await attempt(() => readCluster(liveOptions(flags)));
  const services = cluster.status().kinds.filter(({ resource }) => resource === 'services');
  const refused = services.filter(({ state }) => state.kind === 'forbidden');
  if (refused.length === services.length) throw new Failure(`services may not be read${inNamespaces(refused)}: service-topology rbac prints the role that is needed`); // prettier-ignore
  return loadedFrom(cluster, await givenSettings(flags), began);
}

/** As long as controllers take to follow a change, with much to spare. */
const settlingTime = 2_000;

/**
 * Lists of several kinds are not of one moment, and controllers follow a change a little later: where slices are not as
 * their pods are, the cluster is read once more before that is said.
 */
export async function secondLook(loaded: Loaded, flags: LoadFlags): Promise<Loaded> {
  const { workspace } = loaded;
  const isDoubtful = workspace.paths().some((path) => workspace.findings(path).some(({ code }) => code === 'endpoints-differ')); // prettier-ignore
  if (!isDoubtful) return loaded;
  await new Promise((resolve) => setTimeout(resolve, settlingTime));
  return loadLive(flags);
}

/** The objects that are known now as a workspace of one scope, named by the context. */
export function loadedFrom(cluster: LiveCluster, given: ClusterSettings, began: number): Loaded {
  const objects = [...cluster.objects()];
  const options: WorkspaceOptions = {
    settings: observedSettings(given, cluster.version, objects),
    roots: [],
    single: cluster.context,
  };
  const workspace = createWorkspace(options);
  const knowledge = knowledgeOf(cluster);
  workspace.setObserved({ removed: [], added: objects }, knowledge);
  workspace.update();
  return {
    workspace,
    options,
    observed: { objects, knowledge },
    displayPath: (path) => path,
    milliseconds: Math.round(performance.now() - began),
    warnings: [...knowledge.incomplete, ...knowledge.notes],
  };
}

export function knowledgeOf(cluster: LiveCluster): ClusterKnowledge {
  const { incomplete, notes } = gapsOf(cluster.status());
  return { incomplete, notes: [...notes, ...dataPlaneNotes([...cluster.objects()])] };
}

function inNamespaces(refused: readonly KindStatus[]): string {
  const names = refused.flatMap(({ namespace }) => namespace ?? []);
  return names.length === 0 ? '' : ` in namespace ${names.join(', ')}`;
}

/** Flags alone: files of settings belong to folders. Throws a Failure where a flag cannot be understood. */
export async function givenSettings(flags: LoadFlags): Promise<ClusterSettings> {
  const { settings, flagProblems } = await readConfiguration([], undefined, settingsOf(flags));
  if (flagProblems.length > 0) throw new Failure(flagProblems.join('\n'));
  return settings;
}

export function liveOptions({ context, kubeconfig, namespace, allNamespaces }: LoadFlags): LiveOptions {
  if (namespace && allNamespaces) throw new Failure('choose one of --namespace and --all-namespaces');
  return { context, path: kubeconfig, namespaces: namespace };
}

/** What goes wrong with a cluster, as a Failure; its message holds no credential. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  const problem = nodeProblem();
  if (problem !== undefined) throw new Failure(problem);
  try {
    return await work();
  } catch (error) {
    if (error instanceof LiveError) throw new Failure(error.message);
    throw error;
  }
}
