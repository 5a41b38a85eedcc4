import { createReceiver, defineProvider, handlers, rawBodyHmac, type WebhookEvent } from '@countersign/core';
import { verifiedEvent, webhook } from '@countersign/express';
import express from 'express';
import { describe, expectTypeOf, it } from 'vitest';

interface Events {
  'order.paid': { amount: number };
  'order.lost': { reason: string };
}

describe('the types of the adapter', () => {
  const provider = defineProvider<Events>({
    name: 'types',
    scheme: rawBodyHmac({ header: 'x-sig' }),
    eventType: { json: 'type' },
  });
  const receiver = createReceiver({
    provider,
    secrets: '0123456789abcdef0123456789abcdef',
    onWarning: () => undefined,
  });

  it('fit into app.post, narrow by event.type, and type request.webhook', () => {
    const app = express();
    app.post(
      '/finished',
      webhook(receiver, (event) => {
        if (event.type === 'order.paid') expectTypeOf(event.payload).toEqualTypeOf<{ amount: number }>();
        if (event.type === 'order.lost') expectTypeOf(event.payload.reason).toBeString();
      }),
    );
    app.post(
      '/chosen',
      webhook(
        receiver,
        handlers<typeof provider>({ 'order.paid': async (event) => ({ body: String(event.payload.amount) }) }),
      ),
    );
    app.post('/middleware', webhook(receiver, { diagnose: true }), (request, response) => {
      expectTypeOf(request.webhook).toEqualTypeOf<WebhookEvent | undefined>();
      const event = verifiedEvent(receiver, request);
      if (event.type === 'order.lost') expectTypeOf(event.payload).toEqualTypeOf<{ reason: string }>();
      response.sendStatus(204);
    });
    app.use('/used', webhook(receiver));
    const wrong = () => ({ statusCode: 200 });
    // @ts-expect-error: an answer has no such field
    app.post('/wrong', webhook(receiver, wrong));
  });
});
