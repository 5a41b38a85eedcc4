/** NATS JetStream. @nats-io/jetstream 3 runs on Node 18 and later; tested on 24. */

import { optionError, requireMethods, requireText, wholeNumber } from './option-values.ts';
import { delayAfter, poll, whileRunning } from './polling.ts';
import { isFinal, type JobQueue, type QueueOptions } from './queue.ts';

/** The parts of a message that are used. */
interface JetstreamMessage {
  readonly seq: number;
  readonly info: { readonly deliveryCount: number };
  string(): string;
  ackAck(): Promise<boolean>;
  nak(milliseconds?: number): void;
  working(): void;
  term(reason?: string): void;
}

/** The parts of a consumer that are used. */
interface JetstreamConsumer {
  next(options: { expires: number }): Promise<JetstreamMessage | null>;
  info(cached?: boolean): Promise<{
    readonly config: { readonly ack_wait?: number; readonly max_deliver?: number };
  }>;
}

/** The parts of a `JetStreamClient` that are used. */
export interface JetstreamClient {
  publish(
    subject: string,
    payload: string,
    options: { msgID: string; timeout: number },
  ): Promise<{ readonly stream: string; readonly duplicate: boolean }>;
  readonly consumers: { get(stream: string, consumer: string): Promise<unknown> };
}

/** Options of {@link jetstreamQueue}. */
export interface JetstreamQueueOptions extends QueueOptions {
  /** `jetstream(connection)`. */
  readonly jetstream: JetstreamClient;
  /** The stream that keeps the jobs; jobs to another one are refused. */
  readonly stream: string;
  /**
   * The subject of the jobs, which the stream takes, with those below it: `subjects: ['webhooks', 'webhooks.>']`. Events with an entity
   * under `ordering` have a subject of their own below it.
   */
  readonly subject: string;
  /** The durable pull consumer, where jobs are worked off, with `ack_policy: 'explicit'` and `max_deliver`. */
  readonly consumer?: string;
  /** Delays after a failed attempt, in seconds; the last is repeated. Default 1, 5, 30, 120. */
  readonly retryDelaysSeconds?: readonly number[];
  /**
   * JetStream itself only stops handing out a job after `max_deliver`. With this subject, a job is published there after its last attempt,
   * and removed. A stream must take it.
   */
  readonly deadLetterSubject?: string;
  /** Largest job in bytes, at most `max_payload` of the server. Default 1 MiB less 4 KiB, as the server's own default. */
  readonly maxJobBytes?: number;
}

const publishTimeoutMilliseconds = 4000;
const expiresMilliseconds = 2000;

/**
 * A subject of NATS JetStream.
 *
 * A job is confirmed once its stream has stored it: by as many servers as it has replicas, of which each writes to disk within
 * `sync_interval`. `Nats-Msg-Id` is the event's id, so a second job is dropped within the stream's `duplicate_window`, two minutes by
 * default. With `max_ack_pending: 1` jobs keep their order.
 *
 * @example
 * const queue = jetstreamQueue({
 *   jetstream: jetstream(connection),
 *   stream: 'WEBHOOKS',
 *   subject: 'webhooks',
 *   consumer: 'worker',
 * });
 *
 * @throws options_invalid
 */
export function jetstreamQueue(options: JetstreamQueueOptions): JobQueue {
  const { jetstream, consumer: consumerName, deadLetterSubject, retryDelaysSeconds = [1, 5, 30, 120], seal } = options;
  requireMethods('jetstreamQueue.jetstream', jetstream, ['publish'], 'Expected jetstream(connection).');
  const stream = requireText('jetstreamQueue.stream', options.stream);
  const subject = requireText('jetstreamQueue.subject', options.subject);
  const maxJobBytes = wholeNumber('jetstreamQueue.maxJobBytes', options.maxJobBytes, 1024, 64 * 1024 ** 2, 1_044_480);
  const send = async (to: string, text: string, msgID: string) =>
    jetstream.publish(to, text, { msgID, timeout: publishTimeoutMilliseconds });
  return {
    name: subject,
    engine: 'jetstream',
    maxJobBytes,
    seal,
    async publish({ text, id, group }) {
      const ack = await send(group === undefined ? subject : `${subject}.${group}`, text, id);
      if (ack.stream !== stream)
        throw optionError('jetstreamQueue.stream', `Expected the stream of ${subject}, which is ${ack.stream}.`);
    },
    async take(run, takeOptions) {
      const name = requireText('jetstreamQueue.consumer', consumerName);
      const consumer = (await jetstream.consumers.get(stream, name)) as JetstreamConsumer;
      const { ack_wait: ackWaitNanoseconds = 30e9, max_deliver: maxDeliver = -1 } = (await consumer.info()).config;
      const bury = async (message: JetstreamMessage, error: unknown) => {
        if (deadLetterSubject === undefined) return message.term((error as Error).message.slice(0, 200));
        await send(deadLetterSubject, message.string(), `dead:${stream}:${message.seq}`);
        await message.ackAck();
      };
      return poll(async () => {
        const message = await consumer.next({ expires: expiresMilliseconds });
        if (message === null) return;
        const { deliveryCount } = message.info;
        const job = { job: message.string(), messageId: String(message.seq), delivery: deliveryCount };
        try {
          await whileRunning(
            () => run(job),
            ackWaitNanoseconds / 3e6,
            () => message.working(),
          );
        } catch (error) {
          const isSpent = deadLetterSubject !== undefined && maxDeliver > 0 && deliveryCount >= maxDeliver;
          const isLast = isFinal(error) || isSpent;
          if (isLast) await bury(message, error);
          else message.nak(delayAfter(deliveryCount, retryDelaysSeconds) * 1000);
          return;
        }
        await message.ackAck();
      }, takeOptions);
    },
  };
}
