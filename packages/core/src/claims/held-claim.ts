/** A store's answers within a time limit, and a claim for as long as this process holds it. */

import { isWebhookError, WebhookError } from '../errors.ts';
import { withTimeout } from '../with-timeout.ts';
import type { CheckedDedupe } from './dedupe-options.ts';
import type { Claim, ReleaseOptions, StoredResponse } from './store.ts';

/** Waits before the second and third try to record a completion, in milliseconds. */
const completionRetryDelays = [50, 250];

/** Rejects if a step of the store takes too long. The step itself continues, and no one waits for it. */
export function inTime<Result>(step: Promise<Result>, timeoutSeconds: number): Promise<Result> {
  return withTimeout(step, timeoutSeconds, () => new Error(`The store did not answer within ${timeoutSeconds} s.`));
}

/** @throws if it is not an answer to a step of a claim */
function requireFlag(flag: unknown, name: string): boolean {
  if (typeof flag === 'boolean') return flag;
  throw new Error(`The store's ${name}() resolved with something other than true or false.`);
}

/** @throws if it is not one of the three answers to a claim */
function requireClaim(claim: Claim): Claim {
  switch (claim?.state) {
    case 'claimed':
      if (typeof claim.token === 'string' && Number.isInteger(claim.attempt) && claim.attempt > 0) return claim;
      break;
    case 'in_flight':
      if (Number.isFinite(claim.leaseLeftSeconds)) return claim;
      break;
    case 'done':
      if (claim.response === undefined || (typeof claim.response === 'object' && claim.response !== null)) return claim;
  }
  throw new Error("The store's claim() resolved with something other than claimed, in_flight or done.");
}

/** @throws store_unavailable */
export async function claimInTime(dedupe: CheckedDedupe, key: string): Promise<Claim> {
  const { store, leaseSeconds, timeoutSeconds } = dedupe;
  let pending: Promise<Claim> | undefined;
  try {
    pending = (async () => requireClaim(await store.claim(key, leaseSeconds)))();
    return await inTime(pending, timeoutSeconds);
  } catch (error) {
    // If it arrives after all, nothing runs under it.
    pending
      ?.then((claim) => (claim.state === 'claimed' ? store.release(key, claim.token, { ran: false }) : undefined))
      .catch(() => undefined);
    throw storeError(error, timeoutSeconds);
  }
}

/** @returns the error itself if it is already one of this package's */
export function storeError(error: unknown, retryAfterSeconds: number): WebhookError {
  if (isWebhookError(error)) return error;
  const cause = bareError(error);
  return new WebhookError('store_unavailable', { retryAfterSeconds: Math.ceil(retryAfterSeconds), cause });
}

/**
 * Name, code and message: many drivers' errors also contain the statement with its values, including a stored response.
 */
function bareError(error: unknown): Error {
  const { name, message, code } = (error ?? {}) as { name?: unknown; message?: unknown; code?: unknown };
  const bare: Error & { code?: string | number } = new Error(typeof message === 'string' ? message : 'No message.');
  if (typeof name === 'string') bare.name = name;
  if (typeof code === 'string' || typeof code === 'number') bare.code = code;
  return bare;
}

/** A claim held by this process. */
export class HeldClaim {
  readonly key: string;
  readonly token: string;
  readonly retentionSeconds: number;
  readonly #dedupe: CheckedDedupe;
  readonly #claimedAt = performance.now();
  #heldUntil: number;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #end: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param askedAt the time of the claim request, on the clock of `performance`: its lease began no earlier
   * @param retentionSeconds how long the completion is remembered; default `dedupe.retentionSeconds`
   */
  constructor(
    dedupe: CheckedDedupe,
    key: string,
    token: string,
    askedAt: number,
    retentionSeconds = dedupe.retentionSeconds,
  ) {
    this.retentionSeconds = retentionSeconds;
    this.key = key;
    this.token = token;
    this.#dedupe = dedupe;
    this.#heldUntil = askedAt + dedupe.leaseSeconds * 1000;
  }

  /** Time for which the claim is certainly still held, in milliseconds. */
  get millisecondsLeft(): number {
    return this.#heldUntil - performance.now();
  }

