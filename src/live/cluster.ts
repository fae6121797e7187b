/** A live cluster: its objects as they are and as they change, read with get, list and watch alone. */

import type { KubernetesObject, ObjectKey } from '#model/object';
import { Connection } from './connection';
import { Credentials, type CredentialsOptions } from './credentials';
import { dryRun, type DryRun } from './dry-run';
import { endpointsAsSlices } from './endpoints-as-slices';
import { LiveError, Redactor } from './errors';
import { endpointsKind } from './kinds';
import { Reflector, type ReflectorOptions, type ReflectorTimes } from './reflector';
import { kindStatus, overall, type LiveStatus } from './status';
import { findTargets, type Target, type Targets } from './targets';

export interface LiveOptions extends CredentialsOptions {
  /** Undefined: all that may be read. */
  readonly namespaces?: readonly string[];
  /** Milliseconds from the first of several changes to their being told together; 50 unless said. */
  readonly batch?: number;
  readonly pageSize?: number;
  readonly times?: Partial<ReflectorTimes & { readonly heartbeat: number; readonly heartbeatTimeout: number }>;
}

/** An object that changed is in both lists. */
export interface LiveChange {
  readonly added: readonly KubernetesObject[];
  readonly removed: readonly KubernetesObject[];
}

export interface LiveCluster {
  readonly context: string;
  /** What the context names, or `default`. */
  readonly defaultNamespace: string;
  /** `v1.37.2`. */
  readonly version: string;
  /** What is known at the moment; after a loss, what was known last: `status` tells which. */
  objects(): Iterable<KubernetesObject>;
  /** Tells changes in batches, and changes of the status (with empty lists). Gives the function that ends it. */
  onChange(listener: (change: LiveChange, status: LiveStatus) => void): () => void;
  status(): LiveStatus;
  /** What the API server says to applying these objects; nothing is stored. Throws a LiveError. */
  dryRun(objects: readonly KubernetesObject[]): Promise<readonly DryRun[]>;
  /** Where it is not live: asks again at once, with credentials that are looked for anew. */
  tryNow(): void;
  /** Resolves once every kind has been listed, or is known not to be had. */
  ready(): Promise<void>;
  stop(): void;
}

/**
 * Connects, asks what may be read, and goes on watching until `stop`. Throws a LiveError where the kubeconfig, the
 * credentials or the first question fail; its message is fit for people and logs.
 */
export async function watchCluster(options: LiveOptions = {}): Promise<LiveCluster> {
  const cluster = await connect(options, ['list', 'watch']);
  cluster.start();
  return cluster;
}

/**
 * Reads all once, and keeps no connection. Throws a LiveError where any kind fails for another reason than that it may
 * not be read.
 */
export async function readCluster(options: LiveOptions = {}): Promise<LiveCluster> {
  const cluster = await connect(options, ['list']);
  try {
    await cluster.readOnce();
  } catch (error) {
    cluster.stop();
    throw error;
  }
  return cluster;
}

async function connect(options: LiveOptions, verbs: readonly ('list' | 'watch')[]): Promise<Cluster> {
  const redactor = new Redactor();
  const credentials = new Credentials(options, redactor);
  try {
    const context = await credentials.context();
    const connection = new Connection(credentials, redactor);
    const { gitVersion } = await connection.get('/version', { timeout: 10_000 });
    const fallback = context.namespace ?? 'default';
    const review = () => findTargets(connection, verbs, options.namespaces, fallback);
    return new Cluster(options, credentials, connection, await review(), review, {
      context: context.name,
      defaultNamespace: fallback,
      version: typeof gitVersion === 'string' ? gitVersion : '',
      server: await connection.server(),
    });
  } catch (error) {
    credentials.close();
    throw error;
  }
}

interface Facts {
  readonly context: string;
  readonly defaultNamespace: string;
  readonly version: string;
  readonly server: string;
}

class Cluster implements LiveCluster {
  readonly context: string;
  readonly defaultNamespace: string;
  readonly #facts: Facts;
  readonly #options: LiveOptions;
  readonly #credentials: Credentials;
  readonly #connection: Connection;
  /** Asks again what may be read. */
  readonly #review: () => Promise<Targets>;
  #targets: Targets;
  #reflectors: readonly Reflector[];
  readonly #objects = new Map<ObjectKey, KubernetesObject>();
  readonly #listeners = new Set<(change: LiveChange, status: LiveStatus) => void>();
  /** Since the last batch: what was known of a key before, undefined for nothing. */
  readonly #before = new Map<ObjectKey, KubernetesObject | undefined>();
  #batch: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #nextReview: NodeJS.Timeout | undefined;
  #stopped = false;
  #version: string;

  constructor(
    options: LiveOptions,
    credentials: Credentials,
    connection: Connection,
    targets: Targets,
    review: () => Promise<Targets>,
    facts: Facts,
  ) {
    this.#options = options;
    this.#credentials = credentials;
    this.#connection = connection;
    this.#targets = targets;
    this.#review = review;
    this.#facts = facts;
    this.context = facts.context;
    this.defaultNamespace = facts.defaultNamespace;
    this.#version = facts.version;
    this.#reflectors = targets.allowed.map((target) => new Reflector(this.#reflectorOptions(target)));
  }

  get version(): string {
    return this.#version;
  }

  objects(): Iterable<KubernetesObject> {
    return this.#objects.values();
  }

