import { createReceiver, defineProvider, rawBodyHmac, type WebhookEvent } from '@countersign/core';
import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/express';
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
      webhook(receiver, {
        'order.paid': async (event) => ({ body: String(event.payload.amount) }),
        otherwise: (event) => void expectTypeOf(event.type).toEqualTypeOf<'order.paid' | 'order.lost'>(),
      }),
    );
    // @ts-expect-error: the sender has no such event
    webhook(receiver, { 'order.payed': () => undefined });
    // @ts-expect-error: an answer has no such field
    webhook(receiver, { 'order.paid': () => ({ statusCode: 200 }) });
    // @ts-expect-error: a handler of another sender's events
    webhook(receiver, (event: WebhookEvent<'user.created', { name: string }>) => void event.payload.name);
    webhook(receiver, { 'order.paid': (event: WebhookEvent<'order.paid', { amount: number }>) => void event.payload });
    webhook(receiver, (event: WebhookEvent) => void event.payload);
    const open = defineProvider<Record<string, { id: string }>>({
      name: 'open',
      scheme: rawBodyHmac({ header: 'x-sig' }),
    });
    webhook(
      createReceiver({ provider: open, secrets: '0123456789abcdef0123456789abcdef', onWarning: () => undefined }),
      {
        'order.paid': (event) => void expectTypeOf(event.payload).toEqualTypeOf<{ id: string }>(),
      },
    );
    app.post('/middleware', webhookMiddleware(receiver, { diagnose: true }), (request, response) => {
      expectTypeOf(request.webhook).toEqualTypeOf<WebhookEvent | undefined>();
      const event = verifiedEvent(receiver, request);
      if (event.type === 'order.lost') expectTypeOf(event.payload).toEqualTypeOf<{ reason: string }>();
      response.sendStatus(204);
    });
    app.use('/used', webhookMiddleware(receiver));
    const wrong = () => ({ statusCode: 200 });
    // @ts-expect-error: an answer has no such field
    app.post('/wrong', webhook(receiver, wrong));
  });
});
