/** The same hook with the parser left on: Elysia reads the body before the route. */

import { createReceiver } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { node } from '@elysiajs/node';
import { Elysia } from 'elysia';

const receiver = createReceiver({ provider: standardWebhooks, secrets: process.env.ACME_WEBHOOK_SECRET });
const serve = fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

new Elysia('Bun' in globalThis ? {} : { adapter: node() })
  .onAfterHandle(({ body }) => console.log(`posted ${JSON.stringify(body)}`))
  .post('/webhooks/acme', ({ request }) => serve(request))
  .listen(Number(process.env.PORT));
