/** What the tests of the adapter share: a real server on loopback, signatures by node:crypto, raw sockets. */

import { createHmac } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  createReceiver,
  defineProvider,
  type Outcome,
  type Provider,
  type ReceiverPolicy,
  rawBodyHmac,
  type SecretInput,
  timestampedHmac,
} from '@countersign/core';
import express5, { type Express } from 'express';
// @ts-expect-error: Express 4 is here under another name, without types of its own
import express4 from 'express-4';

export const frameworks = [
  ['Express 4', express4 as typeof express5],
  ['Express 5', express5],
] as const;

export const secret = '0123456789abcdef0123456789abcdef';
export const T: Provider<object, 'secrets'> = defineProvider({
  name: 't',
  scheme: timestampedHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});
export const R: Provider<object, 'secrets'> = defineProvider({
  name: 'r',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
});

export const mac = (...parts: (string | Uint8Array)[]) =>
  parts.reduce((state, part) => state.update(part), createHmac('sha256', secret)).digest('hex');
export const signedT = (body: string | Uint8Array, time = Math.floor(Date.now() / 1000)) => ({
  'x-sig': `t=${time},v1=${mac(`${time}.`, body)}`,
});
export const signedR = (body: string | Uint8Array) => ({ 'x-sig': mac(body) });

export function receiverOf(
  provider: Provider<object, 'secrets'>,
  policy: Partial<ReceiverPolicy> & { secrets?: SecretInput } = {},
) {
  const outcomes: Outcome[] = [];
  const { secrets = secret, ...rest } = policy;
  const receiver = createReceiver({
    provider,
    secrets,
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
    ...rest,
  });
  const reasons = () => outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.error.code : outcome.kind));
  return { receiver, outcomes, reasons };
}

export const later = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));

/** Status, headers but the date, and body: all that a sender can see. */
export async function seen(response: Response | Promise<Response>): Promise<string> {
  const answer = await response;
  return JSON.stringify([answer.status, [...answer.headers].filter(([name]) => name !== 'date'), await answer.text()]);
}

const servers: Server[] = [];

/** Serves until {@link closeAll}. */
export async function serve(app: RequestListener): Promise<{ url: string; port: number; server: Server }> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, server };
}

/** Serves an app of one of the {@link frameworks}, built by the caller. */
export const mounter = (express: typeof express5) => (build: (app: Express) => void) => {
  const app = express();
  build(app);
  return serve(app);
};

export function closeAll(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

export const post = (url: string, body: string | Uint8Array, headers: Record<string, string>) =>
  fetch(url, {
    method: 'POST',
    body: body as BodyInit,
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(10_000),
  });

/** Writes pieces to a socket, each after a wait, and resolves with all that came back until the other side closed or `until` ms passed. */
export function raw(port: number, pieces: readonly (string | Uint8Array | number)[], until = 2000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const finish = () => {
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(finish, until);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearTimeout(timer);
        resolve(text);
      });
    void (async () => {
      for (const piece of pieces) {
        if (typeof piece === 'number') await new Promise((wake) => setTimeout(wake, piece));
        else if (!socket.destroyed) await new Promise((wake) => socket.write(piece, wake));
      }
    })();
  });
}
