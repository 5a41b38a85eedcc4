/** A server route: its handler gets the Request and returns the Response. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { stripe } from '@countersign/providers/stripe';
import { createFileRoute } from '@tanstack/react-router';

const receiver = createReceiver({
  provider: stripe,
  secrets: () => process.env.STRIPE_WEBHOOK_SECRET ?? '',
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`stripe ${event.type} ${event.id}`));

export const Route = createFileRoute('/webhooks/stripe')({
  server: { handlers: { POST: ({ request }) => serve(request) } },
});
