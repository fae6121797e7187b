/** Requests to one API server: JSON, and lines of a watch; raw, since client-node's lists and watches differ in shape. */

import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createGunzip } from 'node:zlib';
import { isJsonObject, type JsonObject } from '#base/json';
import type { Access, Credentials } from './credentials';
import { LiveError, type Redactor } from './errors';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  readonly signal?: AbortSignal;
  /** Milliseconds until the answer has to begin; and, of a JSON answer, between two parts of it. */
  readonly timeout?: number;
  /** Whether the answer may be long: the API server packs it then, unless it runs on this very machine. */
  readonly pack?: boolean;
}

/** What is sent along. */
interface Body {
  readonly method: 'POST' | 'PATCH';
  readonly type: string;
  readonly text: string;
}

const defaultTimeout = 20_000;

export class Connection {
  readonly #credentials: Credentials;
  readonly #redactor: Redactor;

  constructor(credentials: Credentials, redactor: Redactor) {
    this.#credentials = credentials;
    this.#redactor = redactor;
  }

  async server(): Promise<string> {
    const { server } = await this.#credentials.access();
    return `${server.protocol}//${server.host}`;
  }

  /** GET. Throws a LiveError. */
  async get(path: string, options: RequestOptions = {}): Promise<JsonObject> {
    return this.#json(path, options, undefined);
  }

  /** Asks the API server a question that it answers without storing anything: the reviews of authorization.k8s.io. */
  async review(path: string, body: JsonObject): Promise<JsonObject> {
    if (!/^\/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/.test(path))
      throw new LiveError('configuration', 'nothing but a review is ever posted');
    return this.#json(path, {}, { method: 'POST', type: 'application/json', text: JSON.stringify(body) });
  }

