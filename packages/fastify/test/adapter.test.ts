/** What is Fastify's alone; the rest is the contract of adapters. */

import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  createReceiver,
  defineProvider,
  memoryStore,
  type Outcome,
  type ReceiverPolicy,
  rawBodyHmac,
  type WebhookEvent,
} from '@countersign/core';
import { handlerContext, verifiedEvent, webhook, webhookMiddleware } from '@countersign/fastify';
import fastify5 from 'fastify';
import fastify4 from 'fastify-4';
import { describe, expect, it, vi } from 'vitest';

const secret = '0123456789abcdef0123456789abcdef';
const provider = defineProvider({ name: 'f', scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } });
const signed = (payload: string) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/json', 'x-sig': createHmac('sha256', secret).update(payload).digest('hex') },
  payload,
});

function receiverOf(policy: Partial<ReceiverPolicy> = {}) {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider,
    secrets: secret,
    dedupe: memoryStore(),
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
    ...policy,
  });
  return {
    receiver,
    outcomes,
    reasons: () => outcomes.map((one) => (one.kind === 'rejected' ? one.error.code : one.kind)),
  };
}

describe.each([
  ['Fastify 4', fastify4 as never as typeof fastify5],
  ['Fastify 5', fastify5],
])('the adapter for %s', (_name, fastify) => {
  it.each(['body', 'headers'])('refuses a schema of the %s when the app gets ready', async (part) => {
    const { receiver } = receiverOf();
    const app = fastify();
    app.register(webhookMiddleware(receiver), {
      routes: (scope) => scope.post('/hook', { schema: { [part]: { type: 'object' } } }, async () => undefined),
    });
    await expect(app.ready()).rejects.toMatchObject({
      code: 'options_invalid',
      at: `schema.${part} of /hook`,
      hint: expect.stringContaining('createReceiver({ schemas })'),
    });
    const other = fastify();
    other.register(webhookMiddleware(receiver), {
      routes: (scope) => scope.post('/hook', { schema: { response: { 200: {} } } }, async () => ({ ok: true })),
    });
    other.post('/other', { schema: { body: { type: 'object' } } }, async () => 'other');
    expect((await other.inject({ url: '/hook', ...signed('{"id":"a"}') })).statusCode).toBe(200);
    expect((await other.inject({ url: '/other', ...signed('{}') })).body).toBe('other');
  });

  it('says that it is to be registered where it was mounted as a route', async () => {
    const { receiver } = receiverOf();
    const app = fastify();
    app.post('/hook', webhook(receiver, () => undefined) as never);
    const response = await app.inject({ url: '/hook', ...signed('{}') });
    expect(response.statusCode).toBe(500);
    expect(response.body).toContain('Register it: app.register(webhook(receiver, handle)');
  });

  it('refuses also where another plugin has put on the reply what cannot be sent', async () => {
    const { receiver, reasons } = receiverOf();
    const app = fastify();
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('trailer', 'x-checksum');
      done();
    });
    app.register(
      webhook(receiver, () => undefined),
      { url: '/hook' },
    );
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(`${address}/hook`, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toEqual([401, { error: 'unauthorized' }]);
    expect(reasons()).toEqual(['header_missing']);
    await app.close();
  });

  it('serves app.inject(), by which apps are tested, in both forms', async () => {
    const { receiver, reasons } = receiverOf();
    const handle = vi.fn<() => void>();
    const app = fastify();
    app.register(webhook(receiver, handle), { url: '/finished' });
    app.register(webhookMiddleware(receiver), {
      routes: (scope) => scope.post('/own', async (request) => ({ id: request.webhook?.id })),
    });
    expect((await app.inject({ url: '/finished', ...signed('{"id":"1"}') })).statusCode).toBe(200);
    expect((await app.inject({ url: '/finished', ...signed('{"id":"1"}') })).statusCode).toBe(200);
    const own = await app.inject({ url: '/own', ...signed('{"id":"2"}') });
    expect([own.statusCode, own.json()]).toEqual([200, { id: '2' }]);
    expect((await app.inject({ url: '/own', method: 'POST', payload: '{}' })).statusCode).toBe(401);
    expect(handle).toHaveBeenCalledTimes(1);
    expect(reasons()).toEqual(['handled', 'duplicate', 'handled', 'header_missing']);
  });

  it.each<[string, () => unknown]>([
    ['a stream', () => Readable.from(['late'])],
    ['a web stream', () => new Response('late').body],
    ['a Response', () => new Response('late')],
    ['a text', () => 'late'],
  ])('records a success that comes after the deadline as %s', async (_what, late) => {
    // Fastify 4 sends neither of the kinds of the web.
    if (fastify === (fastify4 as never) && !['Readable', 'String'].includes(Object(late()).constructor.name)) return;
    const printed = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const { receiver, reasons } = receiverOf({ handlerTimeoutSeconds: 0.05 });
    const app = fastify();
    const ran = vi.fn<() => void>();
    app.register(webhookMiddleware(receiver), {
      routes: (scope) =>
        scope.post('/own', async (_request, reply) => {
          ran();
          await new Promise((resolve) => setTimeout(resolve, 150));
          return reply.send(late());
        }),
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const { method, headers, payload: body } = signed('{"id":"late"}');
    expect((await fetch(`${url}/own`, { method, headers, body })).status).toBe(500);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await fetch(`${url}/own`, { method, headers, body })).status).toBe(200);
    expect(reasons()).toEqual(['failed', 'duplicate']);
    expect(ran).toHaveBeenCalledTimes(1);
    await app.close();
    printed.mockRestore();
  });

  it('tells what a route has thrown, and not its status alone', async () => {
    const printed = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const { receiver, outcomes } = receiverOf();
    const app = fastify();
    const thrown = new Error('the database is away');
    app.register(webhookMiddleware(receiver), { routes: (scope) => scope.post('/own', () => Promise.reject(thrown)) });
    expect((await app.inject({ url: '/own', ...signed('{"id":"1"}') })).statusCode).toBe(500);
    expect(outcomes).toMatchObject([{ kind: 'failed', cause: thrown, response: { status: 500 } }]);
    printed.mockRestore();
  });

  it('answers 500 where Node refuses the head that the app has made, and goes on', async () => {
    const { receiver, reasons } = receiverOf();
    const app = fastify();
    app.register(webhookMiddleware(receiver), {
      routes: (scope) => scope.post('/own', async (_request, reply) => reply.header('trailer', 'x').send('ok')),
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const send = async (payload: string) => {
      const { method, headers } = signed(payload);
      return (await fetch(`${url}/own`, { method, headers, body: payload })).status;
    };
    const statuses = [await send('{"id":"1"}'), await send('{"id":"1"}'), await send('{"id":"2"}')];
    expect(statuses).toEqual([500, 200, 500]);
    expect(reasons()).toEqual(['handled', 'duplicate', 'handled']);
    await app.close();
  });

  it('AD-14 leaves the parsers and limits of all other routes as they were', async () => {
    const { receiver } = receiverOf();
    const app = fastify({ bodyLimit: 100 });
    app.register(
      webhook(receiver, () => undefined),
      { url: '/hook' },
    );
    app.post('/other', async (request) => request.body);
    const large = JSON.stringify({ id: 'x'.repeat(200) });
    expect((await app.inject({ url: '/hook', ...signed(large) })).statusCode).toBe(200);
    expect((await app.inject({ url: '/other', method: 'POST', payload: { a: 1 } })).json()).toEqual({ a: 1 });
    expect((await app.inject({ url: '/other', method: 'POST', payload: { a: large } })).statusCode).toBe(413);
    const plain = { url: '/other', method: 'POST' as const, headers: { 'content-type': 'x/y' }, payload: 'a' };
    expect((await app.inject(plain)).statusCode).toBe(415);
  });

  it('runs the hooks of the app around it, and carries over what they put on the reply', async () => {
    const { receiver } = receiverOf();
    const seen: string[] = [];
    const app = fastify();
    app.addHook('onRequest', async (_request, reply) => void reply.header('x-request-id', 'r1'));
    app.addHook('preHandler', async () => void seen.push('preHandler'));
    app.addHook('onResponse', async (_request, reply) => void seen.push(`onResponse ${reply.raw.statusCode}`));
    app.register(
      webhook(receiver, () => ({ status: 202 })),
      { url: '/hook' },
    );
    const good = await app.inject({ url: '/hook', ...signed('{"id":"1"}') });
    expect([good.statusCode, good.headers['x-request-id']]).toEqual([202, 'r1']);
    await vi.waitFor(() => expect(seen).toEqual(['preHandler', 'onResponse 202']));
  });

  it('lets a hook of the app refuse first, such as a limit of requests', async () => {
    const { receiver, reasons } = receiverOf();
    const app = fastify();
    app.addHook('preHandler', async (_request, reply) => reply.code(429).send());
    app.register(
      webhook(receiver, () => undefined),
      { url: '/hook' },
    );
    expect((await app.inject({ url: '/hook', ...signed('{}') })).statusCode).toBe(429);
    expect(reasons()).toEqual([]);
  });

  it('keeps to the prefix of its scope, and answers 405 to methods that the sender does not use', async () => {
    const { receiver } = receiverOf();
    const app = fastify();
    app.register(
      async (scope) => {
        scope.register(
          webhook(receiver, () => undefined),
          { url: '/hook', prefix: '/v1' },
        );
      },
      { prefix: '/api' },
    );
    expect((await app.inject({ url: '/api/v1/hook', ...signed('{}') })).statusCode).toBe(200);
    const other = await app.inject({ url: '/api/v1/hook', method: 'GET' });
    expect([other.statusCode, other.headers.allow]).toEqual([405, 'POST']);
  });

  it('takes the Buffer of a parser that keeps the bytes, and passes an error of the app on', async () => {
    const { receiver, reasons } = receiverOf();
    const app = fastify({ logger: false });
    app.register(webhookMiddleware(receiver), {
      routes(scope) {
        scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) =>
          done(null, bytes),
        );
        scope.post('/own', async () => {
          throw Object.assign(new Error('gone'), { statusCode: 410 });
        });
      },
    });
    expect((await app.inject({ url: '/own', ...signed('{"id":"1"}') })).statusCode).toBe(410);
    expect(reasons()).toEqual(['handled']);
  });

  it.each<[string, (receiver: ReturnType<typeof receiverOf>['receiver']) => unknown, RegExp]>([
    ['no receiver', () => webhook(undefined as never, () => undefined), /createReceiver/],
    ['the plugin itself', () => webhook(fastify() as never, { url: '/x' } as never), /createReceiver/],
    ['no handler', (receiver) => webhook(receiver, undefined as never), /Expected a function, or an object/],
    ['no handler in an object', (receiver) => webhook(receiver, {}), /Expected a function, or an object/],
    ['an unknown option', (receiver) => webhook(receiver, () => undefined, { limit: 1 } as never), /only option/],
    [
      'a handler as options',
      (receiver) => webhookMiddleware(receiver, (() => undefined) as never),
      /webhook\(receiver, handle\)/,
    ],
  ])('says at once what it takes when it is given %s', (_what, make, sentence) => {
    expect(() => make(receiverOf().receiver)).toThrow(sentence);
  });

  it.each<[string, (app: ReturnType<typeof fastify5>, receiver: ReturnType<typeof receiverOf>['receiver']) => unknown]>(
    [
      ['no path', (app, receiver) => app.register(webhook(receiver, () => undefined) as never)],
      ['no routes', (app, receiver) => app.register(webhookMiddleware(receiver) as never, { url: '/x' } as never)],
    ],
  )('says what it takes when it is registered with %s', async (_what, register) => {
    const app = fastify();
    register(app, receiverOf().receiver);
    await expect(app.ready()).rejects.toMatchObject({ code: 'options_invalid', message: /app\.register\(webhook/ });
  });

  it('hands the event to verifiedEvent(), which throws in a route outside of the scope', async () => {
    const { receiver } = receiverOf();
    const app = fastify();
    app.register(webhookMiddleware(receiver), {
      routes: (scope) =>
        scope.post('/own', async (request) => ({
          id: verifiedEvent(receiver, request).id,
          attempt: handlerContext(receiver, request).attempt,
        })),
    });
    app.post('/api/own', async (request) => {
      Object.assign(request, { webhook: { id: 'claimed' } });
      return { id: verifiedEvent(receiver, request).id };
    });
    const own = await app.inject({ url: '/own', ...signed('{"id":"1"}') });
    expect([own.statusCode, own.json()]).toEqual([200, { id: '1', attempt: 1 }]);
    const missed = await app.inject({ url: '/api/own', ...signed('{"id":"1","webhook":{"id":"1"}}') });
    expect([missed.statusCode, missed.json().code]).toEqual([500, 'event_not_verified']);
  });

  it('gives each request its own event', async () => {
    const { receiver } = receiverOf();
    const app = fastify();
    const seen: (WebhookEvent | undefined)[] = [];
    app.register(webhookMiddleware(receiver), {
      routes: (scope) => scope.post('/own', async (request) => void seen.push(request.webhook)),
    });
    app.get('/other', async (request) => ({ has: 'webhook' in request && request.webhook !== undefined }));
    for (const id of ['a', 'b']) await app.inject({ url: '/own', ...signed(`{"id":"${id}"}`) });
    expect(seen.map((event) => event?.id)).toEqual(['a', 'b']);
    expect((await app.inject('/other')).json()).toEqual({ has: false });
  });
});
