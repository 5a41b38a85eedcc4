import {
  type DedupeStore,
  defineStore,
  type HandlerContext,
  type HandlersByType,
  handlerOf,
  memoryStore,
  type Outcome,
  type StoreMethods,
  secretsByTenant,
  type WebhookEvent,
} from '@countersign/core';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { buildError, bytes, deliveryOf, K1, now, R, receiverOf, sign, T } from './fixtures.ts';

const byId = { ...R, eventId: { json: 'id' }, eventType: { json: 'type' } } as const;
const delivery = (content: object) => {
  const body = bytes(JSON.stringify(content));
  return deliveryOf({ 'x-sig': sign(K1, body).toString('hex') }, body);
};
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A store that fails for the listed steps. */
function failing(methods: (keyof StoreMethods)[], times = Number.POSITIVE_INFINITY): DedupeStore & { calls: string[] } {
  const store = memoryStore();
  const calls: string[] = [];
  let left = times;
  const wrap = <Name extends keyof StoreMethods>(name: Name) =>
    (async (...given: never[]) => {
      calls.push(name);
      if (methods.includes(name) && left-- > 0) throw new Error('store down');
      return (store[name] as (...given: never[]) => Promise<unknown>)(...given);
    }) as unknown as StoreMethods[Name];
  return defineStore({
    calls,
    local: true,
    claim: wrap('claim'),
    extend: wrap('extend'),
    complete: wrap('complete'),
    release: wrap('release'),
  });
}