  /**
   * Asks what applying an object at its path would give: a PATCH that the API server answers without storing anything,
   * as `kubectl apply --server-side --dry-run=server` sends it.
   */
  async dryRun(path: string, object: JsonObject): Promise<{ readonly created: boolean; readonly body: JsonObject }> {
    const query = { dryRun: 'All', fieldManager: 'service-topology', force: true };
    const sent = { method: 'PATCH', type: 'application/apply-patch+yaml', text: JSON.stringify(object) } as const;
    const response = await this.#open(path, { query }, sent);
    return { created: response.statusCode === 201, body: await this.#jsonOf(response, path, defaultTimeout) };
  }

  /**
   * The lines of a watch until it ends; `opened` is called once the server has accepted it. Resolves when the server
   * closes it, throws a LiveError for everything else; `silence` milliseconds without a byte count as broken.
   */
  async lines(
    path: string,
    options: RequestOptions & { readonly silence: number },
    opened: () => void,
    onLine: (line: string) => void,
  ): Promise<void> {
    const response = await this.#open(path, options, undefined);
    opened();
    await readLines(response, options.silence, onLine, (error) => this.#redactor.error(error, 'network'));
  }

  async #json(path: string, options: RequestOptions, body: Body | undefined): Promise<JsonObject> {
    const response = await this.#open(path, options, body);
    return this.#jsonOf(response, path, options.timeout ?? defaultTimeout);
  }

  async #jsonOf(response: IncomingMessage, path: string, timeout: number): Promise<JsonObject> {
    const text = await this.#text(response, timeout);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new LiveError('server', `the answer to ${path} is not JSON`);
    }
    if (!isJsonObject(value)) throw new LiveError('server', `the answer to ${path} is not an object`);
    return value;
  }

  /** With credentials that are made anew once, where the server does not take them. */
  async #open(path: string, options: RequestOptions, body: Body | undefined): Promise<IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      const access = await this.#credentials.access();
      const response = await this.#send(access, path, options, body).catch((error: unknown) => {
        const failure = this.#redactor.error(error, 'network');
        throw failure.kind === 'network'
          ? new LiveError('network', `cannot reach ${access.server.host}: ${failure.message}`)
          : failure;
      });
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return response;
      const failure = this.#failure(status, response, await this.#text(response, 5000).catch(() => ''), path);
      if (status !== 401) throw failure;
      this.#credentials.renew(access);
      if (attempt > 0) throw failure;
    }
  }

  #send(access: Access, path: string, options: RequestOptions, body: Body | undefined): Promise<IncomingMessage> {
    const { server, agent, headers } = access;
    const url = new URL(server.href.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const module = url.protocol === 'http:' ? http : https;
    const timeout = options.timeout ?? defaultTimeout;
    return new Promise((resolve, reject) => {
      const request = module.request(url, {
        method: body?.method ?? 'GET',
        agent,
        signal: options.signal,
        headers: {
          ...headers,
          Accept: 'application/json',
          ...(options.pack && !isLoopback(server.hostname) ? { 'Accept-Encoding': 'gzip' } : {}),
          'User-Agent': 'service-topology',
          ...(body === undefined ? {} : { 'Content-Type': body.type }),
        },
      });
      const limit = setTimeout(() => {
        request.destroy(new LiveError('timeout', `${server.host} did not answer within ${timeout / 1000} seconds`));
      }, timeout);
      request.on('response', (response) => {
        clearTimeout(limit);
        resolve(response);
      });
      request.on('error', (error) => {
        clearTimeout(limit);
        reject(error);
      });
      request.end(body?.text);
    });
  }

  #text(response: IncomingMessage, silence: number): Promise<string> {
    const parts: Buffer[] = [];
    const isPacked = response.headers['content-encoding'] === 'gzip';
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        reject(this.#redactor.error(error, 'network'));
      };
      watchSilence(response, silence);
      const body = isPacked ? response.pipe(createGunzip()) : response;
      body.on('data', (part: Buffer) => parts.push(part));
      body.on('end', () => {
        resolve(Buffer.concat(parts).toString('utf8'));
      });
      body.on('error', fail);
      response.on('error', fail);
      response.on('aborted', () => {
        fail(response.errored ?? new Error('the connection broke in the middle of an answer'));
      });
    });
  }

  #failure(status: number, response: IncomingMessage, text: string, path: string): LiveError {
    const said = this.#redactor.text(messageOf(text) ?? `${status} ${response.statusMessage ?? ''}`.trim());
    const retryAfter = Number(response.headers['retry-after']);
    const details = { status, ...(Number.isFinite(retryAfter) ? { retryAfter } : {}) };
    if (status === 401)
      return new LiveError(
        'credentials',
        `the API server does not accept the credentials: ${this.#credentials.whyRefused()}`,
        details,
      );
    if (status === 403) return new LiveError('forbidden', said, details);
    if (status === 404) return new LiveError('absent', `${path} is not served`, { ...details, said });
    if (status === 410) return new LiveError('gone', said, details);
    return new LiveError('server', said, details);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

/** The message of a Status. */
function messageOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && typeof value.message === 'string' ? value.message : undefined;
  } catch {
    return undefined;
  }
}

function watchSilence(response: IncomingMessage, silence: number): void {
  const broken = () => {
    response.destroy(new LiveError('timeout', `nothing was heard for ${silence / 1000} seconds`));
  };
  let limit = setTimeout(broken, silence);
  response.on('data', () => {
    clearTimeout(limit);
    limit = setTimeout(broken, silence);
  });
  response.on('close', () => {
    clearTimeout(limit);
  });
}

function readLines(
  response: IncomingMessage,
  silence: number,
  onLine: (line: string) => void,
  told: (error: unknown) => LiveError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest: Buffer[] = [];
    watchSilence(response, silence);
    response.on('data', (part: Buffer) => {
      let from = 0;
      for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, from)) {
        rest.push(part.subarray(from, end));
        const line = Buffer.concat(rest).toString('utf8');
        rest = [];
        from = end + 1;
        try {
          if (line !== '') onLine(line);
        } catch (error) {
          response.destroy();
          reject(told(error));
          return;
        }
      }
      if (from < part.length) rest.push(part.subarray(from));
    });
    // A cut-off last line is dropped: the next watch begins before it.
    response.on('end', resolve);
    response.on('error', (error) => {
      reject(told(error));
    });
    response.on('aborted', () => {
      reject(told(response.errored ?? new LiveError('network', 'the connection broke')));
    });
  });
}
