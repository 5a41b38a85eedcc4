/**
 * An endpoint for Stripe in Node, with the control URL that the contract needs: `STRIPE_WEBHOOK_SECRET=... node
 * server.ts`
 */

import { createReceiver, memoryStore } from '@countersign/core';
import { webhook } from '@countersign/express';
import { stripe } from '@countersign/providers/stripe';
import express from 'express';

const effects: string[] = [];
let mode: 'works' | 'failing' | 'hanging' = 'works';

const { STRIPE_WEBHOOK_SECRET: secret = '', STRIPE_PREVIOUS_SECRET: previous } = process.env;

const receiver = createReceiver({
  provider: stripe,
  // During a rotation both secrets are accepted. Without the first one the app does not start.
  secrets: previous === undefined ? secret : [secret, previous],
  dedupe: memoryStore(),
  handlerTimeoutSeconds: 2,
});

const app = express();
app.post(
  '/webhooks/stripe',
  webhook(receiver, async (event) => {
    if (mode === 'failing') throw new Error('The database is away.');
    if (mode === 'hanging') await new Promise((resolve) => setTimeout(resolve, 10_000));
    effects.push(event.id as string);
  }),
);

// For the contract only: mount this in tests, never in production.
if (process.env.NODE_ENV !== 'production') {
  app.get('/control', (request, response) => {
    if ('order' in request.query) response.json(effects);
    else response.send(String(effects.filter((id) => id === request.query.effects).length));
  });
  app.post('/control', (request, response) => {
    const [[name, value] = []] = Object.entries(request.query);
    mode = value === 'on' ? (name as typeof mode) : 'works';
    response.sendStatus(204);
  });
}

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
