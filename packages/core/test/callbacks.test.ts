/** Whatever a callback of the app throws, rejects, returns or never settles, no delivery rejects and no process ends. */

import { createReceiver, defineProvider, handshakes, memoryStore, type Outcome, rawBodyHmac } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes, K1, sign } from './fixtures.ts';

const trouble: unknown[] = [];
const note = (error: unknown) => void trouble.push(error);
beforeAll(() => void process.on('unhandledRejection', note).on('uncaughtExceptionMonitor', note));
afterAll(() => void process.off('unhandledRejection', note).off('uncaughtExceptionMonitor', note));

const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('odd');
    },
  },
);
/** The ways a callback may misbehave. */
const ways: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error('at once');
  },
  'throws no error': () => {
    throw undefined;
  },
  rejects: () => Promise.reject(new Error('later')),
  'rejects with nothing': () => Promise.reject(undefined),
  'never settles': () => new Promise(() => undefined),
  'gives null': () => null,
  'gives a number': () => 5,
  'gives a symbol': () => Symbol('odd'),
  'gives an object that throws when it is looked at': () => throwing,
  // biome-ignore lint/suspicious/noThenProperty: the test needs it
  'gives a promise of such an object': () => ({ then: (resolve: (value: unknown) => void) => resolve(throwing) }),
  'gives a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: the test needs it
    then() {
      throw new Error('in then');
    },
  }),
  'gives a thenable that rejects twice': () => ({
    // biome-ignore lint/suspicious/noThenProperty: the test needs it
    then(_: unknown, reject: (error: Error) => void) {
      reject(new Error('once'));
      reject(new Error('twice'));
    },
  }),
};

const provider = defineProvider({
  name: 'callbacks',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'at', unit: 'seconds' },
  handshakes: handshakes([{ name: 'ping', when: { method: 'GET' }, signed: false, asksApp: true, response: {} }]),
});

type Options = Record<string, unknown>;
/** The place of each callback. */
const callbacks: Readonly<Record<string, (callback: () => unknown) => Options>> = {
  onOutcome: (onOutcome) => ({ onOutcome }),
  onWarning: (onWarning) => ({
    onWarning,
    dedupe: { ...memoryStore(), check: async () => [{ code: 'may_evict', message: 'x' }] },
  }),
  clock: (clock) => ({ clock }),
  secrets: (secrets) => ({ secrets }),
  'dedupe.identity': (identity) => ({ dedupe: { store: memoryStore(), identity } }),
  'ordering.entity': (entity) => ({ dedupe: { store: memoryStore() }, ordering: { entity } }),
  'ordering.position': (position) => ({
    dedupe: { store: memoryStore() },
    ordering: { entity: () => 'one', position },
  }),
  'deadLetter.handle': (handle) => ({
    dedupe: { store: memoryStore() },
    deadLetter: { afterAttempts: 1, handle },
  }),
  'schemas.validate': (validate) => ({
    dedupe: memoryStore(),
    schemas: { paid: { '~standard': { version: 1, vendor: 'test', validate } } },
  }),
  'handshakes.accept': (accept) => ({ handshakes: { accept } }),
  ...Object.fromEntries(
    (['claim', 'extend', 'complete', 'release', 'raiseWatermark', 'check'] as const).map((method) => [
      `store.${method}`,
      (callback: () => unknown) => ({
        dedupe: { store: { ...memoryStore(), [method]: callback }, timeoutSeconds: 0.2, leaseSeconds: 1 },
        ordering: { entity: () => 'one' },
      }),
    ]),
  ),
};

const body = '{"id":"a","type":"paid","at":1}';
const macOf = (secret: string) => sign(secret, bytes(body)).toString('hex');
const deliveries = {
  signed: { method: 'POST', url: '/h', headers: { 'x-sig': macOf(K1) }, body: bytes(body) },
  forged: {
    method: 'POST',
    url: '/h',
    headers: { 'x-sig': macOf('another secret that is long enough') },
    body: bytes(body),
  },
  handshake: { method: 'GET', url: '/h', headers: {}, body: bytes('') },
};
const kinds = ['handled', 'duplicate', 'in_flight', 'stale', 'failed', 'handshake', 'rejected'];

async function outcomeOf(options: Options, handle: () => unknown, waitUntil?: () => unknown): Promise<Outcome[]> {
  const receiver = createReceiver({
    provider,
    secrets: K1,
    handlerTimeoutSeconds: 0.2,
    onOutcome: () => undefined,
    onWarning: () => undefined,
    ...options,
  } as never);
  const outcomes: Outcome[] = [];
  for (const delivery of Object.values(deliveries)) {
    const options = waitUntil === undefined ? {} : { waitUntil: waitUntil as never };
    outcomes.push((await receiver.receive(delivery, handle as never, options)) as Outcome);
  }
  return outcomes;
}

describe('a callback that misbehaves', () => {
  const rows = Object.keys(callbacks).flatMap((name) => Object.keys(ways).map((way) => [name, way] as const));
  // Some never settle, and each is awaited up to its own limit.
  it.concurrent.each(rows)(
    '%s that %s yields an outcome for every delivery',
    { timeout: 60_000 },
    async (name, way) => {
      const options = callbacks[name]?.(ways[way] as () => unknown) as Options;
      const fails = () => {
        throw new Error('so that the dead letter is asked');
      };
      const outcomes = await outcomeOf(options, name.includes('deadLetter') ? fails : () => undefined);
      for (const { kind } of outcomes) expect(kinds).toContain(kind);
      expect(outcomes[1]?.kind, 'a forgery').toBe('rejected');
    },
  );

  it.concurrent.each(Object.keys(ways))('the handler that %s yields an outcome', { timeout: 60_000 }, async (way) => {
    for (const dedupe of [undefined, memoryStore()]) {
      const [outcome] = await outcomeOf({ dedupe }, ways[way] as () => unknown);
      expect(['handled', 'failed']).toContain(outcome?.kind);
    }
  });

  it.concurrent.each(Object.keys(ways))('waitUntil that %s yields an outcome', { timeout: 60_000 }, async (way) => {
    const late = () => new Promise((resolve) => setTimeout(resolve, 2000));
    const [outcome] = await outcomeOf({ dedupe: memoryStore() }, late, ways[way] as () => unknown);
    expect(outcome?.kind).toBe('failed');
  });

  it('ends no process, and leaves no rejection behind', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(trouble).toEqual([]);
  });
});
