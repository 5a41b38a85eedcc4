/** A Hono app as a Cloudflare Worker: Svix's deliveries, each handled once by way of Durable Objects, and a JSON route. */

import { createReceiver } from '@countersign/core';
import { webhook } from '@countersign/hono';
import { svix } from '@countersign/providers/svix';
import { type ClaimsNamespace, durableObjectStore } from '@countersign/stores/durable-object';
import { Hono } from 'hono';

// The Worker must export the class that wrangler.jsonc binds to CLAIMS.
export { ClaimsObject } from '@countersign/stores/durable-object';

interface Env {
  readonly SVIX_WEBHOOK_SECRET: string;
  readonly CLAIMS: ClaimsNamespace;
}

/**
 * Secrets and bindings come with the first request; the receiver is built then, and kept for the lifetime of the
 * isolate.
 */
let fromSvix: ReturnType<typeof createRoute> | undefined;
const createRoute = (env: Env) => {
  const receiver = createReceiver({
    provider: { ...svix, name: 'acme' },
    secrets: env.SVIX_WEBHOOK_SECRET,
    dedupe: { store: durableObjectStore({ namespace: env.CLAIMS }), namespace: 'acme' },
  });
  return webhook(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));
};

const app = new Hono<{ Bindings: Env }>();

app.post('/webhooks/acme', (c) => {
  fromSvix ??= createRoute(c.env);
  return fromSvix(c);
});
app.post('/orders', async (c) => c.json({ ordered: (await c.req.json()).item }));

export default app;
