/** A function of Cloudflare Pages at /webhooks/acme. */

import { createReceiver } from '@countersign/core';
import { fetchHandler } from '@countersign/http/fetch';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { type D1Binding, d1Store } from '@countersign/stores/d1';

interface Env {
  readonly ACME_WEBHOOK_SECRET?: string;
  readonly DB: D1Binding;
}

/** The part of Pages' EventContext that is used here; @cloudflare/workers-types has all of it. */
interface PagesContext {
  readonly request: Request;
  readonly env: Env;
  waitUntil(work: Promise<unknown>): void;
}

/** Secrets and bindings come with the first request; the receiver is built then, and kept for the lifetime of the isolate. */
let serve: ReturnType<typeof createRoute> | undefined;
const createRoute = (env: Env) => {
  const receiver = createReceiver({
    // Many senders share this scheme, so give each its own name.
    provider: { ...standardWebhooks, name: 'acme' },
    // With '' each answer is a 500, and the log says why; an error thrown here would be a page of Cloudflare's.
    secrets: () => env.ACME_WEBHOOK_SECRET ?? '',
    dedupe: { store: d1Store({ database: env.DB }), namespace: 'acme' },
  });
  return fetchHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));
};

export const onRequestPost = (context: PagesContext): Promise<Response> => {
  serve ??= createRoute(context.env);
  return serve(context.request, context);
};
