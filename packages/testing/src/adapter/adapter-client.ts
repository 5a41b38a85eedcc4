/** A sender for the adapter contract: sends requests exactly as given, signed by node:crypto. */

import { createHmac } from 'node:crypto';
import { ContractError } from '../contract-runner.ts';
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
    this.#wire = new Wire(new URL(url).protocol, 20_000);
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

  /** Everything the app has recorded so far. Asks again if a server that is still compiling does not respond in time. */
  async journal(): Promise<readonly JournalEntry[]> {
    for (let attempt = 1; ; attempt++) {
      const { status, body, failure } = await this.send(contractPaths.journal, { method: 'GET' });
      if (status === 200) return JSON.parse(body.toString()) as JournalEntry[];
      if (attempt === 5) throw new ContractError(`the journal at ${this.url} responds: got ${failure ?? status}`);
    }
  }

  close(): void {
    this.#wire.close();
  }
}
