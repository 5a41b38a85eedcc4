/** Order per entity, dead letters, warnings of stores, and a slow store: everything around a claim. */

import {
  type DedupeStore,
  defineStore,
  type HandlerContext,
  memoryStore,
  type ReceiverWarning,
  type TransactionalStore,
} from '@countersign/core';
import { describe, expect, it, vi } from 'vitest';
import { buildError, bytes, deliveryOf, K1, K2, R, receiverOf, sign } from './fixtures.ts';

const orders = {
  ...R,
  eventId: { json: 'id' },
  eventType: { json: 'type' },
  eventCreatedAt: { json: 'created', unit: 'seconds' },
} as const;
const delivery = (content: object, secret = K1) => {
  const body = bytes(JSON.stringify(content));
  return deliveryOf({ 'x-sig': sign(secret, body).toString('hex') }, body);
};
const later = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds));
const entity = (event: { payload: unknown }) => (event.payload as { order?: string }).order;

describe('order per entity', () => {
  const receiver = (store: DedupeStore = memoryStore(), extra: object = {}) =>
    receiverOf(orders, K1, { dedupe: { store, leaseSeconds: 1 }, ordering: { entity, ...extra } });

  it('runs newer events, and reports those older than a handled one as stale', async () => {
    const hooks = receiver();
    const handle = vi.fn();
    const kinds = [];
    for (const [id, order, created] of [
      ['a', 'o1', 1_700_000_000],
      ['b', 'o1', 1_700_000_010],
      ['late', 'o1', 1_700_000_005],
      ['other', 'o2', 1_700_000_001],
      ['same', 'o1', 1_700_000_010],
      ['late', 'o1', 1_700_000_005],
    ] as const) {
      kinds.push((await hooks.receive(delivery({ id, order, created }), handle)).kind);
    }
    // The last is a stale one's second attempt: it is recorded like any other.
    expect(kinds).toEqual(['handled', 'handled', 'stale', 'handled', 'handled', 'duplicate']);
    expect(handle).toHaveBeenCalledTimes(4);
  });

  it('ignores a newer one that failed', async () => {
    const hooks = receiver();
    const newer = delivery({ id: 'b', order: 'o', created: 1_700_000_010 });
    const older = delivery({ id: 'a', order: 'o', created: 1_700_000_000 });
    const fail = () => {
      throw new Error('handler');
    };
    expect((await hooks.receive(newer, fail)).kind).toBe('failed');
    expect((await hooks.receive(older, () => undefined)).kind).toBe('handled');
    expect((await hooks.receive(newer, () => undefined)).kind).toBe('handled');
  });

  it('runs the events of one entity one at a time, and those of others in parallel', async () => {
    const hooks = receiver();
    let running = 0;
    let most = 0;
    const handle = async () => {
      most = Math.max(most, ++running);
      await later(40);
      running--;
    };
    const created = 1_700_000_000;
    const outcomes = await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) => hooks.receive(delivery({ id, order: 'o', created }), handle)),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', 'handled', 'handled', 'handled']);
    expect(most).toBe(1);
    await Promise.all(['e', 'f'].map((id) => hooks.receive(delivery({ id, order: id, created }), handle)));
    expect(most).toBe(2);
  });

  it('makes the sender retry if its turn does not come in time', async () => {
    const hooks = receiver(memoryStore(), { waitSeconds: 0 });
    const created = 1_700_000_000;
    const first = hooks.receive(delivery({ id: 'a', order: 'o', created }), () => later(100));
    await later(10);
    const handle = vi.fn();
    expect(await hooks.receive(delivery({ id: 'b', order: 'o', created }), handle)).toMatchObject({
      kind: 'in_flight',
      retryAfterSeconds: 1,
    });
    expect(handle).not.toHaveBeenCalled();
    expect((await first).kind).toBe('handled');
    // A turn that did not come in time is not an attempt at the event.
    let attempt = 0;
    await hooks.receive(delivery({ id: 'b', order: 'o', created }), (_, context) => {
      attempt = context.attempt;
    });
    expect(attempt).toBe(1);
  });

  it('does not count an attempt whose position could not be read', async () => {
    const inner = memoryStore();
    let isDown = true;
    const store: DedupeStore = {
      ...inner,
      raiseWatermark: async (...given) => {
        if (isDown) throw new Error('away');
        return inner.raiseWatermark?.(...given);
      },
    };
    const hooks = receiver(store);
    const first = delivery({ id: 'a', order: 'o', created: 1_700_000_000 });
    for (let tries = 0; tries < 3; tries++) {
      expect((await hooks.receive(first, () => undefined)).kind).toBe('rejected');
    }
    isDown = false;
    let attempt = 0;
    await hooks.receive(first, (_, context) => {
      attempt = context.attempt;
    });
    expect(attempt).toBe(1);
  });

  it('gives up the turn of a hanging handler when its lease ends', async () => {
    const hooks = receiverOf(orders, K1, {
      dedupe: { store: memoryStore(), leaseSeconds: 1 },
      ordering: { entity },
      handlerTimeoutSeconds: 0.05,
    });
    const created = 1_700_000_000;
    expect(
      (await hooks.receive(delivery({ id: 'a', order: 'o', created }), () => new Promise(() => undefined))).kind,
    ).toBe('failed');
    expect((await hooks.receive(delivery({ id: 'b', order: 'o', created }), () => undefined)).kind).toBe('handled');
  });

  it("ignores events without an entity or position, and uses the app's position if it sets one", async () => {
    const hooks = receiver();
    for (const content of [
      { id: 'a', order: 'o', created: 1_700_000_010 },
      { id: 'b', order: 'o' },
      { id: 'c', created: 1 },
    ]) {
      expect((await hooks.receive(delivery(content), () => undefined)).kind).toBe('handled');
    }
    const numbered = receiver(memoryStore(), {
      position: ({ payload }: { payload: unknown }) => (payload as { version: number }).version,
    });
    const kinds = [];
    for (const version of [2, 1, 3]) {
      kinds.push((await numbered.receive(delivery({ id: `v${version}`, order: 'o', version }), () => undefined)).kind);
    }
    expect(kinds).toEqual(['handled', 'stale', 'handled']);
  });

  it('refuses invalid results of the app with a code', async () => {
    for (const ordering of [
      {
        entity: () => {
          throw new Error('app');
        },
      },
      { entity: () => '' },
      { entity: () => 'o', position: () => Number.NaN },
    ]) {
      const hooks = receiverOf(orders, K1, { dedupe: { store: memoryStore() }, ordering });
      expect(await hooks.receive(delivery({ id: 'a', created: 1_700_000_000 }), () => undefined)).toMatchObject({
        kind: 'rejected',
        error: { code: 'options_invalid', at: 'ordering' },
      });
    }
    const { raiseWatermark: _, ...bare } = memoryStore();
    for (const policy of [
      { dedupe: memoryStore(), ordering: {} },
      { dedupe: memoryStore(), ordering: { entity, waitSeconds: -1 } },
      { dedupe: memoryStore(), ordering: { entity, entities: 1 } },
      { dedupe: bare, ordering: { entity } },
      { ordering: { entity } },
    ]) {
      const error = buildError(() => receiverOf(orders, K1, policy as never));
      expect([error.code, error.at?.split('.')[0]]).toEqual(['options_invalid', 'ordering']);
    }
  });
});

