/** The order that does not work: a body parser before the webhook. */

import { createReceiver } from '@countersign/core';
import { nodeHandler } from '@countersign/http/node';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';

import Koa from 'koa';
import bodyParser from 'koa-bodyparser';

const receiver = createReceiver({ provider: standardWebhooks, secrets: process.env.ACME_WEBHOOK_SECRET });
const serve = nodeHandler(receiver, (event) => console.log(`acme ${event.type} ${event.id}`));
const app = new Koa();
app.use(bodyParser());
app.use((ctx) => {
  ctx.respond = false;
  return serve(ctx.req, ctx.res);
});
app.listen(Number(process.env.PORT));