describe('receive', () => {
  it('handles without a store, with attempt 1, a deadline and a signal', async () => {
    let seen: HandlerContext | undefined;
    const outcome = await receiverOf(byId, K1).receive(delivery({ id: 'a' }), (_, context) => {
      seen = context;
    });
    expect(outcome).toMatchObject({ kind: 'handled', event: { id: 'a' } });
    expect(seen?.attempt).toBe(1);
    expect(seen?.deadline).toEqual(new Date((now + 30) * 1000));
    expect(seen?.signal.aborted).toBe(false);
  });

  it('responds to a duplicate with the stored response and runs nothing', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    const handle = vi.fn(() => ({
      status: 202,
      body: { queued: true },
      headers: { 'x-private': 'no', 'content-type': 'application/problem+json' },
    }));
    const first = await receiver.receive(delivery({ id: 'a' }), handle);
    expect(first).toMatchObject({ kind: 'handled', response: { status: 202, body: { queued: true } } });
    const second = await receiver.receive(delivery({ id: 'a' }), handle);
    expect(second).toMatchObject({
      kind: 'duplicate',
      response: { status: 202, body: '{"queued":true}', headers: { 'content-type': 'application/problem+json' } },
    });
    expect(JSON.stringify(second)).not.toContain('x-private');
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('reports a duplicate whose bytes differ, but not as a fault', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    await receiver.receive(delivery({ id: 'a', n: 1 }), () => undefined);
    const same = await receiver.receive(delivery({ id: 'a', n: 1 }), () => undefined);
    expect(same.kind === 'duplicate' && same.bodyChanged).toBeUndefined();
    const other = await receiver.receive(delivery({ id: 'a', n: 2 }), () => undefined);
    expect(other).toMatchObject({ kind: 'duplicate', bodyChanged: true });
  });

  it('runs one of a hundred concurrent copies and never responds 2xx before it has committed', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    let isCommitted = false;
    const handle = vi.fn(async () => {
      await later(30);
      isCommitted = true;
    });
    const kinds = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const outcome = await receiver.receive(delivery({ id: 'a' }), handle);
        if (outcome.kind === 'duplicate' || outcome.kind === 'handled') expect(isCommitted).toBe(true);
        return outcome;
      }),
    );
    expect(handle).toHaveBeenCalledTimes(1);
    expect(kinds.filter(({ kind }) => kind === 'handled')).toHaveLength(1);
    const inFlight = kinds.find(({ kind }) => kind === 'in_flight');
    expect(inFlight).toMatchObject({ retryAfterSeconds: 30 });
  });

  it('releases the event if the handler throws or responds 500, and counts attempts', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    const attempts: number[] = [];
    const send = (handle: () => unknown) =>
      receiver.receive(delivery({ id: 'a' }), (_, { attempt }) => {
        attempts.push(attempt);
        return handle() as undefined;
      });
    const thrown = new Error('handler');
    expect(await send(() => Promise.reject(thrown))).toMatchObject({ kind: 'failed', cause: thrown });
    expect(
      await send(() => {
        throw thrown;
      }),
    ).toMatchObject({ kind: 'failed', cause: thrown });
    expect(await send(() => ({ status: 503, body: 'later' }))).toMatchObject({
      kind: 'failed',
      response: { status: 503 },
    });
    expect((await send(() => undefined)).kind).toBe('handled');
    expect((await send(() => undefined)).kind).toBe('duplicate');
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  it('completes an event with 410', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    expect(await receiver.receive(delivery({ id: 'a' }), () => ({ status: 410 }))).toMatchObject({
      kind: 'handled',
      response: { status: 410 },
    });
    expect(await receiver.receive(delivery({ id: 'a' }), () => undefined)).toMatchObject({
      kind: 'duplicate',
      response: { status: 410 },
    });
  });

  it('does not treat the result of a short arrow function as a response', async () => {
    const receiver = receiverOf(byId, K1);
    for (const value of [{ rows: [], status: 500 }, new Map([['status', 500]]), [], 'text', 5, {}]) {
      const outcome = await receiver.receive(delivery({ id: 'a' }), () => value as never);
      expect(outcome.kind).toBe('handled');
      expect('response' in outcome).toBe(false);
    }
    const odd = await receiver.receive(delivery({ id: 'a' }), () => ({ status: 99 }));
    expect(odd).toMatchObject({ kind: 'failed', cause: { code: 'options_invalid' } });
  });

  it('uses a Response as the response, returned directly or by a promise', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    const made = () =>
      new Response('{"ok":true}', {
        status: 201,
        headers: { 'content-type': 'application/json', 'content-length': '11', 'x-own': '1' },
      });
    for (const [id, handle] of Object.entries({ once: made, later: async () => made() })) {
      const first = await receiver.receive(delivery({ id }), handle);
      expect(first).toMatchObject({
        kind: 'handled',
        response: { status: 201, headers: { 'content-type': 'application/json', 'x-own': '1' }, body: '{"ok":true}' },
      });
      expect(await receiver.receive(delivery({ id }), handle)).toMatchObject({
        kind: 'duplicate',
        response: { status: 201, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' },
      });
    }
    const failing = await receiver.receive(delivery({ id: 'f' }), () => new Response('no', { status: 500 }));
    expect(failing).toMatchObject({ kind: 'failed', response: { status: 500, body: 'no' } });
    const used = made();
    await used.text();
    expect(await receiver.receive(delivery({ id: 'u' }), () => used)).toMatchObject({
      kind: 'failed',
      cause: { code: 'options_invalid', at: 'response' },
    });
    const bytes = Uint8Array.of(0xff, 0x00);
    const binary = await receiver.receive(delivery({ id: 'b' }), () => new Response(bytes));
    expect(binary).toMatchObject({ kind: 'handled', response: { body: bytes } });
  });

  it('completes an event only with 2xx and 410', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    for (const status of [200, 204, 299, 410])
      expect((await receiver.receive(delivery({ id: `s${status}` }), () => ({ status }))).kind).toBe('handled');
    for (const status of [300, 302, 308, 400, 401, 404, 409, 422, 500, 503]) {
      const statuses = [status, 200];
      const handle = () => ({ status: statuses.shift() as number });
      expect(await receiver.receive(delivery({ id: `s${status}` }), handle)).toMatchObject({
        kind: 'failed',
        response: { status },
      });
      expect((await receiver.receive(delivery({ id: `s${status}` }), handle)).kind).toBe('handled');
    }
  });

  it('counts a response that cannot be sent as a failure, before the event is recorded', async () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore() });
    const answers = [
      { body: circle },
      { body: { n: 1n } },
      { body: 5 },
      { headers: { 'a b': 'c' } },
      { headers: { a: 'x\ny' } },
      { headers: { a: 5 } },
    ];
    for (const answer of answers) {
      const outcome = await receiver.receive(delivery({ id: 'a' }), () => answer as never);
      expect(outcome).toMatchObject({ kind: 'failed', cause: { code: 'options_invalid' } });
    }
    expect((await receiver.receive(delivery({ id: 'a' }), () => ({ headers: { 'x-a': 'é' }, body: [1] }))).kind).toBe(
      'handled',
    );
  });

  it('refuses with 503 and runs nothing if the store fails at the claim', async () => {
    const store = failing(['claim']);
    const handle = vi.fn();
    const outcome = await receiverOf(byId, K1, { dedupe: store }).receive(delivery({ id: 'a' }), handle);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'store_unavailable', retryAfterSeconds: 5 } });
    expect(handle).not.toHaveBeenCalled();
  });

  it('tries a completion three times, then reports that it is lost and still calls the event handled', async () => {
    const twice = failing(['complete'], 2);
    expect(await receiverOf(byId, K1, { dedupe: twice }).receive(delivery({ id: 'a' }), () => undefined)).toEqual(
      expect.objectContaining({ kind: 'handled' }),
    );
    const always = failing(['complete']);
    const outcomes: Outcome[] = [];
    const receiver = receiverOf(byId, K1, {
      dedupe: always,
      onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
    });
    const outcome = await receiver.receive(delivery({ id: 'b' }), () => undefined);
    expect(outcome).toMatchObject({ kind: 'handled', completionLost: true });
    expect(always.calls.filter((name) => name === 'complete')).toHaveLength(3);
    expect(outcomes).toEqual([outcome]);
  });

  it('survives a store that fails on release', async () => {
    const outcome = await receiverOf(byId, K1, { dedupe: failing(['release']) }).receive(delivery({ id: 'a' }), () => {
      throw new Error('handler');
    });
    expect(outcome.kind).toBe('failed');
  });

  it('renews the lease while the handler runs', async () => {
    const store = memoryStore();
    const extend = vi.spyOn(store, 'extend');
    const receiver = receiverOf(byId, K1, { dedupe: { store, leaseSeconds: 1 } });
    const running = receiver.receive(delivery({ id: 'a' }), () => later(1700) as Promise<undefined>);
    await later(1400);
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('in_flight');
    expect((await running).kind).toBe('handled');
    expect(extend.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  it('aborts the handler and refuses its completion if the claim is lost', async () => {
    let time = now * 1000;
    const store = memoryStore({ clock: () => new Date(time) });
    const receiver = receiverOf(byId, K1, { dedupe: { store, leaseSeconds: 1 } });
    let reason: unknown;
    const first = receiver.receive(delivery({ id: 'a' }), async (_, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      reason = signal.reason;
    });
    await later(50);
    time += 1100;
    const second = await receiver.receive(delivery({ id: 'a' }), (_, { attempt }) => ({ status: 200 + attempt }));
    expect(second).toMatchObject({ kind: 'handled', response: { status: 202 } });
    expect(await first).toMatchObject({ kind: 'failed' });
    expect(String(reason)).toContain('lost');
    expect(await receiver.receive(delivery({ id: 'a' }), () => undefined)).toMatchObject({
      kind: 'duplicate',
      response: { status: 202 },
    });
  });

  it('returns an outcome if the clock fails between verifying and handling', async () => {
    let reads = 0;
    const clock = () => new Date(reads++ === 0 ? now * 1000 : Number.NaN);
    const handle = vi.fn();
    const outcome = await receiverOf(byId, K1, { clock }).receive(delivery({ id: 'a' }), handle);
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'options_invalid' } });
    expect(handle).not.toHaveBeenCalled();
  });

  it('fails at the deadline, aborts, keeps the claim for a lease, and records a late success', async () => {
    const store = memoryStore();
    const receiver = receiverOf(byId, K1, { dedupe: { store, leaseSeconds: 30 }, handlerTimeoutSeconds: 0.05 });
    let aborted: unknown;
    const outcome = await receiver.receive(delivery({ id: 'a' }), async (_, { signal }) => {
      await later(150);
      aborted = signal.reason;
      return { status: 201 };
    });
    expect(outcome).toMatchObject({ kind: 'failed', cause: { name: 'TimeoutError' } });
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('in_flight');
    await later(200);
    expect(aborted).toMatchObject({ name: 'TimeoutError' });
    expect(await receiver.receive(delivery({ id: 'a' }), () => undefined)).toMatchObject({
      kind: 'duplicate',
      response: { status: 201 },
    });
  });

  it('releases the event if a handler fails after its deadline', async () => {
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore(), handlerTimeoutSeconds: 0.05 });
    await receiver.receive(delivery({ id: 'a' }), async () => {
      await later(80);
      throw new Error('late');
    });
    await later(60);
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('handled');
  });

  it('does not use the store for a bad signature, so no one can burn an id', async () => {
    const store = failing([]);
    const receiver = receiverOf(byId, K1, { dedupe: store });
    const forged = { ...delivery({ id: 'victim' }), headers: { 'x-sig': '0'.repeat(64) } };
    for (let index = 0; index < 100; index++)
      expect((await receiver.receive(forged, () => undefined)).kind).toBe('rejected');
    expect(store.calls).toEqual([]);
    expect((await receiver.receive(delivery({ id: 'victim' }), () => undefined)).kind).toBe('handled');
  });

  it('keeps namespaces, tenants and providers apart in one store', async () => {
    const dedupe = memoryStore();
    const handle = vi.fn();
    for (const namespace of ['a', 'b'])
      await receiverOf(byId, K1, { dedupe: { store: dedupe, namespace } }).receive(delivery({ id: 'x' }), handle);
    await receiverOf({ ...byId, name: 'other' }, K1, { dedupe: { store: dedupe, namespace: 'a' } }).receive(
      delivery({ id: 'x' }),
      handle,
    );
    for (const tenant of ['one', 'two'])
      await receiverOf(byId, () => ({ tenant, secrets: K1 }), { dedupe: { store: dedupe, namespace: 'a' } }).receive(
        delivery({ id: 'x' }),
        handle,
      );
    expect(handle).toHaveBeenCalledTimes(5);
  });

  it('refuses a function as namespace, since its input would be unverified', () => {
    const namespace = ({ url = '' }) => url;
    const dedupe = { store: memoryStore(), namespace } as never;
    expect(buildError(() => receiverOf(byId, K1, { dedupe }))).toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('secretsByTenant'),
    });
  });

  it("uses the app's own identity if it returns one", async () => {
    const identity = (event: WebhookEvent) => (event.payload as { order: string }).order;
    const receiver = receiverOf(byId, K1, { dedupe: { store: memoryStore(), identity } });
    const handle = vi.fn(async (event: WebhookEvent) => expect((await event.identity()).from).toBe('app'));
    await receiver.receive(delivery({ id: 'a', order: '1' }), handle as never);
    expect((await receiver.receive(delivery({ id: 'b', order: '1' }), handle as never)).kind).toBe('duplicate');
    expect(handle).toHaveBeenCalledTimes(1);
    const nothing = receiverOf(byId, K1, { dedupe: { store: memoryStore(), identity: () => '' } });
    expect(await nothing.receive(delivery({ id: 'a' }), handle as never)).toMatchObject({
      kind: 'rejected',
      error: { code: 'options_invalid' },
    });
  });

  it('validates payloads with a Standard Schema and passes on its output', async () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof (value as { n?: unknown }).n === 'number'
            ? { value: { n: String((value as { n: number }).n) } }
            : { issues: [{ message: 'n is 4242' }] },
      },
    };
    const receiver = receiverOf(byId, K1, { dedupe: memoryStore(), schemas: { sum: schema } as never });
    const handle = vi.fn((event: WebhookEvent) => void expect(event.payload).toEqual({ n: '5' }));
    expect((await receiver.receive(delivery({ id: 'a', type: 'sum', n: 5 }), handle as never)).kind).toBe('handled');
    const bad = await receiver.receive(delivery({ id: 'b', type: 'sum' }), handle as never);
    expect(bad).toMatchObject({ kind: 'rejected', error: { code: 'payload_invalid' }, event: { id: 'b' } });
    expect(JSON.stringify(bad)).not.toContain('4242');
    expect(handle).toHaveBeenCalledTimes(1);
    expect(buildError(() => receiverOf(byId, K1, { schemas: { sum: {} } as never })).code).toBe('options_invalid');
  });

  it("is not changed by an observer's error", async () => {
    const receiver = receiverOf(byId, K1, {
      onOutcome: () => {
        throw new Error('observer');
      },
    });
    expect((await receiver.receive(delivery({ id: 'a' }), () => undefined)).kind).toBe('handled');
  });

  it('logs a failure without an observer, but no refusal', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const receiver = receiverOf(byId, K1, { onOutcome: undefined as never });
    await receiver.receive({ ...delivery({ id: 'a' }), headers: {} }, () => undefined);
    expect(print).not.toHaveBeenCalled();
    const cause = new Error('handler');
    await receiver.receive(delivery({ id: 'a' }), () => {
      throw cause;
    });
    expect(print).toHaveBeenCalledWith(expect.stringContaining('failed'), cause);
    print.mockRestore();
  });

  it('refuses invalid store options', () => {
    const store = memoryStore();
    for (const dedupe of [
      {},
      { store: {} },
      { store, leaseSeconds: 0 },
      { store, leaseSeconds: Number.NaN },
      { store, retentionSeconds: -1 },
      { store, mode: 'exactly-once' },
      { store, ttl: 5 },
      { store, identity: 'id' },
      'memory',
    ]) {
      expect(buildError(() => receiverOf(T, K1, { dedupe: dedupe as never })).code).toBe('options_invalid');
    }
  });

  it('uses a lease of at most half the last retry delay', async () => {
    const store = memoryStore();
    const claim = vi.spyOn(store, 'claim');
    const provider = { ...byId, retries: { delaysSeconds: [30, 30] } };
    await receiverOf(provider, K1, { dedupe: store }).receive(delivery({ id: 'a' }), () => undefined);
    expect(claim).toHaveBeenCalledWith(expect.any(String), 15);
  });
});

