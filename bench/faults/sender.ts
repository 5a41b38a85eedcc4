/** A sender that retries until it gets a 2xx, sometimes sends two copies at once, and keeps a journal of every attempt. */

import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { type FaultEvent, killHeader, monotonic, type Point, secrets } from './wire.ts';

export interface Attempt {
  /** 0 if there was no response. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly startedAt: bigint;
  readonly endedAt: bigint;
  readonly port: number | undefined;
}

export type Journal = Map<string, Attempt[]>;

export interface SenderOptions {
  /** Returns the next event, or undefined if there is none left. */
  readonly next: () => FaultEvent | undefined;
  readonly lanes: number;
  /** The ports that serve now; they may differ for a first attempt or a lane. While there are none, the sender waits. */
  readonly ports: (lane: number, attempt: number) => readonly number[];
  /** The percentage of attempts sent as two concurrent copies. */
  readonly doubledPercent?: number;
  /** The wait before each retry, in milliseconds; if undefined, the sender gives up. */
  readonly retryDelay?: (attempt: number) => number | undefined;
  readonly secret?: () => string;
  /** The point at which the first attempt of an event kills its receiver. */
  readonly killAt?: (event: FaultEvent) => Point | undefined;
  /** The wait between two events of a lane, in milliseconds. */
  readonly paceMilliseconds?: number;
  /** The time at which to stop retrying open events, in milliseconds after a lane found no next event. */
  readonly limitMilliseconds?: number;
  /** Stops retrying open events, even if every lane is waiting for an event that never succeeds. */
  readonly signal?: AbortSignal;
  readonly journal?: Journal;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1000 });

export async function send(options: SenderOptions): Promise<Journal> {
  const { next, lanes, ports, doubledPercent = 0, killAt, paceMilliseconds = 0, journal = new Map() } = options;
  const {
    retryDelay = () => 30 + Math.random() * 60,
    secret = () => secrets[0],
    limitMilliseconds = 300_000,
    signal,
  } = options;
  let endsAt = Number.POSITIVE_INFINITY;

  const deliver = async (event: FaultEvent, lane: number) => {
    const attempts: Attempt[] = [];
    journal.set(event.id, attempts);
    for (let attempt = 1; ; attempt++) {
      const point = attempt === 1 ? killAt?.(event) : undefined;
      while (ports(lane, attempt).length === 0 && !signal?.aborted) await pause(5);
      const copies = Math.random() * 100 < doubledPercent ? 2 : 1;
      const answers = await Promise.all(
        Array.from({ length: copies }, async () => {
          const answer = await post(pick(ports(lane, attempt)), event, secret(), point);
          attempts.push(answer);
          return answer;
        }),
      );
      if (answers.some(({ status }) => status >= 200 && status < 300)) return;
      const delay = retryDelay(attempt);
      if (delay === undefined || signal?.aborted || performance.now() > endsAt) return;
      await pause(delay);
    }
  };
  const runLane = async (lane: number) => {
    for (let event = next(); event !== undefined; event = next()) {
      await deliver(event, lane);
      if (paceMilliseconds > 0) await pause(paceMilliseconds);
    }
    endsAt = Math.min(endsAt, performance.now() + limitMilliseconds);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  return journal;
}

/** Sends one attempt. Never rejects. */
export function post(port: number | undefined, event: FaultEvent, secret: string, killAt?: Point): Promise<Attempt> {
  const body = JSON.stringify(event);
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return postSigned(port, body, `t=${time},v1=${signature}`, killAt);
}

export function postSigned(
  port: number | undefined,
  body: string,
  signature: string,
  killAt?: Point,
): Promise<Attempt> {
  const startedAt = monotonic();
  return new Promise((resolve) => {
    const end = (status: number, retryAfter?: string) =>
      resolve({ status, retryAfter, startedAt, endedAt: monotonic(), port });
    if (port === undefined) {
      end(0);
      return;
    }
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-signature': signature,
      ...(killAt && { [killHeader]: killAt }),
    };
    const call = request({ host: '127.0.0.1', port, method: 'POST', headers, agent, timeout: 20_000 }, (response) => {
      response.resume();
      response.once('end', () => end(response.statusCode ?? 0, response.headers['retry-after']));
      response.once('error', () => end(0));
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => end(0));
    call.end(body);
  });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function pick(ports: readonly number[]): number | undefined {
  return ports[Math.floor(Math.random() * ports.length)];
}
