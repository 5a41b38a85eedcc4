/** An endpoint as people write it by hand, correct except for the faults it is asked to have. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';

/** The possible faults. Each is found in public code. */
export interface Faults {
  /** Checks the signature over a body that was parsed and serialised again. */
  readonly reserialises?: boolean;
  /** Remembers an event before its handler has run. */
  readonly marksBefore?: boolean;
  /** Ignores the signed timestamp. */
  readonly hasNoWindow?: boolean;
  /** Handles a delivery that has no signature header. */
  readonly failsOpen?: boolean;
  /** Compares without checking the lengths. */
  readonly throwsOnLength?: boolean;
  /** Checks whether an event is known, waits for something, and only then marks it. */
  readonly checksThenActs?: boolean;
  /** Responds first and works afterwards. */
  readonly answersFirst?: boolean;
  /** Handles an event every time it arrives. */
  readonly forgets?: boolean;
}

const toleranceSeconds = 300;
const deadlineMilliseconds = 200;

/** The app, the number of effects by event, and switches for its handler. */
export function handwrittenEndpoint(secret: string, faults: Faults = {}) {
  const effects = new Map<string, number>();
  const states = new Map<string, 'running' | 'done'>();
  let isFailing = false;
  let isHanging = false;

  const work = async (id: string) => {
    if (isFailing) throw new Error('The database is down.');
    if (isHanging) await new Promise((resolve) => setTimeout(resolve, 30_000).unref());
    effects.set(id, (effects.get(id) ?? 0) + 1);
  };
  const late = () =>
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('too late')), deadlineMilliseconds).unref();
    });

  const handle = async (request: Request, response: Response) => {
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const header = request.get('stripe-signature');
    if (header === undefined ? faults.failsOpen !== true : !isGenuine(bytes, header, secret, faults))
      return response.status(401).end();
    const id = idOf(bytes);
    if (id === undefined) return response.status(400).end();
    const state = faults.forgets === true ? undefined : states.get(id);
    if (state === 'done') return response.status(200).end();
    if (state === 'running') return response.status(503).end();
    if (faults.checksThenActs === true) await new Promise((resolve) => setTimeout(resolve, 50));
    states.set(id, faults.marksBefore === true ? 'done' : 'running');
    if (faults.answersFirst === true) response.status(200).end();
    try {
      await Promise.race([work(id), late()]);
      states.set(id, 'done');
      return response.headersSent ? response : response.status(200).end();
    } catch {
      if (faults.marksBefore !== true) states.delete(id);
      return response.headersSent ? response : response.status(500).end();
    }
  };

  const app: Express = express();
  app.post('/hook', express.raw({ type: () => true, limit: '1mb' }), (request, response, next) => {
    handle(request, response).catch(next);
  });
  return {
    app,
    effects: (id: string) => effects.get(id) ?? 0,
    failing: (isOn: boolean) => {
      isFailing = isOn;
    },
    hanging: (isOn: boolean) => {
      isHanging = isOn;
    },
  };
}

function isGenuine(bytes: Buffer, header: string, secret: string, faults: Faults): boolean {
  const items = header.split(',').map((item) => item.split('='));
  const times = items.filter(([key]) => key === 't').map(([, value]) => value ?? '');
  const signatures = items.filter(([key]) => key === 'v1').map(([, value]) => value ?? '');
  const [time = ''] = times;
  if (times.length !== 1 || !/^\d{1,12}$/.test(time)) return false;
  if (faults.hasNoWindow !== true && Math.abs(Date.now() / 1000 - Number(time)) > toleranceSeconds) return false;
  const signed = faults.reserialises === true ? rewritten(bytes) : bytes;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(signed).digest('hex');
  return signatures.some((signature) => {
    const [left, right] = [Buffer.from(signature), Buffer.from(expected)];
    if (faults.throwsOnLength !== true && left.length !== right.length) return false;
    return timingSafeEqual(left, right);
  });
}

function rewritten(bytes: Buffer): string {
  try {
    return JSON.stringify(JSON.parse(bytes.toString()));
  } catch {
    return '';
  }
}

function idOf(bytes: Buffer): string | undefined {
  try {
    const event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as { id?: unknown };
    return typeof event.id === 'string' ? event.id : undefined;
  } catch {
    return undefined;
  }
}

/** Endpoints with one fault each, the contract cases that name it, and the meaning given in the report. */
export const brokenEndpoints: readonly (readonly [title: string, faults: Faults, ids: string[], meaning: RegExp])[] = [
  ['re-serialises the body', { reserialises: true }, ['genuine_odd_json'], /parsed and serialised again/],
  ['marks before it handles', { marksBefore: true }, ['retry_after_failure'], /before the handler has done its work/],
  ['has no replay window', { hasNoWindow: true }, ['stale', 'future'], /no replay window/],
  ['fails open', { failsOpen: true }, ['missing_signature'], /fails open/],
  ['throws on a short signature', { throwsOnLength: true }, ['malformed_signature', 'short_signature'], /lengths/],
  ['checks, then acts', { checksThenActs: true }, ['duplicates_at_once'], /two steps/],
  ['answers first', { answersFirst: true }, ['retry_after_failure', 'hanging_handler'], /before/],
  [
    'forgets',
    { forgets: true },
    ['repeated_header', 'replay', 'duplicate', 'duplicates_at_once'],
    /Remember the ids of handled events/,
  ],
];
