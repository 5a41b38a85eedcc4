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
  /** Holds up what clients send on the open connections, like packets that have to be sent again; new ones work. */
  holdConnections(): void;
  /** Delivers what was held up, even if the client has closed its connection. */
  deliverHeld(): void;
  /** Closes the lost connections, like a server whose keepalive gets no reply: until then it counts them as open. */
  endLost(): void;
  /** Sends new connections to another server; open ones stay. */
  redirect(port: number): void;
  /** Ends a cut or a stall. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** One connection, with what its client has sent while it is held up. */
interface Flow {
  held: Buffer[] | undefined;
  readonly upstream: Socket;
}

export async function startTcpProxy(first: number): Promise<TcpProxy> {
  let target = first;
  const sockets = new Set<Socket>();
  const lost = new Set<Socket>();
  const flows = new Set<Flow>();
  let isStalled = false;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const flow: Flow = { held: undefined, upstream };
    flows.add(flow);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        lost.delete(socket);
        client.destroy();
        if (flow.held !== undefined && socket === client) return;
        flows.delete(flow);
        upstream.destroy();
      });
    }
    client.on('data', (data) => (flow.held === undefined ? upstream.write(data) : flow.held.push(data)));
    upstream.on('data', (data) => flow.held ?? client.write(data));
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
    holdConnections() {
      for (const flow of flows) flow.held = [];
    },
    deliverHeld() {
      for (const flow of flows) {
        for (const data of flow.held ?? []) flow.upstream.write(data);
        if (flow.held !== undefined) flow.upstream.end();
        flow.held = undefined;
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
