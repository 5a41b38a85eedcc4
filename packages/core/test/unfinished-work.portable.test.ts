/** Return values and errors of a handler that look finished but are not, or cannot even be printed. */

import { type HandlerContext, memoryStore, type TransactionalStore } from '@countersign/core';
import type { RetryFacts } from '@countersign/core/describe';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytes, deliveryOf, K1, R, receiverOf, sign } from './fixtures.ts';

const sender = { ...R, eventId: { json: 'id' }, eventCreatedAt: { json: 'created', unit: 'seconds' } } as const;
const delivery = (content: object) => {
  const body = bytes(JSON.stringify(content));
  return deliveryOf({ 'x-sig': sign(K1, body).toString('hex') }, body);
};
const later = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));
const quiet = { onWarning: () => undefined, onOutcome: () => undefined };
const inMemory = (transact: TransactionalStore['transact']): TransactionalStore => ({
  ...memoryStore(),
  transact,
  transactionOf: ({ transaction }) => transaction,
});

let print: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe('work that a handler returns without starting it', () => {
  it.each<[string, () => unknown]>([
    ['a generator', () => (function* () {})()],
    ['an async generator', () => (async function* () {})()],
    ['a function', () => () => undefined],
    ['an Observable', () => ({ subscribe: () => undefined, pipe: () => undefined })],
    ['a promise of a generator', async () => (function* () {})()],
    // As in the package effect, versions 3 and 4 (read 2026-11-27): https://github.com/Effect-TS/effect
    ['an Effect', () => ({ [Symbol.for('effect/Effect')]: {}, pipe: () => undefined })],
    ['an Effect of version 4', () => Object.create({ '~effect/Effect': {}, pipe: () => undefined })],
    ['an Exit that is a failure', async () => ({ [Symbol.for('effect/Effect')]: {}, _tag: 'Failure' })],
    ['promises that no one awaits', () => [Promise.resolve(), Promise.reject(new Error('later'))]],
    ['promises in a list of lists', () => [[1], [Promise.reject(new Error('later'))]]],
    ['promises in an object', () => ({ mail: Promise.resolve(), log: Promise.reject(new Error('later')) })],
    ['a list of Effects', () => [1, Object.create({ '~effect/Effect': {} })]],
    ['an object with an Effect', async () => ({ mail: Object.create({ '~effect/Effect': {} }) })],
    ['a list of generators', () => [(function* () {})()]],
    ['a list of Observables', () => [{ subscribe: () => undefined, pipe: () => undefined }]],
  ])('is a failure, and the event runs again: %s', async (_, handle) => {
    const receiver = receiverOf(sender, K1, { dedupe: memoryStore(), ...quiet });
    expect(await receiver.receive(delivery({ id: 'a' }), handle as never)).toMatchObject({
      kind: 'failed',
      cause: { code: 'options_invalid', at: 'handler' },
    });
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('handled');
  });

  it.each<[string, () => unknown]>([
    ['an array', () => [1]],
    ['a Map', () => new Map()],
    ['a class instance', () => new Date()],
    ['a map with the work of others', () => new Map([['other', Promise.resolve()]])],
    ['a set with the work of others', () => new Set([Promise.resolve()])],
    [
      'the namespace of a module',
      () =>
        Object.create(null, {
          [Symbol.toStringTag]: { value: 'Module' },
          ready: { value: Promise.resolve(), enumerable: true },
        }),
    ],
    ['an object that offers a generator', () => ({ rows: (function* () {})() })],
    ['an error as a value', () => Object.assign(new Error('x'), { '~effect/Effect': {} })],
    ['an Exit that is a success', () => Object.create({ '~effect/Effect': {}, _tag: 'Success' })],
    ['an emitter', () => ({ on: () => undefined, pipe: () => undefined })],
    [
      'an object that refers to itself',
      () => {
        const rows: unknown[] = [{ id: 1 }];
        rows.push(rows);
        return { rows };
      },
    ],
    [
      'an object with a getter that throws',
      () => ({
        get broken() {
          throw new Error('read');
        },
      }),
    ],
  ])('is not confused with %s', async (_, handle) => {
    const receiver = receiverOf(sender, K1, { dedupe: memoryStore(), ...quiet });
    expect((await receiver.receive(delivery({ id: 'a' }), handle as never)).kind).toBe('handled');
  });
});

