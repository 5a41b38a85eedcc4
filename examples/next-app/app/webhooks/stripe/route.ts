/** App Router: the route handler is `webhook(receiver, handle)` itself. */

import { createReceiver, memoryStore } from '@countersign/core';
import { webhook } from '@countersign/next';
import { stripe } from '@countersign/providers/stripe';

const receiver = createReceiver({
  provider: stripe,
  secrets: process.env.STRIPE_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});

export const POST = webhook(receiver, (event) => console.log(`stripe ${event.type} ${event.id}`));
