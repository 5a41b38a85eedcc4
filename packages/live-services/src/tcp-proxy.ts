/** A connection between a client and a server that can be cut, or go silent. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Closes every connection and accepts no new one. */
  cut(): Promise<void>;
  /** Keeps connections open and forwards nothing, like a network that drops packets. */
  stall(): void;
  /** Stops forwarding on the open connections forever; new ones work. */
  loseConnections(): void;
  /** Closes the lost connections, like a server whose keepalive gets no reply: until then it counts them as open. */
  endLost(): void;
  /** Sends new connections to another server; open ones stay. */
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
