/** A function of Azure Functions v4 that is called by HTTP. */

import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { createReceiver, memoryStore } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  secrets: process.env.ACME_WEBHOOK_SECRET,
  // For tests. Instances share no memory: use a store from @countersign/stores.
  dedupe: memoryStore(),
});
const serve = fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

/** Azure has classes of its own: a Request goes in and a Response comes out, with the bytes as they are. */
export async function acme(request: HttpRequest, _context: InvocationContext): Promise<HttpResponseInit> {
  const { url, method, headers } = request;
  const isEmpty = method === 'GET' || method === 'HEAD';
  const body = isEmpty ? null : await request.arrayBuffer();
  const response = await serve(new Request(url, { method, headers: Object.fromEntries(headers), body }));
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

// A sender has no key of Azure, so the level is anonymous: the signature is the authentication.
app.http('acme', { methods: ['POST'], authLevel: 'anonymous', route: 'webhooks/acme', handler: acme });
