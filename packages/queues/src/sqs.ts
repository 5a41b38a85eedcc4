/** Amazon SQS over the AWS SDK. @aws-sdk/client-sqs 3 needs Node 20; tested on 24. */

import { requireMethods, requireText, wholeNumber } from './option-values.ts';
import { delayAfter, poll, whileRunning } from './polling.ts';
import type { JobQueue, QueueOptions } from './queue.ts';

/** The parts of the SDK's `SQS` that are used. */
export interface SqsClient {
  sendMessage(input: {
    QueueUrl: string;
    MessageBody: string;
    MessageGroupId?: string;
    MessageDeduplicationId?: string;
  }): Promise<{ MessageId?: string | undefined }>;
  receiveMessage(
    input: {
      QueueUrl: string;
      MaxNumberOfMessages: number;
      WaitTimeSeconds: number;
      VisibilityTimeout: number;
      MessageSystemAttributeNames: 'ApproximateReceiveCount'[];
    },
    options: { abortSignal: AbortSignal },
  ): Promise<{ Messages?: SqsMessage[] | undefined }>;
  deleteMessage(input: { QueueUrl: string; ReceiptHandle: string }): Promise<unknown>;
  changeMessageVisibility(input: {
    QueueUrl: string;
    ReceiptHandle: string;
    VisibilityTimeout: number;
  }): Promise<unknown>;
}

interface SqsMessage {
  MessageId?: string | undefined;
  ReceiptHandle?: string | undefined;
  Body?: string | undefined;
  Attributes?: Partial<Record<string, string>> | undefined;
}

/** Options of {@link sqsQueue}. */
export interface SqsQueueOptions extends QueueOptions {
  /** `new SQS({ region })` of `@aws-sdk/client-sqs`. */
  readonly client: SqsClient;
  /** The queue has a redrive policy with `maxReceiveCount` and a dead-letter queue. A FIFO queue's name ends in `.fifo`. */
  readonly queueUrl: string;
  /** Time after which a job whose worker has died is handed out again, in seconds; it is renewed while a handler runs. Default 30. */
  readonly visibilityTimeoutSeconds?: number;
  /** Delays after a failed attempt, in seconds; the last is repeated. Default 1, 5, 30, 120. */
  readonly retryDelaysSeconds?: readonly number[];
  /** Largest job in bytes, at most `MaximumMessageSize` of the queue. Default 1 MiB, as that of SQS. */
  readonly maxJobBytes?: number;
}

const waitSeconds = 10;

/**
 * A queue of Amazon SQS.
 *
 * In a FIFO queue a second job of an event is dropped for five minutes, and the events of one entity under `ordering` keep their order.
 * A standard queue does neither.
 *
 * @example
 * const queue = sqsQueue({ client: new SQS({}), queueUrl: process.env.QUEUE_URL ?? '' });
 *
 * @throws options_invalid
 */
export function sqsQueue(options: SqsQueueOptions): JobQueue {
  const { client, retryDelaysSeconds = [1, 5, 30, 120], seal } = options;
  const QueueUrl = requireText('sqsQueue.queueUrl', options.queueUrl);
  requireMethods(
    'sqsQueue.client',
    client,
    ['sendMessage', 'receiveMessage', 'deleteMessage', 'changeMessageVisibility'],
    'Expected new SQS({ ... }), which has a method for each command.',
  );
  const visibility = wholeNumber('sqsQueue.visibilityTimeoutSeconds', options.visibilityTimeoutSeconds, 1, 43_200, 30);
  // AWS Developer Guide, message quotas: 1,048,576 bytes (read 2026-11-27).
  const maxJobBytes = wholeNumber('sqsQueue.maxJobBytes', options.maxJobBytes, 1024, 1_048_576, 1_048_576);
  const isFifo = QueueUrl.endsWith('.fifo');
  return {
    // Account and host differ between the public and the private address of a queue.
    name: QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1),
    engine: 'sqs',
    maxJobBytes,
    seal,
    async publish({ text, id, group }) {
      const { MessageId } = await client.sendMessage({
        QueueUrl,
        MessageBody: text,
        // An event without an entity waits for no other.
        ...(isFifo && { MessageGroupId: group ?? id, MessageDeduplicationId: id }),
      });
      if (MessageId === undefined) throw new Error('SQS did not confirm the job.');
    },
    async take(run, takeOptions) {
      return poll(async (closing) => {
        const { Messages = [] } = await client.receiveMessage(
          {
            QueueUrl,
            MaxNumberOfMessages: 1,
            WaitTimeSeconds: waitSeconds,
            VisibilityTimeout: visibility,
            MessageSystemAttributeNames: ['ApproximateReceiveCount'],
          },
          { abortSignal: closing },
        );
        for (const { MessageId = '', ReceiptHandle = '', Body, Attributes } of Messages) {
          const delivery = Number(Attributes?.ApproximateReceiveCount ?? 1);
          const show = (VisibilityTimeout: number) =>
            client.changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout });
          try {
            const taken = { job: Body, messageId: MessageId, delivery };
            await whileRunning(
              () => run(taken),
              (visibility * 1000) / 3,
              () => show(visibility),
            );
          } catch {
            // The reason is reported already. SQS moves the job to the dead letters after maxReceiveCount.
            await show(delayAfter(delivery, retryDelaysSeconds));
            continue;
          }
          await client.deleteMessage({ QueueUrl, ReceiptHandle });
        }
      }, takeOptions);
    },
  };
}