describe('a body that never ends', () => {
  it('is read up to 1 MiB, then the event fails', async () => {
    let given = 0;
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += 65_536;
        controller.enqueue(new Uint8Array(65_536));
        // If reading continues, this test fails instead of the machine.
        if (given > 16_777_216) controller.close();
      },
      cancel() {
        isCancelled = true;
      },
    });
    const receiver = receiverOf(sender, K1, { dedupe: memoryStore(), ...quiet });
    const outcome = await receiver.receive(delivery({ id: 'a' }), () => new Response(body));
    expect(outcome).toMatchObject({ kind: 'failed', cause: { code: 'options_invalid', at: 'response' } });
    expect(given).toBeLessThan(1_500_000);
    expect(isCancelled).toBe(true);
  });
});

describe('an error that cannot be printed', () => {
  it.each(['before the deadline', 'after it'])('does not affect the outcome and the process, %s', async (when) => {
    print.mockImplementation((_line: unknown, cause?: unknown) => {
      if (cause !== undefined) throw new Error('printer');
    });
    const late: Promise<unknown>[] = [];
    const receiver = receiverOf({ ...sender, retries: { retriedOn: [] } }, K1, {
      dedupe: { store: memoryStore() },
      deadLetter: { afterAttempts: 9, handle: () => Promise.reject(new Error('hook')) },
      handlerTimeoutSeconds: when === 'after it' ? 0.02 : 5,
      ...quiet,
    });
    const handle = async () => {
      await later(when === 'after it' ? 60 : 0);
      throw new Error('handler');
    };
    const outcome = await receiver.receive(delivery({ id: 'a' }), handle, {
      waitUntil: (work) => void late.push(work),
    });
    expect(outcome.kind).toBe('failed');
    await expect(Promise.all(late)).resolves.toBeDefined();
    expect(print).toHaveBeenCalledWith(expect.stringContaining('with an error that cannot be printed'));
  });
});

describe('the last chance of an event', () => {
  const setUp = (retries: RetryFacts, afterAttempts: number, store = memoryStore()) => {
    const bury = vi.fn();
    const receiver = receiverOf({ ...sender, retries }, K1, {
      dedupe: { store, leaseSeconds: 1 },
      deadLetter: { afterAttempts, handle: bury },
      handlerTimeoutSeconds: 0.05,
      ...quiet,
    });
    return { bury, receiver };
  };

  it.each<[string, RetryFacts, number]>([
    ['a sender that never retries', { retriedOn: [] }, 9],
    ['the last attempt', {}, 1],
  ])('is a handler that still runs when its lease ends, for %s', async (_, retries, afterAttempts) => {
    const { bury, receiver } = setUp(retries, afterAttempts);
    let signal: AbortSignal | undefined;
    const hang = (_event: unknown, context: HandlerContext) => {
      signal = context.signal;
      return new Promise<undefined>(() => undefined);
    };
    expect((await receiver.receive(delivery({ id: 'a' }), hang)).kind).toBe('failed');
    await later(1100);
    expect(bury).toHaveBeenCalledTimes(1);
    expect(signal?.aborted).toBe(true);
    // It was given up, so it runs if it is sent again.
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('handled');
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('duplicate');
  });

  it('is a last attempt that fails after its deadline', async () => {
    const { bury, receiver } = setUp({}, 1);
    await receiver.receive(delivery({ id: 'a' }), async () => {
      await later(150);
      throw new Error('late');
    });
    await later(250);
    expect(bury).toHaveBeenCalledWith(expect.anything(), {
      attempts: 1,
      cause: expect.objectContaining({ message: 'late' }),
    });
  });

  it.each<[string, number, number, 'failed' | 'handled']>([
    ['is late', 1800, 1, 'handled'],
    ['never ends', 10_000_000, 2, 'failed'],
  ])('calls a hook that %s once, and again for the next delivery only', async (_, duration, calls, kind) => {
    let open = 0;
    let most = 0;
    const bury = vi.fn(async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, duration).unref?.());
      open--;
    });
    const receiver = receiverOf(sender, K1, {
      dedupe: { store: memoryStore(), leaseSeconds: 1 },
      deadLetter: { afterAttempts: 1, handle: bury },
      handlerTimeoutSeconds: 0.2,
      ...quiet,
    });
    const fail = () => {
      throw new Error('handler');
    };
    expect((await receiver.receive(delivery({ id: 'a' }), fail)).kind).toBe('failed');
    await later(2600);
    expect(bury).toHaveBeenCalledTimes(1);
    const next = await receiver.receive(delivery({ id: 'a' }), kind === 'handled' ? () => undefined : fail);
    expect(next.kind).toBe(kind);
    expect(bury).toHaveBeenCalledTimes(calls);
    if (kind === 'handled') expect(most).toBe(1);
  });

  it('is not used if another attempt owns the event by then', async () => {
    const inner = memoryStore();
    const store = { ...inner, extend: async () => false };
    const { bury, receiver } = setUp({ retriedOn: [] }, 9, store as never);
    await receiver.receive(delivery({ id: 'a' }), () => new Promise<undefined>(() => undefined));
    await later(1100);
    expect(bury).not.toHaveBeenCalled();
  });
});

