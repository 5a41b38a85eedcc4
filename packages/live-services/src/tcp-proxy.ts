/** A wire that can be cut, or go silent, between a client and a server. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection and takes no new one. */
  cut(): Promise<void>;
  /** Keeps connections open and passes nothing on, as a network that drops packets. */
  stall(): void;
  /** Passes nothing on any more over the connections that are open, for ever; new ones work. */
  loseConnections(): void;
  /** Ends what was lost before, as a server does whose keepalive finds nobody there: until then it counts among its connections. */
  endLost(): void;
  /** Leads new connections to another server; those that are open stay where they are. */
  redirect(port: number): void;
  /** Ends a cut or a stall. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function startTcpProxy(first: number): Promise<TcpProxy> {
  let target = first;
  const sockets = new Set<Socket>();
  const lost = new Set<Socket>();
  let isStalled = false;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        lost.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => client.write(data));
    if (isStalled) for (const socket of [client, upstream]) socket.pause();
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    cut,
    stall() {
      isStalled = true;
      for (const socket of sockets) socket.pause();
    },
    loseConnections() {
      for (const socket of sockets) {
        lost.add(socket);
        socket.pause();
      }
    },
    endLost() {
      for (const socket of lost) socket.destroy();
    },
    redirect(next) {
      target = next;
    },
    async restore() {
      isStalled = false;
      for (const socket of sockets) if (!lost.has(socket)) socket.resume();
      if (!server.listening) await listen(port);
    },
    close: cut,
  };
}
