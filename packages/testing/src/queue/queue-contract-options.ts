/** The options of the queue contract. */

import type { DedupeStore, Handler, Receiver, TransactionalStore, WebhookEvent } from '@countersign/core';

/** A queue as the contract sees it: an object of `JobQueue` in `@countersign/queues`. */
export interface QueueUnderTest {
  readonly name: string;
  readonly maxJobBytes: number;
  publish(job: {
    readonly text: string;
    readonly id: string;
    readonly group: string | undefined;
    readonly transaction: unknown;
  }): Promise<void>;
}

/** One queue on a real engine, empty and with a name of its own. */
export interface QueueHandle<Queue extends QueueUnderTest> {
  readonly queue: Queue;
  /** The number of jobs that the engine holds and that are not finished, as read directly from the engine. */
  pending(): Promise<number>;
  /** The number of jobs that the engine has given up: its dead letters, or its failed jobs. */
  dead(): Promise<number>;
  /** Makes the engine hand out at once what a worker that was killed held. If left out, it does so by itself. */
  recover?(): Promise<void>;
  close?(): Promise<void>;
}

/** The context of a job's handler, as far as the contract checks it. */
export interface JobContextUnderTest {
  readonly attempt: number;
  readonly unsigned: { header(name: string): string | undefined };
  readonly job: {
    readonly queue: string;
    readonly delivery: number | undefined;
    readonly arrivedAt: Date;
    readonly trace: { readonly traceparent: string; readonly tracestate?: string } | undefined;
  };
}

/** A running worker. */
export interface WorkerUnderTest {
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export interface QueueContractOptions<Queue extends QueueUnderTest> {
  /**
   * Makes a queue on the engine whose jobs are given up after `attempts`, with a back-off of at most a second. Some cases ask for one that
   * keeps the order, or for one that exists for long enough to survive a crash of the engine.
   */
  readonly make: (attempts: number, purpose: 'any' | 'order' | 'crash') => Promise<QueueHandle<Queue>>;
  /** `enqueue` of `@countersign/queues`. */
  readonly enqueue: (queue: Queue) => Handler;
  /** `work` of `@countersign/queues`. */
  readonly work: (
    queue: Queue,
    receiver: Receiver,
    handle: (event: WebhookEvent, context: JobContextUnderTest) => void | Promise<void>,
    options: { readonly onError: (error: unknown) => void; readonly concurrency?: number },
  ) => WorkerUnderTest;
  /** Stores that keep claims; each call on records of its own. Default: `memoryStore`. */
  readonly store?: () => DedupeStore;
  /** Takes the engine away from the queue, and brings it back with its jobs. */
  readonly outage?: { cut(): Promise<void>; restore(): Promise<void> };
  /** Kills the engine and starts it again, if it keeps jobs on disk. */
  readonly restart?: () => Promise<void>;
  /** A store in mode `transactional` in the database of the queue. */
  readonly transactional?: () => TransactionalStore;
  /** True if the engine keeps the order of the events of one entity. */
  readonly ordered?: boolean;
  /** The number of attempts that the engine makes of a job that always fails. Default: 3, as asked of `make`. */
  readonly attempts?: number;
  /**
   * False if the engine does not tell the number of jobs that workers hold; then `pending` counts only those that wait, and
   * `outage` is needed.
   */
  readonly countsRunning?: boolean;
  /** True if the engine gives up a job that is refused for good without further attempts. */
  readonly buriesAtOnce?: boolean;
}
