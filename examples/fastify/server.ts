/**
 * A Fastify app that receives deliveries from two senders, each in one of the two forms, next to an ordinary JSON
 * route.
 */

import { createReceiver, memoryStore } from '@countersign/core';
import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/fastify';
import { paddle } from '@countersign/providers/paddle';
import { slack } from '@countersign/providers/slack';
import Fastify from 'fastify';

const dedupe = memoryStore();
const fromSlack = createReceiver({ provider: slack, secrets: process.env.SLACK_SIGNING_SECRET, dedupe });
const fromPaddle = createReceiver({ provider: paddle, secrets: process.env.PADDLE_WEBHOOK_SECRET, dedupe });

const app = Fastify();

// A complete route: it reads, verifies and responds itself.
app.register(
  webhook(fromSlack, (event) => console.log(`slack ${event.type} ${event.id}`)),
  { url: '/webhooks/slack' },
);

// Routes of your own behind verification: they answer.
app.register(webhookMiddleware(fromPaddle), {
  routes: (scope) =>
    scope.post('/webhooks/paddle', async (request) => {
      const event = verifiedEvent(fromPaddle, request);
      console.log(`paddle ${event.type} ${event.id}`);
      return { received: event.id };
    }),
});

// Every other route gets its body parsed, as usual.
app.post<{ Body: { item: string } }>('/orders', async (request) => ({ ordered: request.body.item }));

await app.listen({ port: Number(process.env.PORT ?? 3000) });
