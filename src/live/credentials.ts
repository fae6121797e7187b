/** From a context of the kubeconfig to what a request needs: server, TLS, headers, proxy; made again when they end. */

import http from 'node:http';
import https from 'node:https';
import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { withAuthProvider } from './auth-provider';
import { LiveError, type Redactor } from './errors';
import { runExecPlugin, type ExecCluster, type ExecCredential } from './exec-credentials';
import { chooseContext, readKubeconfig, type KubeContext, type Kubeconfig, type KubeconfigSource } from './kubeconfig';
import { proxyFor } from './proxy-environment';
import { whyRefused } from './refused-credentials';

/** What every request to the API server carries. Never print it. */
export interface Access {
  readonly server: URL;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly agent: http.Agent | https.Agent;
}

export interface CredentialsOptions extends KubeconfigSource {
  readonly context?: string;
  /**
   * Milliseconds from one run of the kubeconfig's program to the next, where its credentials are of no use: 5,000
   * unless said, and each time longer.
   */
  readonly execWait?: number;
}

/** Files with credentials are looked at again after this time, as client-go does with token files. */
const freshFor = 30_000;

/** Programs may ask people something, or open a browser: one whose credentials are not taken is not run again at once. */
const shortestExecWait = 5_000;
const longestExecWait = 300_000;

/** The last run of the kubeconfig's program. */
interface ExecRun {
  readonly began: number;
  /** Milliseconds from then to the next one, where its credentials are of no use. */
  readonly wait: number;
  /** Why it gave none. */
  failure: LiveError | undefined;
}