describe('a dead letter', () => {
  const fail = () => {
    throw new Error('handler');
  };

  it('goes to the hook at the last attempt, and the sender gets success', async () => {
    const handle = vi.fn();
    const hooks = receiverOf(orders, K1, {
      dedupe: { store: memoryStore() },
      deadLetter: { afterAttempts: 3, handle },
    });
    const kinds = [];
    for (let attempt = 0; attempt < 4; attempt++) kinds.push(await hooks.receive(delivery({ id: 'a' }), fail));
    expect(kinds.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'handled', 'handled']);
    expect(kinds[2]).toMatchObject({ deadLettered: { attempts: 3, cause: { message: 'handler' } } });
    // Sent again after it was given up: one more attempt.
    expect(kinds[3]).toMatchObject({ deadLettered: { attempts: 1 } });
    expect(handle).toHaveBeenCalledTimes(2);
    expect(handle.mock.calls[0]?.[0]).toMatchObject({ id: 'a' });
    expect(handle.mock.calls[0]?.[1]).toMatchObject({ attempts: 3, cause: { message: 'handler' } });
  });

  it('includes attempts that ended in a crash, without another run', async () => {
    const store = memoryStore();
    const hooks = receiverOf(orders, K1, {
      dedupe: { store },
      deadLetter: { afterAttempts: 2, handle: () => undefined },
    });
    let key = '';
    await hooks.receive(delivery({ id: 'a' }), async (event) => {
      key = (await event.identity()).key;
      throw new Error('first');
    });
    // The second attempt dies with its process: only the claim remains.
    const crashed = await store.claim(key, 1);
    expect(crashed).toMatchObject({ attempt: 2 });
    await later(1050);
    const handle = vi.fn();
    expect(await hooks.receive(delivery({ id: 'a' }), handle)).toMatchObject({
      kind: 'handled',
      deadLettered: {
        attempts: 3,
        cause: new Error('Attempt 2, the last one, ended without a result: the process may have died in it.'),
      },
    });
    expect(handle).not.toHaveBeenCalled();
  });

  it('gets a payload that no attempt can make valid, but not one that does not parse', async () => {
    const handle = vi.fn();
    const store = memoryStore();
    const never = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'never' }] }) },
    } as const;
    const hooks = receiverOf({ ...orders, eventType: { json: 'type' } }, K1, {
      dedupe: { store },
      deadLetter: { afterAttempts: 2, handle },
      schemas: { odd: never } as never,
    });
    const odd = delivery({ id: 'a', type: 'odd' });
    expect(await hooks.receive(odd, () => undefined)).toMatchObject({
      kind: 'rejected',
      error: { code: 'payload_invalid' },
    });
    expect(await hooks.receive(odd, () => undefined)).toMatchObject({ kind: 'handled', deadLettered: { attempts: 2 } });
    expect(handle.mock.calls[0]?.[1]).toMatchObject({ cause: { code: 'payload_invalid' } });
    const body = bytes('{"id":');
    const broken = deliveryOf({ 'x-sig': sign(K1, body).toString('hex') }, body);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await hooks.receive(broken, () => undefined)).toMatchObject({
        kind: 'rejected',
        error: { code: 'payload_malformed' },
      });
    }
    expect(store.size).toBe(1);
  });

  it('does not get an event whose claims came too late three times', async () => {
    const inner = memoryStore();
    let delay = 60;
    const store: DedupeStore = {
      ...inner,
      async claim(...given) {
        await later(delay);
        return inner.claim(...given);
      },
    };
    const handle = vi.fn();
    const hooks = receiverOf(orders, K1, {
      dedupe: { store, timeoutSeconds: 0.02 },
      deadLetter: { afterAttempts: 3, handle },
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = await hooks.receive(delivery({ id: 'a' }), () => undefined);
      expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable' } });
      await later(100);
    }
    delay = 0;
    let attempt = 0;
    const outcome = await hooks.receive(delivery({ id: 'a' }), (_, context) => {
      attempt = context.attempt;
    });
    expect(outcome.kind).toBe('handled');
    expect(outcome).not.toHaveProperty('deadLettered');
    expect({ attempt, buried: handle.mock.calls.length }).toEqual({ attempt: 1, buried: 0 });
  });

  it('stays with the sender while the hook itself fails', async () => {
    let isDown = true;
    const hooks = receiverOf(orders, K1, {
      dedupe: { store: memoryStore() },
      deadLetter: {
        afterAttempts: 1,
        handle: () => {
          if (isDown) throw new Error('hook');
        },
      },
    });
    expect(await hooks.receive(delivery({ id: 'a' }), fail)).toMatchObject({
      kind: 'failed',
      cause: { errors: [{ message: 'hook' }, { message: 'handler' }] },
    });
    isDown = false;
    expect(await hooks.receive(delivery({ id: 'a' }), fail)).toMatchObject({
      kind: 'handled',
      deadLettered: { attempts: 2 },
    });
  });

  it('requires a number of attempts and a hook', () => {
    for (const deadLetter of [
      {},
      { handle: () => undefined },
      { afterAttempts: 0, handle: () => undefined },
      { afterAttempts: 3 },
    ]) {
      const policy = { dedupe: memoryStore(), deadLetter } as never;
      const error = buildError(() => receiverOf(orders, K1, policy));
      expect([error.code, error.at?.split('.')[0]]).toEqual(['options_invalid', 'deadLetter']);
    }
    const handle = () => undefined;
    expect(buildError(() => receiverOf(orders, K1, { deadLetter: { afterAttempts: 3, handle } })).at).toBe(
      'deadLetter',
    );
  });
});

