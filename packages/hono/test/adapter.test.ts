/** What is Hono's alone; the rest is the contract of adapters. */

import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  createReceiver,
  defineProvider,
  memoryStore,
  type Outcome,
  rawBodyHmac,
  type WebhookEvent,
} from '@countersign/core';
import { handlerContext, verifiedEvent, webhook, webhookMiddleware } from '@countersign/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';

interface Events {
  'order.paid': { amount: number };
  'order.lost': { reason: string };
}
const secret = '0123456789abcdef0123456789abcdef';
const provider = defineProvider<Events>({
  name: 'h',
  scheme: rawBodyHmac({ header: 'x-sig' }),
  eventId: { json: 'id' },
  eventType: { json: 'type' },
});
const signed = (body: string) => ({
  method: 'POST',
  headers: { 'x-sig': createHmac('sha256', secret).update(body).digest('hex') },
  body,
});

function receiverOf() {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider,
    secrets: secret,
    dedupe: memoryStore(),
    handlerTimeoutSeconds: 0.05,
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
  });
  return {
    receiver,
    outcomes,
    reasons: () => outcomes.map((one) => (one.kind === 'rejected' ? one.error.code : one.kind)),
  };
}

describe('the adapter for Hono', () => {
  it('tells what a route has thrown, and not its status alone', async () => {
    const printed = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const { receiver, outcomes } = receiverOf();
    const thrown = new Error('the database is away');
    const app = new Hono().post('/own', webhookMiddleware(receiver), () => {
      throw thrown;
    });
    expect((await app.request('/own', signed('{"id":"1"}'))).status).toBe(500);
    expect(outcomes).toMatchObject([{ kind: 'failed', cause: thrown, response: { status: 500 } }]);
    printed.mockRestore();
  });

  it('sends the status of a Response whose body was read already, and runs its event once', async () => {
    const { receiver, reasons } = receiverOf();
    const app = new Hono().post('/own', webhookMiddleware(receiver), async () => {
      const used = new Response('used', { status: 202, headers: { 'x-kept': 'yes' } });
      await used.text();
      return used;
    });
    const first = await app.request('/own', signed('{"id":"1"}'));
    expect([first.status, first.headers.get('x-kept'), await first.text()]).toEqual([202, 'yes', '']);
    expect((await app.request('/own', signed('{"id":"1"}'))).status).toBe(202);
    expect(reasons()).toEqual(['handled', 'duplicate']);
  });

  it('serves app.request(), by which apps are tested, and types the event in both forms', async () => {
    const { receiver, reasons } = receiverOf();
    const app = new Hono()
      .post(
        '/finished',
        webhook(receiver, (event) => {
          if (event.type === 'order.paid') expectTypeOf(event.payload).toEqualTypeOf<{ amount: number }>();
        }),
      )
      .post('/own', webhookMiddleware(receiver), (c) => {
        const event = c.var.webhook;
        if (event.type === 'order.lost') expectTypeOf(event.payload.reason).toBeString();
        expectTypeOf<WebhookEvent>().not.toEqualTypeOf(event);
        return c.json({ id: event.id }, 201);
      });
    expect((await app.request('/finished', signed('{"id":"1"}'))).status).toBe(200);
    const own = await app.request('/own', signed('{"id":"2"}'));
    expect([own.status, await own.json()]).toEqual([201, { id: '2' }]);
    expect((await app.request('/own', { method: 'POST', body: '{}' })).status).toBe(401);
    expect(reasons()).toEqual(['handled', 'handled', 'header_missing']);
  });

  it('hands the event to verifiedEvent(), which throws on a path that the middleware does not cover', async () => {
    const { receiver } = receiverOf();
    const app = new Hono();
    app.use('/own/*', webhookMiddleware(receiver) as never);
    const own = new Hono().post('/own/orders', (c) => {
      const event = verifiedEvent(receiver, c);
      if (event.type === 'order.lost') expectTypeOf(event.payload).toEqualTypeOf<{ reason: string }>();
      return c.json({ id: event.id, attempt: handlerContext(receiver, c).attempt });
    });
    app.route('/', own);
    app.route('/api', own);
    app.onError((error, c) => c.json({ code: (error as { code?: string }).code }, 500));
    const verified = await app.request('/own/orders', signed('{"id":"1"}'));
    expect([verified.status, await verified.json()]).toEqual([200, { id: '1', attempt: 1 }]);
    const missed = await app.request('/api/own/orders?webhook=1', signed('{"id":"1","webhook":{"id":"1"}}'));
    expect([missed.status, await missed.json()]).toEqual([500, { code: 'event_not_verified' }]);
  });

  it('keeps the headers of middleware around it, and drops those of an answer that it replaces', async () => {
    const { receiver } = receiverOf();
    const slow = () => new Promise((resolve) => setTimeout(resolve, 100));
    const app = new Hono();
    app.use(cors({ origin: '*' }));
    app.post('/own', webhookMiddleware(receiver), async (c) => {
      c.header('x-app', '1');
      if (c.req.query('slow') === '1') await slow();
      return c.text('ok');
    });
    const good = await app.request('/own', signed('{"id":"1"}'));
    expect([good.headers.get('x-app'), good.headers.get('access-control-allow-origin')]).toEqual(['1', '*']);
    const late = await app.request('/own?slow=1', signed('{"id":"2"}'));
    expect([late.status, late.headers.get('x-app')]).toEqual([500, null]);
  });

  it('hands work that goes on past the answer to the runtime', async () => {
    const { receiver, reasons } = receiverOf();
    const work: Promise<unknown>[] = [];
    const context = {
      waitUntil: (one: Promise<unknown>) => void work.push(one),
      passThroughOnException: () => undefined,
    };
    const app = new Hono().post(
      '/hook',
      webhook(receiver, () => new Promise<void>((resolve) => setTimeout(resolve, 80))),
    );
    const response = await app.request('/hook', signed('{"id":"late"}'), {}, context as never);
    expect([response.status, work.length]).toEqual([500, 1]);
    await work[0];
    expect((await app.request('/hook', signed('{"id":"late"}'), {}, context as never)).status).toBe(200);
    expect(reasons()).toEqual(['failed', 'duplicate']);
  });

  it('leaves an error of the app to the onError of the app, and releases the event', async () => {
    const { receiver, reasons } = receiverOf();
    const app = new Hono();
    const seen = vi.fn();
    app.post('/own', webhookMiddleware(receiver), () => {
      throw new Error('broken');
    });
    app.onError((error, c) => {
      seen(error.message);
      return c.text('mine', 500);
    });
    const response = await app.request('/own', signed('{"id":"1"}'));
    expect([response.status, await response.text()]).toEqual([500, 'mine']);
    expect(seen).toHaveBeenCalledWith('broken');
    expect(reasons()).toEqual(['failed']);
  });

  it('takes the body of the request it is given, whatever the server holds beside it', async () => {
    const { receiver, reasons } = receiverOf();
    const [plain, wrapped, outer] = ['{"id":"plain"}', '{"id":"wrapped"}', '{"id":"outer"}'];
    const copies: string[] = [];
    const app = new Hono();
    const finished = webhook(receiver, () => undefined);
    app.post('/hook', finished);
    app.post(
      '/replaced',
      async (c, next) => {
        c.req.raw = new Request(c.req.raw.url, signed(wrapped));
        await next();
      },
      finished,
    );
    app.post(
      '/copied',
      async (c, next) => {
        const copy = c.req.raw.clone();
        await next();
        copies.push(await copy.text());
      },
      finished,
    );
    app.post(
      '/looked-at',
      async (c, next) => {
        expect(c.req.raw.body).toBeInstanceOf(ReadableStream);
        await next();
      },
      finished,
    );
    const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
      const started: ReturnType<typeof serve> = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
        resolve(started),
      );
    });
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const post = async (path: string, text: string) => (await fetch(base + path, signed(text))).status;
    expect(await post('/hook', plain)).toBe(200);
    expect(await post('/replaced', outer)).toBe(200);
    expect(await post('/hook', wrapped)).toBe(200);
    expect(await post('/copied', '{"id":"copied"}')).toBe(200);
    expect(copies).toEqual(['{"id":"copied"}']);
    expect(await post('/looked-at', '{"id":"looked-at"}')).toBe(200);
    // What was verified behind '/replaced' is the body put there: its second delivery is known.
    expect(reasons()).toEqual(['handled', 'handled', 'duplicate', 'handled', 'handled']);
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses what is no receiver, no handler and no option when it is mounted', () => {
    const { receiver } = receiverOf();
    const mount = webhook as (...given: unknown[]) => unknown;
    expect(() => mount(undefined, () => undefined)).toThrow(/createReceiver/);
    expect(() => mount(receiver, undefined)).toThrow(/At handle/);
    expect(() => mount(receiver, { diagnose: true })).toThrow(/At handle/);
    expect(() => webhookMiddleware(receiver, { limit: 1 } as never)).toThrow(/At limit/);
  });
});
