/** A server process under measurement: started, checked, loaded from this process by autocannon, stopped. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon, { type Result } from 'autocannon';
import type { Endpoint, Framework, ServerFigures } from './server.ts';
import { body, forgeNow, signNow } from './stripe-request.ts';

/** The result of one load. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly p99Milliseconds: number;
  /** Processor time of the server, and the share of time for which it was busy: below 90 %, something else was slower. */
  readonly cpuMicroseconds: number;
  readonly busyPercent: number;
  /** Time that the server spent on collecting garbage. */
  readonly collectionMicroseconds: number;
}

/** Number of concurrent requests. */
export const connections = 32;
const program = fileURLToPath(new URL('server.ts', import.meta.url));

/**
 * Keeps this process polling. If the sender sleeps, the server pays for waking it with each response: on Hono 5 of 17 microseconds
 * (measured 2026-11-26), the same for everything compared.
 */
function stayAwake(): { stop(): void } {
  let isOver = false;
  const poll = () => void (isOver || setImmediate(poll));
  poll();
  return {
    stop() {
      isOver = true;
    },
  };
}

/** One endpoint of one framework, in its own process. */
export class ServedEndpoint {
  readonly framework: Framework;
  readonly endpoint: Endpoint;
  readonly #child: ChildProcess;
  #url = '';

  constructor(framework: Framework, endpoint: Endpoint) {
    this.framework = framework;
    this.endpoint = endpoint;
    this.#child = fork(program, [framework, endpoint], {
      // Options of this process, such as a condition that selects the sources, apply to the server too.
      execArgv: [...process.execArgv, '--disable-warning=ExperimentalWarning'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
  }

  async start(): Promise<void> {
    this.#url = `http://127.0.0.1:${await this.#hear()}/`;
  }

  /** Proves that the endpoint does its work. @throws Error */
  async check(): Promise<void> {
    const genuine = await this.#post(signNow(), body);
    this.#require(genuine.status === 200 && genuine.handled === 1, 'must handle a genuine delivery', genuine);
    if (this.endpoint === 'parse') return;
    const forged = await this.#post(forgeNow(), body);
    this.#require(forged.status >= 400 && forged.handled === 0, 'must refuse a forged signature', forged);
    const changed = await this.#post(signNow(), body.replace('47550', '47551'));
    this.#require(changed.status >= 400 && changed.handled === 0, 'must refuse a changed body', changed);
  }

  /**
   * Sends this many requests without a pause over all connections. A number, not a duration: on a busy machine, a duration would give one
   * server fewer requests than another, and its code would be compiled less.
   *
   * @throws Error unless every response is 2xx and every event was handled
   */
  async load(requests: number): Promise<Load> {
    const options = {
      url: this.#url,
      method: 'POST' as const,
      headers: signNow(),
      body,
      connections,
      amount: requests,
    };
    const wakeful = stayAwake();
    const before = await this.#figures();
    const latencies: number[] = [];
    const startedAt = performance.now();
    let endedAt = startedAt;
    const result = await new Promise<Result>((resolve, reject) => {
      const instance = autocannon({ ...options, sampleInt: 100 }, (error, whole) =>
        error ? reject(error) : resolve(whole),
      );
      // Its own histogram only has whole milliseconds.
      instance.on('response', (_client, _status, _bytes, milliseconds) => {
        latencies.push(milliseconds);
        endedAt = performance.now();
      });
    });
    const after = await this.#figures();
    wakeful.stop();
    const { errors, timeouts, non2xx } = result;
    const handled = after.handled - before.handled;
    const isSound = errors + timeouts + non2xx === 0 && latencies.length > 0 && handled >= result['2xx'];
    this.#require(isSound, 'must respond 2xx to all requests', {
      errors,
      timeouts,
      non2xx,
      handled,
      ok: result['2xx'],
    });
    const elapsedMilliseconds = endedAt - startedAt;
    const cpuMicroseconds = after.cpuMicroseconds - before.cpuMicroseconds;
    latencies.sort((left, right) => left - right);
    return {
      requestsPerSecond: latencies.length / (elapsedMilliseconds / 1000),
      p99Milliseconds: latencies[Math.floor(latencies.length * 0.99)] as number,
      cpuMicroseconds: cpuMicroseconds / handled,
      busyPercent: cpuMicroseconds / elapsedMilliseconds / 10,
      collectionMicroseconds: (after.collectionMicroseconds - before.collectionMicroseconds) / handled,
    };
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #post(headers: Record<string, string>, text: string): Promise<{ status: number; handled: number }> {
    const before = await this.#figures();
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { ...headers, connection: 'close' },
      body: text,
    });
    await response.arrayBuffer();
    return { status: response.status, handled: (await this.#figures()).handled - before.handled };
  }

  #figures(): Promise<ServerFigures> {
    this.#child.send('figures');
    return this.#hear() as Promise<ServerFigures>;
  }

  /** The server's next message. */
  #hear(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error(`${this.framework} ${this.endpoint}: the server exited.`));
      this.#child.once('exit', onExit).once('message', (message) => {
        this.#child.off('exit', onExit);
        resolve(message);
      });
    });
  }

  #require(condition: boolean, rule: string, found: object): void {
    if (!condition) throw new Error(`${this.framework} ${this.endpoint} ${rule}: ${JSON.stringify(found)}`);
  }
}
