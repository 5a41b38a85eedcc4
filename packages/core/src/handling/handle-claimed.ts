/** What becomes of a verified event that is remembered: its turn, its claim, the payload, the handler, and the end of the claim. */

import { checkStoreOnce } from '../claims/check-store.ts';
import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import { storeError } from '../claims/held-claim.ts';
import { type Ownership, takeOwnership } from '../claims/ownership.ts';
import { isWebhookError } from '../errors.ts';
import type { Identity } from '../event/event.ts';
import { checkPayload } from '../event/payload-check.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import { endsRetries } from '../provider/retry-end.ts';
import type { HandlerResponse } from '../response.ts';
import { type AttemptEnd, type AttemptResult, attemptInTransaction, attemptLeased } from './attempt.ts';
import { failed, handled, handOver, isAbort, type WaitUntil } from './handle-event.ts';
import type { Handler } from './handler.ts';
import type { Outcome } from './outcome.ts';
import type { HandlingPolicy } from './policy.ts';
import { duplicate, storedResponse } from './stored-response.ts';
import { HandlerRun } from './timed-run.ts';

/** Claims an event, hands it to its handler, and puts it on record. Never rejects. */
export async function handleClaimed(
  event: VerifiedEvent,
  handle: Handler,
  options: HandlingPolicy,
  dedupe: CheckedDedupe,
  waitUntil?: WaitUntil,
): Promise<Outcome> {
  try {
    return await runClaimed(event, handle, options, dedupe, waitUntil);
  } catch (error) {
    // Only what stands outside of handler and payload comes here: the store, dedupe.identity, ordering.
    return { kind: 'rejected', error: isWebhookError(error) ? error : storeError(error, dedupe.timeoutSeconds) };
  }
}

async function runClaimed(
  event: VerifiedEvent,
  handle: Handler,
  options: HandlingPolicy,
  dedupe: CheckedDedupe,
  waitUntil: WaitUntil | undefined,
): Promise<Outcome> {
  const identity = await event.identity();
  checkStoreOnce(dedupe.store, options.warn);
  const owned = await takeOwnership(event, identity, dedupe);
  if (owned.state === 'in_flight') return { kind: 'in_flight', event, retryAfterSeconds: owned.leaseLeftSeconds };
  if (owned.state === 'done') return duplicate(event, identity, owned.response);
  /** How a handler ends that runs on past its deadline: its turn is over only then. */
  let runsOn: Promise<unknown> | undefined;
  try {
    if (owned.isStale) {
      await owned.record(await storedResponse(event, identity, undefined), false);
      return { kind: 'stale', event };
    }
    const handling = new OwnedEvent(event, identity, owned, options, dedupe);
    const outcome = await handling.handle(handle);
    runsOn = handling.runsOn;
    return outcome;
  } finally {
    if (runsOn === undefined) await owned.leave();
    else
      handOver(
        runsOn.then(() => owned.leave()),
        waitUntil,
      );
  }
}

/** An event whose claim this process holds. */
class OwnedEvent {
  /** Set once the deadline passed with the handler still at work. */
  runsOn: Promise<unknown> | undefined;
  readonly #event: VerifiedEvent;
  readonly #identity: Identity;
  readonly #ownership: Ownership;
  readonly #options: HandlingPolicy;
  readonly #dedupe: CheckedDedupe;
  /** True if a failure of this attempt gives the event to the dead letter. */
  #isLast = false;

  constructor(
    event: VerifiedEvent,
    identity: Identity,
    ownership: Ownership,
    options: HandlingPolicy,
    dedupe: CheckedDedupe,
  ) {
    this.#event = event;
    this.#identity = identity;
    this.#ownership = ownership;
    this.#options = options;
    this.#dedupe = dedupe;
  }

