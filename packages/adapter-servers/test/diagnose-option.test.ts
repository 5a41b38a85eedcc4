/** `diagnose: true` on real servers of each framework: what is printed, and that no answer changes by it. */

import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createReceiver, defineProvider, type Outcome, type Receiver, rawBodyHmac } from '@countersign/core';
import { webhookMiddleware as expressMiddleware, webhook as onExpress } from '@countersign/express';
import { webhookMiddleware as fastifyMiddleware, webhook as onFastify } from '@countersign/fastify';
import { webhookMiddleware as honoMiddleware, webhook as onHono } from '@countersign/hono';
import { Webhook, WebhooksModule } from '@countersign/nest';
import { webhookMiddleware as nextMiddleware, webhook as onNext } from '@countersign/next';
import { webhook as onPages } from '@countersign/next/pages';
import { adapterContract, type MountedApp } from '@countersign/testing';
import { adapterApp } from '@countersign/testing/adapter-app';
import { getRequestListener } from '@hono/node-server';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express, { type RequestHandler } from 'express';
import fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expressApp } from '../src/express-app.ts';
import { fastifyApp } from '../src/fastify-app.ts';
import { fetchApp } from '../src/fetch-app.ts';
import { honoApp } from '../src/hono-app.ts';
import { serveLocally, urlOf } from '../src/local-server.ts';
import { nodeApp } from '../src/node-app.ts';
import { inTurn } from './in-turn.ts';

const secret = 'canary-secret-0123456789abcdef';
const body = '{"id":"evt_1","note":"bodymark","amount":1.50}';
const signature = createHmac('sha256', secret).update(body).digest('hex');
const diagnose = { diagnose: true };
const handle = () => undefined;

/** A sender for each framework, since what was printed is remembered by the sender's name. */
function receiverOf(name: string): { receiver: Receiver; outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  const receiver = createReceiver({
    provider: defineProvider({ name, scheme: rawBodyHmac({ header: 'x-sig' }), eventId: { json: 'id' } }),
    secrets: secret,
    onWarning: () => undefined,
    onOutcome: (outcome) => void outcomes.push(outcome as Outcome),
  });
  return { receiver: receiver as Receiver, outcomes };
}

async function fastifyServer(mount: (server: ReturnType<typeof fastify>) => unknown): Promise<MountedApp> {
  const server = fastify({ forceCloseConnections: true });
  mount(server);
  await server.listen({ port: 0, host: '127.0.0.1' });
  return { url: urlOf(server.server), stop: () => server.close() };
}
const expressServer = (mount: (server: ReturnType<typeof express>) => unknown) => {
  const server = express();
  mount(server);
  return serveLocally(server);
};
const honoServer = (mount: (server: Hono) => unknown) => {
  const server = new Hono();
  mount(server);
  return serveLocally(getRequestListener(server.fetch));
};

async function nestServer(receiver: Receiver): Promise<MountedApp> {
  class Hooks {
    receive() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Hooks.prototype, 'receive') as PropertyDescriptor;
  for (const decorate of [Post('hook'), HttpCode(200), Webhook('hook')])
    decorate(Hooks.prototype, 'receive', descriptor);
  Controller()(Hooks);
  class App {}
  const imports = [WebhooksModule.forRoot({ receivers: { hook: receiver }, ...diagnose })];
  Module({ imports, controllers: [Hooks] })(App);
  const nest = await NestFactory.create(App, { rawBody: true, logger: false });
  await nest.listen(0, '127.0.0.1');
  return { url: urlOf(nest.getHttpServer()), stop: () => nest.close() };
}

interface Row {
  readonly name: string;
  readonly fix: string;
  readonly serve: (receiver: Receiver) => Promise<MountedApp>;
}

