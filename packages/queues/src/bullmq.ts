/** BullMQ: a queue in Redis or Valkey. BullMQ 6 declares Node 14.18; tested on 24. */

import { optionError, requireMethods, wholeNumber } from './option-values.ts';
import { isFinal, type JobQueue, type QueueOptions } from './queue.ts';

/** The parts of BullMQ's `Queue` that are used. */
export interface BullmqQueueClient {
  readonly name: string;
  add(name: string, data: object, options: object): Promise<{ readonly id?: string | undefined }>;
}

/** The parts of BullMQ's `Worker` that are used. */
export interface BullmqWorkerClient {
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
}

/** Processes one job of BullMQ. */
export type BullmqProcessor = (job: {
  readonly id?: string | undefined;
  readonly data: unknown;
  readonly attemptsMade: number;
  discard?(): void;
}) => Promise<void>;

/** Options of {@link bullmqQueue}. */
export interface BullmqQueueOptions extends QueueOptions {
  /**
   * A `Queue`. With `maxRetriesPerRequest: 1` and `enableOfflineQueue: false` in its connection, an outage is noticed at once instead of
   * after `timeoutSeconds`; then await `queue.waitUntilReady()` when the app starts, because a queue whose first connection fails keeps
   * failing.
   */
  readonly queue: BullmqQueueClient;
  /**
   * Makes the `Worker`, where jobs are worked off: `(processor, { concurrency }) => new Worker('webhooks', processor, { connection,
   * concurrency })`.
   */
  readonly worker?: (processor: BullmqProcessor, options: { readonly concurrency: number }) => BullmqWorkerClient;
  /** Options of each job, such as `attempts`, `backoff`, `removeOnComplete`. Default: those of the queue, `defaultJobOptions`. */
  readonly jobOptions?: object;
  /** Largest job in bytes. Default 8 MiB; Redis's own limit is 512 MiB. */
  readonly maxJobBytes?: number;
}

/**
 * A queue of BullMQ.
 *
 * Jobs have the event's id as `jobId`, so a second one is dropped while BullMQ keeps the first; with `removeOnComplete` it is forgotten,
 * and the worker's claim drops the second. Redis confirms a job before its file does, unless it runs with `appendfsync always`.
 *
 * @example
 * const queue = bullmqQueue({
 *   queue: new Queue('webhooks', { connection, defaultJobOptions: { attempts: 5, backoff: { type: 'exponential', delay: 1000 } } }),
 *   worker: (processor, { concurrency }) => new Worker('webhooks', processor, { connection, concurrency }),
 * });
 *
 * @throws options_invalid
 */
export function bullmqQueue(options: BullmqQueueOptions): JobQueue {
  const { queue, worker, jobOptions = {}, seal } = options;
  requireMethods('bullmqQueue.queue', queue, ['add'], "Expected BullMQ's Queue.");
  const maxJobBytes = wholeNumber('bullmqQueue.maxJobBytes', options.maxJobBytes, 1024, 512 * 1024 ** 2, 8 * 1024 ** 2);
  return {
    name: queue.name,
    engine: 'bullmq',
    maxJobBytes,
    seal,
    async publish({ text, id }) {
      // BullMQ refuses an id that is a number.
      const added = await queue.add('webhook', { job: text }, { ...jobOptions, jobId: `w${id}` });
      if (added?.id !== `w${id}`) throw new Error('BullMQ did not confirm the job.');
    },
    async take(run, { concurrency, onError }) {
      if (worker === undefined)
        throw optionError(
          'bullmqQueue.worker',
          "Add worker: (processor, { concurrency }) => new Worker('name', processor, { connection, concurrency }).",
        );
      const process: BullmqProcessor = async (job) => {
        const { id = '', data, attemptsMade } = job;
        try {
          await run({ job: (data as { job?: unknown } | null)?.job, messageId: id, delivery: attemptsMade + 1 });
        } catch (error) {
          // By its name BullMQ knows an error after which it does not try again.
          throw isFinal(error)
            ? Object.assign(new Error((error as Error).message), { name: 'UnrecoverableError' })
            : error;
        }
      };
      const started = worker(process, { concurrency });
      started.on('error', onError);
      await started.waitUntilReady();
      return { close: () => started.close() };
    },
  };
}
