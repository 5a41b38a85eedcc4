/** RabbitMQ through amqplib, with confirmed publications. amqplib 2 needs Node 18; tested on 24. */

import { optionError, requireText, wholeNumber } from './option-values.ts';
import { delayAfter, pause } from './polling.ts';
import { isFinal, type JobQueue, type QueueOptions, type TakenJob, type TakeOptions, type Taking } from './queue.ts';

/** A message of amqplib. */
interface RabbitmqMessage {
  readonly content: Uint8Array;
  readonly fields: { readonly redelivered?: boolean; readonly deliveryTag?: number };
  readonly properties: {
    readonly messageId?: unknown;
    readonly headers?: Readonly<Record<string, unknown>> | undefined;
  };
}

/** The parts of a channel that are used. */
interface RabbitmqChannel {
  checkQueue(queue: string): Promise<unknown>;
  prefetch(count: number): Promise<unknown>;
  consume(queue: string, onMessage: (message: RabbitmqMessage | null) => void): Promise<{ consumerTag: string }>;
  cancel(tag: string): Promise<unknown>;
  ack(message: never): void;
  nack(message: never, allUpTo: boolean, requeue: boolean): void;
  close(): Promise<void>;
  on(event: string, listener: (given: never) => void): unknown;
}

interface RabbitmqConfirmChannel extends RabbitmqChannel {
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: object,
    callback: (error: unknown) => void,
  ): boolean;
}

/** The parts of a connection that are used. */
export interface RabbitmqConnection {
  createChannel(): Promise<unknown>;
  createConfirmChannel(): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'close' | 'error', listener: () => void): unknown;
}

/** Options of {@link rabbitmqQueue}. */
export interface RabbitmqQueueOptions extends QueueOptions {
  /** Opens a connection: `() => connect('amqp://localhost')`. Called again after a loss, since amqplib does not reconnect. */
  readonly connect: () => Promise<RabbitmqConnection>;
  /**
   * The name of a queue that exists: durable, of type `quorum`, with `x-delivery-limit` and a dead-letter exchange. A classic queue hands
   * out a job that fails forever.
   */
  readonly queue: string;
  /** Delays after a failed attempt, in seconds; the last is repeated. The job is kept in the worker meanwhile. Default 1, 5, 30. */
  readonly retryDelaysSeconds?: readonly number[];
  /** Largest job in bytes. Default 8 MiB; RabbitMQ 4 has a limit of 16 MiB (`max_message_size`), RabbitMQ 3 one of 128 MiB. */
  readonly maxJobBytes?: number;
}

/** A queue that holds a connection. */
export interface RabbitmqQueue extends JobQueue {
  /** Closes the connection that publishes. */
  close(): Promise<void>;
}

const reconnectMilliseconds = 500;

/**
 * A queue of RabbitMQ.
 *
 * A job is persistent and `mandatory`, and confirmed once a quorum of servers has it on disk. A queue that is full or missing is an error.
 * RabbitMQ does not know that two jobs are the same; the worker's claim does.
 *
 * @example
 * const queue = rabbitmqQueue({ connect: () => connect('amqp://localhost'), queue: 'webhooks' });
 *
 * @throws options_invalid
 */
export function rabbitmqQueue(options: RabbitmqQueueOptions): RabbitmqQueue {
  const { connect, retryDelaysSeconds = [1, 5, 30], seal } = options;
  if (typeof connect !== 'function')
    throw optionError('rabbitmqQueue.connect', 'Expected a function that opens a connection: () => connect(url).');
  const name = requireText('rabbitmqQueue.queue', options.queue);
  const maxJobBytes = wholeNumber(
    'rabbitmqQueue.maxJobBytes',
    options.maxJobBytes,
    1024,
    128 * 1024 ** 2,
    8 * 1024 ** 2,
  );
  const publisher = createPublisher(connect, name);
  return {
    name,
    engine: 'rabbitmq',
    maxJobBytes,
    seal,
    publish: ({ text, id }) => publisher.publish(text, id),
    take: (run, takeOptions) => consume(run, takeOptions, { connect, name, retryDelaysSeconds }),
    close: () => publisher.close(),
  };
}

