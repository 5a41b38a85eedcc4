// Tests every adapter and edge through the installed packages, as a module and as CommonJS: a delivery signed by Stripe's own package is
// handled once, a changed one is refused. Prints `right`, or the fault.
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { createReceiver, memoryStore } from '@countersign/core';
import { stripe } from '@countersign/providers/stripe';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fastify from 'fastify';
import { Hono } from 'hono';
import Stripe from 'stripe';

const require = createRequire(import.meta.url);
const secret = 'whsec_a_secret_of_the_tarball_check_0123456789';
const url = 'http://localhost/stripe';
const wrong = [];
let events = 0;

/** Passes one delivery to each adapter, and returns the status of its response. */
const mounts = {
  async '@countersign/fastify'({ webhook }, receiver, handle) {
    const app = fastify();
    app.register(webhook(receiver, handle), { url: '/stripe' });
    return async (request) =>
      (
        await app.inject({
          method: 'POST',
          url: '/stripe',
          headers: Object.fromEntries(request.headers),
          payload: await request.text(),
        })
      ).statusCode;
  },
  async '@countersign/hono'({ webhook }, receiver, handle) {
    const app = new Hono().post('/stripe', webhook(receiver, handle));
    return async (request) => (await app.fetch(request)).status;
  },
  async '@countersign/nest'({ VerifiedEvent, Webhook, WebhooksModule }, receiver, handle) {
    class Hooks {
      receive(event) {
        return handle(event);
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Hooks.prototype, 'receive');
    for (const decorate of [Post('stripe'), HttpCode(200), Webhook('stripe')])
      decorate(Hooks.prototype, 'receive', descriptor);
    VerifiedEvent()(Hooks.prototype, 'receive', 0);
    Controller()(Hooks);
    class App {}
    const imports = [WebhooksModule.forRoot({ receivers: { stripe: receiver } })];
    Module({ imports, controllers: [Hooks] })(App);
    const app = await NestFactory.create(App, { rawBody: true, logger: false });
    await app.listen(0, '127.0.0.1');
    // Nothing closes it here, and the process must exit by itself.
    app.getHttpServer().unref();
    const address = `http://127.0.0.1:${app.getHttpServer().address().port}/stripe`;
    return async (request) => {
      const headers = { ...Object.fromEntries(request.headers), connection: 'close' };
      return (await fetch(address, { method: 'POST', headers, body: await request.text() })).status;
    };
  },
  async '@countersign/next'({ webhook }, receiver, handle) {
    const POST = webhook(receiver, handle);
    return async (request) => (await POST(request)).status;
  },
  async '@countersign/http/fetch'({ fetchHandler }, receiver, handle) {
    const serve = fetchHandler(receiver, handle);
    return async (request) => (await serve(request)).status;
  },
  async '@countersign/http/aws-lambda'({ lambdaHandler }, receiver, handle) {
    const handler = lambdaHandler(receiver, handle);
    return async (request) => {
      const requestContext = { http: { method: 'POST', path: '/stripe' } };
      const headers = Object.fromEntries(request.headers);
      return (await handler({ version: '2.0', requestContext, headers, body: await request.text() })).statusCode;
    };
  },
};

for (const [name, mount] of Object.entries(mounts)) {
  for (const [format, loaded] of [
    ['a module', await import(name)],
    ['CommonJS', require(name)],
  ]) {
    const receiver = createReceiver({ provider: stripe, secrets: secret, dedupe: memoryStore() });
    let handled = 0;
    const send = await mount(loaded, receiver, () => void handled++);
    const payload = JSON.stringify({ id: `evt_${events++}`, object: 'event', type: 'invoice.paid', livemode: false });
    const header = new Stripe('sk_test_unused').webhooks.generateTestHeaderString({ payload, secret });
    const request = (body) =>
      new Request(url, {
        method: 'POST',
        body,
        headers: { 'stripe-signature': header, 'content-type': 'application/json' },
      });
    const statuses = [await send(request(payload)), await send(request(payload)), await send(request(`${payload} `))];
    if (String(statuses) !== '200,200,401' || handled !== 1)
      wrong.push(`${name} as ${format}: ${statuses}, handled ${handled} times`);
  }
}
await import('@countersign/next/pages');
require('@countersign/next/pages');
console.log(wrong.length === 0 ? 'right' : wrong.join('\n'));
