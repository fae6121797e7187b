/** Runs the program that a kubeconfig names for its credentials: with a time limit, and never asking anybody anything. */

import { spawn } from 'node:child_process';
import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { LiveError } from './errors';

/** Never print it. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds since 1970; undefined: until the API server refuses it. */
  readonly expires: number | undefined;
}

export interface ExecCluster {
  readonly server: string;
  readonly certificateAuthority: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly skipTlsVerify: boolean;
  readonly proxy: string | undefined;
}

const timeLimit = 30_000;
const largestAnswer = 1 << 20;

/**
 * Throws a LiveError of kind `credentials`; what the program wrote to its standard error is in the message, so the
 * message has to go through a Redactor.
 * Models k8s.io/client-go/plugin/pkg/client/auth/exec/exec.go Authenticator.refreshCredsLocked (v1.37).
 */
export async function runExecPlugin(exec: JsonObject, cluster: ExecCluster): Promise<ExecCredential> {
  const command = typeof exec.command === 'string' ? exec.command : '';
  if (command === '') throw new LiveError('credentials', 'the kubeconfig’s exec entry names no command');
  if (exec.interactiveMode === 'Always')
    throw new LiveError('credentials', `${command} needs a terminal (interactiveMode: Always): run kubectl once first`);
  const version = typeof exec.apiVersion === 'string' ? exec.apiVersion : 'client.authentication.k8s.io/v1';
  const args = Array.isArray(exec.args) ? exec.args.map((value: JsonValue) => String(value)) : [];
  const information = {
    apiVersion: version,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: described(cluster, exec) } : {}) },
  };
  const environment = {
    ...process.env,
    ...givenEnvironment(exec.env),
    KUBERNETES_EXEC_INFO: JSON.stringify(information),
  };
  return credentialOf(await run(command, args, environment, exec), command, version);
}

function described(cluster: ExecCluster, exec: JsonObject): JsonObject {
  return {
    server: cluster.server,
    ...(cluster.certificateAuthority === undefined ? {} : { 'certificate-authority-data': cluster.certificateAuthority }),
    ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.skipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(cluster.proxy === undefined ? {} : { 'proxy-url': cluster.proxy }),
    ...(exec.config === undefined ? {} : { config: exec.config }),
  }; // prettier-ignore
}

function givenEnvironment(list: JsonValue | undefined): Record<string, string> {
  if (!Array.isArray(list)) return {};
  const entries = (list as readonly JsonValue[]).flatMap((entry) =>
    isJsonObject(entry) && typeof entry.name === 'string' && typeof entry.value === 'string'
      ? [[entry.name, entry.value] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, exec: JsonObject): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (message: string) => {
      reject(new LiveError('credentials', message));
    };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let output = '';
    let errors = '';
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      fail(`${command} gave no credentials within ${timeLimit / 1000} seconds`);
    }, timeLimit);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < largestAnswer) output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (errors.length < 2000) errors += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      const hint = typeof exec.installHint === 'string' ? `; ${exec.installHint.trim()}` : '';
      fail(error.code === 'ENOENT' ? `${command} is not installed${hint}` : `${command} cannot be run: ${error.code ?? error.message}`); // prettier-ignore
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code === 0) resolve(output);
      else fail(`${command} failed with ${code === null ? String(signal) : `exit code ${code}`}: ${errors.trim().slice(0, 500)}`); // prettier-ignore
    });
  });
}

/** The answer itself never gets into a message. */
function credentialOf(output: string, command: string, version: string): ExecCredential {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw new LiveError('credentials', `${command} answered something else than an ExecCredential`);
  }
  const status = isJsonObject(answer) ? answer.status : undefined;
  if (!isJsonObject(answer) || answer.kind !== 'ExecCredential' || !isJsonObject(status))
    throw new LiveError('credentials', `${command} answered something else than an ExecCredential with a status`);
  if (answer.apiVersion !== version)
    throw new LiveError('credentials', `${command} answered in ${String(answer.apiVersion)}, the kubeconfig says ${version}`); // prettier-ignore
  const text = (name: string) => (typeof status[name] === 'string' && status[name] !== '' ? status[name] : undefined);
  const expires = Date.parse(text('expirationTimestamp') ?? '');
  const credential = {
    token: text('token'),
    certificate: text('clientCertificateData'),
    key: text('clientKeyData'),
    expires: Number.isNaN(expires) ? undefined : expires,
  };
  if (credential.token === undefined && (credential.certificate === undefined || credential.key === undefined))
    throw new LiveError('credentials', `${command} gave neither a token nor a certificate with its key`);
  return credential;
}