const rows: readonly Row[] = [
  {
    name: 'express',
    fix: 'Mount the webhook route before app.use(express.json())',
    serve: (receiver) =>
      expressServer((app) => app.post('/hook', onExpress(receiver, handle, diagnose) as RequestHandler)),
  },
  {
    name: 'express-middleware',
    fix: 'Mount the webhook route before app.use(express.json())',
    serve: (receiver) =>
      expressServer((app) =>
        app.post(
          '/hook',
          expressMiddleware(receiver, diagnose) as RequestHandler,
          (_, response) => void response.end(),
        ),
      ),
  },
  {
    name: 'fastify',
    fix: 'Register webhook() or webhookMiddleware() of @countersign/fastify for the route',
    serve: (receiver) => fastifyServer((app) => app.register(onFastify(receiver, handle, diagnose), { url: '/hook' })),
  },
  {
    name: 'fastify-by-type',
    fix: 'Register webhook() or webhookMiddleware() of @countersign/fastify for the route',
    serve: (receiver) =>
      fastifyServer((app) => app.register(onFastify(receiver, { otherwise: handle }, diagnose), { url: '/hook' })),
  },
  {
    name: 'fastify-routes',
    fix: 'Register webhook() or webhookMiddleware() of @countersign/fastify for the route',
    serve: (receiver) =>
      fastifyServer((app) =>
        app.register(fastifyMiddleware(receiver, diagnose), {
          routes: (scope: FastifyInstance) => scope.post('/hook', async (request) => request.webhook?.id),
        }),
      ),
  },
  {
    name: 'hono',
    fix: 'Mount webhook() before whatever calls c.req.json()',
    serve: (receiver) => honoServer((app) => app.post('/hook', onHono(receiver, handle, diagnose))),
  },
  {
    name: 'hono-middleware',
    fix: 'Mount webhook() before whatever calls c.req.json()',
    serve: (receiver) =>
      honoServer((app) => app.post('/hook', honoMiddleware(receiver, diagnose), (c) => c.text('own'))),
  },
  {
    name: 'next',
    fix: 'Export webhook(receiver, handle) itself as POST of app/.../route.ts',
    serve: (receiver) => serveLocally(getRequestListener((request) => onNext(receiver, handle, diagnose)(request))),
  },
  {
    name: 'next-verified',
    fix: 'Export webhook(receiver, handle) itself as POST of app/.../route.ts',
    serve: (receiver) => {
      const route = nextMiddleware(receiver, diagnose)(() => new Response('own'));
      return serveLocally(getRequestListener((request) => route(request)));
    },
  },
  {
    name: 'nest',
    fix: 'Create the app with NestFactory.create(AppModule, { rawBody: true })',
    serve: nestServer,
  },
  {
    name: 'next-pages',
    fix: 'Add to this file: export const config = { api: { bodyParser: false } };',
    serve: (receiver) => serveLocally(onPages(receiver, handle, diagnose) as unknown as RequestListener),
  },
];

const clock = performance.now.bind(performance);
let minutes = 0;
const warn = vi.spyOn(console, 'warn');
const lines = () => warn.mock.calls.map(([line]) => String(line));
const settled = () => new Promise((resolve) => setTimeout(resolve, 60));
const post = (url: string, given: string) =>
  fetch(`${url}/hook`, {
    method: 'POST',
    body: given,
    headers: { 'x-sig': signature, 'content-type': 'application/json' },
  });

