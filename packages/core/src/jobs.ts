/** `@countersign/core/jobs`: verified events as sealed jobs, for packages that hand them to a queue. */

import type { AnyEvent } from './event/event.ts';
import { type EventParts, partsKey, type VerifiedEvent } from './event/verified-event.ts';
import type { Handler } from './handling/handler.ts';
import type { Outcome } from './handling/outcome.ts';
import { type BodyArchive, type JobFacts, readJob, sealPurpose, type WrittenJob, writeJob } from './jobs/job.ts';
import { optionError } from './options/option-values.ts';
import type { Receiver } from './receiver/receiver.ts';
import { type Resumption, resumptionKey } from './receiver/resumption.ts';
import { createSealer, type Sealer, type SealOptions } from './stored/seal.ts';

export type { BodyArchive, JobFacts, JobTrace, WrittenJob } from './jobs/job.ts';
export type { SealKey, SealOptions } from './stored/seal.ts';

/** The options of {@link createJob}. */
export interface JobOptions {
  /** The name of the queue; a job that is moved to another one is refused there. */
  readonly queue: string;
  /** Required unless the receiver has fixed, shared secrets. */
  readonly seal: SealOptions | undefined;
  readonly maxBytes: number;
  readonly archive?: BodyArchive | undefined;
}

/**
 * Writes a verified event as a sealed job.
 *
 * @example
 * const { text, facts } = await createJob(event, { queue: 'webhooks', seal: undefined, maxBytes: 1_048_576 });
 *
 * @throws job_too_large; secret_invalid without a key for the seal; options_invalid for an event that no receiver has verified
 */
export async function createJob(event: AnyEvent, options: JobOptions): Promise<WrittenJob> {
  const verified = event as unknown as VerifiedEvent;
  const parts: EventParts | undefined = verified[partsKey]?.();
  if (parts === undefined)
    throw optionError('event', 'Expected the event that a receiver has passed to the handler, not a copy of it.');
  const { seal, ...rest } = options;
  const sealer = sealerFor(seal, parts.context.fixedSecrets);
  return writeJob(verified, parts, { ...rest, archive: options.archive, sealer });
}

/** A job whose seal was checked. */
export interface OpenedJob {
  readonly event: AnyEvent;
  readonly facts: JobFacts;
  /** Claims the event as work and runs the handler. Never rejects. */
  handle(handler: Handler, handlerTimeoutSeconds: number): Promise<Outcome>;
  /** Reports an outcome to `onOutcome` and the console. */
  tell(outcome: Outcome): void;
}

/** Opens the jobs of one receiver. */
export interface JobOpener {
  /** The seconds after which a claim that nobody renews ends. */
  readonly leaseSeconds: number;
  /** @throws job_malformed, job_unsupported, job_key_unknown, job_forged, job_expired */
  open(job: unknown): Promise<OpenedJob>;
}

/** The options of {@link createOpener}. */
export interface OpenerOptions {
  readonly queue: string;
  readonly seal: SealOptions | undefined;
  /**
   * The largest age of a job in seconds. Default: the receiver's `dedupe.retentionSeconds`. An older job may have run, and its record is
   * gone. `Infinity` for any age.
   */
  readonly maxAgeSeconds?: number | undefined;
  readonly archive?: BodyArchive | undefined;
}

/**
 * Prepares a receiver for the jobs of a queue.
 *
 * @example
 * const opener = createOpener(receiver, { queue: 'webhooks', seal: undefined });
 * const { event } = await opener.open(text);
 *
 * @throws options_invalid for a receiver without `dedupe`; secret_invalid without a key for the seal
 */
export function createOpener(receiver: Receiver<AnyEvent>, options: OpenerOptions): JobOpener {
  const resumption = (receiver as { readonly [resumptionKey]?: () => Resumption } | undefined)?.[resumptionKey]?.();
  if (resumption?.version !== 1)
    throw optionError('receiver', 'Expected the result of createReceiver() of the same version, not a copy of it.');
  const { retentionSeconds, leaseSeconds, context } = resumption;
  if (retentionSeconds === undefined || leaseSeconds === undefined)
    throw optionError(
      'dedupe',
      'A worker needs a store, because every engine may hand out a job twice. Add dedupe: { store, namespace } to the receiver.',
    );
  const { queue, archive, maxAgeSeconds = retentionSeconds } = options;
  if (!(typeof maxAgeSeconds === 'number' && maxAgeSeconds > 0))
    throw optionError('maxAgeSeconds', 'Expected a number of seconds, or Infinity.');
  const sealer = sealerFor(options.seal, context.fixedSecrets);
  return {
    leaseSeconds,
    async open(job) {
      const { event, facts } = await readJob(job, resumption, { queue, sealer, archive, maxAgeSeconds });
      return {
        event,
        facts,
        handle: (handler, handlerTimeoutSeconds) => resumption.handle(event, handler, handlerTimeoutSeconds),
        tell: (outcome) => void resumption.tell(outcome),
      };
    },
  };
}

/** Made once for each list of secrets and for each option. */
const sealers = new WeakMap<object, Sealer>();

/** @throws secret_invalid */
function sealerFor(seal: SealOptions | undefined, secrets: readonly Uint8Array[]): Sealer {
  const known = sealers.get(seal ?? secrets);
  if (known !== undefined) return known;
  const sealer = createSealer(sealPurpose, seal, secrets);
  sealers.set(seal ?? secrets, sealer);
  return sealer;
}
