/**
 * A server on Bun that receives deliveries from a sender that follows Standard Webhooks, next to an ordinary JSON
 * route.
 */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  secrets: process.env.ACME_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});

const server = Bun.serve({
  port: process.env.PORT ?? 3000,
  routes: {
    '/webhooks/acme': { POST: fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`)) },
    '/orders': { POST: async (request) => Response.json({ ordered: (await request.json()).item }) },
  },
});
console.log(`Listening on ${server.url}`);