/** Reads the kubeconfig and keeps the access that comes of it. */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #redactor: Redactor;
  #config: Kubeconfig | undefined;
  #access: { readonly value: Access; readonly tls: string; readonly made: number } | undefined;
  #exec: ExecCredential | undefined;
  #execRun: ExecRun | undefined;
  /** Whose the access is, as the kubeconfig has it. */
  #user: { readonly name: string; readonly user: JsonObject } = { name: '', user: {} };
  #making: Promise<Access> | undefined;

  constructor(options: CredentialsOptions, redactor: Redactor) {
    this.#options = options;
    this.#redactor = redactor;
  }

  async context(): Promise<KubeContext> {
    this.#config ??= await readKubeconfig(this.#options);
    return chooseContext(this.#config, this.#options.context);
  }

  get warnings(): readonly string[] {
    return this.#config?.warnings ?? [];
  }

  /** Throws a LiveError of kind `configuration` or `credentials`, with a message that may be shown. */
  async access(): Promise<Access> {
    const known = this.#access;
    if (known && performance.now() - known.made < freshFor && !this.#hasExpired()) return known.value;
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** The API server took `refused` no more: the files are read and programs are run again. */
  renew(refused: Access): void {
    // Several requests may be refused at once; only the first one starts anew.
    if (this.#access?.value !== refused) return;
    this.#access = { ...this.#access, made: -freshFor };
    this.#exec = undefined;
    this.#config = undefined;
  }

  /** Of credentials that the API server does not take: why that may be, and what to do. */
  whyRefused(): string {
    const { name, user } = this.#user;
    return this.#redactor.text(whyRefused(user, name, this.#exec?.token, Date.now()));
  }

  /** Somebody may have logged in, or mended a file: nothing waits any longer for its next try. */
  tryNow(): void {
    this.#execRun = undefined;
    if (this.#access) this.renew(this.#access.value);
    else this.#config = undefined;
  }

  close(): void {
    this.#access?.value.agent.destroy();
  }

  #hasExpired(): boolean {
    // A minute ahead, so that a clock which is a little slow does no harm; a wrong one is noticed by a 401.
    return this.#exec?.expires !== undefined && this.#exec.expires - Date.now() < 60_000;
  }

  async #make(): Promise<Access> {
    try {
      const context = await this.context();
      return await this.#accessOf(this.#config!, context);
    } catch (error) {
      // Somebody may mend the files.
      this.#config = undefined;
      throw error instanceof LiveError
        ? new LiveError(error.kind, this.#redactor.text(error.message))
        : this.#redactor.error(error, 'credentials');
    }
  }

  async #accessOf(config: Kubeconfig, context: KubeContext): Promise<Access> {
    // 1.2 MB of code that nothing needs before a cluster is asked for.
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const client = new KubeConfig();
    const cluster = config.data.clusters.get(context.cluster);
    if (!cluster) throw new LiveError('configuration', `context ${context.name} names the cluster ${context.cluster}, which is not there`); // prettier-ignore
    if (context.user !== '' && !config.data.users.has(context.user))
      throw new LiveError('configuration', `context ${context.name} names the user ${context.user}, which is not there`); // prettier-ignore
    let user = config.data.users.get(context.user) ?? {};
    this.#user = { name: context.user, user };
    this.#hideSecrets(user);
    if (isJsonObject(user.exec)) user = await this.#withExec(user, user.exec, cluster);
    else user = withAuthProvider(user, context.user, Date.now());
    this.#hideSecrets(user);
    client.loadFromString(JSON.stringify(configFor(cluster, user)), { onInvalidEntry: 'filter' });
    return this.#keep(client, user);
  }

  async #withExec(user: JsonObject, exec: JsonObject, cluster: JsonObject): Promise<JsonObject> {
    if (this.#exec === undefined || this.#hasExpired()) {
      const text = (name: string) => (typeof cluster[name] === 'string' ? cluster[name] : undefined);
      this.#exec = await this.#runExec(exec, {
        server: text('server') ?? '',
        certificateAuthority: text('certificate-authority-data'),
        tlsServerName: text('tls-server-name'),
        skipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
        proxy: text('proxy-url'),
      });
    }
    const { token, certificate, key } = this.#exec;
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const { exec: _, ...rest } = user;
    return {
      ...rest,
      ...(token === undefined ? {} : { token }),
      ...(certificate === undefined ? {} : { 'client-certificate-data': base64(certificate) }),
      ...(key === undefined ? {} : { 'client-key-data': base64(key) }),
    };
  }

  async #runExec(exec: JsonObject, cluster: ExecCluster): Promise<ExecCredential> {
    const last = this.#execRun;
    const began = performance.now();
    const since = last ? began - last.began : Infinity;
    if (last && since < last.wait)
      throw last.failure ?? new LiveError('credentials', `the API server does not accept the credentials: ${this.whyRefused()}`); // prettier-ignore
    // Credentials that were good for a while end by themselves; those that were not come at ever longer intervals.
    const wait =
      last && since < 2 * last.wait + 10_000
        ? Math.min(longestExecWait, last.wait * 2)
        : (this.#options.execWait ?? shortestExecWait);
    const run: ExecRun = { began, wait, failure: undefined };
    this.#execRun = run;
    try {
      return await runExecPlugin(exec, cluster);
    } catch (error) {
      run.failure = error instanceof LiveError ? error : this.#redactor.error(error, 'credentials');
      throw run.failure;
    }
  }

  #hideSecrets(user: JsonObject): void {
    for (const member of ['token', 'password', 'client-key-data']) {
      const value = user[member];
      if (typeof value === 'string') this.#redactor.hide(value);
    }
    const provider = user['auth-provider'];
    if (!isJsonObject(provider) || !isJsonObject(provider.config)) return;
    for (const [name, value] of Object.entries(provider.config)) {
      if (/token|secret|password/.test(name) && name !== 'tokenFile' && typeof value === 'string') this.#redactor.hide(value); // prettier-ignore
    }
  }

  async #keep(client: ClientConfig, user: JsonObject): Promise<Access> {
    const cluster = client.getCurrentCluster();
    if (!cluster) throw new LiveError('configuration', 'the kubeconfig’s cluster names no server');
    const proxy = cluster.proxyUrl ?? proxyFor(cluster.server, this.#options.environment ?? process.env);
    // client-node refuses plain HTTP otherwise; kubectl, and so `kubectl proxy`, does not.
    const plain = cluster.server.startsWith('http:');
    client.clusters = [{ ...cluster, skipTLSVerify: cluster.skipTLSVerify || plain, ...(proxy === undefined ? {} : { proxyUrl: proxy }) }]; // prettier-ignore
    const request: https.RequestOptions = {};
    await client.applyToHTTPSOptions(request);
    const given = textHeaders(request.headers);
    if (typeof request.auth === 'string') given.Authorization = `Basic ${Buffer.from(request.auth).toString('base64')}`;
    this.#redactor.hide(given.Authorization?.replace(/^\S+ /, ''));
    const headers = { ...given, ...impersonation(user) };
    const tls = JSON.stringify([cluster.server, proxy, request.ca, request.cert, request.key, request.servername, request.rejectUnauthorized]); // prettier-ignore
    const before = this.#access;
    const agent = before?.tls === tls ? before.value.agent : agentOf(request, proxy, plain);
    const value = { server: new URL(cluster.server), headers, agent };
    this.#access = { value, tls, made: performance.now() };
    return value;
  }
}

