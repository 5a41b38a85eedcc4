/** An Edge Function of Supabase, served at /functions/v1/stripe. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { stripe } from '@countersign/providers/stripe';

const receiver = createReceiver({
  provider: stripe,
  secrets: Deno.env.get('STRIPE_WEBHOOK_SECRET'),
  // For tests. Isolates share no memory: use postgresStore from @countersign/stores with the project's database.
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`stripe ${event.type} ${event.id}`));

// EdgeRuntime.waitUntil keeps a handler alive that runs past its deadline; it is not there outside of Supabase.
const platform = 'EdgeRuntime' in globalThis ? EdgeRuntime : undefined;
Deno.serve((request) => serve(request, platform));
