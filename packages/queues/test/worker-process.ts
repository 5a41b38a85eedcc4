/** A worker on BullMQ as a process of its own, which tells each start and each end of a handler. */

import { createReceiver } from '@countersign/core';
import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { redisStore } from '@countersign/stores/redis';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { bullmqQueue } from '../src/bullmq.ts';
import { closeOnSignals, work } from '../src/index.ts';

const [port, name, mode] = process.argv.slice(2) as [string, string, string];
const connection = () => new Redis(Number(port), { maxRetriesPerRequest: null });
const receiver = createReceiver({
  provider: standardWebhooks,
  secrets: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  dedupe: { store: redisStore({ client: connection() }), namespace: name, leaseSeconds: 2 },
});
const queue = bullmqQueue({
  queue: new Queue(name, { connection: connection() }),
  worker: (processor, { concurrency }) =>
    new Worker(name, processor as never, {
      connection: connection(),
      concurrency,
      lockDuration: 1000,
      stalledInterval: 500,
      maxStalledCount: 10,
    }),
});
const worker = work(queue, receiver, async (event, { attempt }) => {
  process.send?.({ started: event.id, attempt });
  if (mode === 'hangs') await new Promise(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, mode === 'slow' ? 500 : 10));
  process.send?.({ ended: event.id, attempt });
});
closeOnSignals(worker);
await worker.ready;
process.send?.({ ready: true });