/** The part of client-node's KubeConfig that is used here. */
interface ClientConfig {
  clusters: ClientCluster[];
  getCurrentCluster(): ClientCluster | null;
  applyToHTTPSOptions(options: https.RequestOptions): Promise<void>;
}

interface ClientCluster {
  readonly name: string;
  readonly server: string;
  readonly skipTLSVerify: boolean;
  readonly proxyUrl?: string;
}

/** One context, one cluster, one user: what client-node does with a context without a user is of no use. */
function configFor(cluster: JsonObject, user: JsonObject): JsonObject {
  const name = 'chosen';
  const { tokenFile, ...rest } = user;
  // As client-go has it, the file counts before the token; client-node reads it again every minute.
  const withFile =
    typeof tokenFile === 'string'
      ? { ...rest, token: undefined, 'auth-provider': { name: 'tokenFile', config: { tokenFile } } }
      : rest;
  return JSON.parse(
    JSON.stringify({
      clusters: [{ name, cluster }],
      users: [{ name, user: withFile }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    }),
  ) as JsonObject;
}

function textHeaders(headers: unknown): Record<string, string> {
  if (!isJsonObject(headers)) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).trim()]));
}

/** Models k8s.io/client-go/transport/round_trippers.go impersonatingRoundTripper (v1.37). */
function impersonation(user: JsonObject): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {};
  if (typeof user.as === 'string' && user.as !== '') headers['Impersonate-User'] = user.as;
  const groups = textsOf(user['as-groups']);
  if (groups.length > 0) headers['Impersonate-Group'] = groups;
  if (typeof user['as-uid'] === 'string') headers['Impersonate-Uid'] = user['as-uid'];
  const extra = user['as-user-extra'];
  for (const [name, values] of Object.entries(isJsonObject(extra) ? extra : {})) {
    headers[`Impersonate-Extra-${encodeURIComponent(name)}`] = textsOf(values);
  }
  return headers;
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map((item: JsonValue) => String(item)) : [];
}

/** Connections are kept: client-node's own agent would make a new one for each request. */
function agentOf(request: https.RequestOptions, proxy: string | undefined, plain: boolean): http.Agent | https.Agent {
  if (proxy !== undefined && request.agent instanceof http.Agent) return request.agent;
  // Each watch keeps a connection for itself, and there may be some twenty in each of many namespaces.
  const kept = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: Infinity };
  if (plain) return new http.Agent(kept);
  const { ca, cert, key, servername, rejectUnauthorized } = request;
  return new https.Agent({
    ...kept,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  });
}