describe('a transaction that ended before the handler returned', () => {
  const storeThatLost = (memory: DedupeStore = memoryStore()): TransactionalStore => ({
    ...memory,
    async transact(_key, _token, _retentionSeconds, work) {
      await work({});
      return 'apart';
    },
    transactionOf: ({ transaction }) => transaction,
  });
  const receive = (store: TransactionalStore, extra: object = {}) =>
    receiverOf(orders, K1, { dedupe: { store, mode: 'transactional', ...extra } }).receive(
      delivery({ id: 'a' }),
      () => ({ status: 202 }),
    );

  it('leaves the event completed as in mode lease, and reports it', async () => {
    const store = storeThatLost();
    expect(await receive(store)).toMatchObject({ kind: 'handled', transactionLost: true, response: { status: 202 } });
    expect(await receive(store)).toMatchObject({ kind: 'duplicate', response: { status: 202 } });
  });

  it('is reported for a handler that failed, which runs again', async () => {
    const store = storeThatLost();
    const failing: TransactionalStore = {
      ...store,
      async transact(_key, _token, _retentionSeconds, work) {
        await work({}).catch(() => undefined);
        return 'apart';
      },
    };
    const cause = new Error('handler');
    const receiver = receiverOf(orders, K1, { dedupe: { store: failing, mode: 'transactional' } });
    const outcome = await receiver.receive(delivery({ id: 'a' }), () => Promise.reject(cause));
    expect(outcome).toMatchObject({ kind: 'failed', cause, transactionLost: true });
    expect((await receive(store)).kind).toBe('handled');
  });

  it('leaves it handled if the store cannot record it, and lost if someone else owns it', async () => {
    const failing = { ...memoryStore(), complete: () => Promise.reject(new Error('away')) };
    expect(await receive(storeThatLost(failing), { timeoutSeconds: 0.2 })).toMatchObject({
      kind: 'handled',
      completionLost: true,
      transactionLost: true,
    });
    const refusing = { ...memoryStore(), complete: async () => false };
    expect((await receive(storeThatLost(refusing))).kind).toBe('failed');
  });
});