  /**
   * Call it before a handler starts: this process may have been paused, or have waited, for longer than a lease.
   *
   * @throws store_unavailable if someone else may own the event by now
   */
  requireHeld(): void {
    if (this.millisecondsLeft > 0) return;
    throw new WebhookError('store_unavailable', {
      at: 'dedupe.leaseSeconds',
      retryAfterSeconds: 1,
      hint: `The claim's lease of ${this.#dedupe.leaseSeconds} s ended before the handler could start, so it was not started. The response is 503, so the sender will retry.`,
    });
  }

  /**
   * Renews after each third of the lease, starting from the claim. Reports when the claim is lost, or when its lease
   * has ended and the store has not confirmed another one, even if it does not answer at all.
   */
  keep(onLost: () => void): void {
    this.stop();
    const lose = () => {
      this.stop();
      onLost();
    };
    const third = (this.#dedupe.leaseSeconds * 1000) / 3;
    const renewIn = (milliseconds: number) => {
      this.#renewal = setTimeout(() => {
        renewIn(third);
        this.#renew(lose);
      }, milliseconds);
    };
    renewIn(Math.max(0, this.#claimedAt + third - performance.now()));
    this.#watchEnd(lose);
  }

  /** In an async function, as each step of a store is: one that throws at once rejects. */
  async #extend(): Promise<boolean> {
    const { store, leaseSeconds } = this.#dedupe;
    return requireFlag(await store.extend(this.key, this.token, leaseSeconds), 'extend');
  }

  #renew(lose: () => void): void {
    const { leaseSeconds } = this.#dedupe;
    const askedAt = performance.now();
    this.#extend().then(
      (isHeld) => {
        if (!isHeld) return lose();
        this.#heldUntil = Math.max(this.#heldUntil, askedAt + leaseSeconds * 1000);
        // Undefined once stopped.
        if (this.#end !== undefined) this.#watchEnd(lose);
      },
      // The store may answer the next renewal; if it does not, the lease ends.
      () => undefined,
    );
  }

  /** Extends the claim once. False if someone else owns the event, or the store does not answer. */
  async renewOnce(): Promise<boolean> {
    const { leaseSeconds, timeoutSeconds } = this.#dedupe;
    const askedAt = performance.now();
    const isHeld = await inTime(this.#extend(), timeoutSeconds).catch(() => false);
    if (isHeld) this.#heldUntil = Math.max(this.#heldUntil, askedAt + leaseSeconds * 1000);
    return isHeld;
  }

  #watchEnd(lose: () => void): void {
    clearTimeout(this.#end);
    this.#end = setTimeout(lose, Math.max(0, this.millisecondsLeft));
  }

  /** Ends the renewals. */
  stop(): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#end);
    this.#end = undefined;
  }

  /** A failed release costs no more than waiting for the lease to end. */
  async release(options?: ReleaseOptions): Promise<void> {
    this.stop();
    const { store, timeoutSeconds } = this.#dedupe;
    const step = async () => store.release(this.key, this.token, options);
    await inTime(step(), timeoutSeconds).catch(() => undefined);
  }

  /** Tries three times. `refused`: someone else owns the key now. `unknown`: the store did not answer. */
  async complete(
    response: StoredResponse | undefined,
    before?: () => Promise<unknown>,
  ): Promise<'recorded' | 'refused' | 'unknown'> {
    const { store } = this.#dedupe;
    const step = async () => {
      await before?.();
      return requireFlag(await store.complete(this.key, this.token, this.retentionSeconds, response), 'complete');
    };
    try {
      return (await triedAgain(step, this.#dedupe.timeoutSeconds)) ? 'recorded' : 'refused';
    } catch {
      return 'unknown';
    }
  }
}

/** The result of a step of the store, tried three times within its time limit. @throws if all tries fail */
export async function triedAgain<Result>(step: () => Promise<Result>, timeoutSeconds: number): Promise<Result> {
  const until = performance.now() + timeoutSeconds * 1000;
  let failure: unknown;
  for (const delay of [...completionRetryDelays, undefined]) {
    const secondsLeft = (until - performance.now()) / 1000;
    if (secondsLeft <= 0) break;
    try {
      return await inTime(step(), secondsLeft);
    } catch (error) {
      failure = error;
      if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  throw failure;
}
