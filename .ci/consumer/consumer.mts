// Compiled like a user's file, as a module and as CommonJS, under several versions of TypeScript.
import {
  createReceiver,
  type DedupeStore,
  defineProvider,
  type EventOf,
  type HandlersByType,
  hmac,
  isWebhookError,
  memoryStore,
  type Outcome,
  type Provider,
  type Receiver,
  type WebhookErrorCode,
  type WebhookEvent,
} from '@countersign/core';
import { verifiedEvent, webhook, webhookMiddleware } from '@countersign/express';
import { webhookMiddleware as fastifyMiddleware, webhook as viaFastify } from '@countersign/fastify';
import { webhookMiddleware as honoMiddleware, webhook as viaHono } from '@countersign/hono';
import { lambdaHandler } from '@countersign/http/aws-lambda';
import { fetchHandler } from '@countersign/http/fetch';
import { VerifiedEvent, Webhook, WebhooksModule } from '@countersign/nest';
import { openTelemetry } from '@countersign/otel';
import { stripe } from '@countersign/providers/stripe';
import { enqueue, type JobQueue, work } from '@countersign/queues';
import { bullmqQueue } from '@countersign/queues/bullmq';
import { redisStore } from '@countersign/stores/redis';
import { type SqliteDatabase, sqliteStore } from '@countersign/stores/sqlite';
import { type StoreContractOptions, storeContract } from '@countersign/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';

const store: DedupeStore = memoryStore({ maxRecords: 10 });
export const receiver = createReceiver({ provider: stripe, secrets: ['whsec_new', 'whsec_old'], dedupe: store });
export const observed = createReceiver({
  provider: stripe,
  secrets: 'whsec_new',
  observe: openTelemetry(),
  logger: console,
});

export const acme: Provider = defineProvider({
  name: 'acme',
  scheme: hmac({ hash: 'SHA-256', signature: { header: 'x-acme', encoding: 'hex' }, signs: ['body'] }),
});
export const acmeReceiver: Receiver<WebhookEvent> = createReceiver({ provider: acme, secrets: 'a secret of 16 bytes' });

export async function verify(body: Uint8Array, headers: Record<string, string>): Promise<string | undefined> {
  try {
    const event = await receiver.verify({ body, headers });
    const type: string | undefined = event.type;
    const isLive: boolean = event.payload.livemode;
    return isLive ? type : event.id;
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    const code: WebhookErrorCode = error.code;
    return code;
  }
}

export const outcome: Promise<Outcome> = acmeReceiver.receive({ body: new Uint8Array(), headers: {} }, () => ({
  status: 202,
}));
export const handle: HandlersByType<EventOf<typeof stripe>> = {
  'invoice.paid': (event, { signal, attempt }) => {
    const created: number | string = event.payload.created;
    if (signal.aborted || attempt > 3) throw new Error(`${created}`);
  },
};

const app = express();
app.post('/stripe', webhook(receiver, handle));
app.post('/own', webhookMiddleware(receiver), (request, response) => {
  response.json({ live: verifiedEvent(receiver, request).payload.livemode satisfies boolean });
});

const server = fastify();
server.register(
  viaFastify(receiver, (event) => console.log(event.id)),
  { url: '/plain' },
);
server.register(viaFastify(receiver, handle), { url: '/typed' });
server.register(fastifyMiddleware(receiver), {
  routes: (scope) => scope.post('/own', async (request) => ({ id: request.webhook?.id })),
});

export const hono = new Hono()
  .post('/stripe', viaHono(receiver, handle))
  .post('/own', honoMiddleware(receiver), (c) => c.json({ type: c.var.webhook.type satisfies string | undefined }));
export const nest = WebhooksModule.forRoot({ receivers: { stripe: receiver } });
export const nestAsync = WebhooksModule.forRootAsync({ useFactory: () => ({ receivers: { stripe: receiver } }) });
export const nestDecorators: [MethodDecorator, ParameterDecorator] = [Webhook('stripe'), VerifiedEvent()];
export const serve = fetchHandler(receiver, handle);
export const lambda = lambdaHandler(receiver, handle);

export function inTransaction(database: SqliteDatabase) {
  const sqlite = sqliteStore({ database });
  const transactional = createReceiver({
    provider: stripe,
    secrets: 'whsec_one',
    dedupe: { store: sqlite, mode: 'transactional' },
    ordering: { entity: (event) => event.id },
    deadLetter: { afterAttempts: 5, handle: (event, { attempts }) => console.log(event.id, attempts) },
  });
  return transactional.receive({ body: new Uint8Array(), headers: {} }, (_, context) => {
    const open: SqliteDatabase = sqlite.transactionOf(context);
    open.exec('SELECT 1');
  });
}
export const contract = (options: StoreContractOptions) => storeContract({ describe: () => 0, it: () => 0 }, options);
// @ts-expect-error a store takes a client, not an address
redisStore({ client: 'redis://127.0.0.1' });

// @ts-expect-error a receiver needs secrets
createReceiver({ provider: stripe });
// @ts-expect-error `any` would let this pass
export const wrong: number = receiver.provider;

// Handlers in place know their event in every version of TypeScript.
app.post(
  '/in-place',
  webhook(receiver, {
    'invoice.paid': (event, { signal }) => {
      const created: number | string = event.payload.created;
      if (signal.aborted) throw new Error(`${created}`);
    },
    // @ts-expect-error a misspelt name
    'invoice.payed': () => undefined,
  }),
);

export function queued(queue: Parameters<typeof bullmqQueue>[0]['queue']) {
  const jobs: JobQueue = bullmqQueue({ queue });
  app.post('/queued', webhook(receiver, enqueue(jobs)));
  // @ts-expect-error a queue is not the engine's own client
  enqueue(queue);
  return work(jobs, receiver, {
    'invoice.paid': (event, { job }) => {
      const created: number | string = event.payload.created;
      console.log(created, job.arrivedAt.getTime(), job.trace?.traceparent);
    },
    otherwise: (event) => console.log(event.type),
  });
}