describe("a commit that the database refuses because of the app's writes", () => {
  it.each([
    ['a deferred constraint', { code: '23503' }, 'failed'],
    ['an error that the handler swallowed', { code: '25P02' }, 'failed'],
    ['a constraint of SQLite', { errcode: 787 }, 'failed'],
    ['a store that is away', { code: 'ECONNREFUSED' }, 'rejected'],
  ])('is a failure of the handler: %s', async (_, fields, kind) => {
    const store = inMemory(async (_key, _token, _seconds, work) => {
      await work({});
      throw Object.assign(new Error('commit'), fields);
    });
    const bury = vi.fn();
    const receiver = receiverOf(sender, K1, {
      dedupe: { store, mode: 'transactional' },
      deadLetter: { afterAttempts: 2, handle: bury },
      ...quiet,
    });
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe(kind);
    await receiver.receive(delivery({ id: 'a' }), () => undefined);
    expect(bury).toHaveBeenCalledTimes(kind === 'failed' ? 1 : 0);
  });
});

describe('order', () => {
  const ordering = { entity: () => 'order' };

  it('counts committed events, so that a failed commit makes no older event stale', async () => {
    let fails = true;
    const store: TransactionalStore = inMemory(async (key, token, seconds, work) => {
      const answer = await work({});
      if (fails) throw Object.assign(new Error('commit'), { code: '23503' });
      return store.complete(key, token, seconds, answer);
    });
    const receiver = receiverOf(sender, K1, { dedupe: { store, mode: 'transactional' }, ordering, ...quiet });
    const newer = delivery({ id: 'b', created: 1_700_000_010 });
    const older = delivery({ id: 'a', created: 1_700_000_000 });
    expect((await receiver.receive(newer, () => undefined)).kind).toBe('failed');
    fails = false;
    expect((await receiver.receive(older, () => undefined)).kind).toBe('handled');
    expect((await receiver.receive(newer, () => undefined)).kind).toBe('handled');
    expect((await receiver.receive(delivery({ id: 'c', created: 1_700_000_001 }), () => undefined)).kind).toBe('stale');
  });

  it('does not count an event that went to the dead letter', async () => {
    const deadLetter = { afterAttempts: 1, handle: () => undefined };
    const receiver = receiverOf(sender, K1, { dedupe: memoryStore(), ordering, deadLetter, ...quiet });
    const fail = () => Promise.reject(new Error('handler'));
    expect(await receiver.receive(delivery({ id: 'b', created: 1_700_000_010 }), fail)).toHaveProperty('deadLettered');
    expect((await receiver.receive(delivery({ id: 'a', created: 1_700_000_000 }), () => undefined)).kind).toBe(
      'handled',
    );
  });
});

describe('a delivery of several events', () => {
  const batch = { ...sender, eventId: { json: 'id' }, batch: { json: 'events.*' } } as const;
  const events = delivery({ events: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });

  it.each<[RetryFacts, number]>([
    [{ finalOn: ['4xx'] }, 500],
    [{ retriedOn: ['5xx'] }, 500],
    [{ retriedOn: [429] }, 422],
    [{}, 422],
  ])('with two failures makes the sender retry, by %j: %i', async (retries, status) => {
    const receiver = receiverOf({ ...batch, retries }, K1, { dedupe: memoryStore(), ...quiet });
    const outcome = await receiver.receive(events, (event) => {
      if (event.id === 'a') return { status: 422 };
      if (event.id === 'b') throw new Error('database away');
    });
    expect(outcome.kind).toBe('failed');
    expect((outcome as { response?: { status?: number } }).response?.status ?? 500).toBe(status);
  });
});
