/** Reads what PATH names into a workspace, with the settings of the flags and of `.service-topology.yaml`. */

import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { compareStrings } from '#base/compare';
import type { ScopeState } from '#analysis/context';
import { createWorkspace, type ClusterKnowledge, type Workspace, type WorkspaceOptions } from '#analysis/workspace';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { RenderResult } from '#manifest/render-types';
import type { Scope } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import { readConfiguration } from '#server/configuration';
import { disk, reasonOf } from '#server/disk';
import { findManifests } from '#server/find-manifests';
import { beyond, isIn, prefixOf } from './beyond';
import { Failure } from './failure';
import { commandRenders, type CommandRenders } from './renders';

export interface LoadFlags {
  /** The objects of a cluster in place of files; the next four say which. */
  readonly live?: boolean;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  /** One scope by its name. */
  readonly scope?: string;
  /** Everything as one cluster. */
  readonly all?: boolean;
  readonly kubernetesVersion?: string;
  readonly serviceCidr?: readonly string[];
  readonly clusterDomain?: string;
  readonly proxyMode?: string;
  readonly root?: readonly string[];
  readonly exclude?: readonly string[];
  /** False: kustomizations and charts are taken as their files stand. */
  readonly render?: boolean;
}

export interface Loaded {
  readonly workspace: Workspace;
  /** What the workspace was made with. */
  readonly options: WorkspaceOptions;
  /** In place of files: what a live cluster holds. */
  readonly observed?: { readonly objects: readonly KubernetesObject[]; readonly knowledge: ClusterKnowledge };
  /** What the engine gives for a plan, also where nobody has to know it; absent where nothing is rendered. */
  readonly rendered?: (plan: WorkspacePlan) => Promise<RenderResult | undefined>;
  /** Renders and derives what texts that were set since then change; absent where nothing is rendered. */
  readonly bringUp?: () => Promise<void>;
  /** How a path of the workspace is printed: as the user would write it from here. */
  readonly displayPath: (path: string) => string;
  /** Whether a file is in PATH itself, and not only needed by a kustomization there; absent where all are. */
  readonly isGiven?: (path: string) => boolean;
  /** From the start of the reading to the last finding. */
  readonly milliseconds: number;
  readonly warnings: readonly string[];
}

/** What was loaded, to be asked again after files changed on disk. */
export interface Followed extends Loaded {
  /** Reads what came, went or changed since the last time; the settings stay as they were. */
  readonly refresh: () => Promise<void>;
  /** What a plan would come to if these files had other texts, or were not there; undefined where nothing is rendered. */
  readonly renderWith: CommandRenders['renderWith'] | undefined;
}

/**
 * Of which rendered objects a command says where they come from: of those with findings, of those of the scope that is
 * asked for (of all, where none is), or of all.
 */
export type OriginsWanted = 'findings' | 'scope' | 'all';

/** A file is one cluster; a folder falls into scopes. Throws a Failure where PATH cannot be read. */
export async function load(path: string, flags: LoadFlags, origins: OriginsWanted = 'scope'): Promise<Loaded> {
  const { loaded, renders, bringUp } = await open(path, flags, origins);
  renders?.end();
  if (!renders) return loaded;
  const rendered = async (plan: WorkspacePlan) => {
    const result = loaded.workspace.rendered(plan.id) ?? (await renders.renderWith(plan, new Map()));
    renders.end();
    return result;
  };
  const bringUpAgain = async () => {
    await bringUp();
    renders.end();
  };
  return { ...loaded, rendered, bringUp: bringUpAgain };
}

export async function follow(path: string, flags: LoadFlags): Promise<Followed> {
  const { loaded, root, list, renders, bringUp } = await open(path, flags, 'all');
  const { workspace } = loaded;
  let known = new Map<string, string>();
  const refresh = async () => {
    const now = new Map<string, string>();
    for (const file of await list()) now.set(file, await stampOf(join(root, file)));
    const changed = [...now].filter(([file, stamp]) => known.get(file) !== stamp).map(([file]) => file);
    for (const file of known.keys()) if (!now.has(file)) workspace.removeFile(file);
    await readInto(workspace, root, changed);
    known = now;
    await bringUp();
  };
  return { ...loaded, refresh, renderWith: renders?.renderWith };
}

/** Another one after each change that a program makes; of a file that cannot be looked at it says that. */
async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return reasonOf(error);
  }
}

