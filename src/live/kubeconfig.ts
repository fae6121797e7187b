/** Reads kubeconfig files as kubectl does: a list of files, the first one to say something wins, missing ones are skipped. */

import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { LiveError } from './errors';

export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  /** What the context says; kubectl takes `default` where it says nothing. */
  readonly namespace: string | undefined;
}

/** The files as one. Holds credentials in `data`: never print it. */
export interface Kubeconfig {
  readonly contexts: readonly KubeContext[];
  readonly currentContext: string | undefined;
  /** Those that were read. */
  readonly files: readonly string[];
  /** About files that are not YAML and entries that cannot be used; without any of their text. */
  readonly warnings: readonly string[];
  readonly data: KubeconfigData;
}

/** Entries by their names, paths made absolute, as they stand in the files. */
export interface KubeconfigData {
  readonly clusters: ReadonlyMap<string, JsonObject>;
  readonly users: ReadonlyMap<string, JsonObject>;
}

export interface KubeconfigSource {
  /** One file, or a list as in KUBECONFIG; a single file has to be there. Undefined: what kubectl would take. */
  readonly path?: string;
  readonly environment?: Environment;
  /** Where a pod finds token and certificate of its service account; where every pod does unless said. */
  readonly accountFolder?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const inClusterContext = 'in-cluster';
const usualAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Throws a LiveError of kind `configuration` where there is none.
 * Models k8s.io/client-go/tools/clientcmd/loader.go ClientConfigLoadingRules.Load (v1.37).
 */
export async function readKubeconfig({
  path,
  environment = process.env,
  accountFolder = usualAccountFolder,
}: KubeconfigSource = {}): Promise<Kubeconfig> {
  const given = path ?? (environment.KUBECONFIG === '' ? undefined : environment.KUBECONFIG);
  const home = environment.HOME ?? homedir();
  const paths = [...new Set((given ?? join(home, '.kube', 'config')).split(delimiter).filter((part) => part !== ''))];
  const merged = new Merger();
  for (const file of paths) {
    const text = await readText(file, path !== undefined && paths.length === 1);
    if (text !== undefined) merged.add(resolve(file), text);
  }
  const inCluster = merged.files.length === 0 ? await ofPod(environment, accountFolder) : undefined;
  if (inCluster) return inCluster;
  if (merged.files.length === 0) throw new LiveError('configuration', `there is no kubeconfig: ${paths.join(', ')} not found`); // prettier-ignore
  return merged.result();
}

/** The context of this name, or the current one; throws a LiveError that lists what there is. */
export function chooseContext(config: Kubeconfig, name: string | undefined): KubeContext {
  const wanted = name ?? config.currentContext;
  const found = config.contexts.find((context) => context.name === wanted);
  if (found) return found;
  const list = config.contexts.map((context) => context.name).join(', ') || 'none';
  const said =
    wanted === undefined ? 'the kubeconfig names no current context' : `no context ${wanted} in the kubeconfig`;
  throw new LiveError('configuration', [`${said}; contexts: ${list}`, ...config.warnings].join('; '));
}

async function readText(file: string, needed: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ENOENT' && !needed) return undefined;
    throw new LiveError('configuration', `cannot read the kubeconfig ${file}: ${code}`);
  }
}

class Merger {
  readonly files: string[] = [];
  readonly #warnings: string[] = [];
  readonly #clusters = new Map<string, JsonObject>();
  readonly #users = new Map<string, JsonObject>();
  readonly #contexts = new Map<string, KubeContext>();
  #current: string | undefined;

  add(file: string, text: string): void {
    this.files.push(file);
    const value = parsed(text);
    if (!isJsonObject(value)) {
      this.#warnings.push(`${file} is no kubeconfig`);
      return;
    }
    const folder = dirname(file);
    for (const [name, cluster] of entries(value.clusters, 'cluster')) {
      if (!this.#clusters.has(name)) this.#clusters.set(name, withPaths(cluster, folder, ['certificate-authority']));
    }
    for (const [name, user] of entries(value.users, 'user')) {
      if (!this.#users.has(name)) this.#users.set(name, userWithPaths(user, folder));
    }
    for (const [name, context] of entries(value.contexts, 'context')) {
      if (this.#contexts.has(name)) continue;
      const { cluster, user, namespace } = context;
      if (typeof cluster !== 'string') this.#warnings.push(`context ${name} of ${file} names no cluster`);
      else this.#contexts.set(name, { name, cluster, user: textOf(user) ?? '', namespace: textOf(namespace) });
    }
    this.#current ??= textOf(value['current-context']);
  }

  result(): Kubeconfig {
    return {
      contexts: [...this.#contexts.values()],
      currentContext: this.#current,
      files: this.files,
      warnings: this.#warnings,
      data: { clusters: this.#clusters, users: this.#users },
    };
  }
}

/** The parser's own message quotes the text, which may hold a token. */
function parsed(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent' });
  return document.errors.length > 0 ? undefined : (document.toJS() as unknown);
}

function* entries(list: JsonValue | undefined, member: string): Iterable<[string, JsonObject]> {
  if (!Array.isArray(list)) return;
  for (const entry of list as readonly JsonValue[]) {
    if (!isJsonObject(entry) || typeof entry.name !== 'string') continue;
    const value = entry[member];
    yield [entry.name, isJsonObject(value) ? value : {}];
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Paths are relative to their file. Models clientcmd/loader.go ResolvePaths (v1.37). */
function withPaths(entry: JsonObject, folder: string, members: readonly string[]): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...entry };
  for (const member of members) {
    const value = textOf(entry[member]);
    if (value !== undefined && !isAbsolute(value)) result[member] = join(folder, value);
  }
  return result;
}

function userWithPaths(user: JsonObject, folder: string): JsonObject {
  const placed = withPaths(user, folder, ['client-certificate', 'client-key', 'tokenFile']);
  const { exec } = placed;
  if (!isJsonObject(exec)) return placed;
  const command = textOf(exec.command);
  // A bare name is looked for on the PATH.
  const isPath = command !== undefined && /[\\/]/.test(command) && !isAbsolute(command);
  return isPath ? { ...placed, exec: { ...exec, command: join(folder, command) } } : placed;
}

/**
 * The account of the pod that we run in; undefined where this is none.
 * Models k8s.io/client-go/rest/config.go InClusterConfig (v1.37).
 */
async function ofPod(environment: Environment, folder: string): Promise<Kubeconfig | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port || !(await exists(join(folder, 'token')))) return undefined;
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authority = join(folder, 'ca.crt');
  const cluster = { server, ...((await exists(authority)) ? { 'certificate-authority': authority } : {}) };
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').then((text) => text.trim(), () => undefined); // prettier-ignore
  return {
    contexts: [{ name: inClusterContext, cluster: inClusterContext, user: inClusterContext, namespace }],
    currentContext: inClusterContext,
    files: [],
    warnings: [],
    data: {
      clusters: new Map([[inClusterContext, cluster]]),
      // The kubelet writes a new token long before the old one ends.
      users: new Map([[inClusterContext, { tokenFile: join(folder, 'token') }]]),
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
