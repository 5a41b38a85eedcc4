/** A function of Vercel: the name of the method is the export, a Request goes in and a Response comes out. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { stripe } from '@countersign/providers/stripe';
import { waitUntil } from '@vercel/functions';

const receiver = createReceiver({
  provider: stripe,
  secrets: process.env.STRIPE_WEBHOOK_SECRET,
  // For tests. Instances share no memory: use a store from @countersign/stores.
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`stripe ${event.type} ${event.id}`));

// waitUntil keeps a handler alive that runs past its deadline.
export const POST = (request: Request) => serve(request, { waitUntil });
