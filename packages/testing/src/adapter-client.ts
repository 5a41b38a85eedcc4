/** A sender for the contract of adapters: requests exactly as they are to go over the wire, signed by node:crypto. */

import { createHmac } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { contractHeader, contractPaths, contractSecret, type JournalEntry } from './adapter-app.ts';

export interface Sent {
  readonly method?: string;
  /** Names and values in their order, so that one may stand there twice. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** Sends the body in such pieces, without a Content-Length. */
  readonly pieces?: readonly (string | Uint8Array)[];
  /** Announces so many bytes, whatever is sent. */
  readonly announced?: number;
  /** Counts a connection that is closed before its use as a failure. */
  readonly once?: boolean;
  /** Cuts the connection this many milliseconds after what there is has been sent. */
  readonly cutAfter?: number;
}

export interface Answer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** The signature header over these bytes. @param time in seconds, default now */
export function signature(body: string | Uint8Array, time = Math.floor(Date.now() / 1000)): readonly [string, string] {
  const mac = createHmac('sha256', contractSecret).update(`${time}.`).update(body).digest('hex');
  return [contractHeader, `t=${time},v1=${mac}`];
}

/** One server under contract. */
export class AdapterClient {
  readonly url: string;
  readonly #base: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.url = url;
    this.#base = new URL(url);
  }

  /** Sends one request, over a connection that is used again where the whole body is sent. Never rejects. */
  send(path: string, sent: Sent): Promise<Answer> {
    const { method = 'POST', headers = [], body, pieces, announced, cutAfter } = sent;
    const fields: [string, string][] = headers.map(([name, value]) => [name, value]);
    if (announced !== undefined) fields.push(['content-length', String(announced)]);
    else if (body !== undefined) fields.push(['content-length', String(Buffer.byteLength(body))]);
    else if (pieces !== undefined) fields.push(['transfer-encoding', 'chunked']);
    const isBroken = cutAfter !== undefined || (announced !== undefined && announced > Buffer.byteLength(body ?? ''));
    return new Promise((resolve) => {
      const gone = () => resolve({ status: 0, headers: {}, body: Buffer.alloc(0) });
      const { hostname, port } = this.#base;
      const call = httpRequest({
        hostname,
        port,
        path: this.#base.pathname.replace(/\/$/, '') + path,
        method,
        agent: isBroken ? false : this.#agent,
        headers: ['host', this.#base.host, ...fields.flat()],
        timeout: 10_000,
      });
      call.on('response', (response) => collect(response).then(resolve, gone));
      call.on('timeout', () => call.destroy());
      // A server may close an idle connection just as it is used again; a sender then takes another.
      call.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = call.reusedSocket && error.code === 'ECONNRESET' && pieces === undefined;
        if (!isStale || sent.once === true) gone();
        else this.send(path, { ...sent, once: true }).then(resolve);
      });
      if (cutAfter !== undefined) {
        call.write(body ?? '', () => setTimeout(() => call.destroy(), cutAfter));
      } else if (pieces !== undefined) {
        void (async () => {
          for (const piece of pieces) {
            if (call.destroyed) return;
            call.write(piece);
            await new Promise((wake) => setTimeout(wake, 10));
          }
          call.end();
        })();
      } else if (isBroken) {
        // What is missing never comes; the answer has to come without it.
        call.flushHeaders();
        if (body !== undefined) call.write(body);
        call.once('response', (response) => response.once('end', () => call.destroy()));
      } else call.end(body);
    });
  }

  /** Sends a delivery with a genuine signature. */
  deliver(path: string, body: string | Uint8Array, headers: Sent['headers'] = []): Promise<Answer> {
    return this.send(path, {
      headers: [['content-type', 'application/json'], ...headers, signature(body)],
      body,
    });
  }

  /** What the app has seen so far. */
  async journal(): Promise<readonly JournalEntry[]> {
    const { body } = await this.send(contractPaths.journal, { method: 'GET' });
    return JSON.parse(body.toString()) as JournalEntry[];
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}