async function open(path: string, flags: LoadFlags, origins: OriginsWanted) {
  const began = performance.now();
  const folder = await isFolder(path);
  const { root, configuration, files, unreadable, list } = await sourcesOf(path, folder, flags);
  const single = folder ? (flags.all ? path : undefined) : path;
  const { settings, roots, rules, plans, problems } = configuration;
  const options: WorkspaceOptions = { settings, roots, rules, plans, problems, single };
  const workspace = createWorkspace(options);
  await readInto(workspace, root, files);
  const renders = flags.render === false ? undefined : commandRenders(workspace, root);
  const isTraced = ({ id, name }: Scope) =>
    origins === 'all' || (origins === 'scope' && [undefined, name, id].includes(flags.scope));
  const bringUp = async () => {
    if (renders) await renders.run(isTraced);
    else workspace.update();
  };
  await bringUp();
  const loaded: Loaded = {
    workspace,
    options,
    displayPath: displayPathOf(folder ? join(path, relative(resolve(path), root)) : path, folder),
    isGiven: (file) => !folder || isIn(join(root, file), resolve(path)),
    milliseconds: Math.round(performance.now() - began),
    warnings: [...unreadable.map((item) => `${item.path} is not read: ${item.message}`), ...(renders?.warnings ?? [])],
  };
  return { loaded, root, list, renders, bringUp };
}

/** Where the workspace's paths begin, its settings and its files: those of PATH, and what its kustomizations need beside it. */
async function sourcesOf(path: string, folder: boolean, flags: LoadFlags) {
  const own = folder ? resolve(path) : resolve(path, '..');
  const configured = async (prefix: string) => {
    const given = { ...flags, ...(flags.root && { root: flags.root.map((each) => prefix + each) }) };
    const read = await readConfiguration([{ files: disk, folder: own, prefix }], undefined, settingsOf(given));
    if (read.flagProblems.length > 0) throw new Failure(read.flagProblems.join('\n'));
    return read;
  };
  const plain = await configured('');
  const find = async () => {
    if (!folder) return { root: own, files: [resolve(path)], unreadable: [] };
    const { files, unreadable } = await listed(path, own, plain.exclude);
    const absolute = files.map((file) => join(own, file));
    const more = await beyond(own, absolute, plain.exclude);
    return { root: more.root, files: [...absolute, ...more.files], unreadable };
  };
  const first = await find();
  const { root } = first;
  const prefix = prefixOf(root, own);
  /** What an edit makes a kustomization need from farther away is not read before the next start. */
  const inRoot = (files: readonly string[]): string[] =>
    files.flatMap((file) => (isIn(file, root) ? relative(root, file).replaceAll(sep, '/') : [])).sort(compareStrings);
  return {
    root,
    configuration: prefix === '' ? plain : await configured(prefix),
    files: inRoot(first.files),
    unreadable: first.unreadable,
    list: async () => inRoot((await find()).files),
  };
}

/** The workspace's files in the order of their paths. */
export function sortedFiles(workspace: Workspace): { readonly path: string }[] {
  return [...workspace.files()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

async function listed(path: string, root: string, exclude: readonly string[]) {
  try {
    return await findManifests(disk, root, exclude);
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

async function readInto(workspace: Workspace, root: string, files: readonly string[]): Promise<void> {
  const batch = 64;
  for (let i = 0; i < files.length; i += batch) {
    const paths = files.slice(i, i + batch);
    const texts = await Promise.all(paths.map((file) => disk.read(join(root, file))));
    for (const [k, found] of texts.entries()) {
      if ('text' in found) workspace.setFile(paths[k]!, found.text);
      else workspace.setProblem(paths[k]!, found.problem);
    }
  }
}

/** Paths are printed as the user would write them: on from what was given. */
function displayPathOf(path: string, folder: boolean): (file: string) => string {
  const given = (folder ? path : dirname(path)).replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/+$/, '');
  if (given === '.' || (given === '' && !path.startsWith('/'))) return (file) => file;
  return (file) => `${given}/${file}`;
}

export function settingsOf(flags: LoadFlags): Record<string, unknown> {
  const settings: Record<string, unknown> = {
    kubernetesVersion: flags.kubernetesVersion,
    serviceCIDRs: flags.serviceCidr,
    clusterDomain: flags.clusterDomain,
    proxyMode: flags.proxyMode,
    roots: flags.root,
    exclude: flags.exclude,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** The scope that the flags name, or the only one; throws a Failure that lists them where there are several. */
export function chooseScope(loaded: Pick<Loaded, 'workspace'>, flags: LoadFlags): ScopeState {
  // A chart of nothing but templates is a scope without a file.
  const scopes = loaded.workspace.scopes.filter(({ scope }) => scope.files.length > 0);
  if (flags.scope !== undefined) {
    const chosen = loaded.workspace.scope(flags.scope);
    if (!chosen) throw new Failure(`no scope ${flags.scope}; ${scopeList(scopes)}`);
    return chosen;
  }
  if (scopes.length === 1) return scopes[0]!;
  if (scopes.length === 0) throw new Failure('no Kubernetes manifests there');
  throw new Failure(
    `there are ${scopes.length} scopes: choose one with --scope NAME, or take everything as one cluster with --all; ${scopeList(scopes)}`,
  );
}

function scopeList(scopes: readonly ScopeState[]): string {
  return `scopes:\n${scopes.map(({ scope }) => `  ${scope.name}`).join('\n')}`;
}