describe('handlers by type', () => {
  const event = (type: string | undefined) => ({ type }) as WebhookEvent;
  const context = {} as HandlerContext;

  it('acknowledges a type without a handler and remembers nothing, so that it runs once there is one', async () => {
    const dedupe = memoryStore();
    const typed = { ...R, eventId: { json: 'id' }, eventType: { json: 'type' } } as const;
    const receiver = receiverOf(typed, K1, { dedupe });
    const content = { id: 'x', type: 'order.lost' };
    const run = vi.fn();
    const outcome = await receiver.receive(delivery(content), { 'order.paid': run });
    expect(outcome.kind).toBe('handled');
    expect((await receiver.receive(delivery(content), { 'order.lost': run })).kind).toBe('handled');
    expect(run).toHaveBeenCalledTimes(1);
    expect((await receiver.receive(delivery(content), { 'order.lost': run })).kind).toBe('duplicate');
  });

  it.each([undefined, null])('fails instead of rejecting if an app passes %s instead', async (missing) => {
    const receiver = receiverOf(R, K1, { onOutcome: () => undefined });
    expect((await receiver.receive(delivery({}), missing as never)).kind).toBe('failed');
  });

  it('tells a handler whose event it is, if tenants have names', async () => {
    const tenantOf = ({ url }: { url: string | undefined }) => url?.slice(1);
    const receiver = receiverOf(R, secretsByTenant({ acme: K1 }, tenantOf) as never);
    const seen: unknown[] = [];
    await receiver.receive({ ...delivery({}), url: '/acme' }, (_event, { tenant }) => void seen.push(tenant));
    await receiverOf(R, K1).receive(delivery({}), (_event, { tenant }) => void seen.push(tenant));
    expect(seen).toEqual(['acme', undefined]);
  });

  it('selects by type, falls back, and acknowledges unknown types', async () => {
    const a = vi.fn(() => ({ status: 201 }));
    const otherwise = vi.fn();
    await handlerOf({ a, otherwise })(event('a'), context);
    await handlerOf({ a, otherwise })(event('b'), context);
    await handlerOf({ a, otherwise })(event('otherwise'), context);
    await handlerOf({ a, otherwise })(event(undefined), context);
    expect(a).toHaveBeenCalledTimes(1);
    expect(otherwise).toHaveBeenCalledTimes(3);
    expect(await handlerOf({ a })(event('unknown'), context)).toBeUndefined();
    expect(await handlerOf({ a })(event('constructor'), context)).toBeUndefined();
    expect(() => handlerOf({ a })(event(undefined), context)).toThrow(/no type/);
  });

  it('types each handler by its event', () => {
    type Events = { paid: { amount: number }; sent: { to: string } };
    type Event = { [Type in keyof Events]: WebhookEvent<Type, Events[Type]> }[keyof Events];
    const byType: HandlersByType<Event> = {
      paid: (paid) => {
        expectTypeOf(paid.payload.amount).toBeNumber();
      },
      otherwise: (other) => {
        if (other.type === 'sent') expectTypeOf(other.payload.to).toBeString();
      },
      // @ts-expect-error: there is no such event
      lost: () => undefined,
    };
    expect(handlerOf(byType)).toBeTypeOf('function');
  });

  it.each<[string, unknown, RegExp]>([
    ['undefined', undefined, /options_invalid.*At handle\b.*Expected a function, or an object of functions/s],
    ['null', null, /Expected a function/],
    ['an empty object', {}, /Expected a function/],
    ['a list of functions', [() => undefined], /Expected a function/],
    [
      'an import that is undefined',
      { 'order.paid': undefined },
      /handle\["order.paid"\].*check the name of the import/s,
    ],
    ['options', { diagnose: true }, /handle\["diagnose"\].*webhookMiddleware\(receiver, options\)/s],
  ])('are refused if they are %s, with a sentence that says what to write', async (_what, given, sentence) => {
    const error = (() => {
      try {
        return void handlerOf(given as never);
      } catch (thrown) {
        return thrown as Error & { code: string };
      }
    })();
    expect(`${error?.code}. ${error?.message}`).toMatch(sentence);
    const receiver = receiverOf(R, K1, { onOutcome: () => undefined });
    const outcome = await receiver.receive(delivery({}), given as never);
    expect(outcome).toMatchObject({ kind: 'failed', cause: { code: 'options_invalid' } });
  });
});
