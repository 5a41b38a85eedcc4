/** A Koa app: the webhook before the body parser, which the other routes use. */

import { createReceiver, memoryStore } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';

import Koa from 'koa';
import bodyParser from 'koa-bodyparser';

const receiver = createReceiver({
  // Many senders share this scheme, so give each its own name.
  provider: { ...standardWebhooks, name: 'acme' },
  secrets: process.env.ACME_WEBHOOK_SECRET,
  dedupe: memoryStore(),
});
const serve = nodeHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));

const app = new Koa();

app.use((ctx, next) => {
  if (ctx.method !== 'POST' || ctx.path !== '/webhooks/acme') return next();
  // The response is sent here, and Koa must not send its own.
  ctx.respond = false;
  return serve(ctx.req, ctx.res);
});

app.use(bodyParser());
app.use((ctx) => {
  if (ctx.path === '/orders') ctx.body = { ordered: (ctx.request.body as { item: string }).item };
});

app.listen(Number(process.env.PORT ?? 3000));