  async handle(handle: Handler): Promise<Outcome> {
    const event = this.#event;
    const limit = this.#dedupe.deadLetter?.afterAttempts ?? Number.POSITIVE_INFINITY;
    // The attempt that should have been the last ended without a word: the process died in it.
    if (this.#ownership.attempt > limit) {
      return this.#bury(
        new Error(`Attempt ${limit}, the last one, ended without a result: the process may have died in it.`),
      );
    }
    this.#isLast = this.#ownership.attempt >= limit;
    // A schema may ask somebody else, and take longer than a lease.
    if (this.#options.schemas.size > 0) this.#ownership.keep(() => undefined);
    const refusal = await checkPayload(event, this.#options);
    if (refusal !== undefined) {
      if (this.#isLast || this.#endsRetries()) return this.#bury(refusal);
      await this.#ownership.release();
      return { kind: 'rejected', error: refusal, event };
    }
    const result = await this.#try(handle);
    if (result.kind === 'threw' && (this.#isLast || this.#endsRetries(result.response)))
      return this.#bury(result.cause);
    return this.#outcomeOf(result);
  }

  /**
   * True if there is a dead letter for an event that the sender will not bring again, after a response that is no success.
   *
   * @param response of the handler; without one the response is 500
   */
  #endsRetries(response?: HandlerResponse): boolean {
    const { retries } = this.#options.provider;
    return this.#dedupe.deadLetter !== undefined && endsRetries(retries, response?.status ?? 500);
  }

  /** Gives the event to the app's dead-letter hook, which runs as the handler does, outside of any transaction. */
  async #bury(cause: unknown): Promise<Outcome> {
    const { deadLetter } = this.#dedupe;
    const attempts = this.#ownership.attempt;
    const result = await this.#try(async (event) => {
      try {
        await deadLetter?.handle(event, { attempts, cause });
      } catch (error) {
        throw new AggregateError(
          [error, cause],
          'The dead-letter hook failed, so the event is kept for another attempt.',
        );
      }
    }, attemptLeased);
    const outcome = await this.#outcomeOf(result);
    return outcome.kind === 'handled' ? { ...outcome, deadLettered: { attempts, cause } } : outcome;
  }

  #try(handle: Handler, by?: typeof attemptLeased): Promise<AttemptResult> {
    const { transactional } = this.#dedupe;
    const run = new HandlerRun(
      this.#ownership.attempt,
      this.#options.handlerTimeoutSeconds,
      this.#options.clock,
      this.#event.tenant,
    );
    this.#ownership.keep(() => run.loseLease());
    const attempt = {
      event: this.#event,
      identity: this.#identity,
      handle,
      run,
      ownership: this.#ownership,
      dedupe: this.#dedupe,
      // An event that was given up has not been handled, so it makes no older one stale.
      advances: by === undefined,
    };
    if (by !== undefined || transactional === undefined) return attemptLeased(attempt);
    return attemptInTransaction(attempt, transactional);
  }

  async #outcomeOf(result: AttemptResult): Promise<Outcome> {
    const event = this.#event;
    switch (result.kind) {
      case 'done':
        return {
          ...handled(event, result.response),
          ...(result.completionLost && { completionLost: true }),
          ...(result.orderingLost && { orderingLost: true }),
          ...(result.transactionLost && { transactionLost: true }),
        };
      case 'late':
        this.#ownership.stopTurn();
        this.runsOn = this.#endLate(result.ended, result.cause);
        return failed(event, result.cause);
      case 'lost':
        return failed(event, new Error('The claim was lost while the handler ran; someone else owns the event now.'));
      case 'threw':
        await this.#giveBack(result);
        return {
          ...failed(event, result.cause, result.response),
          ...(result.transactionLost && { transactionLost: true }),
        };
      case 'unavailable':
        await this.#giveBack(result);
        return { kind: 'rejected', error: result.error, event };
    }
  }

  /**
   * The sender was told 500 at the deadline. Where that was the last attempt, or the sender never comes again, a failure after it is the
   * end of the event, and so is a lease that ends with the handler still at work.
   */
  async #endLate(ended: Promise<AttemptEnd>, lateness: unknown): Promise<void> {
    if (!this.#isLast && !this.#endsRetries()) {
      const end = await ended;
      // Its outcome was told at the deadline, so what it failed of is said here alone.
      if (end.kind === 'threw' && !isAbort(end.cause, lateness))
        this.#options.reportLate(failed(this.#event, end.cause, end.response));
      return this.#giveBack(end);
    }
    const end = await this.#whileHeld(ended);
    if (end !== undefined && end.kind !== 'threw') return this.#giveBack(end);
    if (!(await this.#ownership.renewOnce())) return;
    // Its outcome was told at the deadline, so what became of it is said here alone.
    this.#options.reportLate(await this.#bury(end === undefined ? lateness : end.cause));
  }

  /** How the handler ended; undefined where it is still at work shortly before the lease is over. */
  async #whileHeld(ended: Promise<AttemptEnd>): Promise<AttemptEnd | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, this.#ownership.millisecondsLeft * 0.9), undefined);
    });
    return Promise.race([ended, over]).finally(() => clearTimeout(timer));
  }

  async #giveBack(end: AttemptEnd): Promise<void> {
    if (end.kind === 'threw') await this.#ownership.release();
    if (end.kind === 'unavailable') await this.#ownership.release({ ran: end.ran });
  }
}
