/** Reaches an endpoint of any kind. */

import { once } from 'node:events';
import { createServer, type RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseSigning } from '../signing/signing-options.ts';
import type { ContractTarget } from './endpoint-app.ts';
import { type Answer, collectBody, type Sent, Wire } from './wire.ts';

/** An endpoint that can receive requests. */
export interface Endpoint {
  readonly url: URL;
  send(sent: Sent, search?: string): Promise<Answer>;
  close(): Promise<void>;
}

type FetchHandler = (request: Request) => Response | Promise<Response>;
interface Fastify {
  readonly server: Server;
  ready(): Promise<unknown>;
  listen(options: object): Promise<string>;
  close(): Promise<unknown>;
}

/** @throws options_invalid for anything else */
export async function openEndpoint(target: ContractTarget, path: string, timeoutSeconds: number): Promise<Endpoint> {
  const milliseconds = timeoutSeconds * 1000;
  if (typeof target === 'string' || target instanceof URL) return overWire(urlOf(target), milliseconds);
  if (typeof target === 'object' && 'fetch' in target && typeof target.fetch === 'function') {
    const app = target as { fetch: FetchHandler };
    return byFetch((request) => app.fetch(request), path, milliseconds);
  }
  if (typeof target === 'object' && 'inject' in target && 'server' in target) {
    const app = target as unknown as Fastify;
    if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
    // A filtered run never gets to its end; it must not keep the process alive.
    app.server.unref();
    return overWire(localUrl(app.server, path), milliseconds, async () => {
      await app.close();
    });
  }
  if (target instanceof Server || (typeof target === 'function' && 'handle' in target && 'listen' in target)) {
    // An Express app is a Node request listener.
    const server = target instanceof Server ? target : createServer(target as unknown as RequestListener);
    const isOurs = !server.listening;
    if (isOurs) await once(server.listen(0, '127.0.0.1').unref(), 'listening');
    return overWire(localUrl(server, path), milliseconds, async () => {
      if (!isOurs) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  }
  if (typeof target === 'function') return byFetch(target as FetchHandler, path, milliseconds);
  throw refuseSigning('target', 'Expected a URL, a fetch handler, or an app of Express, Fastify or Hono.');
}

function urlOf(target: string | URL): URL {
  const url = URL.canParse(String(target)) ? new URL(target) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw refuseSigning('target', 'Expected an http or https URL.');
}

function localUrl(server: Server, path: string): URL {
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? '[::1]' : address === '0.0.0.0' ? '127.0.0.1' : address;
  return new URL(path, `http://${host}:${port}`);
}

function overWire(url: URL, timeoutMilliseconds: number, stop: () => Promise<void> = async () => undefined): Endpoint {
  const wire = new Wire(url.protocol, timeoutMilliseconds);
  return {
    url,
    send: (sent, search) => wire.send(search === undefined ? url : new URL(search, url), sent),
    async close() {
      wire.close();
      await stop();
    },
  };
}

/** Calls a fetch handler as a runtime would: with a stream if the length is not known, and repeated headers joined. */
function byFetch(handle: FetchHandler, path: string, timeoutMilliseconds: number): Endpoint {
  const url = new URL(path, 'https://example.com');
  const send = async (
    { method = 'POST', headers = [], body, pieces, announced, cutAfter }: Sent,
    search?: string,
  ): Promise<Answer> => {
    const fields = new Headers();
    for (const [name, value] of headers) fields.append(name, value);
    const bytes = pieces === undefined ? Buffer.from((body ?? '') as string) : undefined;
    if (bytes !== undefined) fields.set('content-length', String(announced ?? bytes.length));
    const content = bytes ?? streamOf(pieces ?? []);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const init = { method, headers: fields, ...(hasBody && { body: content as BodyInit, duplex: 'half' as const }) };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve(nothing('timeout')), cutAfter ?? timeoutMilliseconds);
    });
    const answered = (async () => {
      const response = await handle(new Request(search === undefined ? url : new URL(search, url), init));
      const answer = Object.fromEntries(response.headers);
      const content = response.body === null ? Buffer.alloc(0) : await collectBody(response.body);
      return { status: response.status, headers: answer, body: content };
    })().catch((error: unknown) => nothing(error instanceof Error ? error.name : 'thrown'));
    return Promise.race([answered, late]).finally(() => clearTimeout(timer));
  };
  return { url, send, close: async () => undefined };
}

function streamOf(pieces: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => Buffer.from(piece as string));
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
}

function nothing(failure: string): Answer {
  return { status: 0, headers: {}, body: Buffer.alloc(0), failure };
}
