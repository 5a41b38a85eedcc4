/** A function of Netlify: a Request goes in and a Response comes out. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { stripe } from '@countersign/providers/stripe';
import type { Config, Context } from '@netlify/functions';

const receiver = createReceiver({
  provider: stripe,
  secrets: process.env.STRIPE_WEBHOOK_SECRET,
  // For tests. Instances share no memory: use a store from @countersign/stores.
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`stripe ${event.type} ${event.id}`));

// The context has waitUntil, which keeps a handler alive that runs past its deadline.
export default (request: Request, context: Context) => serve(request, context);

export const config: Config = { path: '/webhooks/stripe', method: 'POST' };