describe('diagnose: true on real servers', () => {
  beforeEach(() => {
    warn.mockReset().mockImplementation(() => undefined);
    // The bound of diagnoses in a minute is one for the process; each test has a minute of its own.
    minutes++;
    vi.spyOn(performance, 'now').mockImplementation(() => clock() + minutes * 60_000);
  });
  afterEach(() => {
    vi.mocked(performance.now).mockRestore();
    vi.unstubAllEnvs();
  });

  it.each(rows)('prints on $name once what a proxy has done to many deliveries, and the fix', async (row) => {
    const { receiver, outcomes } = receiverOf(row.name);
    const { url, stop } = await row.serve(receiver);
    try {
      expect((await post(url, body)).status).toBe(200);
      await settled();
      expect(lines()).toEqual([]);
      for (let round = 0; round < 4; round++) {
        const response = await post(url, `${body}\r\n`);
        expect([response.status, await response.text()]).toEqual([401, '{"error":"unauthorized"}']);
        await vi.waitFor(() => expect(warn).toHaveBeenCalled(), { timeout: 10_000 });
        await settled();
      }
    } finally {
      await stop();
    }
    const [line = '', ...more] = lines();
    expect(more).toEqual([]);
    expect(line).toContain(`countersign: ${row.name} refused a delivery: signature_mismatch (x-sig). Why:`);
    expect(line).toContain('body_trailing_newline, proved: Whitespace at the end of the body was added or removed.');
    expect(line).toContain(row.fix);
    for (const leak of [secret, signature, 'bodymark']) expect(line).not.toContain(leak);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['handled', ...Array(4).fill('rejected')]);
  });

  it('prints on none of them anything in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    for (const row of rows) {
      const { url, stop } = await row.serve(receiverOf(`production-${row.name}`).receiver);
      expect((await post(url, `${body}\r\n`)).status).toBe(401);
      await stop();
    }
    await settled();
    expect(lines()).toEqual([]);
  });

  it('leaves it to the answer to name a parser that ran first, and explains a body that the app has written again', async () => {
    const { receiver, outcomes } = receiverOf('rewritten');
    const serve = (rewrite: RequestHandler) =>
      expressServer((app) => {
        app.use(express.json(), rewrite);
        app.post('/hook', onExpress(receiver, handle, diagnose) as RequestHandler);
      });
    const parsed = await serve((_request, _response, next) => next());
    const refused = await post(parsed.url, body);
    expect([refused.status, await refused.text()]).toEqual([500, expect.stringContaining('express.json()')]);
    await parsed.stop();
    await settled();
    expect(lines()).toEqual([]);

    const rewritten = await serve((request, _response, next) => {
      request.body = Buffer.from(JSON.stringify(request.body));
      next();
    });
    // It is shorter than the sender said: whatever did that, the sender has to come again.
    expect((await post(rewritten.url, body)).status).toBe(503);
    await vi.waitFor(() => expect(lines()).toHaveLength(1), { timeout: 10_000 });
    await rewritten.stop();
    expect(lines()[0]).toContain('body_reserialised, proved');
    expect(outcomes.map((one) => one.kind === 'rejected' && one.error.code)).toEqual([
      'body_not_raw',
      'body_incomplete',
    ]);
  });

  it('tells another secret from a damaged body by finding nothing', async () => {
    const { receiver } = receiverOf('other-secret');
    const { url, stop } = await expressServer((app) =>
      app.post('/hook', onExpress(receiver, handle, diagnose) as RequestHandler),
    );
    const forged = createHmac('sha256', 'another-secret-0123456789abcdef').update(body).digest('hex');
    await fetch(`${url}/hook`, { method: 'POST', body, headers: { 'x-sig': forged } });
    await vi.waitFor(() => expect(lines()).toHaveLength(1), { timeout: 10_000 });
    await stop();
    expect(lines()[0]).toContain('it is signed with the secret of another endpoint');
  });

  it('refuses a secret with a line end when the receiver is built, before there is anything to diagnose', () => {
    const provider = defineProvider({ name: 'early', scheme: rawBodyHmac({ header: 'x-sig' }) });
    expect(() => createReceiver({ provider, secrets: `${secret}\n` })).toThrow(/secret_invalid/);
  });

  it('refuses a copy of a receiver where it is mounted', () => {
    const copy = { ...receiverOf('copied').receiver };
    expect(() => onExpress(copy, handle, diagnose)).toThrow(/At diagnose\. This is a copy of a receiver/);
    expect(() => honoMiddleware(copy, diagnose)).toThrow(/At diagnose\./);
    expect(() => onNext(copy, handle, diagnose)).toThrow(/At diagnose\./);
    expect(() => onPages(copy, handle, diagnose)).toThrow(/At diagnose\./);
    expect(() => onFastify(copy, handle, diagnose)).toThrow(/At diagnose\./);
    // The control: without the option a copy serves.
    onExpress(copy, handle);
  });
});

/** The whole contract of adapters once more, with the option: every answer as it was. */
const withOption = () => {
  const app = adapterApp();
  return { ...app, options: { ...app.options, ...diagnose } };
};
const mounts: Record<string, { mount: () => Promise<MountedApp>; parsedHint?: RegExp }> = {
  'Express 5': { mount: () => serveLocally(expressApp(express, withOption())) },
  'Fastify 5': {
    parsedHint: /Fastify's text parser/,
    async mount() {
      const server = await fastifyApp(fastify, withOption());
      await server.listen({ port: 0, host: '127.0.0.1' });
      return { url: urlOf(server.server), stop: () => server.close() };
    },
  },
  'Hono on Node': { mount: () => serveLocally(getRequestListener(honoApp(withOption()).fetch)) },
  'node:http': { mount: () => serveLocally(nodeApp(withOption())) },
  'fetch on Node': { mount: () => serveLocally(getRequestListener(fetchApp(withOption()))) },
};
for (const [name, { mount, ...options }] of Object.entries(mounts)) {
  describe.concurrent(`${name} with diagnose: true`, () => adapterContract({ describe: inTurn, it }, mount, options));
}
