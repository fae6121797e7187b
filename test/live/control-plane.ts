/**
 * A real control plane on loopback, without root: etcd, kube-apiserver and kube-controller-manager, with users of a
 * token file. Read by Node itself too (the benchmark), so it imports nothing of the project.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, type Authority } from './certificates.ts';
import { findPrograms } from './programs.mts';

export { findPrograms };

export interface User {
  readonly name: string;
  readonly token: string;
  readonly groups?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export class ControlPlane {
  readonly folder: string;
  readonly #programs: string;
  readonly #ports: { readonly api: number; readonly etcd: number; readonly peer: number; readonly manager: number };
  readonly #users: readonly User[];
  readonly #processes = new Map<string, ChildProcess>();
  readonly #privateKey: string;
  readonly #authority: Authority = makeAuthority('clients-of-the-test');
  readonly #isAudited: boolean;

  private constructor(
    folder: string,
    found: string,
    ports: readonly number[],
    users: readonly User[],
    key: string,
    isAudited: boolean,
  ) {
    this.folder = folder;
    this.#programs = found;
    this.#ports = { api: ports[0]!, etcd: ports[1]!, peer: ports[2]!, manager: ports[3]! };
    this.#users = users;
    this.#privateKey = key;
    this.#isAudited = isAudited;
  }

  /** `users` beside `admin`; `audit`: every request is written down, for `requests`. Takes some ten seconds. */
  static async start(users: readonly User[] = [], { audit = false } = {}): Promise<ControlPlane> {
    const found = findPrograms();
    if ('missing' in found) throw new Error(found.missing);
    const folder = await mkdtemp(join(tmpdir(), 'service-topology-live-'));
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await writeFile(join(folder, 'sa.key'), privateKey);
    await writeFile(join(folder, 'sa.pub'), publicKey);
    const all = [{ name: 'admin', token: 'admin-token-of-the-test', groups: 'system:masters' }, ...users];
    const lines = all.map(({ name, token, groups }) => `${token},${name},${name}-uid,"${groups ?? ''}"`);
    await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`);
    const plane = new ControlPlane(folder, found.folder, await freePorts(4), all, privateKey, audit);
    await writeFile(join(folder, 'clients.crt'), plane.#authority.certificate);
    await writeFile(join(folder, 'audit-policy.json'), JSON.stringify(auditPolicy));
    try {
      plane.#startEtcd();
      await plane.startApiServer();
      await plane.#startManager();
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  get server(): string {
    return `https://127.0.0.1:${this.#ports.api}`;
  }

  token(user: string): string {
    return this.#users.find(({ name }) => name === user)!.token;
  }

  async stop(): Promise<void> {
    for (const name of [...this.#processes.keys()].reverse()) await this.#end(name, 'SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  async startApiServer(): Promise<void> {
    const { api, etcd } = this.#ports;
    const { folder } = this;
    this.#spawn('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${etcd}`, `--secure-port=${api}`, '--bind-address=127.0.0.1',
      '--service-cluster-ip-range=10.96.0.0/12,fd00:10:96::/108', `--cert-dir=${folder}/certs`,
      `--service-account-key-file=${folder}/sa.pub`, `--service-account-signing-key-file=${folder}/sa.key`,
      '--service-account-issuer=https://kubernetes.default.svc', `--token-auth-file=${folder}/tokens.csv`,
      '--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount', '--endpoint-reconciler-type=none',
      '--allow-privileged=true', `--client-ca-file=${folder}/clients.crt`,
      ...(this.#isAudited ? [`--audit-policy-file=${folder}/audit-policy.json`, `--audit-log-path=${folder}/audit.log`] : []),
    ]); // prettier-ignore
    await until('the API server', async () => (await this.call('GET', '/readyz')).status === 200);
  }

  /** As a rolling update would: it closes its connections. */
  async stopApiServer(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#end('kube-apiserver', signal);
  }

  /** The program hangs, with all its connections open, until `resume`. */
  pause(program: 'kube-apiserver' | 'kube-controller-manager'): void {
    this.#processes.get(program)?.kill('SIGSTOP');
  }

  resume(program: 'kube-apiserver' | 'kube-controller-manager'): void {
    this.#processes.get(program)?.kill('SIGCONT');
  }

  /** Throws away what etcd knows of the past: watches and pages from before get 410. */
  async compact(): Promise<void> {
    const status = await etcdCall(this.#ports.etcd, '/v3/kv/range', { key: Buffer.from('/').toString('base64') });
    const { revision } = status.header as { revision: string };
    await etcdCall(this.#ports.etcd, '/v3/kv/compaction', { revision, physical: true });
  }

  /** A request of the user `admin`, as JSON. */
  async call(method: string, path: string, body?: unknown, token = 'admin-token-of-the-test'): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return new Promise((resolve, reject) => {
      const request = https.request(
        `${this.server}${path}`,
        { method, agent, headers: { Authorization: `Bearer ${token}`, 'Content-Type': type }, rejectUnauthorized: false },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const answer = Buffer.concat(parts).toString('utf8');
            const isJson = response.headers['content-type']?.includes('json') === true;
            const parsed = isJson ? (JSON.parse(answer) as Record<string, unknown>) : { text: answer };
            resolve({ status: response.statusCode ?? 0, body: parsed });
          });
          response.on('error', reject);
        },
      ); // prettier-ignore
      request.setTimeout(20_000, () => request.destroy(new Error('no answer')));
      request.on('error', reject);
      request.end(text);
    });
  }

  /** Creates the object, its status too; throws what the API server says against it. */
  async create(object: KubernetesBody): Promise<Record<string, unknown>> {
    const path = collectionPath(object);
    const made = await this.call('POST', path, object);
    if (made.status >= 300) throw new Error(`${object.kind} ${object.metadata.name}: ${String(made.body.message)}`);
    if (object.status === undefined) return made.body;
    const status = await this.call('PATCH', `${path}/${object.metadata.name}/status`, { status: object.status });
    if (status.status >= 300) throw new Error(`${object.kind} ${object.metadata.name}: ${String(status.body.message)}`);
    return status.body;
  }

  /** Writes a kubeconfig of one context, `test`, whose user is what is given. */
  async kubeconfig(name: string, user: Record<string, unknown>, namespace?: string): Promise<string> {
    const path = join(this.folder, `${name}.kubeconfig`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: this.server, 'certificate-authority': 'certs/apiserver.crt' } }],
      users: [{ name, user }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: name, ...(namespace ? { namespace } : {}) } }],
      'current-context': 'test',
    };
    await writeFile(path, JSON.stringify(config));
    return path;
  }

  /**
   * A service account's token that the API server accepts for some seconds from now. It grants a minute more than the
   * token says, so the token is already past its end.
   */
  async shortToken(namespace: string, account: string, seconds: number): Promise<string> {
    const found = await this.call('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`);
    const { uid } = found.body.metadata as { uid: string };
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: ['https://kubernetes.default.svc'],
      exp: now + seconds - 60,
      iat: now - 120,
      nbf: now - 120,
      iss: 'https://kubernetes.default.svc',
      'kubernetes.io': { namespace, serviceaccount: { name: account, uid } },
      sub: `system:serviceaccount:${namespace}:${account}`,
    };
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(this.#privateKey, 'base64url')}`;
  }

  /** A certificate that the API server takes for the user, with its key; PEM. */
  clientCertificate(
    user: string,
    groups: readonly string[] = [],
  ): { readonly certificate: string; readonly key: string } {
    return this.#authority.issue(user, groups);
  }

  /** What the API server was asked, as its audit log has it, by a program of this User-Agent (undefined: one that names none). */
  async requests(userAgent: string | undefined): Promise<readonly AuditedRequest[]> {
    const lines = (await readFile(join(this.folder, 'audit.log'), 'utf8')).split('\n').filter((line) => line !== '');
    const events = lines.map((line) => JSON.parse(line) as AuditedRequest & { readonly userAgent?: string });
    return events.filter((event) => event.userAgent === userAgent);
  }

  async log(program: string): Promise<string> {
    return readFile(join(this.folder, `${program}.log`), 'utf8');
  }

  #startEtcd(): void {
    const client = `http://127.0.0.1:${this.#ports.etcd}`;
    const peer = `http://127.0.0.1:${this.#ports.peer}`;
    this.#spawn('etcd', [
      '--data-dir', `${this.folder}/etcd`, '--unsafe-no-fsync', '--listen-client-urls', client,
      '--advertise-client-urls', client, '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer,
      '--initial-cluster', `default=${peer}`,
    ]); // prettier-ignore
  }

  async #startManager(): Promise<void> {
    const config = await this.kubeconfig('manager', { token: this.token('admin') });
    this.#spawn('kube-controller-manager', [
      `--kubeconfig=${config}`, '--leader-elect=false', `--secure-port=${this.#ports.manager}`,
      // Nobody reports nodes here, and nobody would run what these make.
      '--controllers=*,-node-lifecycle-controller,-node-ipam-controller',
      `--service-account-private-key-file=${this.folder}/sa.key`, '--concurrent-service-endpoint-syncs=20',
      '--kube-api-qps=500', '--kube-api-burst=500',
    ]); // prettier-ignore
  }

  #spawn(program: string, args: readonly string[]): void {
    const log = createWriteStream(join(this.folder, `${program}.log`), { flags: 'a' });
    const child = spawn(join(this.#programs, program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#processes.set(program, child);
  }

  async #end(program: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#processes.get(program);
    this.#processes.delete(program);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    if (signal !== 'SIGKILL') setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
    await ended;
  }
}

export interface AuditedRequest {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  // A watch is written down when it starts, whether or not it ends before somebody looks.
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export interface KubernetesBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Record<string, unknown>;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

const agent = new https.Agent({ keepAlive: true, maxSockets: 32 });

const plurals: Record<string, string> = {
  NetworkPolicy: 'networkpolicies',
  Ingress: 'ingresses',
  IngressClass: 'ingressclasses',
  Endpoints: 'endpoints',
};

export function collectionPath({ apiVersion, kind, metadata }: KubernetesBody): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return metadata.namespace === undefined ? `${base}/${plural}` : `${base}/namespaces/${metadata.namespace}/${plural}`;
}

/** Waits until the test holds; tells what for, where it does not within the seconds. */
export async function until(what: string, test: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const held = await Promise.resolve()
      .then(test)
      .catch(() => false);
    if (held) return;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => {
            resolve(server);
          });
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function etcdCall(port: number, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const value = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`etcd: ${JSON.stringify(value)}`);
  return value;
}
