/** Cloudflare Queues, inside a Worker. Needs no Node; tested on workerd through miniflare on Node 24. */

import { optionError, requireMethods, requireText, wholeNumber } from './option-values.ts';
import { delayAfter } from './polling.ts';
import type { JobQueue, QueueOptions, TakenJob } from './queue.ts';

/** A producer binding. */
export interface CloudflareProducer {
  send(message: unknown, options: { contentType: 'text' }): Promise<unknown>;
}

/** The parts of a message that are used. */
export interface CloudflareMessage {
  readonly id: string;
  readonly body: unknown;
  readonly attempts: number;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** The parts of a batch that are used. */
export interface CloudflareBatch {
  readonly messages: readonly CloudflareMessage[];
}

/** Options of {@link cloudflareQueue}. */
export interface CloudflareQueueOptions extends QueueOptions {
  /** The name of the queue, as in `wrangler.toml`; the same in producer and consumer. */
  readonly name: string;
  /** The producer binding, such as `env.WEBHOOKS`. A Worker that only consumes needs none. */
  readonly binding?: CloudflareProducer;
  /** Delays after a failed attempt, in seconds; the last is repeated. Default 1, 5, 30, 120. */
  readonly retryDelaysSeconds?: readonly number[];
}

/** A queue that is given batches by the platform. */
export interface CloudflareQueue extends JobQueue {
  /** Works off a batch: `export default { queue: (batch) => queue.consume(batch) }`. */
  consume(batch: CloudflareBatch): Promise<void>;
}

/**
 * A queue of Cloudflare.
 *
 * It hands out jobs at least once and in no order. `max_retries` and `dead_letter_queue` of the consumer apply. The claim needs a store
 * that Workers reach, such as `d1Store` or `durableObjectStore`.
 *
 * @example
 * const queue = cloudflareQueue({ name: 'webhooks', binding: env.WEBHOOKS });
 * work(queue, receiver, handlers);
 * const worker = { queue: (batch: CloudflareBatch) => queue.consume(batch) };
 *
 * @throws options_invalid
 */
export function cloudflareQueue(options: CloudflareQueueOptions): CloudflareQueue {
  const { binding, retryDelaysSeconds = [1, 5, 30, 120], seal } = options;
  const name = requireText('cloudflareQueue.name', options.name);
  if (binding !== undefined)
    requireMethods('cloudflareQueue.binding', binding, ['send'], 'Expected a producer binding.');
  wholeNumber('cloudflareQueue.retryDelaysSeconds', retryDelaysSeconds.length, 1, 100, 1);
  let run: ((job: TakenJob) => Promise<void>) | undefined;
  let concurrency = 1;
  const running = new Set<Promise<unknown>>();
  const consume = async (message: CloudflareMessage) => {
    const { id, body, attempts } = message;
    try {
      if (run === undefined) throw optionError('queue', 'Call work(queue, receiver, handlers) first.');
      await run({ job: body, messageId: id, delivery: attempts });
    } catch {
      return message.retry({ delaySeconds: delayAfter(attempts, retryDelaysSeconds) });
    }
    message.ack();
  };
  return {
    name,
    engine: 'cloudflare-queues',
    // Cloudflare's documentation, limits of Queues: 128 KB (read 2026-11-27), which are 128,000 bytes with what it adds.
    maxJobBytes: 127_000,
    seal,
    async publish({ text }) {
      if (binding === undefined) throw optionError('cloudflareQueue.binding', 'Expected a producer binding.');
      await binding.send(text, { contentType: 'text' });
    },
    async take(take, options) {
      run = take;
      concurrency = options.concurrency;
      return {
        async close() {
          run = undefined;
          await Promise.allSettled(running);
        },
      };
    },
    async consume({ messages }) {
      const rest = [...messages];
      const loop = async () => {
        for (let message = rest.shift(); message !== undefined; message = rest.shift()) await consume(message);
      };
      const loops = Promise.all(Array.from({ length: concurrency }, loop));
      running.add(loops);
      await loops.finally(() => running.delete(loops));
    },
  };
}