  onChange(listener: (change: LiveChange, status: LiveStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status(): LiveStatus {
    const { context, server } = this.#facts;
    const kinds = [
      ...this.#reflectors.map(({ kind, namespace, state, objectCount }) => kindStatus(kind, namespace, state, objectCount)),
      ...this.#targets.refused.map(({ kind, namespace, message }) => kindStatus(kind, namespace, { kind: 'forbidden', message }, 0)),
    ]; // prettier-ignore
    const all = this.#stopped ? ({ state: 'stopped', since: undefined, message: undefined } as const) : overall(kinds);
    return { context, server, version: this.#version, namespaces: this.#targets.namespaces, ...all, kinds };
  }

  async dryRun(objects: readonly KubernetesObject[]): Promise<readonly DryRun[]> {
    return dryRun(this.#connection, objects);
  }

  tryNow(): void {
    if (this.#stopped || this.status().state === 'live') return;
    this.#credentials.tryNow();
    for (const reflector of this.#reflectors) reflector.tryNow();
    clearTimeout(this.#heartbeat);
    void this.#beat();
  }

  async ready(): Promise<void> {
    await Promise.all(this.#reflectors.map(({ settled }) => settled));
    this.#flush();
  }

  start(): void {
    for (const reflector of this.#reflectors) reflector.start();
    this.#scheduleHeartbeat();
    this.#scheduleReview();
  }

  async readOnce(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.listOnce()));
    this.#flush();
    this.#credentials.close();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#batch);
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#nextReview);
    for (const reflector of this.#reflectors) reflector.stop();
    this.#credentials.close();
    this.#tell({ added: [], removed: [] });
    this.#listeners.clear();
  }

  #reflectorOptions({ kind, namespace }: Target): ReflectorOptions {
    return {
      connection: this.#connection,
      context: this.#facts.context,
      kind,
      namespace,
      pageSize: this.#options.pageSize,
      times: this.#options.times,
      onChange: (removed, added) => {
        if (kind !== endpointsKind) this.#take(removed, added);
        else this.#take(removed.flatMap(endpointsAsSlices), added.flatMap(endpointsAsSlices));
      },
      onState: () => {
        this.#schedule();
      },
    };
  }

  #take(removed: readonly KubernetesObject[], added: readonly KubernetesObject[]): void {
    for (const { key } of [...removed, ...added]) {
      if (!this.#before.has(key)) this.#before.set(key, this.#objects.get(key));
    }
    for (const { key } of removed) this.#objects.delete(key);
    for (const object of added) this.#objects.set(object.key, object);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#batch ??= setTimeout(() => {
      this.#flush();
    }, this.#options.batch ?? 50);
  }

  #flush(): void {
    clearTimeout(this.#batch);
    this.#batch = undefined;
    const added: KubernetesObject[] = [];
    const removed: KubernetesObject[] = [];
    for (const [key, before] of this.#before) {
      const after = this.#objects.get(key);
      if (before === after) continue;
      if (before) removed.push(before);
      if (after) added.push(after);
    }
    this.#before.clear();
    this.#tell({ added, removed });
  }

  #tell(change: LiveChange): void {
    const status = this.status();
    for (const listener of this.#listeners) listener(change, status);
  }

  /** A server that hangs closes no watch, and one that takes the credentials no more goes on serving those that are open. */
  #scheduleHeartbeat(): void {
    clearTimeout(this.#heartbeat);
    this.#heartbeat = setTimeout(() => {
      void this.#beat();
    }, this.#options.times?.heartbeat ?? 10_000);
  }

  async #beat(): Promise<void> {
    try {
      const { gitVersion } = await this.#connection.get('/version', {
        timeout: this.#options.times?.heartbeatTimeout ?? 5_000,
      });
      if (typeof gitVersion === 'string') this.#version = gitVersion;
      for (const reflector of this.#reflectors) reflector.trust();
    } catch (error) {
      const failure = error instanceof LiveError ? error : new LiveError('network', 'the API server does not answer');
      // Who may not read the version may still watch.
      if (failure.kind !== 'forbidden' && failure.kind !== 'absent')
        for (const reflector of this.#reflectors) reflector.doubt(failure);
    }
    if (!this.#stopped) this.#scheduleHeartbeat();
  }

  /** Who was refused something may be given it later. */
  #scheduleReview(): void {
    if (this.#stopped || this.#targets.refused.length === 0) return;
    this.#nextReview = setTimeout(() => {
      void this.#reviewAgain();
    }, this.#options.times?.retryRefused ?? 120_000);
  }

  async #reviewAgain(): Promise<void> {
    // A server that does not answer is asked again; that it is lost, others tell.
    const targets = await this.#review().catch(() => undefined);
    if (this.#stopped) return;
    if (targets) this.#retarget(targets);
    this.#scheduleReview();
  }

  #retarget(targets: Targets): void {
    const isRead = (target: Target) => this.#reflectors.some((reflector) => isSame(reflector, target));
    const come = targets.allowed.filter((target) => !isRead(target)).map((target) => new Reflector(this.#reflectorOptions(target))); // prettier-ignore
    const wider = new Set(come.filter(({ namespace }) => namespace === undefined).map(({ kind }) => kind.resource));
    const isWidened = ({ kind, namespace }: Target) =>
      namespace !== undefined && !kind.only && wider.has(kind.resource);
    // An open watch goes on after the right to it is taken away; what it tells is no longer ours to show.
    const isRevoked = (target: Target) => !targets.allowed.some((allowed) => isSame(allowed, target));
    const gone = this.#reflectors.filter((reflector) => isWidened(reflector) || isRevoked(reflector));
    for (const reflector of gone) reflector.forget();
    this.#targets = targets;
    this.#reflectors = [...this.#reflectors.filter((reflector) => !gone.includes(reflector)), ...come];
    for (const reflector of come) reflector.start();
    this.#schedule();
  }
}

function isSame(a: Target, b: Target): boolean {
  return a.kind === b.kind && a.namespace === b.namespace;
}
