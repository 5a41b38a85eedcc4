/** A server of h3 2 on Node: the webhook gets the Request of the event. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { H3, serve } from 'h3';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  secrets: process.env.ACME_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});
const fromAcme = fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

const app = new H3();
app.post('/webhooks/acme', (event) => fromAcme(event.req));
app.post('/orders', async (event) => ({ ordered: ((await event.req.json()) as { item: string }).item }));

serve(app, { port: Number(process.env.PORT ?? 3000) });
