/** Cloudflare Queues in workerd. A Worker hands each batch to this process, whose answer decides over each message. */

import { standardWebhooks } from '@countersign/providers/standard-webhooks';
import { signDelivery } from '@countersign/testing';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudflareMessage, cloudflareQueue } from '../src/cloudflare-queues.ts';
import type { JobQueue } from '../src/index.ts';
import { testEngine } from './contract.ts';

const script = `export default {
  async queue(batch, env) {
    const messages = batch.messages.map(({ id, body, attempts }) => ({ id, body, attempts }));
    const response = await env.BRIDGE.fetch('http://bridge', { method: 'POST', body: JSON.stringify({ queue: batch.queue, messages }) });
    const delays = await response.json();
    for (const message of batch.messages)
      if (delays[message.id] === undefined) message.ack();
      else message.retry({ delaySeconds: delays[message.id] });
  },
};`;

interface Bridge {
  /** Resolves while a worker takes jobs. */
  open: Promise<void>;
  consume(messages: readonly CloudflareMessage[]): Promise<void>;
  pending: number;
  dead: number;
}

const queueCount = 24;
const attempts = 3;

describe('live: Cloudflare Queues', () => {
  const bridges = new Map<string, Bridge>();
  let miniflare: Miniflare;
  let used = 0;

  beforeAll(async () => {
    const names = Array.from({ length: queueCount }, (_, index) => `jobs${index}`);
    const consumer = { maxBatchSize: 1, maxBatchTimeout: 0 };
    miniflare = new Miniflare({
      modules: true,
      script,
      compatibilityDate: '2026-07-01',
      queueProducers: Object.fromEntries(names.map((name) => [name, name])),
      queueConsumers: Object.fromEntries(
        names.flatMap((name) => [
          [name, { ...consumer, maxRetries: attempts - 1, deadLetterQueue: `${name}dead` }],
          [`${name}dead`, consumer],
        ]),
      ),
      serviceBindings: {
        async BRIDGE(request: { json(): Promise<unknown> }) {
          const { queue, messages } = (await request.json()) as { queue: string; messages: CloudflareMessage[] };
          const delays: Record<string, number> = {};
          const bridge = bridges.get(queue.replace('dead', ''));
          if (queue.endsWith('dead')) {
            if (bridge !== undefined) {
              bridge.dead += messages.length;
              bridge.pending -= messages.length;
            }
          } else if (bridge !== undefined) {
            await bridge.open;
            await bridge.consume(
              messages.map((message) => ({
                ...message,
                ack: () => void bridge.pending--,
                retry({ delaySeconds = 0 } = {}) {
                  delays[message.id] = delaySeconds;
                },
              })),
            );
          }
          return new Response(JSON.stringify(delays)) as never;
        },
      },
    });
    await miniflare.ready;
  }, 60_000);
  afterAll(() => miniflare?.dispose());

  testEngine({
    async make() {
      const name = `jobs${used++}`;
      const producer = await miniflare.getQueueProducer(name);
      const binding = { send: (text: unknown, options: { contentType: 'text' }) => producer.send(text, options) };
      const queue = cloudflareQueue({ name, binding, retryDelaysSeconds: [0] });
      let start = () => undefined as void;
      const gate = () =>
        new Promise<void>((resolve) => {
          start = resolve;
        });
      const bridge: Bridge = {
        open: gate(),
        consume: (messages) => queue.consume({ messages }),
        pending: 0,
        dead: 0,
      };
      bridges.set(name, bridge);
      const watched: JobQueue = {
        ...queue,
        async publish(job) {
          await queue.publish(job);
          bridge.pending++;
        },
        async take(run, options) {
          const taking = await queue.take(run, options);
          start();
          return {
            async close() {
              bridge.open = gate();
              await taking.close();
            },
          };
        },
      };
      return { queue: watched, pending: async () => bridge.pending, dead: async () => bridge.dead };
    },
  });

  it('runs as a whole inside workerd: the route, the queue and the worker', async () => {
    const contents = `
      import { createReceiver, memoryStore } from '@countersign/core';
      import { fetchHandler } from '@countersign/http/fetch';
      import { standardWebhooks } from '@countersign/providers/standard-webhooks';
      import { enqueue, work } from './src/index.ts';
      import { cloudflareQueue } from './src/cloudflare-queues.ts';
      const receiver = createReceiver({ provider: standardWebhooks, secrets: '${secret}', dedupe: memoryStore() });
      let queue;
      const queueOf = (env) => {
        if (queue === undefined) {
          queue = cloudflareQueue({ name: 'jobs', binding: env.JOBS });
          work(queue, receiver, async (event, { job }) => {
            await env.BRIDGE.fetch('http://bridge', { method: 'POST', body: JSON.stringify([event.id, event.payload, job]) });
          });
        }
        return queue;
      };
      export default {
        fetch: (request, env) => fetchHandler(receiver, enqueue(queueOf(env)))(request),
        queue: (batch, env) => queueOf(env).consume(batch),
      };`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: new URL('..', import.meta.url).pathname, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'esm',
      conditions: ['countersign-source', 'workerd'],
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    const seen: unknown[] = [];
    const whole = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-07-01',
      queueProducers: { JOBS: 'jobs' },
      queueConsumers: { jobs: { maxBatchTimeout: 0 } },
      serviceBindings: {
        async BRIDGE(request: { json(): Promise<unknown> }) {
          seen.push(await request.json());
          return new Response() as never;
        },
      },
    });
    try {
      const { body, headers } = await signDelivery(standardWebhooks, { secret, id: 'msg_1', body: '{"type":"a"}' });
      const post = () =>
        whole.dispatchFetch('http://example.com/', { method: 'POST', body: body as Uint8Array<ArrayBuffer>, headers });
      expect((await post()).status).toBe(200);
      await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(1);
      expect(seen[0]).toEqual(['msg_1', { type: 'a' }, expect.objectContaining({ queue: 'jobs', delivery: 1 })]);
      expect((await post()).headers.get('webhook-replayed')).toBe('true');
    } finally {
      await whole.dispose();
    }
  });
});

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