/** One connection with one channel, opened on first use and again after a loss. */
function createPublisher(connect: () => Promise<RabbitmqConnection>, name: string) {
  interface Open {
    readonly connection: RabbitmqConnection;
    readonly channel: RabbitmqConfirmChannel;
    /** Publications that RabbitMQ has sent back, by their numbers. */
    readonly returned: Set<string>;
    /** Rejects publications whose confirmation can no longer come. */
    readonly waiting: Set<(error: Error) => void>;
  }
  let opening: Promise<Open> | undefined;
  let count = 0;
  const open = async (): Promise<Open> => {
    const connection = await connect();
    const waiting = new Set<(error: Error) => void>();
    const lose = () => {
      opening = undefined;
      for (const reject of waiting) reject(new Error('The connection was lost before the job was confirmed.'));
    };
    connection.on('error', () => undefined);
    connection.on('close', lose);
    const channel = (await connection.createConfirmChannel()) as RabbitmqConfirmChannel;
    const returned = new Set<string>();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      lose();
      connection.close().catch(() => undefined);
    });
    channel.on('return', (message: RabbitmqMessage) => {
      returned.add(String(message.properties.headers?.publication));
    });
    return { connection, channel, returned, waiting };
  };
  return {
    async publish(text: string, messageId: string): Promise<void> {
      opening ??= open();
      const mine = opening;
      const { channel, returned, waiting } = await mine.catch((error) => {
        if (opening === mine) opening = undefined;
        throw error;
      });
      const publication = String(++count);
      await new Promise<void>((resolve, reject) => {
        const settle = (error: unknown) => {
          waiting.delete(settle);
          if (error !== null && error !== undefined) reject(error);
          // A message that no queue takes is returned first, and then confirmed.
          else if (returned.delete(publication)) reject(new Error(`The queue ${name} does not exist.`));
          else resolve();
        };
        waiting.add(settle);
        const properties = {
          persistent: true,
          mandatory: true,
          contentType: 'application/json',
          messageId,
          headers: { publication },
        };
        // The default exchange leads to the queue of this name.
        channel.publish('', name, Buffer.from(text), properties, settle);
      });
    },
    async close() {
      const connection = await opening?.then(
        (one) => one.connection,
        () => undefined,
      );
      opening = undefined;
      await connection?.close();
    },
  };
}

interface ConsumerOptions {
  readonly connect: () => Promise<RabbitmqConnection>;
  readonly name: string;
  readonly retryDelaysSeconds: readonly number[];
}

/** Consumes over a connection of its own, and opens another one after a loss. */
async function consume(
  run: (job: TakenJob) => Promise<void>,
  { concurrency, onError }: TakeOptions,
  { connect, name, retryDelaysSeconds }: ConsumerOptions,
): Promise<Taking> {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  const handle = async (channel: RabbitmqChannel, message: RabbitmqMessage) => {
    const { headers, messageId } = message.properties;
    // Quorum queues count; it is absent on the first delivery.
    const counted = headers?.['x-delivery-count'];
    const delivery = typeof counted === 'number' ? counted + 1 : message.fields.redelivered ? undefined : 1;
    const job = { job: Buffer.from(message.content).toString('utf8'), messageId: String(messageId ?? ''), delivery };
    let settle: () => void;
    try {
      await run(job);
      settle = () => channel.ack(message as never);
    } catch (error) {
      const isLost = isFinal(error);
      if (!isLost) await pause(delayAfter(delivery ?? 2, retryDelaysSeconds) * 1000, closing.signal);
      settle = () => channel.nack(message as never, false, !isLost);
    }
    try {
      settle();
    } catch {
      // The channel is gone, so RabbitMQ hands out the job again, and the claim knows whether it ran.
    }
  };

  const open = async () => {
    const connection = await connect();
    connection.on('error', () => undefined);
    const gone = new Promise<void>((resolve) => connection.on('close', () => resolve()));
    try {
      const channel = (await connection.createChannel()) as RabbitmqChannel;
      channel.on('error', onError as (given: never) => void);
      channel.on('close', () => void connection.close().catch(() => undefined));
      await channel.prefetch(concurrency);
      const { consumerTag } = await channel.consume(name, (message) => {
        // Null: the queue was deleted.
        if (message === null) return void connection.close().catch(() => undefined);
        // Cancelled meanwhile: it goes back when the channel is closed.
        if (closing.signal.aborted) return;
        const one = handle(channel, message).finally(() => running.delete(one));
        running.add(one);
      });
      return { connection, channel, consumerTag, gone };
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
  };

  let current: Awaited<ReturnType<typeof open>> | undefined = await open();
  const keepOpen = async () => {
    while (!closing.signal.aborted) {
      try {
        current ??= await open();
        const stopped = new Promise<void>((resolve) => closing.signal.addEventListener('abort', () => resolve()));
        await Promise.race([current.gone, stopped]);
        if (!closing.signal.aborted) onError(new Error('The connection to RabbitMQ was lost.'));
      } catch (error) {
        onError(error);
      }
      if (closing.signal.aborted) return;
      current = undefined;
      await pause(reconnectMilliseconds, closing.signal);
    }
  };
  const kept = keepOpen();
  return {
    async close() {
      closing.abort();
      await kept;
      const last = current;
      await last?.channel.cancel(last.consumerTag).catch(() => undefined);
      await Promise.all(running);
      // Closing waits for the server, and so for the acknowledgements that were sent before.
      await last?.channel.close().catch(() => undefined);
      await last?.connection.close().catch(() => undefined);
    },
  };
}