describe('a store that hangs', () => {
  /** Never settles for the listed steps. */
  const hanging = (...methods: string[]): DedupeStore => {
    const store = memoryStore();
    return new Proxy(store, {
      get: (target, name) =>
        methods.includes(String(name)) ? () => new Promise(() => undefined) : Reflect.get(target, name),
    });
  };

  it('delays a response by its timeout, not forever', async () => {
    const at = (...methods: string[]) =>
      receiverOf(orders, K1, { dedupe: { store: hanging(...methods), timeoutSeconds: 0.1 } });
    const fail = () => {
      throw new Error('handler');
    };
    expect(await at('claim').receive(delivery({ id: 'a' }), () => undefined)).toMatchObject({
      kind: 'rejected',
      error: { code: 'store_unavailable', retryAfterSeconds: 1 },
    });
    expect(await at('complete').receive(delivery({ id: 'a' }), () => undefined)).toMatchObject({
      kind: 'handled',
      completionLost: true,
    });
    expect((await at('release').receive(delivery({ id: 'a' }), fail)).kind).toBe('failed');
  });

  it.each([
    ['does not answer', () => new Promise<boolean>(() => undefined)],
    ['fails', () => Promise.reject(new Error('away'))],
  ])('notifies a handler when its lease ends because no renewal %s, before another copy runs', async (_, extend) => {
    const inner = memoryStore();
    const store: DedupeStore = {
      ...inner,
      extend,
      async claim(...given) {
        const claim = await inner.claim(...given);
        // The answer is slow, and the lease runs meanwhile.
        await later(300);
        return claim;
      },
    };
    const hooks = receiverOf(orders, K1, { dedupe: { store, leaseSeconds: 1 } });
    let running = 0;
    let most = 0;
    const reasons: unknown[] = [];
    const handle = async (_event: unknown, { signal }: HandlerContext) => {
      most = Math.max(most, ++running);
      const until = performance.now() + 1500;
      // Recorded in the timer's turn, before anything later, even on a busy machine.
      signal.addEventListener('abort', () => {
        reasons.push((signal.reason as Error).message);
        running--;
      });
      while (!signal.aborted && performance.now() < until) await later(5);
      if (!signal.aborted) running--;
      signal.throwIfAborted();
    };
    const first = hooks.receive(delivery({ id: 'a' }), handle as never);
    // On a busy machine the timer for the end of the lease may be late, like everything else.
    await vi.waitFor(() => expect(reasons).toEqual(['The claim on the event was lost.']), 5000);
    expect((await hooks.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('handled');
    expect((await first).kind).toBe('failed');
    expect(most).toBe(1);
  });

  it.each(['lease', 'transactional'] as const)(
    'does not start a handler whose lease has ended, in mode %s',
    async (mode) => {
      const inner = memoryStore();
      let delay = 1100;
      const store: TransactionalStore = {
        ...inner,
        async claim(...given) {
          const claim = await inner.claim(...given);
          // As if the process was paused, or a schema was slow.
          await later(delay);
          return claim;
        },
        async transact(key, token, retentionSeconds, work) {
          return inner.complete(key, token, retentionSeconds, await work({}));
        },
        transactionOf: ({ transaction }) => transaction,
      };
      const handle = vi.fn();
      const hooks = receiverOf(orders, K1, { dedupe: { store, mode, leaseSeconds: 1 } });
      expect(await hooks.receive(delivery({ id: 'a' }), handle)).toMatchObject({
        kind: 'rejected',
        error: { code: 'store_unavailable', at: 'dedupe.leaseSeconds' },
      });
      expect(handle).not.toHaveBeenCalled();
      delay = 0;
      let attempt = 0;
      const count = (_: unknown, context: HandlerContext) => {
        attempt = context.attempt;
      };
      expect((await hooks.receive(delivery({ id: 'a' }), count)).kind).toBe('handled');
      // A handler that never ran is not an attempt.
      expect(attempt).toBe(1);
    },
  );

  it('keeps the lease while a schema takes longer than it, so that no copy runs', async () => {
    const slow = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: async (value: unknown) => {
          await later(1400);
          return { value };
        },
      },
    };
    const store = memoryStore();
    const hooks = receiverOf(orders, K1, { dedupe: { store, leaseSeconds: 1 }, schemas: { t: slow } });
    const handle = vi.fn();
    const first = hooks.receive(delivery({ id: 'a', type: 't' }), handle);
    await later(1200);
    expect((await hooks.receive(delivery({ id: 'a', type: 't' }), handle)).kind).toBe('in_flight');
    expect((await first).kind).toBe('handled');
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('keeps the lease of a handler whose renewals are answered late, counted from the time of the request', async () => {
    const inner = memoryStore();
    let renewals = 0;
    const store: DedupeStore = {
      ...inner,
      async extend(...given) {
        renewals++;
        const isHeld = await inner.extend(...given);
        await later(250);
        return isHeld;
      },
    };
    const hooks = receiverOf(orders, K1, { dedupe: { store, leaseSeconds: 1 } });
    let aborted: boolean | undefined;
    const outcome = await hooks.receive(delivery({ id: 'a' }), async (_, { signal }) => {
      await later(2200);
      aborted = signal.aborted;
    });
    expect({ kind: outcome.kind, aborted }).toEqual({ kind: 'handled', aborted: false });
    expect(renewals).toBeGreaterThanOrEqual(5);
    await later(400);
    expect(renewals).toBeLessThanOrEqual(7);
  });

  it("passes on name, code and message of a driver's error, and nothing of the statement", async () => {
    const failure = Object.assign(new TypeError('relation does not exist'), {
      code: '42P01',
      sql: "UPDATE claims SET answer = 'a private response'",
      command: { args: ['a private response'] },
    });
    const store: DedupeStore = { ...memoryStore(), claim: () => Promise.reject(failure) };
    const outcome = await receiverOf(orders, K1, { dedupe: { store } }).receive(delivery({ id: 'a' }), () => undefined);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable' } });
    const { cause } = (outcome as { error: Error }).error as { cause?: unknown };
    expect(cause).toMatchObject({ name: 'TypeError', code: '42P01', message: 'relation does not exist' });
    // Some runtimes add the place of its creation to every error.
    const names = Object.getOwnPropertyNames(cause);
    expect(names).toEqual(expect.arrayContaining(['code', 'message', 'name']));
    for (const name of ['sql', 'command']) expect(names).not.toContain(name);
  });

  const odd = {
    'throws at once': () => {
      throw new Error('odd');
    },
    rejects: () => Promise.reject(new Error('odd')),
    'is no promise': () => 'five',
    'resolves with nothing': async () => undefined,
    'resolves with a text': async () => 'yes',
    'resolves with an object': async () => ({ state: 'odd', leaseLeftSeconds: Number.NaN }),
    'never settles': () => new Promise(() => undefined),
  };
  it.each(Object.entries(odd))('rejects nothing and ends no process if a method of the store %s', async (_, method) => {
    for (const name of ['claim', 'extend', 'complete', 'release', 'raiseWatermark', 'check'] as const) {
      const store = { ...memoryStore(), [name]: method } as unknown as DedupeStore;
      const hooks = receiverOf(orders, K1, {
        dedupe: { store, leaseSeconds: 1, timeoutSeconds: 0.05 },
        ordering: { entity },
      });
      const started = vi.fn();
      const first = await hooks.receive(delivery({ id: 'a', order: 'o', created: 1_700_000_000 }), async () => {
        started();
        // A renewal happens during this time.
        await later(400);
      });
      const failing = await hooks.receive(delivery({ id: 'b', order: 'p', created: 1_700_000_000 }), () => {
        throw new Error('handler');
      });
      const isRefused = name === 'claim' || name === 'raiseWatermark';
      // A watermark may be unknown: undefined means that.
      if (name === 'raiseWatermark' && method === odd['resolves with nothing']) continue;
      expect(first.kind, name).toBe(isRefused ? 'rejected' : 'handled');
      expect(failing.kind, name).toBe(isRefused ? 'rejected' : 'failed');
      expect(started, name).toHaveBeenCalledTimes(isRefused ? 0 : 1);
      expect('completionLost' in first, name).toBe(name === 'complete');
    }
  });

  it('refuses a claim if a store throws synchronously', async () => {
    const store = {
      ...memoryStore(),
      claim: () => {
        throw new Error('sync');
      },
    };
    expect(
      await receiverOf(orders, K1, { dedupe: store as never }).receive(delivery({ id: 'a' }), () => undefined),
    ).toMatchObject({
      kind: 'rejected',
      error: { code: 'store_unavailable' },
    });
  });
});

describe('warnings about a store', () => {
  const heard = (policy: object, secret = K1) => {
    const warnings: ReceiverWarning[] = [];
    const receiver = receiverOf(orders, secret, { onWarning: (warning) => void warnings.push(warning), ...policy });
    return { warnings, receiver };
  };

  it("passes on the store's findings about its settings, once, along with the first claim", async () => {
    const check = vi.fn(async () => [{ code: 'not_durable' as const, message: 'forgets' }]);
    const store = { ...memoryStore(), check };
    const { warnings, receiver } = heard({ dedupe: store });
    expect(check).not.toHaveBeenCalled();
    await receiver.receive(delivery({ id: 'a' }), () => undefined);
    await receiver.receive(delivery({ id: 'b' }), () => undefined);
    await later(1);
    expect(check).toHaveBeenCalledTimes(1);
    expect(warnings.filter(({ code }) => code === 'store_setting')).toEqual([
      { code: 'store_setting', provider: 'r', message: 'r: forgets' },
    ]);
  });

  it('reports a store that could not be checked', async () => {
    const store = { ...memoryStore(), check: () => Promise.reject(new Error('NOPERM')) };
    const { warnings, receiver } = heard({ dedupe: store });
    await receiver.receive(delivery({ id: 'a' }), () => undefined);
    await later(1);
    expect(warnings.map(({ code }) => code)).toContain('store_unchecked');
  });

  it('warns if one store and namespace serve two secrets, but not during a rotation', () => {
    const store = { ...memoryStore(), local: false };
    const codes = (secrets: string | string[], namespace = 'one') =>
      heard({ dedupe: { store, namespace }, secrets }).warnings.map(({ code }) => code);
    expect(codes(K1)).not.toContain('shared_namespace');
    expect(codes([K1, K2])).not.toContain('shared_namespace');
    expect(codes(K2)).not.toContain('shared_namespace');
    const K3 = 'a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3';
    expect(codes(K3)).toContain('shared_namespace');
    expect(codes(K3, 'two')).not.toContain('shared_namespace');
    const other = heard({ dedupe: { store: { ...memoryStore(), local: false }, namespace: 'one' } }, K3);
    expect(other.warnings.map(({ code }) => code)).not.toContain('shared_namespace');
  });

  it('refuses two receivers of one sender that share a local store and no secret, until they have namespaces', async () => {
    const store = memoryStore();
    const build = (secret: string, dedupe: object = {}) => receiverOf(orders, secret, { dedupe: { store, ...dedupe } });
    const first = build(K1);
    expect(buildError(() => build(K2))).toMatchObject({
      code: 'options_invalid',
      at: 'dedupe.namespace',
      message: expect.stringContaining("namespace: 'billing'"),
    });
    const second = build(K2, { namespace: 'billing' });
    expect((await first.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('handled');
    expect((await second.receive(delivery({ id: 'a' }, K2), () => undefined)).kind).toBe('handled');
    // Another sender's ids are separate anyway, and a rotation has a common secret.
    receiverOf({ ...orders, name: 'others' }, K2, { dedupe: store });
    receiverOf(orders, [K1, K2], { dedupe: store });
  });

  it('requires a namespace if others may use the store too, and shows the line to write', () => {
    const store = { ...memoryStore(), local: false };
    for (const dedupe of [store, { store }])
      expect(buildError(() => receiverOf(orders, K1, { dedupe }))).toMatchObject({
        code: 'options_invalid',
        at: 'dedupe.namespace',
        message: expect.stringContaining("dedupe: { store, namespace: 'r' }"),
      });
    receiverOf(orders, K1, { dedupe: { store, namespace: 'shipping' } });
    for (const namespace of ['', ' ', 5, () => 'a'])
      expect(buildError(() => receiverOf(orders, K1, { dedupe: { store, namespace } as never }))).toMatchObject({
        code: 'options_invalid',
        at: 'dedupe.namespace',
      });
  });

  it('refuses a lease that a crash would keep beyond the last retry, and a mode that the store does not support', () => {
    const provider = { ...orders, retries: { delaysSeconds: [10, 30] } };
    const build = (dedupe: object) => buildError(() => receiverOf(provider, K1, { dedupe: dedupe as never })).message;
    expect(build({ store: memoryStore(), leaseSeconds: 16 })).toContain('at most 15');
    expect(() => receiverOf(provider, K1, { dedupe: { store: memoryStore(), leaseSeconds: 15 } })).not.toThrow();
    expect(build({ store: memoryStore(), mode: 'transactional' })).toContain('no transactions');
    expect(build({ store: memoryStore(), timeoutSeconds: 0 })).toContain('timeoutSeconds');
  });

  it('passes no transaction to a handler in mode lease', async () => {
    let seen: HandlerContext | undefined;
    await receiverOf(orders, K1, { dedupe: memoryStore() }).receive(delivery({ id: 'a' }), (_, context) => {
      seen = context;
    });
    expect(seen?.transaction).toBeUndefined();
  });
});

describe('a store of your own', () => {
  const { claim, extend, complete, release } = memoryStore();
  const methods = { local: true, claim, extend, complete, release };

  it('works once its methods went through defineStore', async () => {
    const receiver = receiverOf(orders, K1, { dedupe: defineStore(methods) });
    const kinds = [];
    for (let time = 0; time < 2; time++)
      kinds.push((await receiver.receive(delivery({ id: 'own' }), () => undefined)).kind);
    expect(kinds).toEqual(['handled', 'duplicate']);
  });

  it('remains one if it is spread and a method is replaced', async () => {
    let claims = 0;
    const store = memoryStore();
    const counting = {
      ...store,
      claim: (...given: Parameters<typeof claim>) => {
        claims++;
        return store.claim(...given);
      },
    };
    const outcome = await receiverOf(orders, K1, { dedupe: counting }).receive(delivery({ id: 'x' }), () => undefined);
    expect([outcome.kind, claims]).toEqual(['handled', 1]);
  });

  it('is refused as a bare object, and the error names the call to make', () => {
    for (const dedupe of [methods, { store: methods }]) {
      const error = buildError(() => receiverOf(orders, K1, { dedupe: dedupe as never }));
      expect(error.code).toBe('options_invalid');
      expect(error.message).toContain('defineStore({ claim, extend, complete, release })');
    }
    expect(buildError(() => defineStore({ claim } as never)).at).toBe('defineStore.extend');
  });
});
