/** One endpoint of one framework in its own forked process: `server.ts <framework> <endpoint>`. */

import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { PerformanceObserver } from 'node:perf_hooks';
import { createReceiver } from '@countersign/core';
import { webhook as expressWebhook } from '@countersign/express';
import { webhook as fastifyWebhook } from '@countersign/fastify';
import { webhook as honoWebhook } from '@countersign/hono';
import { stripe } from '@countersign/providers/stripe';
import { serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { client, eventType, secret } from './stripe-request.ts';

/**
 * `parse` verifies nothing, `hand` is the code of Stripe's own pages, `ours` is `webhook(receiver, handle)`. `bare` is the minimum for any
 * endpoint that computes the MAC: no window, no second secret, no limits. No goal depends on it.
 */
export type Endpoint = 'parse' | 'bare' | 'hand' | 'ours';
export type Framework = keyof typeof frameworks;

/** The work that a server has done so far. */
export interface ServerFigures {
  /** Events whose type was read. */
  readonly handled: number;
  readonly cpuMicroseconds: number;
  /** Time spent on collecting garbage. It grows with the objects that survive, not with those that die young. */
  readonly collectionMicroseconds: number;
}

/** Resolves to the port. */
type Start = (endpoint: Endpoint) => Promise<number>;

const signatureHeader = 'stripe-signature';
const receiver = createReceiver({ provider: stripe, secrets: secret });
let handled = 0;

export const frameworks = {
  express: startExpress,
  hono: startHono,
  fastify: startFastify,
} satisfies Record<string, Start>;

if (process.send !== undefined) {
  const [framework, endpoint] = process.argv.slice(2) as [Framework, Endpoint];
  let collectionMicroseconds = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collectionMicroseconds += duration * 1000;
  }).observe({ entryTypes: ['gc'] });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ handled, cpuMicroseconds: user + system, collectionMicroseconds } satisfies ServerFigures);
  });
  process.on('disconnect', () => process.exit(0));
  process.send(await frameworks[framework](endpoint));
}

/** Handles an event, in place of an app's own work. */
function handle({ type }: { readonly type: string | undefined }): void {
  if (type === eventType) handled++;
}

const key = createSecretKey(secret, 'utf8');

/** Reads the header at two fixed positions, computes one MAC, compares, parses. */
function isGenuine(body: Buffer, header: string): boolean {
  const [time = '', signature = ''] = header.split(',v1=');
  const expected = createHmac('sha256', key)
    .update(`${time.slice(2)}.`)
    .update(body)
    .digest();
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  handle(JSON.parse(body.toString()));
  return true;
}

function startExpress(endpoint: Endpoint): Promise<number> {
  const app = express();
  if (endpoint === 'parse') {
    app.post('/', express.json(), (request, response) => {
      handle(request.body);
      response.status(200).end();
    });
  } else if (endpoint === 'bare') {
    app.post('/', express.raw({ type: 'application/json' }), (request, response) => {
      response.status(isGenuine(request.body, String(request.headers[signatureHeader])) ? 200 : 400).end();
    });
  } else if (endpoint === 'hand') {
    app.post('/', express.raw({ type: 'application/json' }), (request, response) => {
      try {
        handle(client.webhooks.constructEvent(request.body, request.headers[signatureHeader] ?? '', secret));
        response.status(200).end();
      } catch {
        response.status(400).end();
      }
    });
  } else {
    app.post('/', expressWebhook(receiver, handle));
  }
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

function startHono(endpoint: Endpoint): Promise<number> {
  const app = new Hono();
  if (endpoint === 'parse') {
    app.post('/', async (c) => {
      handle(await c.req.json());
      return c.body(null, 200);
    });
  } else if (endpoint === 'bare') {
    app.post('/', async (c) => {
      const body = Buffer.from(await c.req.arrayBuffer());
      return c.body(null, isGenuine(body, c.req.header(signatureHeader) ?? '') ? 200 : 400);
    });
  } else if (endpoint === 'hand') {
    app.post('/', async (c) => {
      const text = await c.req.text();
      try {
        handle(client.webhooks.constructEvent(text, c.req.header(signatureHeader) ?? '', secret));
        return c.body(null, 200);
      } catch {
        return c.body(null, 400);
      }
    });
  } else {
    app.post('/', honoWebhook(receiver, handle));
  }
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
  });
}

async function startFastify(endpoint: Endpoint): Promise<number> {
  const app = fastify();
  if (endpoint === 'parse') {
    app.post('/', async (request, reply) => {
      handle(request.body as { type: string });
      return reply.code(200).send();
    });
  } else if (endpoint === 'bare') {
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post('/', async (request, reply) => {
      const isHandled = isGenuine(request.body as Buffer, String(request.headers[signatureHeader]));
      return reply.code(isHandled ? 200 : 400).send();
    });
  } else if (endpoint === 'hand') {
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.post('/', async (request, reply) => {
      try {
        const signature = request.headers[signatureHeader] ?? '';
        handle(client.webhooks.constructEvent(request.body as Buffer, signature, secret));
        return reply.code(200).send();
      } catch {
        return reply.code(400).send();
      }
    });
  } else {
    app.register(fastifyWebhook(receiver, handle), { url: '/' });
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as { port: number }).port;
}
