/** Failures after a deadline or a commit, which would otherwise go unnoticed. */

import { type HandlerContext, memoryStore, type TransactionalStore } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { bytes, deliveryOf, K1, R, receiverOf, sign } from './fixtures.ts';

const sender = { ...R, eventId: { json: 'id' }, eventCreatedAt: { json: 'created', unit: 'seconds' } } as const;
const delivery = (content: object) => {
  const body = bytes(JSON.stringify(content));
  return deliveryOf({ 'x-sig': sign(K1, body).toString('hex') }, body);
};
const later = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));
const quiet = { onWarning: () => undefined, onOutcome: () => undefined };

let print: MockInstance<typeof console.error>;
beforeEach(() => {
  print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());
const printed = () => print.mock.calls.map(([line, cause]) => `${line} ${(cause as Error | undefined)?.message ?? ''}`);

describe('a handler that fails after its deadline', () => {
  it.each([
    ['with a store', true],
    ['without one', false],
  ])('is logged with its own error, %s', async (_, hasStore) => {
    const receiver = receiverOf(sender, K1, {
      ...(hasStore && { dedupe: memoryStore() }),
      handlerTimeoutSeconds: 0.02,
      ...quiet,
    });
    const outcome = await receiver.receive(delivery({ id: 'a' }), async () => {
      await later(60);
      throw new Error('could not book');
    });
    expect(outcome).toMatchObject({ kind: 'failed', cause: { name: 'TimeoutError' } });
    await vi.waitFor(() => expect(printed().filter((line) => line.includes('could not book'))).toHaveLength(1));
  });

  it('is not logged again if its signal made it fail', async () => {
    const receiver = receiverOf(sender, K1, { dedupe: memoryStore(), handlerTimeoutSeconds: 0.02, ...quiet });
    await receiver.receive(
      delivery({ id: 'a' }),
      (_event, { signal }: HandlerContext) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    await later(30);
    expect(printed()).toHaveLength(1);
  });
});

describe('a handler that succeeds after its deadline', () => {
  const receive = async (changed: Partial<ReturnType<typeof memoryStore>>) => {
    const inner = memoryStore();
    const receiver = receiverOf(sender, K1, {
      dedupe: { store: { ...inner, ...changed }, timeoutSeconds: 0.2 },
      handlerTimeoutSeconds: 0.02,
      ...quiet,
    });
    const done: unknown[] = [];
    await receiver.receive(delivery({ id: 'a' }), () => later(60), { waitUntil: (work) => void done.push(work) });
    await Promise.all(done);
    return printed().slice(1);
  };

  it('is logged if its success could not be recorded', async () => {
    const lines = await receive({ complete: () => Promise.reject(new Error('The client is closed')) });
    expect(lines).toEqual([expect.stringMatching(/was handled but .*recorded/)]);
  });

  it('is logged if its claim was lost by then', async () => {
    expect(await receive({ complete: async () => false })).toEqual([
      expect.stringContaining('someone else owns the event now'),
    ]);
  });

  it('is not logged if it was recorded', async () => {
    expect(await receive({})).toEqual([]);
  });
});

describe('failures of two receivers', () => {
  const away = (code: string) => ({
    ...memoryStore(),
    claim: () => Promise.reject(Object.assign(new Error(code), { code })),
  });

  it('are printed for each with its name, and for each reason, once a minute', async () => {
    const receivers = ['billing', 'shipping'].map((namespace) => {
      let code = 'ECONNREFUSED';
      const receiver = receiverOf(sender, K1, {
        dedupe: { store: { ...memoryStore(), claim: () => away(code).claim() }, namespace },
        ...quiet,
      });
      return {
        send: async (next: string) => {
          code = next;
          await receiver.receive(delivery({ id: 'a' }), () => undefined);
        },
      };
    });
    for (const code of ['ECONNREFUSED', 'ECONNREFUSED', '42501']) for (const { send } of receivers) await send(code);
    expect(printed().map((line) => /\((\w+)\): store_unavailable.* (\w+)$/.exec(line)?.slice(1))).toEqual([
      ['billing', 'ECONNREFUSED'],
      ['shipping', 'ECONNREFUSED'],
      ['billing', '42501'],
      ['shipping', '42501'],
    ]);
  });
});

describe('an error whose code cannot be read', () => {
  it.each([
    ['is no text', 'odd-code', { value: Object.create(null) }],
    [
      'throws',
      'broken-code',
      {
        get: () => {
          throw new Error('code');
        },
      },
    ],
  ])('is printed and reported like any other: it %s', async (_, name, descriptor) => {
    const outcomes: unknown[] = [];
    const receiver = receiverOf(
      { ...sender, name },
      (async () => {
        throw Object.defineProperty(new Error('vault'), 'code', descriptor);
      }) as never,
      { onWarning: () => undefined, onOutcome: (outcome) => void outcomes.push(outcome) },
    );
    expect(await receiver.receive(delivery({ id: 'a' }), () => undefined)).toMatchObject({
      kind: 'rejected',
      error: { code: 'key_unavailable' },
    });
    expect(outcomes).toHaveLength(1);
    expect(printed()).toHaveLength(1);
  });
});

describe('a transaction', () => {
  const transactional = (transact: TransactionalStore['transact']): TransactionalStore => ({
    ...memoryStore(),
    transact,
    transactionOf: ({ transaction }) => transaction,
  });

  it('whose rollback gets no reply ends with the failure of its handler, and is free for a retry', async () => {
    let isHanging = true;
    const store = transactional(async (_key, _token, _seconds, work) => {
      try {
        await work({});
      } catch (error) {
        if (isHanging) await new Promise(() => undefined);
        throw error;
      }
      return true;
    });
    const receiver = receiverOf(sender, K1, {
      dedupe: { store, mode: 'transactional', timeoutSeconds: 0.05 },
      ...quiet,
    });
    const fail = () => {
      throw new Error('no stock');
    };
    expect(await receiver.receive(delivery({ id: 'a' }), fail)).toMatchObject({
      kind: 'failed',
      cause: { message: 'no stock' },
    });
    isHanging = false;
    expect((await receiver.receive(delivery({ id: 'a' }), fail)).kind).toBe('failed');
  });

  it('whose position in its entity is not recorded reports that, and is tried three times', async () => {
    let tries = 0;
    const memory = memoryStore();
    const store: TransactionalStore = {
      ...transactional(async (key, token, seconds, work) => {
        await work({});
        return memory.complete(key, token, seconds);
      }),
      ...memory,
      raiseWatermark: async (_key, position) => {
        if (position === undefined) return undefined;
        tries++;
        throw new Error('gone');
      },
    };
    const receiver = receiverOf(sender, K1, {
      dedupe: { store, mode: 'transactional', timeoutSeconds: 1 },
      ordering: { entity: () => 'e' },
      ...quiet,
    });
    const outcome = await receiver.receive(delivery({ id: 'a', created: 1 }), () => undefined);
    expect(outcome).toMatchObject({ kind: 'handled', orderingLost: true });
    expect(tries).toBe(3);
    expect(printed().join()).toContain('an older event of its entity may run after it');
  });

  it('ends before its event goes to the dead letter', async () => {
    const order: string[] = [];
    const memory = memoryStore();
    const store = {
      ...memory,
      ...transactional(async (_key, _token, _seconds, work) => {
        try {
          await work({});
        } catch (error) {
          order.push('rolled back');
          throw error;
        }
        order.push('committed');
        return true;
      }),
      claim: memory.claim,
      extend: memory.extend,
      complete: memory.complete,
      release: memory.release,
    } as TransactionalStore;
    const receiver = receiverOf(sender, K1, {
      dedupe: { store, mode: 'transactional', leaseSeconds: 1 },
      deadLetter: { afterAttempts: 1, handle: () => void order.push('dead letter') },
      handlerTimeoutSeconds: 0.1,
      ...quiet,
    });
    // Between the moment at which an event is given up (90 % of the remaining lease) and the end of the lease.
    await receiver.receive(delivery({ id: 'a' }), () => later(980));
    await vi.waitFor(() => expect(order).toContain('dead letter'), 3000);
    await later(200);
    expect(order).toEqual(['rolled back', 'dead letter']);
  });
});
