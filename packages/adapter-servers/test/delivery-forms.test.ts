/** Signed deliveries in the forms of frameworks and clouds, each taken by the real thing. */

import { createReceiver, type WebhookEvent } from '@countersign/core';
import { webhook as expressWebhook } from '@countersign/express';
import { webhook as fastifyWebhook } from '@countersign/fastify';
import { webhook as honoWebhook } from '@countersign/hono';
import { lambdaHandler } from '@countersign/http/aws-lambda';
import { stripe } from '@countersign/providers/stripe';
import { sendBy, signDelivery, toInjectOptions, toLambdaEvent, toRequest } from '@countersign/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import request from 'supertest';
import { describe, expect, it } from 'vitest';

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
/** Neither spacing nor letters may be lost on the way. */
const body = '{"id":"evt_1",  "type":"invoice.paid", "name":"Zoë 東京"}\r\n';
const url = 'https://example.com/hook?a=1';

function counted() {
  const bodies: string[] = [];
  const receiver = createReceiver({ provider: stripe, secrets: secret, onOutcome: () => undefined });
  const handle = (event: WebhookEvent) => void bodies.push(event.text());
  return { receiver, handle: handle as never, bodies };
}

describe('a signed delivery', () => {
  it('is a Request', async () => {
    const { receiver, handle, bodies } = counted();
    const app = new Hono().post('/hook', honoWebhook(receiver, handle));
    expect((await app.request(toRequest(await signDelivery(stripe, { secret, body, url })))).status).toBe(200);
    expect(bodies).toEqual([body]);
  });

  it('is injected into Fastify', async () => {
    const { receiver, handle, bodies } = counted();
    const app = fastify();
    app.register(fastifyWebhook(receiver, handle), { url: '/hook' });
    const answer = await app.inject(toInjectOptions(await signDelivery(stripe, { secret, body, url })));
    expect(answer.statusCode).toBe(200);
    expect(bodies).toEqual([body]);
    await app.close();
  });

  it('is sent by supertest, which would otherwise write it anew', async () => {
    const { receiver, handle, bodies } = counted();
    const app = express().post('/hook', expressWebhook(receiver, handle));
    const delivery = await signDelivery(stripe, { secret, body, url });
    expect((await sendBy(request(app).post('/hook'), delivery)).status).toBe(200);
    expect(bodies).toEqual([body]);
    const plain = await request(app).post('/hook').set(delivery.headers).send(Buffer.from(delivery.body));
    expect(plain.status).toBe(401);
  });

  it.each(['rest', 'http', 'alb'] as const)('is an event of Lambda, as %s', async (form) => {
    const { receiver, handle, bodies } = counted();
    const serve = lambdaHandler(receiver, handle);
    const event = toLambdaEvent(await signDelivery(stripe, { secret, body, url }), form);
    expect(await serve(event as never)).toMatchObject({ statusCode: 200 });
    expect(bodies).toEqual([body]);
  });
});
