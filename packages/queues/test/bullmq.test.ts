import { findMissing, type LiveServer, startRedis, startTcpProxy, type TcpProxy } from '@countersign/live-services';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { bullmqQueue } from '../src/bullmq.ts';
import { freshName, testEngine, titleOf } from './contract.ts';

const missing = findMissing('redis');

describe.skipIf(missing !== undefined)(titleOf('BullMQ', missing), () => {
  let server: LiveServer;
  let proxy: TcpProxy;
  beforeAll(async () => {
    server = await startRedis({ appendOnly: 'always' });
    proxy = await startTcpProxy(server.port);
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
  });

  testEngine({
    buriesAtOnce: true,
    outage: { cut: () => proxy.cut(), restore: () => proxy.restore() },
    async restart() {
      await server.kill();
      await server.restart();
    },
    async make(attempts) {
      const name = freshName();
      const quick = new Redis(proxy.port, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: true });
      const eyeClient = new Redis(server.port, { maxRetriesPerRequest: null });
      for (const one of [quick, eyeClient]) one.on('error', () => undefined);
      await quick.connect();
      const queue = new Queue(name, {
        connection: quick,
        defaultJobOptions: { attempts, backoff: { type: 'fixed', delay: 50 }, removeOnComplete: 1000 },
      });
      queue.on('error', () => undefined);
      // One that fails while it connects for the first time keeps failing.
      await queue.waitUntilReady();
      const eye = new Queue(name, { connection: eyeClient });
      return {
        queue: bullmqQueue({
          queue,
          worker: (processor, { concurrency }) => {
            const connection = new Redis(proxy.port, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
            connection.on('error', () => undefined);
            const worker = new Worker(name, processor as never, { connection, concurrency, drainDelay: 1 });
            worker.on('closed', () => connection.disconnect());
            return worker;
          },
        }),
        pending: () => eye.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized'),
        dead: () => eye.getJobCountByTypes('failed'),
        async close() {
          await Promise.all([queue.close(), eye.close()]);
          for (const one of [quick, eyeClient]) one.disconnect();
        },
      };
    },
  });
});
