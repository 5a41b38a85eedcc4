/** A middleware that reads every body, before the webhook. */

import { createReceiver } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { H3, serve } from 'h3';

const receiver = createReceiver({ provider: standardWebhooks, secrets: process.env.ACME_WEBHOOK_SECRET });
const fromAcme = fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

const app = new H3();
app.use(async (event) => {
  console.log(`posted ${JSON.stringify(await event.req.json())}`);
});
app.post('/webhooks/acme', (event) => fromAcme(event.req));
serve(app, { port: Number(process.env.PORT) });
