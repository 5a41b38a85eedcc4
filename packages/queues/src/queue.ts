/** The contract between a queue's engine and this package. */

import type { SealOptions } from '@countersign/core/jobs';

/** Options of every queue. */
export interface QueueOptions {
  /**
   * Keys for the seal of jobs: a worker refuses whatever was not sealed with one of them. Required unless the receiver's secrets are
   * fixed and shared; then a key is derived from them. The same in receivers and workers.
   */
  readonly seal?: SealOptions;
}

/** One job for the engine. */
export interface JobToPublish {
  /** The sealed job, as JSON. */
  readonly text: string;
  /** The same for the same event: 22 characters of base64url. */
  readonly id: string;
  /** Events of one group stay in order, where the engine has that. */
  readonly group: string | undefined;
  /** `context.transaction` of a receiver in mode `transactional`; undefined otherwise. */
  readonly transaction: unknown;
}

/** One job from the engine. */
export interface TakenJob {
  /** The text, or the object that the engine has parsed. */
  readonly job: unknown;
  /** The engine's id of the message. */
  readonly messageId: string;
  /** The number of times that the engine has handed out this job, from 1; undefined if it does not count them. */
  readonly delivery: number | undefined;
}

/** Options for taking jobs. */
export interface TakeOptions {
  /** Number of jobs at once. */
  readonly concurrency: number;
  /** Called with errors of the engine that no job is to blame for. */
  readonly onError: (error: unknown) => void;
}

/** A running consumer. */
export interface Taking {
  /** Takes no more jobs, and resolves when those that run have ended and their ends are confirmed. */
  close(): Promise<void>;
}

/**
 * An engine, with one of its queues. Made by `pgBossQueue`, `bullmqQueue` and so on; your own engine is an object with these members. Test
 * it with `queueContract` of `@countersign/testing`.
 */
export interface JobQueue {
  /** The name of the queue; part of the seal. */
  readonly name: string;
  /** The name of the engine, for messages. */
  readonly engine: string;
  /** The largest job that it takes, in bytes. */
  readonly maxJobBytes: number;
  readonly seal: SealOptions | undefined;
  /** Resolves only once the engine has confirmed that it keeps the job. @throws if it has not, whatever the reason */
  publish(job: JobToPublish): Promise<void>;
  /**
   * Hands out jobs until `close`. If `run` resolves, the job is done; if it rejects, the engine's own retries, back-off and dead letters
   * apply. An error for which {@link isFinal} is true will not go away: dead letters at once, where the engine can.
   */
  take(run: (job: TakenJob) => Promise<void>, options: TakeOptions): Promise<Taking>;
}

/** Marks an error after which another attempt is useless. */
const finalKey: unique symbol = Symbol.for('countersign.queue.final');

/** True if no later attempt of a job can succeed: it is forged, malformed or expired. */
export function isFinal(error: unknown): boolean {
  return (error as { readonly [finalKey]?: true } | null | undefined)?.[finalKey] === true;
}

/** Marks an error as final. */
export function asFinal<Failure extends object>(error: Failure): Failure {
  return Object.defineProperty(error, finalKey, { value: true });
}
