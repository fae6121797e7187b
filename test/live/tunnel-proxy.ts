/** A proxy as companies have them: it opens tunnels (CONNECT), and counts them. */

import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export class TunnelProxy {
  tunnels = 0;
  /** That came from the servers. */
  bytes = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `names`: the addresses of hosts that it alone knows. */
  static async start(names: Readonly<Record<string, string>> = {}): Promise<TunnelProxy> {
    const server = createServer();
    const proxy = new TunnelProxy(server);
    server.on('connect', (request, client: Socket) => {
      proxy.tunnels++;
      const [host = '', port] = (request.url ?? '').split(':');
      const target = connect(Number(port), names[host] ?? host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client);
        client.pipe(target);
      });
      target.on('data', (part: Buffer) => (proxy.bytes += part.length));
      for (const [socket, other] of [[client, target], [target, client]] as const) {
        proxy.#sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => other.destroy());
      } // prettier-ignore
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
