/** Handles a verified event that is remembered: its turn, its claim, the payload, the handler, and the end of the claim. */

import { checkStoreOnce } from '../claims/check-store.ts';
import type { CheckedDedupe } from '../claims/dedupe-options.ts';
import { storeError } from '../claims/held-claim.ts';
import { type Ownership, takeOwnership } from '../claims/ownership.ts';
import { isWebhookError } from '../errors.ts';
import type { Identity } from '../event/event.ts';
import { keyForRun } from '../event/identity.ts';
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

/** Claims an event, passes it to its handler, and records it. Never rejects. */
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
    // Only errors outside handler and payload arrive here: the store, dedupe.identity, ordering.
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
  const { claimKey } = dedupe;
  const own = await event.claimIdentity();
  const identity = claimKey === undefined ? own : { ...own, key: claimKey };
  // With the namespace: an app may have several stores, and a message is printed once.
  checkStoreOnce(dedupe.store, (code, message) => options.warn(code, `${dedupe.namespace}: ${message}`));
  let owned = await takeOwnership(event, identity, dedupe);
  if (owned.state === 'done' && owned.response?.givenUp === true) {
    owned = await takeOwnership(event, { ...identity, key: await keyForRun(identity.key, 'sent again') }, dedupe);
    if (owned.state === 'owned') owned.isSentAgain = true;
  }
  if (owned.state === 'in_flight') return { kind: 'in_flight', event, retryAfterSeconds: owned.leaseLeftSeconds };
  if (owned.state === 'done') return duplicate(event, identity, owned.response);
  /** The end of a handler that runs past its deadline; only then does its turn end. */
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
  /** Set once the deadline has passed and the handler is still running. */
  runsOn: Promise<unknown> | undefined;
  readonly #event: VerifiedEvent;
  readonly #identity: Identity;
  readonly #ownership: Ownership;
  readonly #options: HandlingPolicy;
  readonly #dedupe: CheckedDedupe;
  /** True if a failure of this attempt sends the event to the dead letter. */
  #isLast = false;
  /** True once the dead-letter hook runs. */
  #isBuried = false;

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
    const { attempt, isSentAgain } = this.#ownership;
    const limit = this.#dedupe.deadLetter?.afterAttempts ?? Number.POSITIVE_INFINITY;
    // The last attempt ended silently: the process died during it.
    if (attempt > limit && !isSentAgain) {
      return this.#bury(
        new Error(`Attempt ${limit}, the last one, ended without a result: the process may have died in it.`),
      );
    }
    // An event that was given up has one more attempt each time that it is sent.
    this.#isLast = attempt >= limit || (isSentAgain && this.#dedupe.deadLetter !== undefined);
    // An asynchronous schema may take longer than a lease.
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
   * True if there is a dead letter for an event that the sender will not send again, after a response that is not a success.
   *
   * @param response of the handler; without one the response is 500
   */
  #endsRetries(response?: HandlerResponse): boolean {
    const { retries } = this.#options.provider;
    return this.#dedupe.deadLetter !== undefined && endsRetries(retries, response?.status ?? 500);
  }

  /** Passes the event to the app's dead-letter hook, which runs like the handler, outside any transaction. */
  async #bury(cause: unknown): Promise<Outcome> {
    const { deadLetter } = this.#dedupe;
    const attempts = this.#ownership.attempt;
    this.#isBuried = true;
    const result = await this.#try(async (event) => {
      try {
        await deadLetter?.handle?.(event, { attempts, cause });
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
    const { handlerTimeoutSeconds, clock } = this.#options;
    const run = new HandlerRun(this.#event, this.#ownership.attempt, handlerTimeoutSeconds, clock);
    this.#ownership.keep(() => run.loseLease());
    const attempt = {
      event: this.#event,
      identity: this.#identity,
      handle,
      run,
      ownership: this.#ownership,
      dedupe: this.#dedupe,
      // An event that was given up was not handled, so it makes no older one stale.
      advances: by === undefined,
    };
    if (by !== undefined || transactional === undefined) return attemptLeased(attempt);
    return attemptInTransaction(attempt, transactional);
  }

  async #outcomeOf(result: AttemptResult): Promise<Outcome> {
    if (result.kind === 'late') {
      this.#ownership.stopTurn();
      this.runsOn = this.#endLate(result.ended, result.cause);
      return failed(this.#event, result.cause);
    }
    await this.#giveBack(result);
    return this.#outcomeOfEnd(result);
  }

  #outcomeOfEnd(end: AttemptEnd): Outcome {
    const event = this.#event;
    switch (end.kind) {
      case 'done':
        return {
          ...handled(event, end.response),
          ...(end.completionLost && { completionLost: true }),
          ...(end.orderingLost && { orderingLost: true }),
          ...(end.transactionLost && { transactionLost: true }),
        };
      case 'lost':
        return failed(event, new Error('The claim was lost while the handler ran; someone else owns the event now.'));
      case 'threw':
        return {
          ...failed(event, end.cause, end.response),
          ...(end.transactionLost && { transactionLost: true }),
        };
      case 'unavailable':
        return { kind: 'rejected', error: end.error, event };
    }
  }

  /**
   * The sender got 500 at the deadline. If that was the last attempt, or the sender never retries, a later failure is final, and so is a
   * lease that ends while the handler is still running. A late hook is not called again while it runs.
   */
  async #endLate(ended: Promise<AttemptEnd>, lateness: unknown): Promise<void> {
    if (this.#isBuried || (!this.#isLast && !this.#endsRetries())) {
      const end = await ended;
      if (end.kind !== 'threw' || !isAbort(end.cause, lateness)) this.#reportEnd(end);
      return this.#giveBack(end);
    }
    const end = await this.#whileHeld(ended);
    if (end !== undefined && end.kind !== 'threw') {
      this.#reportEnd(end);
      return this.#giveBack(end);
    }
    if (!(await this.#ownership.renewOnce())) return;
    // Its outcome was reported at the deadline, so only this line reports its end.
    const mine = this.runsOn;
    this.#options.reportLate(await this.#bury(end === undefined ? lateness : end.cause));
    // The hook may be late as well: its event, its turn and its process are kept until it ends.
    if (this.runsOn !== mine) await this.runsOn;
  }

  /** Its outcome was reported at the deadline, so only this line reports a failure after it, or a success that could not be recorded. */
  #reportEnd(end: AttemptEnd): void {
    this.#options.reportLate(this.#outcomeOfEnd(end));
  }

  /** The handler's end; undefined if it is still running shortly before the lease ends. */
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
