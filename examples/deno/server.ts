/** A server on Deno that receives Discord's deliveries, verified with a public key, next to an ordinary JSON route. */

import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { discord } from '@countersign/providers/discord';

const receiver = createReceiver({
  provider: discord,
  keys: Deno.env.get('DISCORD_PUBLIC_KEY'),
  dedupe: memoryStore(),
});
const fromDiscord = fetchHandler(receiver, (event) => console.log(`discord ${event.type} ${event.id}`));

Deno.serve({ port: Number(Deno.env.get('PORT') ?? 3000) }, async (request) => {
  const route = `${request.method} ${new URL(request.url).pathname}`;
  if (route === 'POST /webhooks/discord') return fromDiscord(request);
  if (route === 'POST /orders') return Response.json({ ordered: (await request.json()).item });
  return new Response(null, { status: 404 });
});
