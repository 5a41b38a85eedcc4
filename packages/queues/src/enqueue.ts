/** The step from a verified event to a queue. */

import {
  type AnyEvent,
  type Handler,
  type HandlerResponse,
  isWebhookError,
  retryLater,
  WebhookError,
  withCause,
} from '@countersign/core';
import { type BodyArchive, createJob } from '@countersign/core/jobs';
import { wholeNumber } from './option-values.ts';
import type { JobQueue } from './queue.ts';

/** Options of {@link enqueue}. */
export interface EnqueueOptions {
  /** `Retry-After` of the response while the queue is away or full, in seconds. 1 to 3 600; default 30. */
  readonly retryAfterSeconds?: number;
  /** Maximum wait for the engine's confirmation, in seconds. 1 to 60; default 5. */
  readonly timeoutSeconds?: number;
  /** Keeps bodies that are too large for the engine; the job then has a reference. Give `work` the same. */
  readonly archive?: BodyArchive;
}

/**
 * A handler that puts each verified event on a queue and succeeds once the engine has confirmed it.
 *
 * The response is the sender's acknowledgement, or 200. While the engine is away or full it is 503 with `Retry-After`, and nothing is
 * acknowledged. In mode `transactional` on the database of an SQL engine, the job commits together with the record that the event is done.
 *
 * @example
 * const queue = bullmqQueue({ queue: new Queue('webhooks', { connection }) });
 * app.post('/webhooks/stripe', webhook(receiver, enqueue(queue)));
 *
 * @throws options_invalid
 */
export function enqueue(queue: JobQueue, options: EnqueueOptions = {}): Handler<AnyEvent> {
  requireQueue(queue);
  const { archive } = options;
  const retryAfterSeconds = wholeNumber('retryAfterSeconds', options.retryAfterSeconds, 1, 3600, 30);
  const timeoutSeconds = wholeNumber('timeoutSeconds', options.timeoutSeconds, 1, 60, 5);
  return async (event, { transaction }): Promise<HandlerResponse | undefined> => {
    const { text, facts, group } = await createJob(event, {
      queue: queue.name,
      seal: queue.seal,
      maxBytes: queue.maxJobBytes,
      archive,
    });
    try {
      await inTime(queue.publish({ text, id: facts.id, group, transaction }), timeoutSeconds);
      return undefined;
    } catch (error) {
      if (isWebhookError(error) && error.code !== 'queue_unavailable') throw error;
      const failure = isWebhookError(error) ? error : unavailable(queue, error, retryAfterSeconds);
      return withCause(retryLater(retryAfterSeconds), failure);
    }
  };
}

/** @throws options_invalid */
export function requireQueue(queue: JobQueue): void {
  const isQueue = typeof queue?.publish === 'function' && typeof queue.take === 'function' && queue.name !== '';
  if (isQueue) return;
  throw new WebhookError('options_invalid', {
    at: 'queue',
    hint: "Expected a queue of this package, such as bullmqQueue({ queue }), not the engine's own client.",
  });
}

function unavailable({ engine, name }: JobQueue, error: unknown, retryAfterSeconds: number): WebhookError {
  return new WebhookError('queue_unavailable', { at: `${engine} ${name}`, retryAfterSeconds, cause: bareError(error) });
}

/** Name, code and message: some drivers' errors contain the job. */
export function bareError(error: unknown): Error {
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  const bare: Error & { code?: string | number } = new Error(
    typeof message === 'string' && message !== '' ? message.slice(0, 300) : 'No message.',
  );
  if (typeof name === 'string') bare.name = name;
  if (typeof code === 'string' || typeof code === 'number') bare.code = code;
  return bare;
}

async function inTime(step: Promise<void>, seconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The queue did not confirm the job within ${seconds} s.`)),
      seconds * 1000,
    );
  });
  try {
    await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}
