/** Stands between a client and a real API server, and breaks connections, cuts watches short and answers them with 410. */

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import type { AddressInfo, Socket } from 'node:net';
import type { ControlPlane } from './control-plane';

export class FaultyServer {
  /** So many watches are answered with an ERROR event of code 410, in turn with HTTP status 410. */
  answerWatchesWith410 = 0;
  /** Watches break after so many bytes. */
  cutAfter: number | undefined;
  /** How many answers or events of code 410 the real API server has given. */
  expired = 0;
  #blocked = false;
  readonly #server: http.Server | https.Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  readonly #agent: https.Agent;

  private constructor(server: http.Server | https.Server, scheme: string, agent: https.Agent) {
    this.#server = server;
    this.#scheme = scheme;
    this.#agent = agent;
    server.on(scheme === 'http' ? 'connection' : 'secureConnection', (socket: Socket) => {
      if (this.#blocked) socket.destroy();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  /**
   * With the API server's own certificate, so that the same kubeconfig holds; `plain`: as `kubectl proxy` is, for the
   * user of this token.
   */
  static async start(plane: ControlPlane, { plain }: { readonly plain?: string } = {}): Promise<FaultyServer> {
    const [cert, key] = await Promise.all(
      ['apiserver.crt', 'apiserver.key'].map((file) => readFile(join(plane.folder, 'certs', file))),
    );
    const agent = new https.Agent({ keepAlive: false, rejectUnauthorized: false });
    const server = plain === undefined ? https.createServer({ cert, key }) : http.createServer();
    const faulty = new FaultyServer(server, plain === undefined ? 'https' : 'http', agent);
    server.on('request', (request, response) => {
      const isWatch = request.url?.includes('watch=true') === true;
      if (isWatch && faulty.answerWatchesWith410 > 0) {
        const left = faulty.answerWatchesWith410--;
        const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message: 'too old resource version' }; // prettier-ignore
        response.writeHead(left % 2 === 1 ? 200 : 410, { 'Content-Type': 'application/json' });
        response.end(`${JSON.stringify(left % 2 === 1 ? { type: 'ERROR', object: status } : status)}\n`);
        return;
      }
      const on = https.request(
        `${plane.server}${request.url ?? ''}`,
        {
          method: request.method,
          headers: { ...request.headers, ...(plain === undefined ? {} : { authorization: `Bearer ${plain}` }) },
          agent,
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          response.flushHeaders();
          if (answer.statusCode === 410) faulty.expired++;
          let sent = 0;
          answer.on('data', (part: Buffer) => {
            const left = isWatch && faulty.cutAfter !== undefined ? faulty.cutAfter - sent : Infinity;
            sent += part.length;
            if (isWatch && part.includes('"type":"ERROR"') && part.includes('"code":410')) faulty.expired++;
            response.write(part.subarray(0, Math.max(0, left)));
            if (sent >= left) request.socket.destroy();
          });
          answer.on('end', () => response.end());
          answer.on('error', () => request.socket.destroy());
        },
      );
      on.on('error', () => request.socket.destroy());
      response.on('close', () => on.destroy());
      request.pipe(on);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return faulty;
  }

  get server(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As a load balancer does that is restarted. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nobody gets through until `unblock`. */
  async block(): Promise<void> {
    this.#blocked = true;
    this.breakConnections();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  unblock(): void {
    this.#blocked = false;
  }

  async stop(): Promise<void> {
    this.breakConnections();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
