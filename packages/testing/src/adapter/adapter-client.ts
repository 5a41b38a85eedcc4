/** A sender for the adapter contract: sends requests exactly as given, signed by node:crypto. */

import { createHmac } from 'node:crypto';
import { type Answer, type Sent, Wire } from '../endpoint/wire.ts';
import { contractHeader, contractPaths, contractSecret, type JournalEntry } from './adapter-app.ts';

export type { Answer, Sent } from '../endpoint/wire.ts';

/** The signature header over these bytes. @param time in seconds, default now */
export function signature(body: string | Uint8Array, time = Math.floor(Date.now() / 1000)): readonly [string, string] {
  const mac = createHmac('sha256', contractSecret).update(`${time}.`).update(body).digest('hex');
  return [contractHeader, `t=${time},v1=${mac}`];
}

/** One server under contract. */
export class AdapterClient {
  readonly url: string;
  readonly #wire: Wire;

  constructor(url: string) {
    this.url = url;
    this.#wire = new Wire(new URL(url).protocol, 10_000);
  }

  /** Sends one request, over a connection that is reused if the whole body is sent. Never rejects. */
  send(path: string, sent: Sent): Promise<Answer> {
    return this.#wire.send(new URL(this.url.replace(/\/$/, '') + path), sent);
  }

  /** Sends a delivery with a genuine signature. */
  deliver(path: string, body: string | Uint8Array, headers: Sent['headers'] = []): Promise<Answer> {
    return this.send(path, {
      headers: [['content-type', 'application/json'], ...headers, signature(body)],
      body,
    });
  }

  /** Everything the app has recorded so far. */
  async journal(): Promise<readonly JournalEntry[]> {
    const { body } = await this.send(contractPaths.journal, { method: 'GET' });
    return JSON.parse(body.toString()) as JournalEntry[];
  }

  close(): void {
    this.#wire.close();
  }
}
