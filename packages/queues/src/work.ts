/** The way back from a queue: each job's seal, its claim as work, and the handler. */

import {
  type AnyEvent,
  type Handle,
  type Handler,
  handlerOf,
  inPlaceOf,
  isWebhookError,
  logOf,
  type Outcome,
  type Receiver,
  WebhookError,
} from '@countersign/core';
import { type BodyArchive, createOpener, type JobOpener, type OpenedJob } from '@countersign/core/jobs';
import { bareError, requireQueue } from './enqueue.ts';
import { wholeNumber } from './option-values.ts';
import { pause } from './polling.ts';
import { asFinal, type JobQueue, type TakenJob, type Taking } from './queue.ts';
import { JobContext, type WorkHandle } from './work-handler.ts';

/** Options of {@link work}. */
export interface WorkOptions {
  /** Number of jobs at once in this process. 1 to 1 000; default 1, which keeps the order where the engine does. */
  readonly concurrency?: number;
  /** Maximum run time of a handler, in seconds; then its signal fires and the attempt counts as failed. 1 to 86 400; default 300. */
  readonly handlerTimeoutSeconds?: number;
  /**
   * The largest age of a job, in seconds. Default: the receiver's `dedupe.retentionSeconds`. The record that an older job has run may be
   * gone, so a copy of it would run again. `Infinity` accepts any age.
   */
  readonly maxAgeSeconds?: number;
  /** The archive that was given to `enqueue`. */
  readonly archive?: BodyArchive;
  /** Called with errors of the engine, and with the reason why a job was refused. Default: an error in the receiver's `logger`. */
  readonly onError?: (error: unknown) => void;
}

/** A running worker. */
export interface WorkerHandle {
  /** Resolves when jobs are being taken; while the engine is away, that is tried again. Rejects for a wrong option. */
  readonly ready: Promise<void>;
  /** Takes no more jobs, and resolves when those that run have ended. */
  close(): Promise<void>;
}

const firstStartDelayMilliseconds = 500;
const longestStartDelayMilliseconds = 10_000;

/**
 * Works off the events that {@link enqueue} has put on a queue. Each runs under a claim of its own in the receiver's store, so a job that
 * comes twice runs once. Retries, back-off and dead letters are the engine's.
 *
 * @example
 * const worker = work(queue, receiver, {
 *   'invoice.paid': async (event, { signal }) => fulfil(event.payload, signal),
 * });
 * closeOnSignals(worker);
 *
 * @throws options_invalid, secret_invalid
 */
export function work<Event extends AnyEvent>(
  queue: JobQueue,
  receiver: Receiver<Event>,
  handle: NoInfer<WorkHandle<Event>>,
  options: WorkOptions = {},
): WorkerHandle {
  requireQueue(queue);
  const { archive, maxAgeSeconds, onError = (error: unknown) => logOf(receiver).error(lineOf(error)) } = options;
  const concurrency = wholeNumber('concurrency', options.concurrency, 1, 1000, 1);
  const handlerTimeoutSeconds = wholeNumber('handlerTimeoutSeconds', options.handlerTimeoutSeconds, 1, 86_400, 300);
  const handler = handlerOf(handle as Handle<AnyEvent>);
  const opener = createOpener(receiver as unknown as Receiver<AnyEvent>, {
    queue: queue.name,
    seal: queue.seal,
    archive,
    maxAgeSeconds,
  });
  const report = (error: unknown) => {
    try {
      const given: unknown = onError(error);
      if (given instanceof Promise) given.catch(() => undefined);
    } catch {
      // An observer's error must not stop the worker.
    }
  };
  const closing = new AbortController();
  const run = (taken: TakenJob) => runJob(taken, queue, opener, handler, handlerTimeoutSeconds, closing.signal, report);
  const start = async (): Promise<Taking> => {
    for (let delay = firstStartDelayMilliseconds; ; delay = Math.min(delay * 2, longestStartDelayMilliseconds)) {
      try {
        return await queue.take(run, { concurrency, onError: report });
      } catch (error) {
        report(error);
        // A wrong option stays wrong; an engine that is away may come back.
        if (isWebhookError(error) || closing.signal.aborted) throw error;
        await pause(delay, closing.signal);
      }
    }
  };
  const started = start();
  const ready = started.then(() => undefined);
  ready.catch(() => undefined);
  let closed: Promise<void> | undefined;
  return {
    ready,
    close() {
      closing.abort();
      closed ??= started.then(
        (taking) => taking.close(),
        () => undefined,
      );
      return closed;
    },
  };
}

