/** An Elysia app, on Bun or on Node: its parser is off for the webhook. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { node } from '@elysiajs/node';
import { Elysia } from 'elysia';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  secrets: process.env.ACME_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

const isBun = 'Bun' in globalThis;

new Elysia(isBun ? {} : { adapter: node() })
  // A hook that names the body makes Elysia parse it on every route after it, except where the parser is off.
  .onAfterHandle(({ body, path }) => {
    if (path === '/orders') console.log(`ordered ${JSON.stringify(body)}`);
  })
  .post('/webhooks/acme', ({ request }) => serve(request), { parse: 'none' })
  .post('/orders', ({ body }) => ({ ordered: (body as { item: string }).item }))
  .listen(Number(process.env.PORT ?? 3000));
