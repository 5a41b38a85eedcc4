import { createReceiver, defineProvider, rawBodyHmac, type WebhookEvent } from '@countersign/core';
import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/fastify';
import fastify from 'fastify';
import { describe, expectTypeOf, it } from 'vitest';

interface Events {
  'order.paid': { amount: number };
  'order.lost': { reason: string };
}

describe('the types of the adapter for Fastify', () => {
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

  it('fit into app.register, narrow by event.type, and type request.webhook', () => {
    const app = fastify();
    app.register(
      webhook(receiver, (event) => {
        if (event.type === 'order.paid') expectTypeOf(event.payload).toEqualTypeOf<{ amount: number }>();
        if (event.type === 'order.lost') expectTypeOf(event.payload.reason).toBeString();
      }),
      { url: '/typed' },
    );
    app.register(
      webhook(receiver, {
        'order.paid': (event) => void expectTypeOf(event.payload).toEqualTypeOf<{ amount: number }>(),
        otherwise: (event) => void expectTypeOf(event.type).toEqualTypeOf<'order.paid' | 'order.lost'>(),
      }),
      { url: '/by-type' },
    );
    // @ts-expect-error: the sender has no such event
    webhook(receiver, { 'order.payed': () => undefined });
    app.register(webhookMiddleware(receiver, { diagnose: true }), {
      routes: (scope) =>
        scope.post('/own', async (request) => {
          expectTypeOf(request.webhook).toEqualTypeOf<WebhookEvent | undefined>();
          const event = verifiedEvent(receiver, request);
          if (event.type === 'order.lost') expectTypeOf(event.payload).toEqualTypeOf<{ reason: string }>();
        }),
    });
    const typed = webhook(receiver, () => undefined);
    // @ts-expect-error: a path has to be given
    const noPath: Parameters<typeof typed>[1] = {};
    const own = webhookMiddleware(receiver);
    // @ts-expect-error: routes have to be given
    const noRoutes: Parameters<typeof own>[1] = { url: '/own' };
    return [noPath, noRoutes];
  });
});