/** @throws if the engine is to try the job again, or to give it up */
async function runJob(
  taken: TakenJob,
  queue: JobQueue,
  opener: JobOpener,
  handler: Handler<AnyEvent>,
  handlerTimeoutSeconds: number,
  closing: AbortSignal,
  report: (error: unknown) => void,
): Promise<void> {
  const opened = await open(taken, queue, opener, report);
  const { arrivedAt, trace } = opened.facts;
  const { messageId, delivery } = taken;
  const job = { queue: queue.name, messageId, delivery, arrivedAt, trace };
  const withJob = inPlaceOf(handler, (event, context) => handler(event, new JobContext(context, job)));
  const outcome = await handleFreed(opened, withJob as Handler, handlerTimeoutSeconds, opener.leaseSeconds, closing);
  opened.tell(outcome);
  switch (outcome.kind) {
    case 'handled':
    case 'duplicate':
    case 'stale':
    case 'handshake':
      return;
    case 'failed':
      throw asError(outcome.cause);
    case 'rejected':
      throw outcome.error;
    case 'in_flight':
      throw new Error('Another worker holds the event.');
  }
}

/** @throws job_malformed, job_unsupported, job_key_unknown, job_forged, job_expired */
async function open(
  { job, messageId }: TakenJob,
  { engine, name }: JobQueue,
  opener: JobOpener,
  report: (error: unknown) => void,
): Promise<OpenedJob> {
  try {
    return await opener.open(job);
  } catch (error) {
    if (!isWebhookError(error)) throw error;
    const { code, hint } = error;
    const refusal = new WebhookError(code, { at: `${engine} ${name}, message ${messageId.slice(0, 100)}`, hint });
    report(refusal);
    throw finalCodes.has(code) ? asFinal(refusal) : refusal;
  }
}

/** Another version, or another worker's key, may still take the others. */
const finalCodes: ReadonlySet<string> = new Set(['job_malformed', 'job_forged', 'job_expired']);

/**
 * Waits for a claim whose owner may have died: engines hand out its job before its lease ends, and an attempt that only waited must not
 * count.
 */
async function handleFreed(
  opened: OpenedJob,
  handler: Handler,
  handlerTimeoutSeconds: number,
  leaseSeconds: number,
  closing: AbortSignal,
): Promise<Outcome> {
  const until = performance.now() + (2 * leaseSeconds + 5) * 1000;
  for (;;) {
    const outcome = await opened.handle(handler, handlerTimeoutSeconds);
    if (outcome.kind !== 'in_flight' || performance.now() > until || closing.aborted) return outcome;
    await pause(Math.min(Math.max(outcome.retryAfterSeconds, 0.2), 5) * 1000, closing);
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

function lineOf(error: unknown): string {
  const text = isWebhookError(error) ? error.message : `${bareError(error).name}: ${bareError(error).message}`;
  return `countersign: worker: ${text}`;
}

/**
 * Closes workers when the process is asked to end, then lets it end: SIGTERM from an orchestrator, SIGINT from a terminal.
 *
 * @param timeoutSeconds after which the process ends although a handler still runs; its job comes again. Default 25, less than the 30 s that
 *   Kubernetes waits
 * @returns a function that stops listening
 * @example
 * closeOnSignals(work(queue, receiver, handlers));
 */
export function closeOnSignals(worker: WorkerHandle | readonly WorkerHandle[], timeoutSeconds = 25): () => void {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const workers: readonly WorkerHandle[] = Array.isArray(worker) ? worker : [worker];
  const end = async (signal: NodeJS.Signals) => {
    stop();
    const timer = setTimeout(() => process.kill(process.pid, signal), timeoutSeconds * 1000);
    await Promise.allSettled(workers.map((one) => one.close()));
    clearTimeout(timer);
    // With these listeners gone, the signal has its normal effect.
    process.kill(process.pid, signal);
  };
  const stop = () => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return stop;
}
