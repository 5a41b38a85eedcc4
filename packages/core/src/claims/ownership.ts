/** An event in the hands of this process: its claim, and its turn among the events of its entity. */

import type { Identity } from '../event/event.ts';
import type { VerifiedEvent } from '../event/verified-event.ts';
import type { CheckedDedupe } from './dedupe-options.ts';
import { type Turn, takeTurn } from './entity-turn.ts';
import { claimInTime, HeldClaim, triedAgain } from './held-claim.ts';
import type { Claim, ReleaseOptions, StoredAnswer } from './store.ts';

/** Somebody else has the event, or it is done. */
export type NotOwned = Exclude<Claim, { readonly state: 'claimed' }>;

/**
 * Waits for the event's turn, where events have one, and claims the event.
 *
 * @throws store_unavailable; options_invalid for an `ordering` that gives something odd
 */
export async function takeOwnership(
  event: VerifiedEvent,
  identity: Identity,
  dedupe: CheckedDedupe,
): Promise<Ownership | NotOwned> {
  const { ordering } = dedupe;
  const turn = ordering === undefined ? undefined : await takeTurn(event, dedupe, ordering);
  if (typeof turn === 'number') return { state: 'in_flight', leaseLeftSeconds: turn };
  let isOwned = false;
  try {
    const askedAt = performance.now();
    const claim = await claimInTime(dedupe, identity.key);
    if (claim.state !== 'claimed') return claim;
    // Nobody asks for a key again that stands for one delivery alone.
    const retentionSeconds = identity.from === 'none' ? 1 : dedupe.retentionSeconds;
    const held = new HeldClaim(dedupe, identity.key, claim.token, askedAt, retentionSeconds);
    const isStale = turn === undefined ? false : await isPassed(turn, held);
    isOwned = true;
    return new Ownership(held, turn, claim.attempt, isStale, dedupe.timeoutSeconds);
  } finally {
    if (!isOwned) await turn?.leave();
  }
}

async function isPassed(turn: Turn, held: HeldClaim): Promise<boolean> {
  try {
    return await turn.isPassed();
  } catch (error) {
    await held.release({ ran: false });
    throw error;
  }
}

/** What this process may do with an event that it owns. */
export class Ownership {
  readonly state = 'owned';
  /** Counts the runs of the event, this one among them. */
  readonly attempt: number;
  /** Whether a newer event of the entity was handled already. */
  readonly isStale: boolean;
  readonly #claim: HeldClaim;
  readonly #turn: Turn | undefined;
  readonly #timeoutSeconds: number;

  constructor(claim: HeldClaim, turn: Turn | undefined, attempt: number, isStale: boolean, timeoutSeconds: number) {
    this.#claim = claim;
    this.#turn = turn;
    this.attempt = attempt;
    this.isStale = isStale;
    this.#timeoutSeconds = timeoutSeconds;
  }

  get key(): string {
    return this.#claim.key;
  }

  get token(): string {
    return this.#claim.token;
  }

  get retentionSeconds(): number {
    return this.#claim.retentionSeconds;
  }

  /** How much longer the event is owned for certain, in milliseconds. */
  get millisecondsLeft(): number {
    return this.#claim.millisecondsLeft;
  }

  /** @throws store_unavailable where somebody else may own the event by now */
  requireHeld(): void {
    this.#claim.requireHeld();
  }

  /** Renews from now on, and reports where the event is lost. */
  keep(onLost: () => void): void {
    this.#claim.keep(onLost);
    this.#turn?.keep(onLost);
  }

  /** Ends the renewals of the claim. */
  stop(): void {
    this.#claim.stop();
  }

  /** Ends the renewals of the turn too: the handler runs on past its deadline, and nobody knows for how long. */
  stopTurn(): void {
    this.#turn?.stop();
  }

  /** Prolongs the claim once. False where somebody else owns the event, or the store does not answer. */
  renewOnce(): Promise<boolean> {
    return this.#claim.renewOnce();
  }

  /** Gives the event back for another attempt. */
  release(options?: ReleaseOptions): Promise<void> {
    return this.#claim.release(options);
  }

  /**
   * Puts the event on record.
   *
   * @param advances whether it is the newest of its entity from now on
   */
  complete(answer: StoredAnswer | undefined, advances: boolean): Promise<'recorded' | 'refused' | 'unknown'> {
    const turn = this.#turn;
    return this.#claim.complete(answer, turn === undefined || !advances ? undefined : () => turn.advance());
  }

  /** Makes the event the newest of its entity. @throws where the store cannot answer, three times */
  async advance(): Promise<void> {
    const turn = this.#turn;
    if (turn !== undefined) await triedAgain(() => turn.advance(), this.#timeoutSeconds);
  }

  /** Lets the next event of the entity have its turn. */
  async leave(): Promise<void> {
    await this.#turn?.leave();
  }
}
